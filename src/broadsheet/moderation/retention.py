"""What is kept for some days only, and then forgotten.

What has served goes by itself: traces, tries that were refused, and their words before them. Where
comments and reports came from, and how to answer, goes after as many days as the publication sets
(``DiscussionSettings.address_days``). Whoever reads what is older finds the words and what was
decided, and nothing that leads to a connection or a mailbox. What still waits for a moderator keeps
its address: it is needed to decide and to answer. Words that were not published go when the time for
an appeal is over.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models, transaction
from django.db.models import Q, QuerySet

from broadsheet import clock
from broadsheet.discussion.models import CommentSource, Reaction
from broadsheet.discussion.queries import discussion_settings
from broadsheet.moderation.emptying import empty_held
from broadsheet.moderation.enums import AppealState, HeldState, ReportState
from broadsheet.moderation.models import Appeal, HeldComment, RefusedTry, Report, Trace
from broadsheet.moderation.rules.duplicates import DAYS
from broadsheet.record.actions import lock_document

TRACES_FOR = dt.timedelta(days=DAYS)
TRIES_FOR = dt.timedelta(days=30)
WORDS_FOR = dt.timedelta(days=7)
"""Long enough for a moderator to see that a rule refuses the wrong people."""
AT_ONCE = 1_000
"""Rows that one statement empties or deletes; in between others can write."""


def forget() -> None:
    """Forget all that was kept for long enough. Some statements, more where much is old."""
    forget_what_served()
    forget_origins()
    forget_declined()


def forget_what_served() -> int:
    """Delete traces and refused tries of long ago, and empty the words of tries before; returns how
    many rows."""
    now = clock.now()
    words = RefusedTry.objects.filter(at__lt=now - WORDS_FOR).exclude(text="")
    return sum(
        (
            _delete(Trace, now - TRACES_FOR),
            _delete(RefusedTry, now - TRIES_FOR),
            _empty(words, text=""),
        )
    )


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


def forget_declined() -> int:
    """Empty what was not published when nobody can appeal any more; returns how many.

    It stays that something was held, when, and by which rules.
    """
    appealed = Appeal.objects.filter(state=AppealState.OPEN).exclude(decision__held=None)
    old = HeldComment.objects.filter(
        state=HeldState.DECLINED, decided_at__lt=clock.now() - Appeal.WITHIN
    ).exclude(pk__in=appealed.values("decision__held"))
    count = 0
    for pk, document_id in old.exclude(text="").values_list("pk", "document_id"):
        with transaction.atomic():
            lock_document(document_id)
            # Somebody may have decided on an appeal meanwhile.
            if held := old.exclude(text="").filter(pk=pk).first():
                empty_held(held)
                count += 1
    return count


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
    """Give rows these values, which take them out of what is asked for."""
    count = 0
    model: type[models.Model] = rows.model
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        count += model._default_manager.filter(pk__in=ids).update(**values)
    return count


def _delete(model: type[models.Model], before: dt.datetime) -> int:
    """Delete the rows before a moment; they are in the order of time, so the first tell."""
    count = 0
    while True:
        first = list(model._default_manager.order_by("pk").values_list("pk", "at")[:AT_ONCE])
        old = [pk for pk, at in first if at < before]
        if old:
            model._default_manager.filter(pk__in=old).delete()
            count += len(old)
        if len(old) < AT_ONCE:
            return count
