"""The ways to a story's moments: for readers a form, for programs RFC 7089 and a list of points."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from broadsheet.paper.memento import (
    LINK_FORMAT,
    History,
    TimeUnreadable,
    history_of,
    requested_time,
)
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.paper.presenters.moments import moment as when
from broadsheet.paper.presenters.time import moment_path, moments_data, time_form
from broadsheet.paper.views.addresses import find_address, moved
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.keys import document_key
from broadsheet.record.models import Address

MAX_SHOWN = 80
"""Characters of an unreadable time that are said back."""


@require_safe
def timegate(request: HttpRequest, path: str) -> HttpResponse:
    """The TimeGate of its own; it negotiates whatever pattern the story's own address follows."""
    found = find_address(path)
    if redirect := moved(found, above="/tg"):
        return redirect
    history = _history(found, timegate_path=f"/tg{found.path}")
    return negotiated(request, history)


def negotiated(request: HttpRequest, history: History) -> HttpResponse:
    """Send a request to the edition in force at its ``Accept-Datetime``, or at present.

    Nothing of it may be kept: a cache that ignores ``Vary`` would send everybody there.
    """
    asked = request.headers.get("Accept-Datetime")
    try:
        chosen = history.in_force(requested_time(asked)) if asked is not None else None
    except TimeUnreadable:
        response = time_refused(
            history, given=asked or "", way="Accept-Datetime", status=400, path=request.path
        )
    else:
        chosen = chosen or history.mementos[-1]
        response = HttpResponseRedirect(chosen.url)
        response.headers["Link"] = history.links_near(chosen)
    response.headers["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["Accept-Datetime"])
    return response


@require_safe
def choose(request: HttpRequest, path: str) -> HttpResponse:
    """Lead from the form's ``?time=2026-09-02T11:15``, local to the publication, to that moment."""
    found = find_address(path)
    query = request.META["QUERY_STRING"]
    if redirect := moved(found, below=f"at/{f'?{query}' if query else ''}"):
        return redirect
    history = _history(found)
    given = request.GET.get("time", "")
    try:
        at = local_time(given, frame().zone)
    except TimeUnreadable:
        return time_refused(history, given=given, way="form", status=400, path=request.path)
    return HttpResponseRedirect(moment_path(found.path, at))


def local_time(given: str, zone: dt.tzinfo) -> dt.datetime:
    """Return the instant that a form's field means. Raises :class:`TimeUnreadable`."""
    try:
        local = dt.datetime.fromisoformat(given.strip())
        aware = local if local.tzinfo else local.replace(tzinfo=zone)
        return aware.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise TimeUnreadable(given) from error


@require_safe
def unreadable(request: HttpRequest, path: str, given: str) -> HttpResponse:
    """Say of a moment that is none how one is written."""
    found = find_address(path)
    if redirect := moved(found, below=f"at/{quote(given)}/"):
        return redirect
    history = _history(found)
    return time_refused(history, given=given, way="address", status=400, path=request.path)


def time_refused(
    history: History, *, status: int, path: str, given: str = "", way: str = ""
) -> HttpResponse:
    """Answer a time that leads nowhere: unreadable (400), or before the first edition (404).

    ``way`` is how it was given: ``address``, ``form`` or ``Accept-Datetime``.
    """
    around = frame()
    first = history.mementos[0].at
    context = {
        "given": given[:MAX_SHOWN],
        "way": way,
        "path": history.path,
        "first": when(first, around.zone),
        "first_path": moment_path(history.path, first),
        "time_form": time_form(history.path, around, first=first, chosen=first),
    }
    response = page("paper/time_refused.html", context, around=around, path=path, status=status)
    response.headers["Link"] = history.links()
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@pressed()
@require_safe
def timemap(request: HttpRequest, path: str) -> HttpResponse:
    """All editions with their instants, as links (RFC 7089, section 5)."""
    found = find_address(path)
    if redirect := moved(found, below="timemap/"):
        return redirect
    content_type = f"{LINK_FORMAT}; charset=utf-8"
    body = _history(found).link_format()
    return _kept(HttpResponse(body, content_type=content_type), found)


@pressed()
@require_safe
def json_timemap(request: HttpRequest, path: str) -> HttpResponse:
    """The same in JSON, as the Memento guide writes it."""
    found = find_address(path)
    if redirect := moved(found, below="timemap/json/"):
        return redirect
    return _kept(JsonResponse(_history(found).json_format()), found)


@pressed()
@require_safe
def moments(request: HttpRequest, path: str) -> HttpResponse:
    """The points of a story's time, for the control on its page."""
    found = find_address(path)
    if redirect := moved(found, below="moments/"):
        return redirect
    data = moments_data(found.document)
    if not data["editions"]:
        raise Http404("this story is not published")
    return _kept(JsonResponse(data), found)


def _history(found: Address, *, timegate_path: str = "") -> History:
    history = history_of(found.document, found.path, timegate_path=timegate_path)
    if not history.mementos:
        raise Http404("this story is not published")
    return history


def _kept(response: HttpResponse, found: Address) -> HttpResponse:
    """Let caches keep what is the same for everybody, and ask whether it is still true."""
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return made_from(response, document_key(found.document_id))
