"""Signing in with OpenID Connect providers of the operator's choice, and connecting them."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from broadsheet.paper.views.account.common import (
    account_of,
    account_page,
    proved,
    redirect,
    take_for_try,
    too_many,
)
from broadsheet.readers.limits import TooMany
from broadsheet.readers.models import Account
from broadsheet.readers.proof import is_proved


@require_POST
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to a provider, to sign in or (``process=connect``) to connect it with the account."""
    if request.POST.get("process") == "connect" and not (
        account_of(request) and is_proved(request)
    ):
        return redirect(f"{reverse('proof')}?{urlencode({'next': reverse('account')})}")
    try:
        take_for_try(request)
        response = openid_connect.login(request, provider_id)
    except TooMany as refusal:
        return too_many(request, refusal)
    except RequestException:
        return redirect(f"{reverse('sign-in')}?refused=failed")
    target = response.headers.get("Location", "")
    if not target or target.startswith("/"):
        return response
    # A form that leads to another host is stopped by our policy (form-action), a page may lead there.
    return account_page(request, "leading", {"target": target})


@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take what the provider says of who came back."""
    try:
        response: HttpResponse = openid_connect.callback(request, provider_id)
    except (RequestException, KeyError, ValueError):
        # What a provider answers is as hostile as what a reader sends.
        return redirect(f"{reverse('sign-in')}?refused=failed")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_GET
def cancelled(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('sign-in')}?refused=cancelled", status=302)


@require_POST
@proved
def disconnect(request: HttpRequest, account: Account, pk: int) -> HttpResponse:
    """Forget a provider; the account's address still opens it."""
    get_object_or_404(SocialAccount, pk=pk, user=account).delete()
    return redirect(f"{reverse('account')}?done=disconnected#providers")


def nowhere(request: HttpRequest) -> HttpResponse:
    """Stand in for pages of django-allauth that it names and that are not here."""
    raise Http404("there is no such page")
