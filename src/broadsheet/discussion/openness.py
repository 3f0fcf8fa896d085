"""Whether a story takes comments: open, held, closed at a time, and how fast. Set at the desk."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from broadsheet import clock
from broadsheet.discussion.enums import ThreadMode
from broadsheet.discussion.keys import MODES
from broadsheet.discussion.models import Thread
from broadsheet.press.keys import change_after_commit
from broadsheet.record.actions import lock_document
from broadsheet.record.keys import document_key

MAX_SLOW = 24 * 3600
"""Seconds; who waits longer is not in a discussion."""


class OpennessRefused(ValueError):
    """It cannot be set so; the message is for the editor."""


@transaction.atomic
def set_openness(
    *,
    document_id: int,
    mode: ThreadMode,
    closes_at: dt.datetime | None = None,
    slow_seconds: int = 0,
    at: dt.datetime | None = None,
) -> Thread:
    """Say how open the discussion of a story is from now on. Raises :class:`OpennessRefused`.

    A closed one says since when: since now, unless it was closed before.
    """
    now = at or clock.now()
    document = lock_document(document_id)
    if not 0 <= slow_seconds <= MAX_SLOW:
        raise OpennessRefused("A pace is at most one comment a day.")
    thread, _ = Thread.objects.select_for_update().get_or_create(document=document)
    if mode == ThreadMode.CLOSED:
        was = thread.closes_at
        closes_at = was if was is not None and was <= now else now
    elif closes_at is not None and closes_at <= now:
        raise OpennessRefused("This time is past. To close the discussion now, choose “Closed”.")
    thread.mode, thread.closes_at, thread.slow_seconds = mode, closes_at, slow_seconds
    thread.save(update_fields=["mode", "closes_at", "slow_seconds"])
    change_after_commit(document_key(document.pk), MODES)
    return thread


def close_due(*, at: dt.datetime | None = None) -> int:
    """Close the discussions whose time has come, so that their pages say so; returns how many.

    Comments are refused from the moment on that was set, whether this ran or not.
    """
    now = at or clock.now()
    due = Thread.objects.filter(closes_at__lte=now).exclude(mode=ThreadMode.CLOSED)
    closed = 0
    for pk in due.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            closed += due.filter(pk=pk).update(mode=ThreadMode.CLOSED)
            change_after_commit(document_key(pk), MODES)
    return closed
