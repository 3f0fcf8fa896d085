"""Letters about reports and decisions, written when they leave.

What a decision says leaves when it can no longer be taken back, and not at all if it was. Each is
queued in the transaction of its reason, once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from broadsheet.discussion.models import CommentSource
from broadsheet.moderation.enums import ReportState
from broadsheet.moderation.models import Appeal, Decision, Report
from broadsheet.moderation.statements import report_path, statement_path
from broadsheet.readers.letters import write
from broadsheet.readers.mail import Written, queue_letter, register_writer

RECEIPT, OUTCOME, STATEMENT, ANSWER = "receipt", "outcome", "statement", "answer"


def confirm_receipt(report: Report) -> None:
    if report.email:
        queue_letter(kind=RECEIPT, about=str(report.pk))


def tell_reporters(reports: Sequence[int], *, after: dt.timedelta = dt.timedelta()) -> None:
    """Tell those who gave an address what became of their reports."""
    found = Report.objects.filter(pk__in=reports).exclude(email="").order_by("pk")
    for report_id, decision_id in found.values_list("pk", "decision_id"):
        queue_letter(kind=OUTCOME, about=f"{report_id}/{decision_id}", after=after)


def tell_writer(decision: Decision, *, after: dt.timedelta = dt.timedelta()) -> None:
    """Send the statement of reasons, if there is an address."""
    queue_letter(kind=STATEMENT, about=str(decision.pk), after=after)


def tell_appellant(appeal: Appeal) -> None:
    queue_letter(kind=ANSWER, about=str(appeal.pk))


def _write_receipt(about: str) -> Written | None:
    """Confirm a report (DSA art. 16 (4))."""
    report = Report.objects.filter(pk=int(about)).exclude(email="").first()
    if report is None:
        return None
    return _write(RECEIPT, report.email, report=report, path=report_path(report))


def _write_outcome(about: str) -> Written | None:
    """Tell a reporter what was decided, and what can be done about it (DSA art. 16 (5)).

    Nothing of a decision that was taken back; what is decided then has a letter of its own.
    """
    report_id, _, decision_id = about.partition("/")
    report = (
        Report.objects.select_related("decision")
        .filter(pk=int(report_id), decision=int(decision_id))
        .exclude(email="")
        .first()
    )
    if report is None or report.state == ReportState.OPEN:
        return None
    return _write(OUTCOME, report.email, report=report, path=report_path(report))


def _write_statement(about: str) -> Written | None:
    """Write the statement of reasons (DSA art. 17), unless the decision was taken back."""
    decision = (
        Decision.objects.select_related("account", "held", "document__edition")
        .filter(pk=int(about), reversed_by=None, statement__isnull=False)
        .first()
    )
    if decision is None or not (to := address_of_writer(decision)):
        return None
    edition = decision.document.edition if decision.document else None
    assert decision.statement is not None
    return _write(
        STATEMENT,
        to,
        decision=decision,
        facts=decision.statement["facts"],
        headline=edition.headline if edition else "",
        path=statement_path(decision),
    )


def _write_answer(about: str) -> Written | None:
    """Tell who appealed what another moderator found."""
    appeal = (
        Appeal.objects.select_related("decision__account", "decision__held", "report")
        .filter(pk=int(about), decided_at__isnull=False)
        .first()
    )
    if appeal is None:
        return None
    if appeal.report:
        to, path = appeal.email or appeal.report.email, report_path(appeal.report)
    else:
        to = appeal.email or address_of_writer(appeal.decision)
        path = statement_path(appeal.decision)
    return _write(ANSWER, to, appeal=appeal, path=path) if to else None


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


def _write(kind: str, to: str, **context: object) -> Written:
    return write(f"moderation/mail/{kind}.txt", to, context)


def register() -> None:
    """Let the mail know who writes these letters."""
    for kind, writer in (
        (RECEIPT, _write_receipt),
        (OUTCOME, _write_outcome),
        (STATEMENT, _write_statement),
        (ANSWER, _write_answer),
    ):
        register_writer(kind, writer)
