"""Whether a discussion takes comments, and how fast, as its page says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from broadsheet.discussion.enums import ThreadMode
from broadsheet.discussion.heat import Pace, pace_of
from broadsheet.discussion.models import Thread
from broadsheet.discussion.queries import is_closed
from broadsheet.paper.presenters.moments import Moment, moment


@dataclass(frozen=True)
class Openness:
    """What stands beside the form, or in its place."""

    is_closed: bool = False
    closed: Moment | None = None
    """Since when it is closed, if that was set."""
    closes: Moment | None = None
    """When it will be closed."""
    is_held: bool = False
    pace: str = ""
    """How slow it is to post, in words."""


OPEN = Openness()


def openness_of(
    thread: Thread | None, now: dt.datetime, zone: dt.tzinfo, *, root_number: int | None = None
) -> Openness:
    """Return how open a thread is, or the branch of one of its roots. No statement, one where a
    branch was reported lately."""
    if thread is None:
        return OPEN
    at = moment(thread.closes_at, zone) if thread.closes_at else None
    if is_closed(thread, now):
        was = at if thread.closes_at and thread.closes_at <= now else None
        return Openness(is_closed=True, closed=was)
    pace = pace_of(thread, root_number, now)
    return Openness(
        closes=at,
        is_held=thread.mode == ThreadMode.HELD,
        pace=pace_words(pace, zone),
    )


def pace_words(pace: Pace | None, zone: dt.tzinfo) -> str:
    """Return how slow it is in a sentence, with until when if that is known."""
    if pace is None:
        return ""
    if pace.until is None:
        return pace.words
    return f"{pace.words.removesuffix('.')}, until {clock_time(pace.until, zone)} at least."


def clock_time(instant: dt.datetime, zone: dt.tzinfo) -> str:
    """Return the time of day: ``12:10``."""
    return f"{instant.astimezone(zone):%H:%M}"
