"""The one source of time and chance.

Everything that needs the present instant or a random value takes it as an argument or asks here, so
that tests can fix both; a lint rule bans other clocks.
"""

from __future__ import annotations

import datetime as dt
import os
import time


def now() -> dt.datetime:
    """Return the present instant, aware, in UTC, with microseconds."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251  this is the clock


def ticks() -> float:
    """Return seconds since some moment, to measure how long things take: it never steps back."""
    return time.monotonic()


def random_bytes(count: int) -> bytes:
    """Return ``count`` bytes that cannot be guessed."""
    return os.urandom(count)  # noqa: TID251  this is the source of chance


def to_the_second(instant: dt.datetime) -> dt.datetime:
    """Drop the fraction: the public resolution of time is one second (RFC 7089, HTTP-date)."""
    return instant.replace(microsecond=0)
