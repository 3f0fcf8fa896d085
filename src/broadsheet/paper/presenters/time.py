"""A story through time: the way to each of its moments, and how to cite the one that is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from broadsheet.discussion.pages import comment_points
from broadsheet.paper.memento import compact, iso
from broadsheet.paper.presenters.cards import and_list
from broadsheet.paper.presenters.editions import VERBS
from broadsheet.paper.presenters.frame import Frame
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.paper.presenters.story import StoryView
from broadsheet.record.enums import EditionKind
from broadsheet.record.models import Document
from broadsheet.record.queries import editions_of

MAX_POINTS = 500
"""Points for comments; a line on a phone has hardly more pixels."""


@dataclass(frozen=True)
class EditionMoment:
    """The moment at which an edition came out."""

    number: int
    verb: str
    at: Moment
    path: str


@dataclass(frozen=True)
class TimeForm:
    """The form that leads to any moment; times in it are local to the publication."""

    action: str
    zone_name: str
    earliest: str
    chosen: str


@dataclass(frozen=True)
class ThroughTime:
    """The section *Through time* of a story's page."""

    path: str
    editions: Sequence[EditionMoment]
    form: TimeForm
    is_live: bool
    """The page shows the present, so a script can put the past in its place and take it away."""


@dataclass(frozen=True)
class Citation:
    """How to cite an edition: in words, and where it stays."""

    text: str
    edition_url: str
    moment: Moment
    moment_url: str


def through_time(view: StoryView, around: Frame, at: dt.datetime | None = None) -> ThroughTime:
    """Return the ways to each edition's moment that a page knows of, the first one first."""
    editions = [
        EditionMoment(
            item.edition.number,
            item.verb,
            item.at,
            moment_path(view.path, item.edition.published_at),
        )
        for item in view.editions
    ]
    first = view.editions[0].edition.published_at
    shown = at or (view.current.edition.published_at if view.current else first)
    return ThroughTime(
        path=view.path,
        editions=editions,
        form=time_form(view.path, around, first=first, chosen=shown),
        is_live=not view.is_past,
    )


def time_form(path: str, around: Frame, *, first: dt.datetime, chosen: dt.datetime) -> TimeForm:
    return TimeForm(
        action=f"{path}at/",
        zone_name=around.publication.time_zone,
        earliest=_field_value(first, around.zone),
        chosen=_field_value(chosen, around.zone),
    )


def _field_value(instant: dt.datetime, zone: dt.tzinfo) -> str:
    """Return the first whole minute not before an instant, as a ``datetime-local`` field has it."""
    up = instant + dt.timedelta(minutes=1) - dt.timedelta(microseconds=1)
    return up.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def moment_path(path: str, at: dt.datetime) -> str:
    return f"{path}at/{compact(at)}/"


def citation(view: StoryView, around: Frame, at: dt.datetime | None = None) -> Citation:
    """Return how to cite the edition that a page shows, and its moment (default: its beginning)."""
    assert view.current is not None, "a preview cannot be cited"
    edition = view.current.edition
    local = edition.published_at.astimezone(around.zone)
    when = moment(edition.published_at, around.zone)
    authors = and_list([name.name for name in view.content.byline])
    edition_url = f"{around.origin}{view.path}v/{edition.number}/"
    said = f"“{view.content.headline}”"
    reconstructed = ", reconstructed" if hasattr(edition, "reconstruction") else ""
    shown = at or edition.published_at
    return Citation(
        text=(
            f"{f'{authors}: {said}' if authors else said}. {around.publication.name},"
            f" edition {edition.number}{reconstructed}, {when.text} ({local.tzname()})."
            f" {edition_url}"
        ),
        edition_url=edition_url,
        moment=moment(shown, around.zone),
        moment_url=f"{around.origin}{moment_path(view.path, shown)}",
    )


def moments_data(document: Document) -> dict[str, Any]:
    """Return the points of a story's time: its editions, and its comments.

    ``{"editions": [{"number", "at", "kind", "verb", "is_reconstructed"}], "comments": {"points":
    [{"at", "count"}], "count", "untimed"}}``, all in order of time, instants in UTC. More than
    three hundred points are counted in groups, each at the time of its last comment. Two statements.
    """
    rows = list(
        editions_of(document).values_list(
            "number", "published_at", "kind", "reconstruction__edition_id"
        )
    )
    thread = getattr(document, "thread", None)
    total = thread.comment_count if thread else 0
    points = comment_points(document, rows[0][1], limit=MAX_POINTS) if rows else []
    timed = sum(count for _, count in points)
    return {
        "editions": [
            {
                "number": number,
                "at": iso(at),
                "kind": kind,
                "verb": VERBS[EditionKind(kind)],
                "is_reconstructed": reconstructed is not None,
            }
            for number, at, kind, reconstructed in rows
        ],
        "comments": {
            "points": [{"at": iso(at), "count": count} for at, count in points],
            "count": total,
            "untimed": total - timed,
        },
    }
