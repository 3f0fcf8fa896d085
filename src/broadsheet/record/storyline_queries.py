"""What the reading side asks of storylines. ``at`` is a moment; ``None`` means now.

A storyline as it stood at a moment: called as it was then, with the stories that were on it then, each
in the edition in force then. What is withdrawn now is left out at every moment, as from all lists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.query_utils import FilteredRelation

from broadsheet.record.enums import EditionKind
from broadsheet.record.models import (
    Address,
    Document,
    Edition,
    Storyline,
    StorylinePlace,
    StorylineSlug,
    StorylineWording,
)
from broadsheet.record.queries import editions_in_force


@dataclass(frozen=True)
class Part:
    """A story on a storyline, in the edition in force."""

    document_id: int
    path: str
    headline: str
    short_headline: str
    standfirst: str
    is_retracted: bool
    standing: str
    """A :class:`broadsheet.record.enums.Standing`; empty where none is given."""
    first_published_at: dt.datetime


@dataclass(frozen=True)
class Line:
    """A storyline with its stories, in the order in which they were first published."""

    storyline_id: int
    path: str
    headline: str
    standfirst: str
    parts: tuple[Part, ...]

    def place_of(self, document_id: int) -> int | None:
        """Return which of its stories a document is, from 0; ``None`` for one that is not shown."""
        ids = [part.document_id for part in self.parts]
        return ids.index(document_id) if document_id in ids else None


@dataclass(frozen=True)
class StandingChange:
    """That an edition gave a story another standing; ``standing`` is empty where it took it back."""

    document_id: int
    number: int
    at: dt.datetime
    standing: str
    basis: str


def find_storyline(slug: str) -> Storyline | None:
    """Return the storyline that stands or stood at a slug. One statement."""
    found = StorylineSlug.objects.filter(slug=slug).select_related("storyline").first()
    return found.storyline if found else None


def lines_with(document: Document, at: dt.datetime | None = None) -> list[Line]:
    """Return the storylines that a document is on, in the order in which they were made.

    One statement, whose rows are all stories of these storylines without their texts.
    """
    own = _standing(StorylinePlace.objects.filter(document=document), at)
    return _lines(own.values("storyline"), at)


def line_of(storyline: Storyline, at: dt.datetime | None = None) -> Line:
    """Return a storyline with its stories; without any if it has none. One statement, and one more
    for what it was called at a moment if it had no stories then."""
    found = _lines([storyline.pk], at)
    if found:
        return found[0]
    wording = _wordings(at).filter(storyline=storyline).first() if at else None
    named = wording or storyline
    return Line(storyline.pk, storyline.path, named.headline, named.standfirst, ())


def standing_changes(
    document_ids: Collection[int], at: dt.datetime | None = None
) -> dict[int, list[StandingChange]]:
    """Return how the standing of some stories changed up to a moment, by document, the first first.

    One statement; editions that only worded anew what the standing rests on are left out, and those
    whose words were erased by law, which say nothing of it.
    """
    editions = (
        Edition.objects.filter(document__in=document_ids, withheld_at=None)
        .annotate(standing=KT("content_data__standing"), basis=KT("content_data__standing_basis"))
        .order_by("document_id", "published_at", "number")
        .values_list("document_id", "number", "published_at", "standing", "basis")
    )
    if at is not None:
        editions = editions.filter(published_at__lte=at)
    changes: dict[int, list[StandingChange]] = {pk: [] for pk in document_ids}
    for document_id, number, published_at, standing, basis in editions:
        told = changes[document_id]
        if (standing or "") != (told[-1].standing if told else ""):
            told.append(
                StandingChange(document_id, number, published_at, standing or "", basis or "")
            )
    return changes


def _lines(
    storylines: Collection[int] | QuerySet[StorylinePlace, Any], at: dt.datetime | None
) -> list[Line]:
    """Return storylines that have stories, by one statement; each row is a story on one of them."""
    since = Q(document__storyline_places__until=None)
    if at is not None:
        since = Q(document__storyline_places__since__lte=at) & (
            since | Q(document__storyline_places__until__gt=at)
        )
    addresses = Address.objects.filter(document=OuterRef("document_id"), is_current=True)
    named: dict[str, object] = {
        "line_headline": F("place__storyline__headline"),
        "line_standfirst": F("place__storyline__standfirst"),
    }
    if at is not None:
        wording = _wordings(at).filter(storyline=OuterRef("place__storyline"))
        named = {
            "line_headline": Subquery(wording.values("headline")[:1]),
            "line_standfirst": Subquery(wording.values("standfirst")[:1]),
        }
    rows = (
        editions_in_force(at)
        .prefetch_related(None)
        .select_related(None)
        .defer(None)
        .alias(place=FilteredRelation("document__storyline_places", condition=since))
        .filter(place__storyline__in=storylines)
        .annotate(
            line=F("place__storyline"),
            line_slug=F("place__storyline__slug"),
            first=F("document__first_published_at"),
            path=Subquery(addresses.values("path")[:1]),
            standing=KT("content_data__standing"),
            **named,
        )
        .order_by("document__first_published_at", "document_id", "line")
        .values(
            *("line", "line_slug", "line_headline", "line_standfirst", "document_id", "path"),
            *("headline", "short_headline", "standfirst", "kind", "standing", "first"),
        )
    )
    parts: dict[int, list[Part]] = {}
    about: dict[int, dict[str, object]] = {}
    for row in rows:
        about[row["line"]] = row
        parts.setdefault(row["line"], []).append(
            Part(
                document_id=row["document_id"],
                path=row["path"],
                headline=row["headline"],
                short_headline=row["short_headline"],
                standfirst=row["standfirst"],
                is_retracted=row["kind"] == EditionKind.RETRACTION,
                standing=row["standing"] or "",
                first_published_at=row["first"],
            )
        )
    return [
        Line(
            storyline_id=pk,
            path=f"/storyline/{row['line_slug']}/",
            headline=str(row["line_headline"]),
            standfirst=str(row["line_standfirst"]),
            parts=tuple(parts[pk]),
        )
        for pk, row in sorted(about.items())
    ]


def _standing(places: QuerySet[StorylinePlace], at: dt.datetime | None) -> QuerySet[StorylinePlace]:
    """Narrow places to those that are taken at a moment."""
    if at is None:
        return places.filter(until=None)
    return places.filter(Q(until=None) | Q(until__gt=at), since__lte=at)


def _wordings(at: dt.datetime) -> QuerySet[StorylineWording]:
    """Return what storylines were called up to a moment, the last wording first."""
    return StorylineWording.objects.filter(at__lte=at).order_by("-number")
