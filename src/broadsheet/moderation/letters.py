"""Mail about reports and decisions: plain text, sent by the task worker.

A task carries the number of a row and no address or words: the queue keeps what it was given, and what
is erased must be gone from there too. What a decision says leaves when it can no longer be taken back,
and not at all if it was.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import get_template
from django_tasks import task, task_backends

from broadsheet import clock
from broadsheet.discussion.models import CommentSource
from broadsheet.moderation.enums import ReportState
from broadsheet.moderation.models import Appeal, Decision, Report
from broadsheet.moderation.statements import report_path, statement_path
from broadsheet.record.queries import publication

logger = logging.getLogger(__name__)

PAUSES = (60, 600, 3600)
"""Seconds before a letter that could not be sent is tried again; then it is given up."""
MAX_SUBJECT = 150
"""Characters."""


def confirm_receipt(report: Report) -> None:
    if report.email:
        _after_commit(send_receipt, report.pk)


def tell_reporters(reports: Sequence[int], *, after: dt.timedelta = dt.timedelta()) -> None:
    """Tell those who gave an address what became of their reports."""
    for pk in Report.objects.filter(pk__in=reports).exclude(email="").values_list("pk", flat=True):
        _after_commit(send_outcome, pk, after=after)


def tell_writer(decision: Decision, *, after: dt.timedelta = dt.timedelta()) -> None:
    """Send the statement of reasons, if there is an address."""
    _after_commit(send_statement, decision.pk, after=after)


def tell_appellant(appeal: Appeal) -> None:
    _after_commit(send_answer, appeal.pk)


def _after_commit(letter: Any, pk: int, *, after: dt.timedelta = dt.timedelta()) -> None:
    is_deferred = after and task_backends["default"].supports_defer
    made = letter.using(run_after=clock.now() + after) if is_deferred else letter
    transaction.on_commit(lambda: made.enqueue(pk), robust=True)


@task()
def send_receipt(report_id: int, attempt: int = 1) -> None:
    """Confirm a report (DSA art. 16 (4))."""
    report = Report.objects.filter(pk=report_id).exclude(email="").first()
    if report:
        _send_or_try_again(
            "receipt",
            report.email,
            {"report": report, "path": report_path(report)},
            send_receipt,
            report_id,
            attempt,
        )


@task()
def send_outcome(report_id: int, attempt: int = 1) -> None:
    """Tell a reporter what was decided, and what can be done about it (DSA art. 16 (5))."""
    report = (
        Report.objects.select_related("decision").filter(pk=report_id).exclude(email="").first()
    )
    if report is None or report.state == ReportState.OPEN or report.decision is None:
        return
    _send_or_try_again(
        "outcome",
        report.email,
        {"report": report, "path": report_path(report)},
        send_outcome,
        report_id,
        attempt,
    )


@task()
def send_statement(decision_id: int, attempt: int = 1) -> None:
    """Send the statement of reasons (DSA art. 17), unless the decision was taken back."""
    decision = (
        Decision.objects.select_related("account", "held", "document__edition")
        .filter(pk=decision_id, reversed_by=None, statement__isnull=False)
        .first()
    )
    if decision is None or not (to := address_of_writer(decision)):
        return
    edition = decision.document.edition if decision.document else None
    assert decision.statement is not None
    context = {
        "decision": decision,
        "facts": decision.statement["facts"],
        "headline": edition.headline if edition else "",
        "path": statement_path(decision),
    }
    _send_or_try_again("statement", to, context, send_statement, decision_id, attempt)


@task()
def send_answer(appeal_id: int, attempt: int = 1) -> None:
    """Tell who appealed what another moderator found."""
    appeal = (
        Appeal.objects.select_related("decision__account", "decision__held", "report")
        .filter(pk=appeal_id, decided_at__isnull=False)
        .first()
    )
    if appeal is None:
        return
    if appeal.report:
        to, path = appeal.email or appeal.report.email, report_path(appeal.report)
    else:
        to = appeal.email or address_of_writer(appeal.decision)
        path = statement_path(appeal.decision)
    if to:
        _send_or_try_again(
            "answer", to, {"appeal": appeal, "path": path}, send_answer, appeal_id, attempt
        )


def address_of_writer(decision: Decision) -> str:
    """Return where the person concerned is written to; empty where no address is known."""
    if decision.account:
        return decision.account.email
    if decision.held and decision.held.email:
        return decision.held.email
    if decision.comment_id:
        found = CommentSource.objects.filter(comment=decision.comment_id).exclude(email="")
        return found.values_list("email", flat=True).first() or ""
    return ""


def _send(template: str, to: str, context: dict[str, Any]) -> bool:
    """Send a letter: the first line of its template is the subject. Returns whether it went out."""
    around = {"publication": " ".join(publication().name.split()), "origin": settings.ORIGIN}
    said = get_template(f"moderation/mail/{template}.txt").render({**context, **around})
    subject, _, body = said.strip().partition("\n")
    message = EmailMessage(" ".join(subject.split())[:MAX_SUBJECT], body.strip() + "\n", to=[to])
    # Programs that answer by themselves do not answer this (RFC 3834).
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        # The address is not logged: logs are kept longer than reports.
        logger.warning("a letter could not be sent: %s", type(error).__name__)
        return False
    return True


def _send_or_try_again(
    template: str, to: str, context: dict[str, Any], letter: Any, pk: int, attempt: int
) -> None:
    if not _send(template, to, context):
        _again(letter, pk, attempt)


def _again(letter: Any, pk: int, attempt: int) -> None:
    if attempt <= len(PAUSES) and task_backends["default"].supports_defer:
        when = clock.now() + dt.timedelta(seconds=PAUSES[attempt - 1])
        letter.using(run_after=when).enqueue(pk, attempt + 1)
