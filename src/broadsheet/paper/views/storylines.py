"""A storyline's page, now and at past moments, and its feed."""

from __future__ import annotations

import datetime as dt

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.views.decorators.http import require_safe

from broadsheet import clock
from broadsheet.paper.memento import compact
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.paper.presenters.moments import moment as when
from broadsheet.paper.presenters.storylines import storyline_data, storyline_view
from broadsheet.paper.presenters.structured import json_ld
from broadsheet.paper.views.feeds import feed_of
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.keys import FRAME, STORIES, storyline_key
from broadsheet.record.models import Storyline
from broadsheet.record.queries import editions_in_force
from broadsheet.record.storyline_queries import find_storyline, line_of, standing_changes


@pressed()
@require_safe
def storyline(request: HttpRequest, slug: str, at: dt.datetime | None = None) -> HttpResponse:
    """What happened in one matter: its stories in order, and how sure each was, and became.

    ``at`` is a second that has passed; one that is to come is the storyline now.
    """
    found = _find(slug)
    below = f"at/{compact(at)}/" if at else ""
    if found.slug != slug:
        return HttpResponsePermanentRedirect(found.path + below)
    if at is not None and at > clock.now():
        return HttpResponseRedirect(found.path)
    if at is not None and at < found.made_at.replace(microsecond=0):
        raise Http404("there was no such storyline yet")
    # All that happened within the second belongs to it.
    end = at + dt.timedelta(seconds=1) - dt.timedelta(microseconds=1) if at else None
    around = frame()
    line = line_of(found, end)
    changes = standing_changes([part.document_id for part in line.parts], end)
    view = storyline_view(line, changes, around.zone)
    context = {
        "storyline": view,
        "moment": when(at, around.zone) if at else None,
        "structured": "" if at else json_ld(storyline_data(view, around)),
    }
    # What a past moment shows has its address at the storyline.
    response = page("paper/storyline.html", context, around=around, path=found.path)
    if at:
        response.headers["X-Robots-Tag"] = "noindex"
    return made_from(response, FRAME, storyline_key(found.pk))


@pressed()
@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The storyline's stories as a feed, the newest first."""
    found = _find(slug)
    if found.slug != slug:
        return HttpResponsePermanentRedirect(f"{found.path}feed.xml")
    editions = editions_in_force().filter(
        document__storyline_places__storyline=found, document__storyline_places__until=None
    )
    response = feed_of(
        editions, path=f"{found.path}feed.xml", title=found.headline, description=found.standfirst
    )
    return made_from(response, FRAME, STORIES, storyline_key(found.pk))


def _find(slug: str) -> Storyline:
    found = find_storyline(slug)
    if found is None:
        raise Http404("there is no such storyline")
    return found
