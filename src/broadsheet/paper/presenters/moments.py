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


def duration_in_words(duration: dt.timedelta) -> str:
    """Return a duration in its largest unit, rounded.

    >>> duration_in_words(dt.timedelta(minutes=170))
    '3 hours'
    >>> duration_in_words(dt.timedelta(seconds=20))
    'less than a minute'
    """
    minutes = duration.total_seconds() / 60
    for unit, length in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        # Below a unit and a half the smaller one says more: 80 minutes, 30 hours.
        count = round(minutes / length)
        if minutes >= length * 1.5 or (unit == "minute" and count):
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"
