"""Whether a story takes comments: open, held, closed at a time, and how fast.

Each change is an entry of the journal, with who made it by role and why; the page of a past moment
says how open the discussion was then.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from broadsheet import clock
from broadsheet.discussion.enums import SetBy, ThreadMode
from broadsheet.discussion.keys import MODES
from broadsheet.discussion.models import OpennessChange, Thread
from broadsheet.press.keys import change_after_commit
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import Document

MAX_SLOW = 24 * 3600
"""Seconds; who waits longer is not in a discussion."""


class OpennessRefused(ValueError):
    """It cannot be set so; ``field`` is where, the message for who sets it."""

    def __init__(self, message: str, field: str = "closes_at") -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def set_openness(
    *,
    document_id: int,
    mode: ThreadMode,
    closes_at: dt.datetime | None = None,
    slow_seconds: int = 0,
    by: SetBy = SetBy.EDITOR,
    reason: str = "",
    at: dt.datetime | None = None,
) -> Thread:
    """Say how open the discussion of a story is from now on. Raises :class:`OpennessRefused`.

    A closed one says since when: since now, unless it was closed before. What is so already is no
    change and no entry.
    """
    now = at or clock.now()
    document = lock_document(document_id)
    if not 0 <= slow_seconds <= MAX_SLOW:
        raise OpennessRefused("A pace is at most one comment a day.", "slow_seconds")
    reason = " ".join(reason.split())
    if len(reason) > OpennessChange.MAX_REASON:
        raise OpennessRefused(
            f"The reason can have {OpennessChange.MAX_REASON} characters; it has {len(reason):,}.",
            "reason",
        )
    thread, _ = Thread.objects.select_for_update().get_or_create(document=document)
    if mode == ThreadMode.CLOSED:
        was = thread.closes_at
        closes_at = was if was is not None and was <= now else now
    elif closes_at is not None and closes_at <= now:
        raise OpennessRefused("This time is past. To close the discussion now, choose “Closed”.")
    before = _state(thread)
    thread.mode, thread.closes_at, thread.slow_seconds = mode, closes_at, slow_seconds
    if _state(thread) != before:
        thread.save(update_fields=["mode", "closes_at", "slow_seconds"])
        _enter(document, thread, by=by, reason=reason, at=now, was_usual=before == USUAL)
        change_after_commit(MODES)
    return thread


def _state(thread: Thread) -> tuple[str, dt.datetime | None, int]:
    return str(thread.mode), thread.closes_at, thread.slow_seconds


USUAL = ("open", None, 0)
"""How a discussion is of which nobody said anything."""


def _enter(
    document: Document, thread: Thread, *, by: SetBy, reason: str, at: dt.datetime, was_usual: bool
) -> None:
    change = OpennessChange.objects.create(
        document=document,
        at=at,
        mode=thread.mode,
        closes_at=thread.closes_at,
        slow_seconds=thread.slow_seconds,
        was_usual=was_usual,
        by=by,
        reason=reason,
    )
    journal.append_entry(
        document=document,
        kind=EntryKind.OPENNESS,
        reference=f"openness/{change.pk}/{change.mode}",
        content=openness_content(change),
        at=at,
    )


def openness_content(change: OpennessChange) -> dict[str, object]:
    """Return what the journal’s digest of a change is made of."""
    closes_at = change.closes_at
    return {
        "mode": str(change.mode),
        "closes_at": closes_at.astimezone(dt.UTC).isoformat() if closes_at else None,
        "slow_seconds": change.slow_seconds,
        "by": str(change.by),
        "reason": change.reason,
    }


def close_due(*, at: dt.datetime | None = None) -> int:
    """Close the discussions whose time has come, so that their pages say so; returns how many.

    Comments are refused from the moment on that was set, whether this ran or not.
    """
    now = at or clock.now()
    due = Thread.objects.filter(closes_at__lte=now).exclude(mode=ThreadMode.CLOSED)
    closed = 0
    for pk in due.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            document = lock_document(pk)
            thread = due.filter(pk=pk).first()
            if thread is None:
                continue
            thread.mode = ThreadMode.CLOSED
            thread.save(update_fields=["mode"])
            _enter(document, thread, by=SetBy.CLOCK, reason="", at=now, was_usual=False)
            change_after_commit(MODES)
            closed += 1
    return closed


def openness_changes(document: Document) -> list[OpennessChange]:
    """Return what was said of how open a discussion is, the last change first. One statement."""
    return list(OpennessChange.objects.filter(document=document).order_by("-at", "-pk"))


def last_change(document_id: int, at: dt.datetime | None = None) -> OpennessChange | None:
    """Return the change that was in force, at a past moment or now. One statement."""
    changes = OpennessChange.objects.filter(document=document_id)
    if at is not None:
        changes = changes.filter(at__lte=at)
    return changes.order_by("-at", "-pk").first()


def was_usual_at(document: Document, at: dt.datetime) -> bool:
    """Say whether a discussion was open at a moment at which no change was in force.

    Changes of before they were kept are not known; then nothing is said of the moment. A statement.
    """
    following = OpennessChange.objects.filter(document=document, at__gt=at).order_by("at", "pk")
    first = following.first()
    if first is not None:
        return first.was_usual
    thread: Thread | None = getattr(document, "thread", None)
    return thread is None or _state(thread) == USUAL
