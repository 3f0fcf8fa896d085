"""Small things that many pages need, kept in memory until their key is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import connection

from broadsheet import clock
from broadsheet.press.counters import EVERYTHING, place
from broadsheet.press.keys import counters

Value = TypeVar("Value")

KEPT_FOR = 10.0
"""Seconds, in case that a change was not heard of."""
_kept: dict[str, tuple[tuple[int, ...], float, object]] = {}


def kept(key: str, make: Callable[[], Value]) -> Value:
    """Return what ``make`` made, made anew when ``key`` was changed.

    Within a transaction it is always made anew, and not kept: the transaction may be rolled back.
    """
    if connection.in_atomic_block:
        return make()
    marks = counters().read((place(EVERYTHING), place(key)))
    now = clock.ticks()
    found = _kept.get(key)
    if found is not None and found[0] == marks and now - found[1] < KEPT_FOR:
        return found[2]  # type: ignore[return-value]
    value = make()
    _kept[key] = (marks, now, value)
    return value
