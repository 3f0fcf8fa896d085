"""Opening, holding, closing and slowing a whole discussion: decided like the rest, and public.

Nobody in particular is restricted by it, so nobody is owed a statement of reasons (DSA art. 17); why a
discussion takes no comments, or reads each first, is said to everybody.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from broadsheet.discussion.enums import SetBy, ThreadMode
from broadsheet.discussion.models import Thread
from broadsheet.discussion.openness import OpennessRefused, set_openness
from broadsheet.moderation.deciding import Ruling, keep_decision
from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.models import Decision
from broadsheet.moderation.statements import reason_in_words
from broadsheet.readers.models import Account
from broadsheet.record.actions import lock_document

_MEASURES = {ThreadMode.CLOSED: Measure.CLOSED, ThreadMode.HELD: Measure.HELD}


@transaction.atomic
def set_discussion(
    *,
    document_id: int,
    mode: ThreadMode,
    closes_at: dt.datetime | None = None,
    slow_seconds: int = 0,
    ground: Ground | None = None,
    words: str = "",
    by: Account,
    role: SetBy,
) -> Decision | None:
    """Say how open a discussion is, with the reason; ``None`` where it is so already.

    Who closes or holds it says why, by a ground or in words. Raises
    :class:`~broadsheet.discussion.openness.OpennessRefused`.
    """
    lock_document(document_id)
    before = Thread.objects.filter(pk=document_id).first() or Thread(document_id=document_id)
    is_other_mode = before.mode != mode
    words = " ".join(words.replace("\x00", "").split())
    if is_other_mode and mode in _MEASURES and ground is None and not words:
        raise OpennessRefused(
            "Say why, by a ground or in your words: everybody can read it.", "reason"
        )
    after = set_openness(
        document_id=document_id,
        mode=mode,
        closes_at=closes_at,
        slow_seconds=slow_seconds,
        by=role,
        reason=reason_in_words(ground, words) if ground else words,
    )
    if not is_other_mode and (after.closes_at, after.slow_seconds) == (
        before.closes_at,
        before.slow_seconds,
    ):
        return None
    measure = _MEASURES.get(mode, Measure.OPENED) if is_other_mode else Measure.PACED
    return keep_decision(
        Ruling(measure, ground, words),
        by=by,
        batch="",
        document_id=document_id,
        is_by_editor=role == SetBy.EDITOR,
    )
