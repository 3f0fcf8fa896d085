"""Bans as decisions: made from the queue, told to whom they concern, lifted by undo and on appeal."""

from __future__ import annotations

from broadsheet.moderation.models import Decision
from broadsheet.readers.models import Account


def lift(decision: Decision, by: Account) -> None:
    raise NotImplementedError
