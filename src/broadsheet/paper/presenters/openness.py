"""Whether a discussion takes comments, and how fast, as its page says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from broadsheet.discussion.enums import SetBy, ThreadMode
from broadsheet.discussion.heat import Pace, pace_of
from broadsheet.discussion.models import OpennessChange, Thread
from broadsheet.discussion.openness import last_change, openness_changes, was_usual_at
from broadsheet.discussion.queries import is_closed
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.record.models import Document


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
    by: str = ""
    """In what role somebody set it so, where that was kept."""
    reason: str = ""


OPEN = Openness()


def openness_of(
    thread: Thread | None, now: dt.datetime, zone: dt.tzinfo, *, root_number: int | None = None
) -> Openness:
    """Return how open a thread is, or the branch of one of its roots. No statement, one where a
    branch was reported lately, and one where it is held or closed."""
    if thread is None:
        return OPEN
    at = moment(thread.closes_at, zone) if thread.closes_at else None
    if is_closed(thread, now):
        was = at if thread.closes_at and thread.closes_at <= now else None
        by, reason = _said(last_change(thread.pk))
        return Openness(is_closed=True, closed=was, by=by, reason=reason)
    is_held = thread.mode == ThreadMode.HELD
    by, reason = _said(last_change(thread.pk)) if is_held else ("", "")
    return Openness(
        closes=at,
        is_held=is_held,
        pace=pace_words(pace_of(thread, root_number, now), zone),
        by=by,
        reason=reason,
    )


def openness_then(document: Document, at: dt.datetime, zone: dt.tzinfo) -> Openness | None:
    """Return how open a discussion was at a past moment; ``None`` where that was not kept. Two
    statements at most."""
    change = last_change(document.pk, at)
    if change is None:
        return OPEN if was_usual_at(document, at) else None
    closing = moment(change.closes_at, zone) if change.closes_at else None
    by, reason = _said(change)
    if change.mode == ThreadMode.CLOSED or (change.closes_at and change.closes_at <= at):
        return Openness(is_closed=True, closed=closing, by=by, reason=reason)
    return Openness(
        closes=closing,
        is_held=change.mode == ThreadMode.HELD,
        pace=Pace(change.slow_seconds).words if change.slow_seconds else "",
        by=by,
        reason=reason,
    )


def _said(change: OpennessChange | None) -> tuple[str, str]:
    """Return in what role somebody set it so, and why. The clock closes for who set it."""
    if change is None or change.by == SetBy.CLOCK:
        return "", ""
    return str(SetBy(change.by).label), change.reason


@dataclass(frozen=True)
class ChangeOfOpenness:
    """A line of a story’s history about its discussion."""

    at: Moment
    what: str
    by: str
    reason: str


def openness_history(document: Document, zone: dt.tzinfo) -> list[ChangeOfOpenness]:
    """Return the changes of how open a discussion is, the last first. One statement."""
    return [
        ChangeOfOpenness(
            at=moment(change.at, zone),
            what=_what(change, zone),
            by=SetBy(change.by).label,
            reason=change.reason,
        )
        for change in openness_changes(document)
    ]


def _what(change: OpennessChange, zone: dt.tzinfo) -> str:
    said = {
        ThreadMode.OPEN: "Open",
        ThreadMode.HELD: "Held: a moderator reads each comment before it is shown",
        ThreadMode.CLOSED: "Closed",
    }[ThreadMode(change.mode)]
    if change.mode != ThreadMode.CLOSED:
        if change.closes_at:
            said += f"; to close on {moment(change.closes_at, zone).text}"
        if change.slow_seconds:
            said += f"; {Pace(change.slow_seconds).words}"
    return said.removesuffix(".")


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
