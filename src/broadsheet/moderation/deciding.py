"""What a moderator decides: each decision is one transaction, kept with its ground and its reasons,
told to those whom it concerns, and can be taken back for ten minutes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from broadsheet import clock
from broadsheet.discussion.actions import CommentRefused
from broadsheet.discussion.editing import take_back_edit
from broadsheet.discussion.enums import RemovedBy
from broadsheet.discussion.models import Comment, CommentVersion
from broadsheet.discussion.removal import RemovalRefused, redact_comment, remove_comment
from broadsheet.discussion.restoration import RestorationRefused, restore_comment
from broadsheet.moderation import letters
from broadsheet.moderation.actions import decline_held, publish_held, reopen_held
from broadsheet.moderation.claims import ClaimedByAnother, is_claimed_by_another
from broadsheet.moderation.enums import (
    RESTRICTIONS,
    UNLOGGED,
    Ground,
    HeldKind,
    HeldState,
    ItemKind,
    Measure,
    ReportState,
)
from broadsheet.moderation.erasure import let_held_words_go
from broadsheet.moderation.models import Decision, HeldComment, QueueItem, Report
from broadsheet.moderation.people import NOBODY, Person, writer_of_comment, writer_of_held
from broadsheet.moderation.queueing import close, put_reported, reopen
from broadsheet.moderation.statements import MAX_REASON, reason_in_words, statement_of
from broadsheet.readers.models import Account
from broadsheet.record.actions import lock_document

UNDO_WITHIN = dt.timedelta(minutes=10)
TAKEN_BACK = "Published by mistake. A moderator looks at it again."
MAX_LAW = 200
_WITH_GROUND = RESTRICTIONS | {Measure.WITHHELD}


class DecisionRefused(ValueError):
    """It cannot be decided so; the message is for the moderator."""


class ItemGone(DecisionRefused):
    """It does not wait any more: somebody decided it, or its writer took it back."""


class CannotUndo(DecisionRefused):
    """The decision cannot be taken back any more, or not by this person."""


@dataclass(frozen=True)
class Ruling:
    """What is decided and why."""

    measure: Measure
    ground: Ground | None = None
    words: str = ""
    """The moderator's own, told to whom it concerns."""
    law: str = ""
    is_flood: bool = False
    """Part of a flood of advertising, of which each writer is not told (art. 17 (2))."""

    @property
    def reason(self) -> str:
        assert self.ground is not None
        return reason_in_words(self.ground, self.words, self.law)

    def checked(self) -> Ruling:
        """Return the ruling as it is kept. Raises :class:`DecisionRefused`."""
        words, law = _one_line(self.words), _one_line(self.law)
        made = Ruling(self.measure, self.ground, words, law, self.is_flood)
        if self.measure in _WITH_GROUND:
            if self.ground is None:
                who = "the writer is" if self.measure in RESTRICTIONS else "readers are"
                raise DecisionRefused(f"Choose a ground: {who} told why.")
            if self.ground in (Ground.RULES, Ground.LAW_OTHER) and not words:
                raise DecisionRefused(
                    "Say in your own words why: this ground alone says too little."
                )
            if len(law) > MAX_LAW or len(made.reason) > MAX_REASON:
                raise DecisionRefused(
                    f"The reason can have {MAX_REASON} characters with its ground; it has"
                    f" {len(made.reason):,}."
                )
        elif len(words) > MAX_REASON:
            raise DecisionRefused(
                f"The words can have {MAX_REASON} characters; these have {len(words):,}."
            )
        return made


def _one_line(given: str) -> str:
    """Return words without the character that PostgreSQL keeps in no text."""
    return " ".join(given.replace("\x00", "").split())


def new_batch() -> str:
    """Return the name of decisions that are made, and taken back, together."""
    return clock.random_bytes(16).hex()


_ALLOWED = {
    ItemKind.COMMENT: (Measure.PUBLISHED, Measure.DECLINED),
    ItemKind.EDIT: (Measure.PUBLISHED, Measure.DECLINED),
    ItemKind.REPORT: (Measure.KEPT, Measure.REMOVED),
    ItemKind.APPEAL: (Measure.RESTORED, Measure.UPHELD),
}


