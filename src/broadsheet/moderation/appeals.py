"""Appeals: once, free, within six months, and to somebody else than who decided (DSA art. 20)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from broadsheet import clock
from broadsheet.discussion.actions import CommentRefused
from broadsheet.discussion.restoration import RestorationRefused, restore_comment
from broadsheet.moderation import letters
from broadsheet.moderation.actions import AlreadyDecided, publish_held, reopen_held
from broadsheet.moderation.deciding import (
    DecisionRefused,
    Ruling,
    keep_decision,
    remove,
)
from broadsheet.moderation.enums import (
    RESTRICTIONS,
    AppealState,
    Ground,
    HeldState,
    Measure,
    ReportState,
)
from broadsheet.moderation.house import house_rules
from broadsheet.moderation.models import Appeal, Decision, Report
from broadsheet.moderation.people import Person
from broadsheet.moderation.permissions import moderators
from broadsheet.moderation.queueing import put_appeal
from broadsheet.readers.models import Account


class AppealRefused(ValueError):
    """The appeal cannot be taken; the message is for who appeals. ``field`` names what is wrong."""

    def __init__(self, message: str, field: str = "words") -> None:
        super().__init__(message)
        self.field = field


class SameModerator(DecisionRefused):
    """Who decided does not decide the appeal."""

    def __init__(self) -> None:
        super().__init__("You made the decision; the appeal is for another moderator.")


def why_not(decision: Decision, *, report: Report | None = None) -> str:
    """Return why a decision cannot be appealed against; empty: it can."""
    if hasattr(decision, "appeal"):
        return "There was an appeal against this decision; it can be made once."
    if hasattr(decision, "reversed_by"):
        return "This decision was taken back."
    allowed = {Measure.KEPT} if report else RESTRICTIONS
    if decision.measure not in allowed:
        return "There is nothing to appeal against."
    if decision.measure == Measure.REDACTED:
        return (
            "The words are erased for good, because a law or somebody’s safety asked for it: no"
            " appeal could bring them back."
        )
    if clock.now() - decision.decided_at > Appeal.WITHIN:
        return "An appeal was possible for six months."
    return ""


@transaction.atomic
def file_appeal(
    *, decision_id: int, words: str, email: str = "", report: Report | None = None
) -> Appeal:
    """Ask that another moderator looks at a decision; with ``report``, who reported asks.

    Raises :class:`AppealRefused`.
    """
    decision = Decision.objects.get(pk=decision_id)
    if reason := why_not(decision, report=report):
        raise AppealRefused(reason)
    words = words.replace("\x00", "").strip()
    email = email.strip()
    if not words:
        raise AppealRefused("Please say why the decision is wrong.")
    if len(words) > Appeal.MAX_WORDS:
        raise AppealRefused(
            f"An appeal can have {Appeal.MAX_WORDS:,} characters; this one has {len(words):,}."
        )
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise AppealRefused(
                "This is not an e-mail address. You can also leave it empty.", "email"
            ) from error
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                decision=decision,
                words=words,
                email=email,
                report=report,
                filed_at=clock.now(),
            )
    except IntegrityError as error:
        raise AppealRefused(
            "There was an appeal against this decision; it can be made once."
        ) from error
    put_appeal(appeal)
    return appeal


def may_decide_appeal(decision: Decision, by: Account) -> bool:
    """Say whether somebody may decide an appeal: another one than who decided, or, where the
    publication says so, the only one there is."""
    return decision.by_id != by.pk or is_decided_alone()


def is_decided_alone() -> bool:
    """Say whether the one person who moderates decides appeals too. Statements only where that is set."""
    return house_rules().lone_appeals and moderators()[:2].count() < 2


def decide_appeal(
    *, appeal: Appeal, is_reversed: bool, answer: str, by: Account, batch: str
) -> Decision:
    """Let the decision stand, or reverse it and what it did; the answer is told.

    Called with the queue's item locked. Raises :class:`SameModerator`, :class:`DecisionRefused`.
    """
    decision = Decision.objects.select_related("held", "comment").get(pk=appeal.decision_id)
    if appeal.state != AppealState.OPEN:
        raise DecisionRefused("This appeal is decided.")
    if not may_decide_appeal(decision, by):
        raise SameModerator
    if not answer:
        raise DecisionRefused("Say why: who appeals is told.")
    ruling = Ruling(Measure.RESTORED if is_reversed else Measure.UPHELD, words=answer)
    if is_reversed:
        try:
            _reverse(decision, appeal, answer, by, batch)
        except (
            AlreadyDecided,
            CommentRefused,
            RestorationRefused,
        ) as refusal:
            raise DecisionRefused(str(refusal)) from refusal
    made = keep_decision(
        ruling,
        by=by,
        batch=batch,
        person=Person(decision.account_id, decision.guest_key),
        document_id=decision.document_id,
        comment=decision.comment,
        held=decision.held,
        since=appeal.filed_at,
        reverses=decision if is_reversed else None,
    )
    appeal.state = AppealState.REVERSED if is_reversed else AppealState.UPHELD
    appeal.decided_at, appeal.decided_by = made.decided_at, by
    appeal.by_same_person = decision.by_id == by.pk
    appeal.answer = answer
    appeal.save()
    letters.tell_appellant(appeal)
    return made


def _reverse(decision: Decision, appeal: Appeal, answer: str, by: Account, batch: str) -> None:
    """Undo what a decision did."""
    measure = Measure(decision.measure)
    if measure == Measure.REMOVED and decision.comment:
        restore_comment(comment_id=decision.comment.pk, by=by.get_full_name(), reason=answer)
    elif measure == Measure.DECLINED and decision.held:
        if decision.held.state != HeldState.DECLINED:
            raise DecisionRefused("What was declined is not there any more.")
        reopen_held(held_id=decision.held.pk)
        publish_held(held_id=decision.held.pk, by=by)
    elif measure == Measure.BANNED:
        from broadsheet.moderation.banning import lift

        lift(decision, by)
    elif measure == Measure.KEPT and decision.comment and appeal.report:
        ground = Ground(appeal.report.ground)
        # Its writer is restricted by this and told why, as by any removal.
        removal = remove(
            comment_id=decision.comment.pk,
            ruling=Ruling(Measure.REMOVED, ground, answer, appeal.report.law),
            by=by,
            batch=batch,
        )
        Decision.objects.filter(pk=removal.pk).update(is_from_notice=True)
        Report.objects.filter(decision=decision).update(state=ReportState.UPHELD, decision=removal)
    else:
        raise DecisionRefused("What was decided about is not there any more.")
