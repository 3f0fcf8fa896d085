"""In which order things should be looked at.

Each thing gets a head start on the instant at which it began to wait, and the queue is read by the
result, the earliest first. So age counts by itself, without being counted anew: an insult that three
readers reported stands before what was held in the last hours, and not before what waits since
yesterday.

========================================  =====================================================
what                                      head start
========================================  =====================================================
a notice about a child, terror or a life  ten years: before everything
a notice of other illegal content         five years
an appeal                                 two days: its writer was restricted all the time
a report, for each point of its weight    six hours, ten points at most; the comment can be read
a held comment, a held edit               none; an edit's earlier words can be read
on a story published in the last day      two hours more: that is where people are
========================================  =====================================================
"""

from __future__ import annotations

import datetime as dt

from broadsheet.moderation.enums import Ground

GRAVE = dt.timedelta(days=3650)
ILLEGAL = dt.timedelta(days=1825)
APPEAL = dt.timedelta(days=2)
REPORT = dt.timedelta(hours=6)
MAX_WEIGHT = 10
"""Points of reports that count: a campaign does not outrun what one reader noticed for long."""
FRESH_STORY = dt.timedelta(hours=2)
FRESH_FOR = dt.timedelta(days=1)


def due_reported(
    since: dt.datetime,
    *,
    weight: int,
    notices: frozenset[Ground] | set[Ground],
    published_at: dt.datetime | None,
) -> dt.datetime:
    """Return the place of a reported comment; ``weight`` is that of all its open reports."""
    head_start = REPORT * min(weight, MAX_WEIGHT)
    if any(ground.is_grave for ground in notices):
        head_start += GRAVE
    elif notices:
        head_start += ILLEGAL
    return since - head_start - _freshness(since, published_at)


def due_held(since: dt.datetime, *, published_at: dt.datetime | None) -> dt.datetime:
    return since - _freshness(since, published_at)


def due_appeal(since: dt.datetime) -> dt.datetime:
    return since - APPEAL


def _freshness(since: dt.datetime, published_at: dt.datetime | None) -> dt.timedelta:
    is_fresh = published_at is not None and since - published_at < FRESH_FOR
    return FRESH_STORY if is_fresh else dt.timedelta()
