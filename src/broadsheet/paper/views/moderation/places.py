"""The queue stands in two places with the same views: on the paper, and at the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url

from broadsheet.moderation.permissions import may_moderate
from broadsheet.paper.presenters.frame import frame, private_page
from broadsheet.paper.views.forms import private, wants_json

Given = ParamSpec("Given")


@dataclass(frozen=True)
class Place:
    """Where the queue is shown: its address, and how its pages are rendered."""

    base: str
    render: Callable[[HttpRequest, str, Mapping[str, Any], int], HttpResponse]

    def page(
        self, request: HttpRequest, name: str, context: Mapping[str, Any], *, status: int = 200
    ) -> HttpResponse:
        """Render one of the queue's pages; nobody may keep it."""
        around = {"base": self.base, "token": get_token(request), "zone": frame().zone}
        response = self.render(request, name, {**around, **context}, status)
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _on_paper(
    request: HttpRequest, name: str, context: Mapping[str, Any], status: int
) -> HttpResponse:
    return private_page(
        f"paper/moderation/{name}.html",
        context,
        around=frame(),
        path=request.path,
        status=status,
    )


PAPER = Place("/moderation/", _on_paper)

View = Callable[Concatenate[HttpRequest, Place, Given], HttpResponse]


def guarded(may: Callable[[Any], bool], refusal: str) -> Callable[[View[Given]], View[Given]]:
    """Let only those in who may; who is not signed in is asked to."""

    def wrapped(view: View[Given]) -> View[Given]:
        @wraps(view)
        def checked(
            request: HttpRequest, place: Place, *given: Given.args, **named: Given.kwargs
        ) -> HttpResponse:
            if may(request.user):
                return view(request, place, *given, **named)
            if wants_json(request):
                return private(JsonResponse({"error": refusal}, status=403))
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
            return private_page(
                "paper/moderation/refused.html", {}, around=frame(), path=request.path, status=403
            )

        return checked

    return wrapped


def for_moderators(view: View[Given]) -> View[Given]:
    """Let only those in who may moderate."""
    return guarded(may_moderate, "You may not moderate.")(view)