@transaction.atomic
def decide(
    *, item_id: int, ruling: Ruling, by: Account, batch: str, take_over: bool = False
) -> Decision:
    """Decide one thing that waits.

    Raises :class:`DecisionRefused`, :class:`ItemGone`, and :class:`ClaimedByAnother` unless
    ``take_over``.
    """
    ruling = ruling.checked()
    item = _locked(item_id)
    if not take_over and is_claimed_by_another(item, by, clock.now()):
        raise ClaimedByAnother(item)
    if ruling.measure not in _ALLOWED[ItemKind(item.kind)]:
        raise DecisionRefused(f"This cannot be done with: {ItemKind(item.kind).label.lower()}.")
    if item.kind == ItemKind.APPEAL:
        from broadsheet.moderation.appeals import decide_appeal

        assert item.appeal is not None
        decision = decide_appeal(
            appeal=item.appeal,
            is_reversed=ruling.measure == Measure.RESTORED,
            answer=ruling.words,
            by=by,
            batch=batch,
        )
        close([item])
        return decision
    if item.held is not None:
        return _decide_held(item, item.held, ruling, by, batch)
    assert item.comment is not None
    if ruling.measure == Measure.REMOVED:
        return _remove(item.comment, ruling, by, batch, item)
    return _keep(item.comment, ruling, by, batch, item)


def _locked(item_id: int) -> QueueItem:
    """Return an item that waits, locked; its document is locked before, as everywhere.

    Raises :class:`ItemGone`.
    """
    found = QueueItem.objects.filter(pk=item_id).values_list("document_id", flat=True)
    if not found:
        raise ItemGone("This does not wait any more.")
    if found[0] is not None:
        lock_document(found[0])
    item = QueueItem.objects.select_for_update().get(pk=item_id)
    if item.closed_at is not None:
        raise ItemGone(
            "Its writer took it back."
            if item.held and item.held.state == HeldState.WITHDRAWN
            else "Somebody decided this meanwhile, or its writer took it back."
        )
    return item


def _decide_held(
    item: QueueItem, held: HeldComment, ruling: Ruling, by: Account, batch: str
) -> Decision:
    comment: Comment | None = None
    edited = held.comment if held.kind == HeldKind.EDIT else None
    before = current_version(edited) if edited else None
    try:
        if ruling.measure == Measure.PUBLISHED:
            comment = publish_held(held_id=held.pk, by=by)
        else:
            decline_held(held_id=held.pk, by=by, reason=ruling.reason)
    except (CommentRefused, RestorationRefused) as refusal:
        raise DecisionRefused(str(refusal)) from refusal
    return keep_decision(
        ruling,
        by=by,
        batch=batch,
        person=writer_of_held(held),
        document_id=held.document_id,
        held=held,
        comment=comment or edited,
        version=_new_version(edited, before),
        since=item.since,
        is_found_by_software=True,
    )


def _new_version(edited: Comment | None, before: int | None) -> int | None:
    """Return the version that the decision made of a comment; ``None`` where it made none."""
    now = current_version(edited) if edited else None
    return now if now != before else None


@transaction.atomic
def remove(*, comment_id: int, ruling: Ruling, by: Account, batch: str) -> Decision:
    """Remove a comment that nobody may have reported. Raises :class:`DecisionRefused`."""
    ruling = ruling.checked()
    comment = Comment.objects.get(pk=comment_id)
    lock_document(comment.document_id)
    item = QueueItem.objects.filter(comment=comment, kind=ItemKind.REPORT, closed_at=None).first()
    return _remove(comment, ruling, by, batch, item)


def _remove(
    comment: Comment, ruling: Ruling, by: Account, batch: str, item: QueueItem | None
) -> Decision:
    person = writer_of_comment(comment)
    version = current_version(comment)
    try:
        removed = remove_comment(
            comment_id=comment.pk,
            by=by.get_full_name(),
            reason=ruling.reason,
            role=RemovedBy.MODERATOR,
        )
    except RemovalRefused as refusal:
        raise DecisionRefused(str(refusal)) from refusal
    decision = keep_decision(
        ruling,
        by=by,
        batch=batch,
        person=person,
        document_id=comment.document_id,
        comment=removed,
        version=version,
        since=item.since if item else None,
        is_from_notice=item is not None,
    )
    _answer_reports(comment, ReportState.UPHELD, decision)
    if item:
        close([item], at=decision.decided_at)
    return decision


@transaction.atomic
def redact(*, comment_id: int, ruling: Ruling, by: Account) -> Decision:
    """Erase the words of a comment for good, whether somebody reported it or not.

    It cannot be taken back, so its writer is told at once. Reports of it are answered. Raises
    :class:`DecisionRefused`.
    """
    ruling = ruling.checked()
    comment = Comment.objects.get(pk=comment_id)
    lock_document(comment.document_id)
    items = list(QueueItem.objects.filter(comment=comment, kind=ItemKind.REPORT, closed_at=None))
    person, version = writer_of_comment(comment), current_version(comment)
    try:
        redacted = redact_comment(comment_id=comment.pk, reason=ruling.reason)
    except RemovalRefused as refusal:
        raise DecisionRefused(str(refusal)) from refusal
    decision = keep_decision(
        ruling,
        by=by,
        batch="",
        person=person,
        document_id=comment.document_id,
        comment=redacted,
        version=version,
        since=items[0].since if items else None,
        is_from_notice=bool(items),
    )
    _answer_reports(comment, ReportState.UPHELD, decision)
    close(items, at=decision.decided_at)
    return decision


