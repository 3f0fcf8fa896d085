"""What is noted of a visit by somebody who is signed in."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from broadsheet import clock
from broadsheet.readers.sessions import USED_AT

NOTE_EVERY = 3600
"""Seconds between two notes of when a session was used; a session that is used lives on."""


class VisitMiddleware:
    """Note when a session was used, and tell the browser's scripts whether it is signed in.

    Public pages are the same for everybody, so a script asks ``/me/`` who reads; the cookie, which
    says no more than 1, spares guests that question.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.session.accessed:
            is_in = SESSION_KEY in request.session
            if is_in:
                now = int(clock.now().timestamp())
                if now - request.session.get(USED_AT, 0) > NOTE_EVERY:
                    request.session[USED_AT] = now
            self._hint(request, response, is_in)
        return response

    @staticmethod
    def _hint(request: HttpRequest, response: HttpResponseBase, is_in: bool) -> None:
        name = settings.SIGNED_IN_COOKIE_NAME
        is_hinted = name in request.COOKIES
        if is_in and not is_hinted:
            response.set_cookie(
                name,
                "1",
                max_age=settings.SESSION_COOKIE_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        elif is_hinted and not is_in:
            response.delete_cookie(name, samesite="Lax")
            response.cookies[name]["secure"] = settings.SESSION_COOKIE_SECURE
