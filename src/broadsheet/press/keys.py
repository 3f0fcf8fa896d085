"""Saying that something changed, in step with the database.

On PostgreSQL the database itself tells the other machines (``NOTIFY``, which goes out with the
commit); see ``notices`` for the side that listens.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from broadsheet.press.counters import Counters
from broadsheet.statements import send

CHANNEL = "broadsheet_press"
"""The channel of PostgreSQL's notifications."""
_WITHDRAWS = "!"


@cache
def counters() -> Counters:
    """Return the marks of this machine's processes."""
    return Counters(Path(settings.PRESS_COUNTERS) if settings.PRESS_COUNTERS else None)


def change_after_commit(*keys: str, withdraws: bool = False) -> None:
    """Make the pages that have one of these keys untrue when the running transaction commits.

    ``withdraws`` says that what they show must not be seen again. The marks are changed twice: also
    at once, so that pages made before are untrue even if this process ends between the commit and
    what follows it. One statement on PostgreSQL, none on SQLite.
    """
    marks = counters()
    if connection.in_atomic_block:
        marks.change(keys, withdraws=withdraws)
        transaction.on_commit(lambda: marks.change(keys, withdraws=withdraws), robust=True)
    else:
        marks.change(keys, withdraws=withdraws)
    if connection.vendor == "postgresql":
        _notify(keys, withdraws)


def _notify(keys: Sequence[str], withdraws: bool) -> None:
    before = f"{counters().machine} {_WITHDRAWS if withdraws else ''}"
    send(
        "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload",
        [CHANNEL, [f"{before}{key}" for key in keys]],
    )


def take_notice(payload: str, marks: Counters) -> None:
    """Change what another machine says it changed; what we said ourselves is changed already."""
    machine, _, key = payload.partition(" ")
    if machine != str(marks.machine):
        marks.change([key.removeprefix(_WITHDRAWS)], withdraws=key.startswith(_WITHDRAWS))