@transaction.atomic
def redact_held(*, held_id: int, ruling: Ruling, by: Account) -> Decision:
    """Erase words for good that wait or were not published; the writer is told at once.

    What waited is decided by it. Of words that stand, or stood, the comment is redacted. Raises
    :class:`DecisionRefused`.
    """
    ruling = ruling.checked()
    lock_document(HeldComment.objects.only("document_id").get(pk=held_id).document_id)
    held = HeldComment.objects.select_for_update(of=("self",)).get(pk=held_id)
    check_held_redactable(held)
    item = QueueItem.objects.get(held=held)
    if held.state == HeldState.WAITING:
        held.state, held.decided_at, held.decided_by = HeldState.DECLINED, clock.now(), by
    held.decision_reason = ruling.reason
    let_held_words_go(held)
    return keep_decision(
        ruling,
        by=by,
        batch="",
        person=writer_of_held(held),
        document_id=held.document_id,
        held=held,
        comment=held.comment if held.kind == HeldKind.EDIT else None,
        since=item.since,
        is_found_by_software=True,
    )


def check_held_redactable(held: HeldComment) -> None:
    """Raise :class:`DecisionRefused` for words that are gone, or that stand in the discussion."""
    if held.state == HeldState.PUBLISHED or (
        held.kind == HeldKind.COMMENT and held.comment_id is not None
    ):
        raise DecisionRefused("These words stood in the discussion: redact the comment.")
    if not held.text:
        raise DecisionRefused("These words are erased already.")


def _keep(comment: Comment, ruling: Ruling, by: Account, batch: str, item: QueueItem) -> Decision:
    decision = keep_decision(
        ruling,
        by=by,
        batch=batch,
        person=NOBODY,
        document_id=comment.document_id,
        comment=comment,
        version=current_version(comment),
        since=item.since,
        is_from_notice=True,
    )
    _answer_reports(comment, ReportState.UNFOUNDED, decision)
    close([item], at=decision.decided_at)
    return decision


def current_version(comment: Comment) -> int | None:
    """Return the number of the version that stands."""
    return (
        CommentVersion.objects.filter(comment=comment, valid_to=None)
        .values_list("number", flat=True)
        .first()
    )


def _answer_reports(comment: Comment, state: ReportState, decision: Decision) -> None:
    open_reports = Report.objects.filter(comment=comment, state=ReportState.OPEN)
    answered = list(open_reports.values_list("pk", flat=True))
    open_reports.update(state=state, decision=decision)
    letters.tell_reporters(answered, after=UNDO_WITHIN)


def keep_decision(
    ruling: Ruling,
    *,
    by: Account,
    batch: str,
    person: Person = NOBODY,
    document_id: int | None = None,
    comment: Comment | None = None,
    version: int | None = None,
    held: HeldComment | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    is_from_notice: bool = False,
    is_found_by_software: bool = False,
    reverses: Decision | None = None,
    bans: Sequence[int] = (),
    is_by_editor: bool = False,
) -> Decision:
    """Store a decision, with the statement that its writer gets; the letter leaves when it can no
    longer be taken back."""
    now = clock.now()
    decision = Decision(
        measure=ruling.measure,
        ground=ruling.ground or "",
        words=ruling.words,
        law=ruling.law,
        document_id=document_id,
        comment=comment,
        version=version,
        held=held,
        account_id=person.account_id,
        guest_key=person.guest_key,
        by=by,
        by_name=by.name[:150],
        is_by_editor=is_by_editor,
        decided_at=now,
        until=until,
        waited=max(int((now - since).total_seconds()), 0) if since else None,
        is_from_notice=is_from_notice,
        is_found_by_software=is_found_by_software,
        batch=batch,
        is_public=ruling.measure not in UNLOGGED,
        reverses=reverses,
        bans=list(bans),
    )
    decision.save(force_insert=True)
    if decision.is_restriction and not ruling.is_flood:
        decision.statement = statement_of(decision)
        decision.save(update_fields=["statement"])
        can_be_undone = decision.measure != Measure.REDACTED
        letters.tell_writer(decision, after=UNDO_WITHIN if can_be_undone else dt.timedelta())
    return decision


