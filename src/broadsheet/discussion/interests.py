"""Asking the writer of a comment whether they have an interest in what they write about.

Anybody can ask, once for a comment. The writer answers with one line, which stands at the comment
from then on; until then, and after the days that the publication gives, it is said that somebody
asked. Question and answer are entries of the document’s journal.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from django.db import transaction

from broadsheet import clock
from broadsheet.discussion.enums import CommentKind, Origin
from broadsheet.discussion.models import Comment, CommentSource, InterestQuestion
from broadsheet.discussion.signals import interest_answered, interest_asked
from broadsheet.readers.disclosures import DisclosureRefused, clean_line
from broadsheet.readers.models import Account
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import Document
from broadsheet.record.signals import document_changed

MAX_ANSWER = 300
"""Characters."""
AN_HOUR = dt.timedelta(hours=1)
ASKED_AN_HOUR = 5
"""Questions on one story in an hour; more would be a way to pester its readers."""
ASKED_A_DAY = 10
"""Questions of one account in a day."""


class QuestionRefused(ValueError):
    """The question cannot be asked, or not answered so; the message is for who tried."""


@dataclass(frozen=True)
class Asked:
    """A question with the key by which a guest can answer; only its digest is kept."""

    question: InterestQuestion
    key: str


@transaction.atomic
def ask_for_interest(
    *, comment_id: int, account: Account | None = None, at: dt.datetime | None = None
) -> Asked:
    """Ask the writer of a comment whether they have an interest. Raises :class:`QuestionRefused`.

    ``account`` is who asks, if known; it is not shown.
    """
    document = lock_document(Comment.objects.only("document_id").get(pk=comment_id).document_id)
    comment = Comment.objects.select_related("interest").get(pk=comment_id)
    now = at or clock.now()
    _check_askable(comment, account, now)
    key = clock.random_bytes(18).hex()
    question = InterestQuestion.objects.create(
        comment=comment, asked_at=now, account=account, key_digest=_digest(key)
    )
    journal.append_entry(
        document=document,
        kind=EntryKind.INTEREST_ASKED,
        reference=f"interest/{comment.pk}",
        content=asked_content(question),
        at=now,
    )
    transaction.on_commit(
        lambda: interest_asked.send_robust(sender=Comment, comment=comment, key=key), robust=True
    )
    _changed(document)
    return Asked(question, key)


def _check_askable(comment: Comment, account: Account | None, now: dt.datetime) -> None:
    if question_of(comment):
        raise QuestionRefused("Somebody asked that already.")
    if comment.removed_at or comment.kind == CommentKind.PINGBACK:
        raise QuestionRefused("There is nobody to ask: this comment has no words any more.")
    if comment.origin == Origin.IMPORTED and comment.account_id is None:
        raise QuestionRefused(
            "This comment was imported; whoever wrote it cannot be reached from here."
        )
    if account and account.pk == comment.account_id:
        raise QuestionRefused("This is your own comment. You can say it on your profile.")
    lately = InterestQuestion.objects.filter(asked_at__gt=now - AN_HOUR)
    if lately.filter(comment__document=comment.document_id).count() >= ASKED_AN_HOUR:
        raise QuestionRefused(
            "Many questions were asked here just now. Please come back in an hour."
        )
    a_day = InterestQuestion.objects.filter(
        account=account, asked_at__gt=now - dt.timedelta(days=1)
    )
    if account and a_day.count() >= ASKED_A_DAY:
        raise QuestionRefused("You asked often today. Please come back tomorrow.")


@transaction.atomic
def answer_interest(
    *,
    comment_id: int,
    answer: str,
    account: Account | None = None,
    guest_key: str = "",
    key: str = "",
    at: dt.datetime | None = None,
) -> InterestQuestion:
    """Answer as the writer of the comment, once. Raises :class:`QuestionRefused`.

    The writer is known by the account, by what the guest’s browser keeps, or by the key of the mail.
    """
    document = lock_document(Comment.objects.only("document_id").get(pk=comment_id).document_id)
    comment = Comment.objects.select_related("interest").get(pk=comment_id)
    question = question_of(comment)
    if question is None or comment.removed_at:
        raise QuestionRefused("Nobody asked, or the comment is not there any more.")
    if not may_answer(comment, account=account, guest_key=guest_key, key=key):
        raise QuestionRefused("Only who wrote the comment can answer.")
    if question.answered_at:
        raise QuestionRefused("This was answered already.")
    try:
        line = clean_line(answer, limit=MAX_ANSWER)
    except DisclosureRefused as error:
        raise QuestionRefused(str(error)) from error
    if not line:
        raise QuestionRefused("Please write an answer; “No, none” is one.")
    question.answer, question.answered_at = line, at or clock.now()
    question.save(update_fields=["answer", "answered_at"])
    journal.append_entry(
        document=document,
        kind=EntryKind.INTEREST_ANSWERED,
        reference=f"interest/{comment.pk}/answer",
        content=answered_content(question),
        at=question.answered_at,
    )
    transaction.on_commit(
        lambda: interest_answered.send_robust(sender=Comment, comment=comment), robust=True
    )
    _changed(document)
    return question


def may_answer(
    comment: Comment, *, account: Account | None = None, guest_key: str = "", key: str = ""
) -> bool:
    """Say whether somebody wrote a comment that was asked about. A statement for guests."""
    question = question_of(comment)
    if question is None:
        return False
    if account and account.pk == comment.account_id:
        return True
    if key and hmac.compare_digest(bytes(question.key_digest), _digest(key)):
        return True
    if not guest_key:
        return False
    source = CommentSource.objects.filter(comment=comment).first()
    return bool(source and source.guest_key and hmac.compare_digest(source.guest_key, guest_key))


def question_of(comment: Comment) -> InterestQuestion | None:
    """Return what was asked of a comment’s writer; no statement where it was loaded along."""
    try:
        return comment.interest
    except InterestQuestion.DoesNotExist:
        return None


def _digest(key: str) -> bytes:
    # 144 random bits need no salt.
    return hashlib.sha256(key.encode()).digest()


def _changed(document: Document) -> None:
    transaction.on_commit(
        lambda: document_changed.send_robust(sender=Document, document=document), robust=True
    )


def asked_content(question: InterestQuestion) -> dict[str, object]:
    """Return what the journal's digest of a question is made of."""
    return {"comment": question.comment_id}


def answered_content(question: InterestQuestion) -> dict[str, object]:
    """Return what the journal's digest of an answer is made of."""
    return {"comment": question.comment_id, "answer": question.answer}
