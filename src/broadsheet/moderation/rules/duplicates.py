"""Words that were sent before, or nearly the same ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass

from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Outcome, Passed
from broadsheet.moderation.options import number
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import Rule
from broadsheet.moderation.traces import Earlier

DAYS = 30
"""Days that traces are kept at most, see moderation/retention.py."""


@dataclass(frozen=True)
class Options:
    days: int = number("Days that are looked back", 14, least=1, most=DAYS)
    words: int = number(
        "Words from which on comments are compared",
        8,
        least=4,
        most=200,
        about="“Thanks, well said!” may be said by everybody.",
    )
    percent: int = number("Percent that must be the same", 75, least=50, most=100)
    others: int = number(
        "Copies by other people, from which on a comment waits", 1, least=1, most=1_000
    )


def _judge(case: Case, options: Options) -> Reason | None:
    if case.sketch is None:
        return None
    since = case.now - dt.timedelta(days=options.days)
    copies = [
        each
        for each in case.memory.alike
        if each.at > since
        and each.form != case.form
        and each.passed in (Passed.PUBLISH, Passed.HOLD)
        and (case.edits is None or each.comment_id != case.edits)
        and 100 * case.sketch.likeness(each.sketch) >= options.percent
    ]
    own = [each for each in copies if case.writer.is_same(each.account_id, each.guest_key)]
    in_flight = max(map(case.flight.others, keys_of(case)), default=0)
    if own:
        is_here = any(each.document_id == case.posting.document_id for each in own)
        where = "on this story" if is_here else "on another story"
        return _reason(Outcome.REFUSE, f"You have said nearly the same {where} before.", own)
    if len(copies) + in_flight >= options.others:
        return _reason(Outcome.HOLD, "Nearly the same words were sent here before.", copies)
    return None


def _reason(outcome: Outcome, words: str, copies: list[Earlier]) -> Reason:
    like = [each.comment_id for each in copies if each.comment_id is not None][:5]
    return Reason(
        RULE.name,
        outcome,
        words,
        note=f"Like {', '.join(f'comment {pk}' for pk in like)}" if like else "",
        details={"copies": len(copies), "comments": like},
        is_soft=True,
    )


def keys_of(case: Case) -> list[Hashable]:
    """Return what a comment counts as while it is in flight."""
    if case.sketch is None:
        return []
    return [("band", number, band) for number, band in enumerate(case.sketch.bands)]


RULE = Rule(
    "duplicates",
    "Copies",
    "Nearly the same words again, on the same story or on another one. What quotes is not compared.",
    Options,
    _judge,
)
