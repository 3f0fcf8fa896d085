"""What is answered when there is nothing to show, and the few files that browsers ask for."""

from __future__ import annotations

import logging

from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.csrf import csrf_failure
from django.views.decorators.http import require_safe

from broadsheet.paper.presenters.frame import frame, page, private_page
from broadsheet.paper.views.forms import private, wants_json
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.keys import FRAME

logger = logging.getLogger(__name__)

FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="4"'
    ' fill="#1a1a1a"/><path d="M7 8h18v3H7zM7 14h8v10H7zM18 14h7v2h-7zM18 18h7v2h-7zM18 22h7v2h-7z"'
    ' fill="#fdfcf8"/></svg>'
)


NOT_READ: tuple[tuple[type[Exception], str], ...] = (
    (RequestDataTooBig, "This is too much for one form. Please send less at a time."),
    (TooManyFieldsSent, "This form has more fields than any of ours."),
    (TooManyFilesSent, "This form has more files than any of ours takes."),
)
"""What is said of requests that break off or burst; of others, that they cannot be read."""


def not_readable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refuse what cannot be read as a request to us (400), and say why. Nothing was done."""
    if isinstance(exception, DisallowedHost):
        # Whose pages are asked for is not known, so nothing of ours is shown.
        return HttpResponse(
            "This host is not served here.\n", status=400, content_type="text/plain; charset=utf-8"
        )
    why = next(
        (words for kind, words in NOT_READ if isinstance(exception, kind)),
        str(exception) if isinstance(exception, BadRequest) and exception.args else "",
    )
    why = why or "What was sent is broken: it ends too early, or is not what it says it is."
    if wants_json(request):
        return private(JsonResponse({"errors": {"text": why}}, status=400))
    return private_page(
        "paper/not_readable.html", {"why": why}, around=frame(), path=request.path, status=400
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = page("paper/not_found.html", {}, around=frame(), path=request.path, status=404)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the database if that is what failed."""
    try:
        return page("paper/error.html", {}, around=frame(), path=request.path, status=500)
    except DatabaseError:
        logger.exception("the error page needed the database too")
        return HttpResponse("Something failed here. Please try again.", status=500)


def not_from_here(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form that carries no token of ours: from elsewhere, or open for too long."""
    if request.path.startswith("/desk/"):
        return csrf_failure(request, reason)
    return private_page(
        "paper/not_from_here.html", {}, around=frame(), path=request.path, status=403
    )


@pressed()
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    closed = ("/account/", "/desk/", "/search/", "/proposal/", "/*/comment/", "/*/propose/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    return made_from(response, FRAME)


@pressed()
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(FAVICON, content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return made_from(response, FRAME)