def undo(*, batch: str, by: Account) -> list[Decision]:
    """Take back what was decided together; each by its own act, and each in a transaction of its own.

    What was decided again since then stays. Raises :class:`CannotUndo` when nothing can be taken back.
    """
    decisions = list(undoable(batch, by))
    if not decisions:
        raise CannotUndo(
            f"There is nothing to take back: decisions can be undone for"
            f" {UNDO_WITHIN.seconds // 60} minutes, by who made them."
        )
    undone: list[Decision] = []
    problems: list[str] = []
    for decision in decisions:
        try:
            undone.append(_undo_one(decision.pk, by, batch=new_batch()))
        except DecisionRefused as refusal:
            problems.append(str(refusal))
    if not undone:
        raise CannotUndo(problems[0])
    return undone


def undoable(batch: str, by: Account) -> QuerySet[Decision]:
    """Return the decisions of a batch that can still be taken back, the last one first."""
    return (
        Decision.objects.filter(
            batch=batch,
            by=by,
            decided_at__gt=clock.now() - UNDO_WITHIN,
            reversed_by=None,
            measure__in=_UNDO,
        )
        .exclude(batch="")
        .order_by("-pk")
    )


@transaction.atomic
def _undo_one(decision_id: int, by: Account, *, batch: str) -> Decision:
    document = Decision.objects.values_list("document_id", flat=True).get(pk=decision_id)
    if document is not None:
        lock_document(document)
    decision = (
        Decision.objects.select_for_update(of=("self",))
        .select_related("held", "comment")
        .get(pk=decision_id)
    )
    if Decision.objects.filter(reverses=decision).exists():
        raise CannotUndo("This was taken back already.")
    try:
        _UNDO[Measure(decision.measure)](decision, by)
    except (CommentRefused, RemovalRefused, RestorationRefused) as refusal:
        raise CannotUndo(str(refusal)) from refusal
    return keep_decision(
        Ruling(Measure.UNDONE),
        by=by,
        batch=batch,
        person=Person(decision.account_id, decision.guest_key),
        document_id=decision.document_id,
        comment=decision.comment,
        held=decision.held,
        reverses=decision,
    )


def _undo_publication(decision: Decision, by: Account) -> None:
    held, comment = decision.held, decision.comment
    if held is None or comment is None or held.state != HeldState.PUBLISHED:
        raise CannotUndo("What was published is not there any more.")
    if held.kind == HeldKind.EDIT:
        if decision.version is None:
            raise CannotUndo("This edit changed nothing: the comment said so already.")
        take_back_edit(comment_id=comment.pk, number=decision.version)
        _wait_again(held)
        return
    remove_comment(
        comment_id=comment.pk,
        by=by.get_full_name(),
        reason=TAKEN_BACK,
        role=RemovedBy.MODERATOR,
    )
    _wait_again(held)


def _undo_decline(decision: Decision, by: Account) -> None:
    if decision.held is None or decision.held.state != HeldState.DECLINED:
        raise CannotUndo("What was declined is not there any more.")
    _wait_again(decision.held)


def _wait_again(held: HeldComment) -> None:
    reopen_held(held_id=held.pk)
    reopen(QueueItem.objects.get(held=held))


def _undo_removal(decision: Decision, by: Account) -> None:
    if decision.comment is None:
        raise CannotUndo("The comment is not there any more.")
    restore_comment(
        comment_id=decision.comment.pk, by=by.get_full_name(), reason="Removed by mistake."
    )
    _report_again(decision)


def _undo_keeping(decision: Decision, by: Account) -> None:
    _report_again(decision)


def _report_again(decision: Decision) -> None:
    reports = Report.objects.filter(decision=decision)
    if not reports.update(state=ReportState.OPEN, decision=None) or decision.comment is None:
        return
    items = QueueItem.objects.filter(comment=decision.comment, kind=ItemKind.REPORT)
    if not items.filter(closed_at=None).exists() and (last := items.order_by("-pk").first()):
        reopen(last)
    put_reported(decision.comment)


def _undo_ban(decision: Decision, by: Account) -> None:
    from broadsheet.moderation.banning import lift

    lift(decision, by)


_UNDO = {
    Measure.PUBLISHED: _undo_publication,
    Measure.DECLINED: _undo_decline,
    Measure.REMOVED: _undo_removal,
    Measure.KEPT: _undo_keeping,
    Measure.BANNED: _undo_ban,
}
"""How each measure is taken back; what another moderator decided on appeal is not."""
