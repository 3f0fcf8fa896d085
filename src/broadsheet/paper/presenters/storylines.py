"""A storyline: on a page of its own, and in a box beside each of its stories."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broadsheet.paper.presenters.cards import headline_of
from broadsheet.paper.presenters.frame import Frame
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.record.enums import Standing
from broadsheet.record.storyline_queries import Line, Part, StandingChange

AROUND = 2
"""Stories that the box shows before and after the one it stands beside; the others are counted."""


@dataclass(frozen=True)
class BoxPart:
    """A story in the box beside another one; ``is_here``: beside itself."""

    path: str
    headline: str
    standing: str
    published: Moment
    is_here: bool


@dataclass(frozen=True)
class StorylineBox:
    """What came before a story and after it on one storyline."""

    storyline_id: int
    path: str
    page_path: str
    """Its page at the moment that is shown."""
    headline: str
    number: int
    """Which of its stories this is, from 1."""
    count: int
    parts: Sequence[BoxPart]
    earlier: int
    """Stories before those that are shown."""
    later: int

    @property
    def first_number(self) -> int:
        """Which of its stories is the first that is shown, from 1."""
        return self.earlier + 1

    @property
    def follow_path(self) -> str:
        return follow_path(self.storyline_id)


@dataclass(frozen=True)
class StandingStep:
    """A standing that a story was given; ``label`` is empty where it was taken back."""

    label: str
    basis: str
    at: Moment
    path: str


@dataclass(frozen=True)
class PartView:
    """A story on the storyline's page; the first of ``steps`` is its first standing."""

    path: str
    headline: str
    standfirst: str
    published: Moment
    standing: str
    steps: Sequence[StandingStep]


@dataclass(frozen=True)
class StorylineView:
    storyline_id: int
    path: str
    headline: str
    standfirst: str
    parts: Sequence[PartView]

    @property
    def follow_path(self) -> str:
        return follow_path(self.storyline_id)

    @property
    def has_more(self) -> bool:
        return len(self.parts) > 1


def follow_path(storyline_id: int) -> str:
    return f"/follow/storyline/{storyline_id}/"


def storyline_boxes(
    lines: Sequence[Line], document_id: int, zone: dt.tzinfo, at: str = ""
) -> list[StorylineBox]:
    """Return the boxes beside a story; none for storylines that do not show it.

    ``at`` stands below the addresses of a past moment, as ``at/20260902T101500Z/``.
    """
    return [
        _box(line, place, zone, at)
        for line in lines
        if (place := line.place_of(document_id)) is not None
    ]


def _box(line: Line, place: int, zone: dt.tzinfo, at: str) -> StorylineBox:
    first, last = max(0, place - AROUND), min(len(line.parts), place + AROUND + 1)
    return StorylineBox(
        storyline_id=line.storyline_id,
        path=line.path,
        page_path=line.path + at,
        headline=line.headline,
        number=place + 1,
        count=len(line.parts),
        parts=[
            BoxPart(
                path=part.path + at,
                headline=headline_of(part, is_retracted=part.is_retracted, is_short=True),
                standing=_label(part.standing),
                published=moment(part.first_published_at, zone),
                is_here=number == place,
            )
            for number, part in enumerate(line.parts[first:last], first)
        ],
        earlier=first,
        later=len(line.parts) - last,
    )


def storyline_view(
    line: Line, changes: Mapping[int, Sequence[StandingChange]], zone: dt.tzinfo
) -> StorylineView:
    """Return a storyline's page; ``changes`` tell how the standing of its stories changed."""
    return StorylineView(
        storyline_id=line.storyline_id,
        path=line.path,
        headline=line.headline,
        standfirst=line.standfirst,
        parts=[_part(part, changes.get(part.document_id, ()), zone) for part in line.parts],
    )


def _part(part: Part, changes: Sequence[StandingChange], zone: dt.tzinfo) -> PartView:
    return PartView(
        path=part.path,
        headline=headline_of(part, is_retracted=part.is_retracted),
        standfirst=part.standfirst,
        published=moment(part.first_published_at, zone),
        standing=_label(part.standing),
        steps=[
            StandingStep(
                label=_label(change.standing),
                basis=change.basis,
                at=moment(change.at, zone),
                path=f"{part.path}v/{change.number}/",
            )
            for change in changes
        ],
    )


def _label(standing: str) -> str:
    return str(Standing(standing).label) if standing in Standing.values else ""


def series(path: str, headline: str, around: Frame) -> dict[str, Any]:
    """Describe a storyline as schema.org has it: works in an order, often that of time."""
    url = around.origin + path
    return {
        "@type": "CreativeWorkSeries",
        "@id": f"{url}#storyline",
        "name": headline,
        "url": url,
    }


def storyline_data(view: StorylineView, around: Frame) -> dict[str, Any]:
    """Describe a storyline and its stories in their order."""
    data = series(view.path, view.headline, around)
    if view.standfirst:
        data["description"] = view.standfirst
    if view.parts:
        data["hasPart"] = [
            {
                "@type": "NewsArticle",
                "@id": f"{around.origin}{part.path}#story",
                "url": around.origin + part.path,
                "headline": part.headline,
                "datePublished": part.published.iso,
            }
            for part in view.parts
        ]
    return {"@context": "https://schema.org", "@graph": [data]}
