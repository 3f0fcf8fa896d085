"""What is personal, fetched apart from the public pages."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from broadsheet import clock
from broadsheet.discussion.actions import Sender
from broadsheet.readers.models import Account
from broadsheet.record.models import Author


def writer_of(request: HttpRequest) -> tuple[Account | None, Author | None]:
    """Return the signed-in account and the author it belongs to. No statement for a guest."""
    user = request.user
    if not isinstance(user, Account) or not user.is_active:
        return None, None
    return user, Author.objects.filter(account=user).first()


_TOKEN = re.compile(r"[0-9a-f]{32}")
_KEPT_FOR = 365 * 24 * 3600
"""Seconds."""


@dataclass(frozen=True)
class Guest:
    """Who writes without an account: a browser that keeps a random word.

    It lets the same browser come back to its own comments, and nobody else: the store has its digest
    only. It is set by the answer to a form that was sent, never by a page that is read.
    """

    token: str

    @classmethod
    def of(cls, request: HttpRequest) -> Guest:
        """Return the guest whose word the browser has, or a new one."""
        given = request.COOKIES.get(settings.GUEST_COOKIE_NAME, "")
        return cls(given if _TOKEN.fullmatch(given) else clock.random_bytes(16).hex())

    @classmethod
    def known(cls, request: HttpRequest) -> Guest | None:
        """Return the guest whose word the browser has; ``None`` where it has none."""
        given = request.COOKIES.get(settings.GUEST_COOKIE_NAME, "")
        return cls(given) if _TOKEN.fullmatch(given) else None

    @property
    def key(self) -> str:
        """What the store knows the guest by; 128 random bits need no salt."""
        return hashlib.sha256(self.token.encode()).hexdigest()

    def remember(self, response: HttpResponse) -> None:
        """Let the browser keep the word; nobody may keep the answer."""
        response.set_cookie(
            settings.GUEST_COOKIE_NAME,
            self.token,
            max_age=_KEPT_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        response.headers["Cache-Control"] = "private, no-store"


def sender_of(request: HttpRequest, guest: Guest | None) -> Sender:
    """Return where a form came from, as far as it is kept."""
    return Sender(
        address=request.META.get("REMOTE_ADDR") or None,
        agent=request.headers.get("User-Agent", "")[:200],
        guest_key=guest.key if guest else "",
    )


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Say who is signed in: ``{"account": false, "name": null, …}`` for a guest."""
    account, author = writer_of(request)
    response = JsonResponse(
        {
            "account": account is not None,
            "name": (author.name if author else account.name or None) if account else None,
            "mark": "Author" if author else "",
            "desk": bool(account and account.has_perm("wagtailadmin.access_admin")),
        }
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
