"""Instants as readers see them: in the publication's time zone, to the minute."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True)
class Moment:
    """An instant for a ``time`` element: for machines, and in words."""

    iso: str
    text: str
    day: str


def moment(instant: dt.datetime, zone: dt.tzinfo) -> Moment:
    """Return the instant as ``2 September 2026, 10:15`` and ``2 September 2026``."""
    local = instant.astimezone(zone)
    day = f"{local.day} {_MONTHS[local.month - 1]} {local.year}"
    return Moment(
        iso=local.isoformat(timespec="seconds"),
        text=f"{day}, {local.hour:02d}:{local.minute:02d}",
        day=day,
    )
