"""What was refused is noted, with its verdict; a flood of refusals costs the store next to nothing."""

from __future__ import annotations

import threading

from django.db import transaction

from broadsheet import clock
from broadsheet.moderation import traces
from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Outcome, Passed
from broadsheet.moderation.models import RefusedTry
from broadsheet.moderation.reasons import Verdict
from broadsheet.moderation.rules import bans, rates, tries

OF_THE_SENDER = frozenset({bans.RULE.name, rates.RULE.name, tries.RULE.name})
"""Rules that refuse whoever sends, whatever the words; these are not kept."""
AGAIN_AFTER = 60.0
"""Seconds until the next row about the same sender and rule; what comes between is counted."""
MAX_SENDERS = 10_000

_lock = threading.Lock()
_lately: dict[tuple[object, ...], tuple[float, int]] = {}
"""By rule and sender: when a row was written, and how many tries came since. Of this process; what
is counted here and not written yet is lost when it ends."""


def note_refusal(case: Case, verdict: Verdict) -> None:
    """Note that a comment was not taken, and why. One transaction, or none."""
    passed = Passed.NUDGE if verdict.is_nudge else Passed.REFUSE
    refusing = {each.rule for each in verdict.reasons if each.outcome == Outcome.REFUSE}
    is_of_sender = bool(refusing & OF_THE_SENDER) and not verdict.is_nudge
    times = _times(case, refusing & OF_THE_SENDER) if is_of_sender else 1
    if times == 0:
        return
    now = clock.now()
    posting = case.posting
    with transaction.atomic():
        RefusedTry.objects.create(
            at=now,
            document_id=posting.document_id,
            account=posting.account,
            name=posting.name,
            text="" if is_of_sender else posting.draft.text,
            guest_key=case.writer.guest_key,
            network=case.writer.network,
            is_nudge=verdict.is_nudge,
            reasons=verdict.data(),
            times=times,
        )
        if not is_of_sender:
            # Without its sketch: what is refused is not what others are compared with.
            traces.keep([traces.trace(posting, passed, None, at=now)])


def _times(case: Case, rules: set[str]) -> int:
    """Return for how many tries a row is to be written now; 0: not yet."""
    writer = case.writer
    key = (*sorted(rules), writer.account_id, writer.network or writer.guest_key)
    ticks = clock.ticks()
    with _lock:
        since, times = _lately.get(key, (float("-inf"), 0))
        if ticks - since < AGAIN_AFTER:
            _lately[key] = (since, times + 1)
            return 0
        if len(_lately) >= MAX_SENDERS:
            _lately.clear()
        _lately[key] = (ticks, 0)
        return times + 1
