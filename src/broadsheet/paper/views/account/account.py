"""The account: one page to see and change all that belongs to it."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from broadsheet.discussion.claims import claimable
from broadsheet.discussion.models import NameClaim
from broadsheet.paper.presenters.frame import frame
from broadsheet.paper.presenters.moments import moment
from broadsheet.paper.presenters.readers import SessionView, portrait_url, said_views
from broadsheet.paper.views.account.common import (
    REFUSED,
    account_page,
    proved,
    redirect,
    signed_in,
    take_for_letter,
    take_for_try,
    too_many,
)
from broadsheet.paper.views.account.passkeys import passkeys_of
from broadsheet.paper.views.forms import private
from broadsheet.readers import actions, letters, tickets
from broadsheet.readers.enums import Purpose
from broadsheet.readers.export import export_of
from broadsheet.readers.limits import HOUR, Limit, TooMany, take
from broadsheet.readers.models import Account, Session, Ticket
from broadsheet.readers.names import NameUnusable
from broadsheet.readers.portraits import MAX_BYTES, PortraitUnreadable, portrait_bytes
from broadsheet.readers.sessions import digest_of
from broadsheet.readers.tickets import TicketInvalid
from broadsheet.record.models import Author

NEW_ADDRESS = "address_ticket"
"""Where the session has the number of the ticket for another address."""
PICTURES = Limit("pictures of an account", 30, HOUR)
MAX_PASSWORD = 200
"""Characters; hashing longer ones would be a way to keep us busy."""

DONE = {
    "name": "Your name is changed. What you wrote before stays signed as it was.",
    "picture": "Your picture is changed.",
    "picture-removed": "Your picture is gone; your initials take its place.",
    "public": "What others see of you is changed.",
    "address": "Your new address is confirmed. Sign in with it from now on.",
    "password": "Your password is set.",
    "ended": "That browser is signed out.",
    "ended-others": "All other browsers are signed out.",
    "passkey": "The passkey is added. You can sign in with it from now on.",
    "passkey-removed": "The passkey is removed here. Delete it on your device as well.",
    "no-passkey": "That did not work, and no passkey was added. Please try again.",
    "too-many-passkeys": "You have as many passkeys as an account can have. Remove one first.",
    "connected": "The provider is connected. You can sign in with it from now on.",
    "disconnected": "The provider is not connected any more.",
    "claimed": "These comments are yours now, and lead to your profile if it is public.",
    "asked": "Your request was sent to the editors. You get a mail when it is decided.",
}


@require_safe
@signed_in
def account(request: HttpRequest, account: Account) -> HttpResponse:
    return show(request, account)


def show(
    request: HttpRequest,
    account: Account,
    *,
    errors: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
) -> HttpResponse:
    """Print the account's page, with what was wrong with a form that was sent."""
    zone = frame().zone
    own = digest_of(request.session.session_key or "")
    sessions = Session.objects.filter(account=account).order_by("-used_at", "session_key")
    pending = Ticket.objects.filter(
        pk=request.session.get(NEW_ADDRESS, 0), purpose=Purpose.ADDRESS, used_at=None
    ).first()
    context: dict[str, Any] = {
        "account": account,
        "author": Author.objects.filter(account=account).first(),
        "portrait": portrait_url(account),
        "since": moment(account.date_joined, zone),
        "sessions": [SessionView.of(each, zone, is_own=each.pk == own) for each in sessions],
        "passkeys": [(each.pk, str(each)) for each in passkeys_of(account)],
        "connected": list(SocialAccount.objects.filter(user=account).order_by("pk")),
        "providers": settings.OPTIONS.providers,
        "with_password": settings.OPTIONS.reader_passwords,
        "claimable": said_views(claimable(account), zone=zone),
        "name_claims": list(NameClaim.objects.filter(account=account).order_by("-asked_at", "-pk")),
        "pending_address": pending.email if pending else "",
        "done": DONE.get(request.GET.get("done", ""), ""),
        "errors": errors or {},
        "values": values or {},
        "max_megabytes": MAX_BYTES // 1024**2,
        "here": "account",
    }
    return account_page(request, "account", context, status=REFUSED if errors else 200)


def done(what: str, part: str) -> HttpResponse:
    return redirect(f"{reverse('account')}?done={what}#{part}")


@require_POST
@signed_in
def name(request: HttpRequest, account: Account) -> HttpResponse:
    given = request.POST.get("name", "")
    try:
        actions.change_name(account=account, name=given)
    except NameUnusable as error:
        account.refresh_from_db()
        return show(request, account, errors={"name": str(error)}, values={"name": given[:200]})
    return done("name", "name")


