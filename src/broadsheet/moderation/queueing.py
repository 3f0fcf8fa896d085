"""What comes into the queue and goes out of it, within the transaction that makes it so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Sum
from django.db.models.signals import post_save

from broadsheet import clock
from broadsheet.discussion.models import Comment
from broadsheet.moderation.enums import Ground, HeldState, ItemKind, ReportKind, ReportState
from broadsheet.moderation.models import Appeal, HeldComment, QueueItem, Report
from broadsheet.moderation.need import due_appeal, due_held, due_reported
from broadsheet.record.models import Edition

MAX_REASONS = 300
"""Characters of all names together; more of them than that no rule set has."""


def listen() -> None:
    post_save.connect(_follow_held, sender=HeldComment, dispatch_uid="moderation queue")


def _follow_held(
    sender: object, instance: HeldComment, created: bool, raw: bool = False, **_: Any
) -> None:
    """Whatever holds a comment, and whatever decides it or takes it back, keeps the queue right."""
    if raw:
        return
    if created and instance.state == HeldState.WAITING:
        put_held(instance)
    elif not created and instance.state != HeldState.WAITING:
        close(QueueItem.objects.filter(held=instance), at=instance.decided_at)


def put_held(held: HeldComment) -> QueueItem:
    """Let a held comment wait in the queue, from when it was held."""
    return QueueItem.objects.create(
        kind=ItemKind(held.kind),
        document_id=held.document_id,
        held=held,
        since=held.held_at,
        due_at=due_held(held.held_at, published_at=_published_at(held.document_id)),
        reasons=_named(reason["rule"] for reason in held.reasons),
    )


def put_reported(comment: Comment) -> QueueItem:
    """Let a reported comment wait, or move it to the place that its open reports give it.

    The comment's row is locked by the running transaction.
    """
    reports = Report.objects.filter(comment=comment, state=ReportState.OPEN).order_by("filed_at")
    since = reports.values_list("filed_at", flat=True)[0]
    notices = {
        Ground(ground)
        for ground in reports.filter(kind=ReportKind.ILLEGAL).values_list("ground", flat=True)
    }
    weight = reports.aggregate(weight=Sum("weight"))["weight"] or 0
    item = QueueItem.objects.filter(
        comment=comment, kind=ItemKind.REPORT, closed_at=None
    ).first() or QueueItem(comment=comment, kind=ItemKind.REPORT)
    item.document_id = comment.document_id
    item.since = since
    item.due_at = due_reported(
        since,
        weight=weight,
        notices=notices,
        published_at=_published_at(comment.document_id),
    )
    item.reasons = _named(sorted(set(reports.values_list("ground", flat=True))))
    item.is_urgent = bool(notices)
    item.report_count = reports.count()
    item.save()
    return item


def put_appeal(appeal: Appeal) -> QueueItem:
    decision = appeal.decision
    return QueueItem.objects.create(
        kind=ItemKind.APPEAL,
        document_id=decision.document_id,
        appeal=appeal,
        since=appeal.filed_at,
        due_at=due_appeal(appeal.filed_at),
        reasons=_named([decision.ground] if decision.ground else []),
    )


def close(items: Iterable[QueueItem], *, at: dt.datetime | None = None) -> None:
    """Take items out of the queue; those that are out already stay as they are."""
    for item in items:
        if item.closed_at is None:
            item.closed_at = at or clock.now()
            item.claimed_by, item.claimed_until = None, None
            item.save(update_fields=["closed_at", "claimed_by", "claimed_until"])


def reopen(item: QueueItem) -> None:
    """Let an item wait again, where it stood."""
    item.closed_at = None
    item.save(update_fields=["closed_at"])


def _named(names: Iterable[str]) -> str:
    """Return names so that each can be found between two bars."""
    joined = "|"
    for name in dict.fromkeys(names):
        if len(joined) + len(name) + 1 > MAX_REASONS:
            break
        joined += f"{name}|"
    return joined if joined != "|" else ""


def _published_at(document_id: int) -> dt.datetime | None:
    """Return when the edition in force was published."""
    return (
        Edition.objects.filter(document=document_id)
        .order_by("-published_at", "-pk")
        .values_list("published_at", flat=True)
        .first()
    )
