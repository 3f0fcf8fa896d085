"""Signing in by mail: an address, then the code or the link of a letter. An account is made by it.

Whether an address has an account is not looked up before its owner has shown the letter, so the
answer, its time and the letter are the same for every address.
"""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from broadsheet.paper.presenters.frame import frame
from broadsheet.paper.views.account.common import (
    REFUSED,
    account_of,
    account_page,
    next_of,
    redirect,
    signed_in,
    take_for_letter,
    take_for_try,
    too_many,
)
from broadsheet.paper.views.returning import safe_path
from broadsheet.readers import actions, letters, tickets
from broadsheet.readers.enums import Purpose
from broadsheet.readers.limits import MINUTE, Limit, TooMany, take
from broadsheet.readers.models import Account, Ticket
from broadsheet.readers.names import NameUnusable
from broadsheet.readers.tickets import TicketInvalid

TICKET = "sign_in_ticket"
"""Where the session has the number of the ticket that this browser asked for."""

PASSWORDS_PER_ADDRESS = Limit("passwords of an address", 10, 15 * MINUTE)

REFUSALS = {
    "unconfirmed": "This provider does not vouch for your e-mail address. Please sign in by mail.",
    "taken": "There is an account with this e-mail address already. Sign in to it by mail; then you"
    " can connect the provider on your account page.",
    "failed": "Signing in with the provider did not work. Please try again, or sign in by mail.",
    "cancelled": "You went back before the provider had signed you in.",
    "passkey": "This passkey is not known here. Please sign in by mail.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an address and send it a letter with a code and a link."""
    next_path = next_of(request)
    if request.method != "POST":
        if account_of(request):
            return redirect(next_path or reverse("account"), status=302)
        refusal = REFUSALS.get(request.GET.get("refused", ""), "")
        return sign_in_page(request, next_path=next_path, refusal=refusal)
    given = request.POST.get("email", "")
    try:
        email = actions.clean_email(given)
        take_for_letter(request, email)
    except actions.AddressUnusable as error:
        return sign_in_page(
            request, next_path=next_path, email=given, errors={"email": str(error)}, status=REFUSED
        )
    except TooMany as refusal:
        return too_many(request, refusal)
    ticket = letters.send_ticket(purpose=Purpose.SIGN_IN, email=email, next_path=next_path)
    request.session[TICKET] = ticket.pk
    return redirect(reverse("sign-in-code"))


def sign_in_page(
    request: HttpRequest,
    *,
    next_path: str,
    email: str = "",
    refusal: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "next": next_path,
        "email": email[: actions.MAX_EMAIL],
        "refusal": refusal,
        "errors": errors or {},
        "providers": settings.OPTIONS.providers,
        "with_password": settings.OPTIONS.reader_passwords,
        "here": "sign-in",
    }
    return account_page(request, "sign_in", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code of the letter that this browser asked for."""
    ticket = Ticket.objects.filter(
        pk=request.session.get(TICKET, 0), purpose=Purpose.SIGN_IN
    ).first()
    if ticket is None:
        return redirect(reverse("sign-in"), status=302)
    if request.method != "POST":
        return _code_page(request, ticket)
    try:
        take_for_try(request)
        tickets.try_code(ticket, request.POST.get("code", ""))
        return _enter(request, ticket)
    except TooMany as refusal:
        return too_many(request, refusal)
    except TicketInvalid as error:
        return _code_page(request, ticket, error=str(error), status=REFUSED)


def _code_page(
    request: HttpRequest, ticket: Ticket, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "email": ticket.email,
        "next": ticket.next_path,
        "error": error,
        "minutes": round(tickets.VALID_FOR.total_seconds() / 60),
        "is_local": not settings.OPTIONS.email_url,
        "here": "sign-in",
    }
    return account_page(request, "code", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the link of a letter: opened it asks, and only the button signs in."""
    try:
        if request.method == "POST":
            take_for_try(request)
        ticket = tickets.find_by_token(token, Purpose.SIGN_IN)
        if request.method == "POST":
            return _enter(request, ticket)
    except TooMany as refusal:
        return too_many(request, refusal)
    except TicketInvalid as error:
        return account_page(request, "link", {"error": str(error)}, status=410)
    return account_page(request, "link", {"email": ticket.email})


def _enter(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """Use a ticket up and sign in the account of its address, made now if there is none."""
    tickets.use_up(ticket)
    account, _ = actions.account_of(email=ticket.email)
    return enter(request, account, safe_path(ticket.next_path))


def enter(request: HttpRequest, account: Account, next_path: str) -> HttpResponse:
    """Sign an account in, with a session of another key than before, and lead on."""
    response: HttpResponse = perform_login(
        request, account, redirect_url=after_sign_in(account, next_path)
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def after_sign_in(account: Account, next_path: str) -> str:
    """Return where to go first: who has no name yet is asked for one."""
    if account.name:
        return next_path or reverse("account")
    return f"{reverse('welcome')}?{urlencode({'next': next_path})}"


@require_POST
def with_password(request: HttpRequest) -> HttpResponse:
    """Sign in with a password, where the operator lets readers have one."""
    next_path = next_of(request)
    if not settings.OPTIONS.reader_passwords:
        return redirect(reverse("sign-in"))
    given = request.POST.get("email", "")
    try:
        email = actions.clean_email(given)
        take_for_try(request)
        take(PASSWORDS_PER_ADDRESS, email)
    except actions.AddressUnusable as error:
        return sign_in_page(
            request, next_path=next_path, email=given, errors={"email": str(error)}, status=REFUSED
        )
    except TooMany as refusal:
        return too_many(request, refusal)
    account = authenticate(request, username=email, password=request.POST.get("password", ""))
    if not isinstance(account, Account):
        errors = {"password": "The address and the password do not belong together."}
        return sign_in_page(
            request, next_path=next_path, email=given, errors=errors, status=REFUSED
        )
    return enter(request, account, next_path)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def welcome(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask a new reader for the name to write under, and offer a passkey."""
    next_path = next_of(request)
    error = ""
    name = request.POST.get("name", "") if request.method == "POST" else account.name
    if request.method == "POST":
        try:
            actions.change_name(account=account, name=name)
        except NameUnusable as refusal:
            error = str(refusal)
        else:
            return redirect(next_path or reverse("account"))
    context = {
        "account": account,
        "name": name[:200],
        "next": next_path,
        "error": error,
        "publication": frame().publication,
    }
    return account_page(request, "welcome", context, status=REFUSED if error else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session; its cookie opens nothing any more."""
    next_path = next_of(request)
    logout(request)
    return redirect(next_path or "/")


@require_GET
def closed(request: HttpRequest) -> HttpResponse:
    """Say that an account was closed by the publication."""
    return account_page(request, "closed", {}, status=403)