@require_POST
@signed_in
def picture(request: HttpRequest, account: Account) -> HttpResponse:
    try:
        take(PICTURES, str(account.pk))
    except TooMany as refusal:
        return too_many(request, refusal)
    upload = request.FILES.get("picture")
    try:
        # One byte more than allowed is enough to know that it is too large.
        actions.change_portrait(account=account, data=upload.read(MAX_BYTES + 1) if upload else b"")
    except PortraitUnreadable as error:
        account.refresh_from_db()
        return show(request, account, errors={"picture": str(error)})
    return done("picture", "picture")


@require_safe
@signed_in
def shown_picture(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the picture of a profile that is not public to its owner; initials where there is none."""
    try:
        data = portrait_bytes(account.portrait, is_public=account.has_profile)
        response = HttpResponse(data, content_type="image/webp")
    except FileNotFoundError:
        response = HttpResponseRedirect(reverse("initials", args=[account.pk]))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@signed_in
def remove_picture(request: HttpRequest, account: Account) -> HttpResponse:
    actions.remove_portrait(account=account)
    return done("picture-removed", "picture")


@require_POST
@signed_in
def public(request: HttpRequest, account: Account) -> HttpResponse:
    actions.choose_what_is_public(
        account=account,
        has_profile="has_profile" in request.POST,
        lists_comments="lists_comments" in request.POST,
    )
    return done("public", "public")


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def address(request: HttpRequest, account: Account) -> HttpResponse:
    """Send a code to another address that the account is to have."""
    if request.method != "POST":
        return account_page(request, "address", {"account": account})
    given = request.POST.get("email", "")
    try:
        email = actions.clean_email(given)
        take_for_letter(request, email)
    except actions.AddressUnusable as error:
        context = {"account": account, "email": given[:300], "error": str(error)}
        return account_page(request, "address", context, status=REFUSED)
    except TooMany as refusal:
        return too_many(request, refusal)
    # Whether another account has it is said only to who has shown that the address is theirs.
    ticket = letters.send_ticket(purpose=Purpose.ADDRESS, email=email, account=account)
    request.session[NEW_ADDRESS] = ticket.pk
    return redirect(f"{reverse('account-address')}code/")


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def address_code(request: HttpRequest, account: Account) -> HttpResponse:
    """Take the code that was sent to the new address."""
    ticket = Ticket.objects.filter(
        pk=request.session.get(NEW_ADDRESS, 0), purpose=Purpose.ADDRESS, account=account
    ).first()
    if ticket is None:
        return redirect(reverse("account-address"), status=302)
    error = ""
    if request.method == "POST":
        try:
            take_for_try(request)
            tickets.try_code(ticket, request.POST.get("code", ""))
            tickets.use_up(ticket)
            actions.change_address(account=account, email=ticket.email)
        except TooMany as refusal:
            return too_many(request, refusal)
        except (TicketInvalid, actions.AddressUnusable) as invalid:
            error = str(invalid)
        else:
            del request.session[NEW_ADDRESS]
            return done("address", "address")
    context = {"email": ticket.email, "error": error}
    return account_page(request, "address_code", context, status=REFUSED if error else 200)


@require_POST
@proved
def password(request: HttpRequest, account: Account) -> HttpResponse:
    """Set a password, where the operator lets readers have one."""
    given = request.POST.get("password", "")
    if not settings.OPTIONS.reader_passwords:
        return redirect(reverse("account"))
    try:
        if len(given) > MAX_PASSWORD:
            raise ValidationError(f"Please use at most {MAX_PASSWORD} characters.")
        validate_password(given, account)
    except ValidationError as error:
        return show(request, account, errors={"password": " ".join(error.messages)})
    actions.set_password(account=account, password=given)
    # All other sessions end with the old password; this one goes on, with another key.
    update_session_auth_hash(request, account)
    return done("password", "password")


@require_POST
@signed_in
def end_session(request: HttpRequest, account: Account) -> HttpResponse:
    """Sign out one browser of the account, or (``which=others``) all but this one."""
    which = request.POST.get("which", "")
    if which == "others":
        own = digest_of(request.session.session_key or "")
        actions.end_other_sessions(account=account, current=own)
        return done("ended-others", "sessions")
    actions.end_session(account=account, started_as=which[:64])
    return done("ended", "sessions")


@require_safe
@signed_in
def export(request: HttpRequest, account: Account) -> HttpResponse:
    """Hand over all that is kept about the account, as one file."""
    response = private(
        JsonResponse(export_of(account), json_dumps_params={"indent": 2, "ensure_ascii": False})
    )
    response.headers["Content-Disposition"] = 'attachment; filename="my-account.json"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response
