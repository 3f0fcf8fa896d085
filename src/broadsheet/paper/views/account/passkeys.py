"""Passkeys: signing in with one, adding and removing them. The ceremony is django-allauth's."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth, flows
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from broadsheet.paper.views.account.common import (
    next_of,
    proved,
    redirect,
    signed_in,
    take_for_computer,
    too_many,
)
from broadsheet.paper.views.forms import private
from broadsheet.readers.limits import HOUR, Limit, TooMany
from broadsheet.readers.models import Account
from broadsheet.readers.proof import note_proof

PASSKEYS_PER_COMPUTER = Limit("passkeys of a computer", 100, HOUR)
PASSKEYS_PER_NETWORK = Limit("passkeys of a network", 1000, HOUR)
MOST = 20
"""Passkeys of one account."""
MAX_NAME = 60
MAX_CREDENTIAL = 20_000
"""Characters of what a passkey says; the longest attestations have a third of it."""


def passkeys_of(account: Account) -> list[Authenticator]:
    return list(
        Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).order_by("pk")
    )


def has_passkey(account: Account) -> bool:
    return Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).exists()


@require_http_methods(["GET", "HEAD", "POST"])
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Give the browser a challenge; take what a passkey makes of it, and sign its owner in."""
    from broadsheet.paper.views.account.signing_in import after_sign_in

    try:
        take_for_computer(request, PASSKEYS_PER_COMPUTER, PASSKEYS_PER_NETWORK)
    except TooMany as refusal:
        return too_many(request, refusal)
    if request.method != "POST":
        return private(JsonResponse(auth.begin_authentication(None)))
    form = LoginWebAuthnForm(data=_sent(request))
    if not form.is_valid():
        return redirect(f"{reverse('sign-in')}?refused=passkey")
    found: Authenticator = form.cleaned_data["credential"]
    login = Login(user=found.user, redirect_url=after_sign_in(found.user, next_of(request)))
    response: HttpResponse = flows.perform_passwordless_login(request, found, login)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def passkey_proof(request: HttpRequest, account: Account) -> HttpResponse:
    """Let a passkey show once more who it is."""
    try:
        take_for_computer(request, PASSKEYS_PER_COMPUTER, PASSKEYS_PER_NETWORK)
    except TooMany as refusal:
        return too_many(request, refusal)
    if request.method != "POST":
        return private(JsonResponse(auth.begin_authentication(account)))
    form = ReauthenticateWebAuthnForm(data=_sent(request), user=account)
    next_path = next_of(request) or reverse("account")
    if not form.is_valid():
        return redirect(f"{reverse('proof')}?{urlencode({'next': next_path})}")
    flows.reauthenticate(request, form.cleaned_data["credential"])
    note_proof(request)
    return redirect(next_path)


@require_GET
@proved
def options(request: HttpRequest, account: Account) -> HttpResponse:
    """Say what kind of passkey is to be made: one that needs no address typed."""
    return private(JsonResponse(auth.begin_registration(account, True)))


@require_POST
@proved
def add(request: HttpRequest, account: Account) -> HttpResponse:
    """Keep a passkey that the browser has made."""
    next_path = next_of(request)
    if len(passkeys_of(account)) >= MOST:
        return redirect(f"{reverse('account')}?done=too-many-passkeys#passkeys")
    form = AddWebAuthnForm(data={**_sent(request), "passwordless": "on"}, user=account)
    if not form.is_valid():
        return redirect(f"{reverse('account')}?done=no-passkey#passkeys")
    flows.add_authenticator(
        request, name=form.cleaned_data["name"], credential=form.cleaned_data["credential"]
    )
    return redirect(next_path or f"{reverse('account')}?done=passkey#passkeys")


@require_POST
@proved
def remove(request: HttpRequest, account: Account, pk: int) -> HttpResponse:
    """Forget a passkey; the account's address still opens it."""
    found = get_object_or_404(Authenticator, pk=pk, user=account, type=Authenticator.Type.WEBAUTHN)
    found.delete()
    return redirect(f"{reverse('account')}?done=passkey-removed#passkeys")


def _sent(request: HttpRequest) -> dict[str, str]:
    return {
        "name": " ".join(request.POST.get("name", "").split())[:MAX_NAME],
        "credential": request.POST.get("credential", "")[:MAX_CREDENTIAL],
    }
