"""What the pages of an account have in common."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import reverse

from broadsheet.paper.presenters.frame import frame, private_page
from broadsheet.paper.views.returning import safe_path
from broadsheet.readers.limits import DAY, HOUR, MINUTE, Limit, TooMany, give_back, network_of, take
from broadsheet.readers.models import Account
from broadsheet.readers.proof import is_proved

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]
OwnView = Callable[Concatenate[HttpRequest, Account, Rest], HttpResponse]

REFUSED = 422
"""The status of an answer that shows a form again with what was wrong."""

LETTERS_PER_COMPUTER = Limit("letters of a computer", 20, HOUR)
LETTERS_PER_NETWORK = Limit("letters of a network", 200, HOUR)
LETTERS_PER_ADDRESS = Limit("letters to an address", 5, 15 * MINUTE)
LETTERS_A_DAY = Limit("letters to an address in a day", 20, DAY)
TRIES_PER_COMPUTER = Limit("tries of a computer", 60, HOUR)
TRIES_PER_NETWORK = Limit("tries of a network", 600, HOUR)


def account_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page for one reader; its forms carry the token that the context has as ``token``."""
    return private_page(
        f"paper/account/{template}.html",
        {**context, "token": get_token(request)},
        around=frame(),
        path=request.path,
        status=status,
    )


def account_of(request: HttpRequest) -> Account | None:
    user = request.user
    return user if isinstance(user, Account) and user.is_active else None


def to_sign_in(next_path: str) -> HttpResponse:
    """Lead to the sign-in page, and from there to a path of ours."""
    return _private(HttpResponseRedirect(f"{reverse('sign-in')}?{urlencode({'next': next_path})}"))


def redirect(path: str, status: int = 303) -> HttpResponse:
    """Lead on after a form was sent; the answer is kept nowhere."""
    return _private(HttpResponseRedirect(path, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response


def signed_in(view: OwnView[Rest]) -> View[Rest]:
    """Give the view the account that is signed in, or lead to the sign-in page."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        account = account_of(request)
        if account is None:
            own = (
                request.get_full_path() if request.method in ("GET", "HEAD") else reverse("account")
            )
            return to_sign_in(own)
        return view(request, account, *args, **kwargs)

    return checked


def proved(view: OwnView[Rest]) -> View[Rest]:
    """Like :func:`signed_in`, and ask who it is once more if that was not shown lately."""

    @functools.wraps(view)
    def checked(
        request: HttpRequest, account: Account, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponse:
        if not is_proved(request):
            own = request.path if request.method in ("GET", "HEAD") else reverse("account")
            return redirect(f"{reverse('proof')}?{urlencode({'next': own})}")
        return view(request, account, *args, **kwargs)

    return signed_in(checked)


def next_of(request: HttpRequest) -> str:
    """Return where the reader wants to be afterwards; empty if that is nowhere of ours."""
    given = request.POST if request.method == "POST" else request.GET
    return safe_path(given.get("next", ""))


def take_for_computer(request: HttpRequest, computer: Limit, network: Limit) -> None:
    """Count a try for the computer and the network that it comes from; raises :class:`TooMany`."""
    one, many = network_of(request.META.get("REMOTE_ADDR") or "")
    take(computer, one)
    take(network, many)


def take_for_letter(request: HttpRequest, email: str) -> None:
    """Count a letter for who asks for it and for who gets it; raises :class:`TooMany`."""
    take_for_computer(request, LETTERS_PER_COMPUTER, LETTERS_PER_NETWORK)
    take(LETTERS_PER_ADDRESS, email.lower())
    take(LETTERS_A_DAY, email.lower())


def take_for_try(request: HttpRequest) -> None:
    """Count a code, link or password that is tried; raises :class:`TooMany`."""
    take_for_computer(request, TRIES_PER_COMPUTER, TRIES_PER_NETWORK)


def give_back_try(request: HttpRequest) -> None:
    """Count a try no more that was a right one."""
    one, many = network_of(request.META.get("REMOTE_ADDR") or "")
    give_back(TRIES_PER_COMPUTER, one)
    give_back(TRIES_PER_NETWORK, many)


def too_many(request: HttpRequest, refusal: TooMany) -> HttpResponse:
    """Say when to come back (429)."""
    minutes = -(-refusal.retry_after // 60)
    response = account_page(request, "too_many", {"minutes": minutes}, status=429)
    response.headers["Retry-After"] = str(refusal.retry_after)
    return response
