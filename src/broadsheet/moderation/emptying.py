"""Leaving nothing of the words of what waited: not in its row, nor in what the rules remember of it."""

from __future__ import annotations

from django.db.models import Q

from broadsheet import clock
from broadsheet.moderation.enums import HeldKind, HeldState, Passed
from broadsheet.moderation.models import HeldComment, Trace
from broadsheet.moderation.models.rules import BANDS
from broadsheet.moderation.traces import number_of_key


def empty_held(held: HeldComment, *, keeps_address: bool = False) -> None:
    """Erase what is kept of a held comment or edit, and save it; what still waited is taken back.

    It stays that something was held, when, by which rules, and of whom unless the caller takes that
    too. The queue hears of it. With ``keeps_address`` the writer’s e-mail address stays, to be told.
    Two statements; the document is locked.
    """
    if held.state == HeldState.WAITING:
        held.state, held.decided_at = HeldState.WITHDRAWN, clock.now()
    _forget_likeness(held)
    held.text = held.name = held.agent = ""
    if not keeps_address:
        held.email = ""
    held.address, held.draft = None, {}
    # The key of a form is a digest of its words, and what rules found are words of it.
    held.key = clock.random_bytes(16).hex()
    held.reasons = [
        {"rule": reason["rule"], "outcome": reason["outcome"], "words": ""}
        for reason in held.reasons
    ]
    held.save()


def _forget_likeness(held: HeldComment) -> None:
    """What a comment resembled says what it said, and would let the same words, sent again by their
    own writer, count as a copy."""
    of_it = Q(form=number_of_key(held.key))
    if held.kind == HeldKind.EDIT:
        of_it |= Q(comment=held.comment_id)
    Trace.objects.filter(of_it, document=held.document_id, passed=Passed.HOLD).update(
        sketch=b"", **dict.fromkeys(BANDS)
    )
