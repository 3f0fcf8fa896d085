"""What is kept for some days only: where comments and reports came from, and how to answer.

The publication sets for how many days (``DiscussionSettings.address_days``). Whoever reads what is
older finds the words and what was decided, and nothing that leads to a connection or a mailbox. What
still waits for a moderator keeps its address: it is needed to decide and to answer.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from broadsheet import clock
from broadsheet.discussion.models import CommentSource, Reaction
from broadsheet.discussion.queries import discussion_settings
from broadsheet.moderation.enums import AppealState, HeldState, ReportState
from broadsheet.moderation.models import Appeal, HeldComment, RefusedTry, Report, Trace

AT_ONCE = 1_000
"""Rows that one statement empties; in between others can write."""


def forget_origins() -> int:
    """Empty what is older than the publication keeps it; returns how many rows. Two statements for
    each thousand, and one for each table that has nothing old."""
    before = clock.now() - dt.timedelta(days=discussion_settings().address_days)
    decided = Q(state=HeldState.WAITING)
    return sum(
        (
            _empty(
                CommentSource.objects.filter(
                    Q(address__isnull=False) | ~Q(agent=""), sent_at__lt=before
                ),
                address=None,
                agent="",
            ),
            _empty(
                HeldComment.objects.exclude(decided).filter(
                    Q(address__isnull=False) | ~Q(agent=""), held_at__lt=before
                ),
                address=None,
                agent="",
            ),
            _empty(Trace.objects.exclude(network="").filter(at__lt=before), network=""),
            _empty(RefusedTry.objects.exclude(network="").filter(at__lt=before), network=""),
            _empty(Reaction.objects.exclude(network="").filter(reacted_at__lt=before), network=""),
            _forget_reporters(before),
        )
    )


def _forget_reporters(before: dt.datetime) -> int:
    """Forget whom to answer, so long after the answer; while an appeal is open there will be one."""
    awaited = Appeal.objects.filter(state=AppealState.OPEN)
    answered = Report.objects.exclude(state=ReportState.OPEN).filter(
        Q(decision=None, filed_at__lt=before) | Q(decision__decided_at__lt=before)
    )
    reports = answered.exclude(pk__in=awaited.exclude(report=None).values("report"))
    known = ~Q(email="") | ~Q(name="") | ~Q(network="")
    appeals = Appeal.objects.exclude(email="").filter(decided_at__lt=before)
    return _empty(reports.filter(known), email="", name="", network="") + _empty(appeals, email="")


def _empty(rows: QuerySet[Any], **values: Any) -> int:
    count = 0
    model: type[models.Model] = rows.model
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        count += model._default_manager.filter(pk__in=ids).update(**values)
    return count
