"""Any moment of a story, named to the world: HTTP Framework for Time-Based Access (RFC 7089).

The story's address is the original resource, its editions are the mementos, a page lists them all
(the TimeMap). Who asks with ``Accept-Datetime`` is sent to the edition that was in force then by a
TimeGate: the story's own address (pattern 1.1 of the RFC), or one of its own (pattern 2.1), as the
operator chose. The order of editions is that of their instants; their numbers only name them.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.http import http_date

from broadsheet.record.models import Document
from broadsheet.record.queries import editions_of

LINK_FORMAT = "application/link-format"
IN_PLACE = "1.1"
"""The pattern in which the story's own address negotiates."""

_HTTP_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d):(\d\d) GMT",
    re.ASCII,
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


class TimeUnreadable(ValueError):
    """What was given is not an instant in the form asked for."""


def requested_time(value: str) -> dt.datetime:
    """Return the instant of an ``Accept-Datetime``: only ``Wed, 02 Sep 2026 12:00:00 GMT`` is legal.

    The day of the week says nothing new and is not checked. Raises :class:`TimeUnreadable`.
    """
    found = _HTTP_DATE.fullmatch(value.strip(" \t"))
    if not found:
        raise TimeUnreadable(value)
    day, month, year, hour, minute, second = found.groups()
    try:
        return dt.datetime(
            int(year),
            _MONTHS.index(month) + 1,
            int(day),
            int(hour),
            int(minute),
            int(second),
            tzinfo=dt.UTC,
        )
    except ValueError as error:
        raise TimeUnreadable(value) from error


def compact(instant: dt.datetime) -> str:
    """Return an instant as it stands in an address: ``20260902T101500Z``."""
    # Not by strftime, which leaves out the zeros of a year before 1000.
    return re.sub(r"[-:]", "", iso(instant))


def iso(instant: dt.datetime) -> str:
    """Return an instant as JSON has it: ``2026-09-02T10:15:00Z``."""
    utc = instant.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None)
    return f"{utc.isoformat()}Z"


@dataclass(frozen=True)
class Memento:
    """An edition by its own address, and the instant at which it was published."""

    number: int
    at: dt.datetime
    url: str


@dataclass(frozen=True)
class History:
    """The mementos of a story in order of time, with the addresses that belong to them.

    A published story has at least one. ``path`` is the story's, with both slashes.
    """

    path: str
    mementos: Sequence[Memento] = field(default_factory=tuple)
    timegate_path: str = ""
    """Empty: what the operator's pattern says."""

    @property
    def original(self) -> str:
        return f"{settings.ORIGIN}{self.path}"

    @property
    def timegate(self) -> str:
        own = self.path if negotiates_in_place() else f"/tg{self.path}"
        return f"{settings.ORIGIN}{self.timegate_path or own}"

    @property
    def timemap(self) -> str:
        return f"{self.original}timemap/"

    @property
    def json_timemap(self) -> str:
        return f"{self.timemap}json/"

    def in_force(self, at: dt.datetime) -> Memento:
        """Return the memento in force at an instant; before the first one: the first."""
        place = bisect_right(self.mementos, at, key=lambda memento: memento.at)
        return self.mementos[max(place - 1, 0)]

    def numbered(self, number: int) -> Memento:
        return next(memento for memento in self.mementos if memento.number == number)

    def links(self) -> str:
        """Return the ``Link`` header of the story itself and of a page of any moment."""
        return ", ".join(self._around())

    def links_near(self, chosen: Memento) -> str:
        """Return the ``Link`` header that tells where an edition stands among the others."""
        place = self.mementos.index(chosen)
        roles: dict[int, list[str]] = {}
        for role, other in (
            ("first", 0),
            ("last", len(self.mementos) - 1),
            ("prev", place - 1),
            ("next", place + 1),
        ):
            if 0 <= other < len(self.mementos):
                roles.setdefault(other, []).append(role)
        # The edition itself too: some readers of the header look for it here.
        roles.setdefault(place, [])
        return ", ".join(
            [*self._around(), *(self._link(other, roles[other]) for other in sorted(roles))]
        )

    def link_format(self) -> str:
        """Return the TimeMap as a document of links (RFC 6690), one to a line."""
        ends = f';from="{_date(self.mementos[0])}";until="{_date(self.mementos[-1])}"'
        lines = [
            *self._origins(),
            f'<{self.timemap}>;rel="self";type="{LINK_FORMAT}"{ends}',
            *(self._link(place, self._ends(place)) for place in range(len(self.mementos))),
        ]
        return ",\n".join(lines) + "\n"

    def json_format(self) -> dict[str, Any]:
        """Return the TimeMap as the Memento guide writes it in JSON."""
        listed = [{"datetime": iso(memento.at), "uri": memento.url} for memento in self.mementos]
        return {
            "original_uri": self.original,
            "timegate_uri": self.timegate,
            "timemap_uri": {"link_format": self.timemap, "json_format": self.json_timemap},
            "mementos": {"first": listed[0], "last": listed[-1], "list": listed},
        }

    def _origins(self) -> list[str]:
        if self.timegate == self.original:
            return [f'<{self.original}>;rel="original timegate"']
        return [f'<{self.original}>;rel="original"', f'<{self.timegate}>;rel="timegate"']

    def _around(self) -> list[str]:
        return [
            *self._origins(),
            f'<{self.timemap}>;rel="timemap";type="{LINK_FORMAT}"',
            f'<{self.json_timemap}>;rel="timemap";type="application/json"',
        ]

    def _ends(self, place: int) -> list[str]:
        named = ("first", 0), ("last", len(self.mementos) - 1)
        return [role for role, end in named if place == end]

    def _link(self, place: int, roles: Sequence[str]) -> str:
        memento = self.mementos[place]
        relation = " ".join([*roles, "memento"])
        return f'<{memento.url}>;rel="{relation}";datetime="{_date(memento)}"'


def negotiates_in_place() -> bool:
    """Say whether the story's own address is its TimeGate."""
    return settings.MEMENTO_PATTERN == IN_PLACE


def history_of(document: Document, path: str, *, timegate_path: str = "") -> History:
    """Return the history of a document, which may be empty. One statement."""
    rows = editions_of(document).values_list("number", "published_at")
    mementos = [
        Memento(number, published_at, f"{settings.ORIGIN}{path}v/{number}/")
        for number, published_at in rows
    ]
    return History(path, mementos, timegate_path)


def _date(memento: Memento) -> str:
    return http_date(memento.at.timestamp())
