"""Lists of stories: of a section, a topic, an author."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from broadsheet.paper.presenters.cards import cards
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.keys import FRAME, STORIES
from broadsheet.record.models import Author, Edition, Section, Topic
from broadsheet.record.pictures import Picture
from broadsheet.record.queries import (
    author_editions,
    older_than,
    section_editions,
    topic_editions,
)
from broadsheet.record.rendering import picture_html

PER_PAGE = 20
_CURSOR = re.compile(r"(\d{1,12})-(\d{1,18})")


@pressed("before")
@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Section, slug=slug)
    return _list(
        request,
        section_editions(found),
        path=f"/{found.slug}/",
        title=found.name,
        description=found.description,
        context={"section": found, "here": found.pk},
    )


@pressed("before")
@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Topic, slug=slug)
    return _list(
        request,
        topic_editions(found),
        path=f"/topic/{found.slug}/",
        title=found.name,
        description="",
        context={"topic": found},
    )


@pressed("before")
@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Author, slug=slug)
    picture = Picture.from_data(found.picture) if found.picture else None
    portrait = picture_html(picture, alt="", sizes="9rem") if picture else ""
    return _list(
        request,
        author_editions(found),
        path=f"/by/{found.slug}/",
        title=found.name,
        description=found.biography,
        context={"author": found, "portrait": portrait},
    )


def _list(
    request: HttpRequest,
    editions: QuerySet[Edition],
    *,
    path: str,
    title: str,
    description: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Print one page of a list; ``?before=`` continues after the last story of the page before."""
    around = frame()
    cursor = request.GET.get("before", "")
    if cursor:
        editions = older_than(editions, *read_cursor(cursor))
        path = f"{path}?before={cursor}"
    found = list(editions[: PER_PAGE + 1])
    older = ""
    if len(found) > PER_PAGE:
        found = found[:PER_PAGE]
        last = found[-1].document
        assert last.first_published_at is not None
        older = f"?before={int(last.first_published_at.timestamp())}-{last.pk}"
    context |= {
        "title": title,
        "description": description,
        "stories": cards(found, around),
        "older": older,
        "is_continued": bool(cursor),
    }
    return made_from(page("paper/list.html", context, around=around, path=path), FRAME, STORIES)


def read_cursor(cursor: str) -> tuple[dt.datetime, int]:
    """Return the instant and the id after which a list continues; what is none is not found."""
    match = _CURSOR.fullmatch(cursor)
    if not match:
        raise Http404("there is no such page of this list")
    try:
        return dt.datetime.fromtimestamp(int(match[1]), dt.UTC), int(match[2])
    except (OverflowError, OSError, ValueError) as error:
        raise Http404("there is no such page of this list") from error
