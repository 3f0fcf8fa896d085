"""The removal of a comment: its place, its time, the reason and the role stay, its words go.

They go from every moment, past ones too, since nothing that readers see is made of anything but the
comment and its versions, and both are emptied. What they said is kept apart, so that the journal can
still be checked and the decision looked at again; nothing that readers see asks for it.

Of a comment that its writer deletes nothing is kept: neither what it said nor where it came from. Of
one that the publication redacts, because a law asks for it, nothing is kept of what it said. The salts
of the journal entries that were made of it are erased, so that what they were made of cannot be found
by trying; the chain still checks.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from broadsheet import clock
from broadsheet.discussion.enums import CommentKind, RemovedBy
from broadsheet.discussion.keys import ERASED, reactions_key
from broadsheet.discussion.models import (
    Comment,
    CommentSource,
    CommentVersion,
    InterestQuestion,
    RemovedWords,
    Submission,
)
from broadsheet.discussion.people import Person
from broadsheet.discussion.questions import count_questions, end_mark
from broadsheet.discussion.signals import comment_removed, words_erased
from broadsheet.press.keys import change_after_commit
from broadsheet.readers.mail import forget_mail_about
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EntryKind
from broadsheet.record.keys import document_key
from broadsheet.record.models import Document, JournalEntry
from broadsheet.record.signals import document_changed

MAX_REASON = 300
"""Characters of the reason, which stands where the words stood."""


class RemovalRefused(ValueError):
    """The comment cannot be removed so; the message is for the editor."""


@transaction.atomic
def remove_comment(
    *,
    comment_id: int,
    by: str,
    reason: str,
    role: RemovedBy = RemovedBy.PUBLICATION,
    at: dt.datetime | None = None,
) -> Comment:
    """Take the words of a comment from readers and leave a tombstone; replies stay where they are.

    ``by`` is for the desk, ``reason`` and ``role`` for everybody. A proposed correction is decided
    and not removed. Raises :class:`RemovalRefused`.
    """
    document = lock_document(Comment.objects.only("document_id").get(pk=comment_id).document_id)
    comment = Comment.objects.get(pk=comment_id)
    reason = _checked_reason(comment, reason)
    now = at or clock.now()
    removed = RemovedWords.objects.create(
        comment=comment,
        by=by[:150],
        name=comment.name,
        author=comment.author,
        texts=dict(comment.versions.values_list("number", "text")),
        stamp=take_stamp(comment),
    )
    _empty(document, comment, role=role, reason=reason, at=now)
    journal.append_entry(
        document=document,
        kind=EntryKind.REMOVAL,
        reference=f"removal/{comment.pk}/{role}",
        content=removal_content(removed),
        at=now,
    )
    _follow(document, comment)
    return comment


@transaction.atomic
def delete_comment(*, comment_id: int, person: Person, at: dt.datetime | None = None) -> Comment:
    """Let a writer take back a comment: the words go for good, replies stay beneath a tombstone.

    What the publication removed before keeps its tombstone, and what was kept for the decision goes.
    Nothing happens the second time. Raises :class:`RemovalRefused`.
    """
    document = lock_document(Comment.objects.only("document_id").get(pk=comment_id).document_id)
    comment = Comment.objects.get(pk=comment_id)
    if comment.removed_at and comment.removed_by == RemovedBy.WRITER:
        return comment
    if not person.wrote(comment):
        raise RemovalRefused("Only its writer can delete a comment.")
    if comment.kind == CommentKind.PROPOSAL:
        raise RemovalRefused("A proposed correction is decided; an edition may rest on it.")
    return erase_comment(document, comment, at=at or clock.now())


def erase_comment(document: Document, comment: Comment, *, at: dt.datetime) -> Comment:
    """Do what :func:`delete_comment` does, whoever asks for it; the document is locked.

    For the erasure of all that a person wrote.
    """
    if comment.removed_at is None:
        take_stamp(comment)
        _empty(document, comment, role=RemovedBy.WRITER, reason="", at=at)
    _let_go(comment)
    CommentSource.objects.filter(comment=comment).delete()
    Comment.objects.filter(pk=comment.pk).update(account=None)
    comment.account = None
    journal.append_entry(
        document=document,
        kind=EntryKind.REMOVAL,
        reference=f"removal/{comment.pk}/{RemovedBy.WRITER}",
        content=deletion_content(comment.pk),
        at=at,
    )
    _follow(document, comment)
    return comment


@transaction.atomic
def redact_comment(*, comment_id: int, reason: str, at: dt.datetime | None = None) -> Comment:
    """Erase the words of a comment for good, because a law or somebody’s safety asks for it.

    Nothing of them is kept, so nobody can bring them back. The tombstone says that the publication
    did it, why and when; who wrote it stays known, to be told. What was removed before is redacted
    too: what was kept of it goes. Raises :class:`RemovalRefused`.
    """
    document = lock_document(Comment.objects.only("document_id").get(pk=comment_id).document_id)
    comment = Comment.objects.get(pk=comment_id)
    if comment.removed_by in ERASED_BY or is_erased(comment):
        raise RemovalRefused("The words of this comment are erased already.")
    if comment.kind == CommentKind.PROPOSAL:
        raise RemovalRefused("A proposed correction is decided; an edition may rest on it.")
    reason, now = _said(reason), at or clock.now()
    take_stamp(comment)
    _empty(document, comment, role=RemovedBy.REDACTED, reason=reason, at=now)
    InterestQuestion.objects.filter(comment=comment).update(answer="")
    _let_go(comment)
    # What rules found in the words says what they were.
    CommentSource.objects.filter(comment=comment).update(verdict=None)
    journal.append_entry(
        document=document,
        kind=EntryKind.REMOVAL,
        reference=f"removal/{comment.pk}/{RemovedBy.REDACTED}",
        content=redaction_content(comment),
        at=now,
    )
    _follow(document, comment)
    return comment


ERASED_BY = (RemovedBy.WRITER, RemovedBy.REDACTED)
"""Who leaves nothing that could come back."""


def is_erased(comment: Comment) -> bool:
    """Say whether nothing is left of a comment’s words, neither to be read nor kept apart."""
    return bool(comment.removed_at) and not RemovedWords.objects.filter(comment=comment).exists()


def _let_go(comment: Comment) -> None:
    """Erase all that is kept of a comment’s words beside it, in the rooms above and in letters too."""
    # First: whoever keeps something finds by the source whose words these were.
    words_erased.send(sender=Comment, comment=comment)
    RemovedWords.objects.filter(comment=comment).delete()
    # The key of a form is a digest of its words.
    Submission.objects.filter(comment=comment).delete()
    forget_mail_about([comment.pk])
    _erase_salts(comment)


def _empty(
    document: Document, comment: Comment, *, role: RemovedBy, reason: str, at: dt.datetime
) -> None:
    """Take the words from a comment and all of its versions; the document is locked."""
    CommentVersion.objects.filter(comment=comment).update(text="", html="")
    comment.name, comment.author = "", None
    comment.removed_at, comment.removal_reason, comment.removed_by = at, reason, role
    comment.save(
        update_fields=[
            *("name", "author", "removed_at", "removal_reason", "removed_by"),
            *("mark", "disclosures"),
        ]
    )
    for question in Comment.objects.filter(answer=comment):
        end_mark(document, question, at=at)
    if comment.is_question:
        end_mark(document, comment, at=at)
    if comment.is_question or comment.parent_id:
        count_questions(document)


def _erase_salts(comment: Comment) -> None:
    """Erase what the digests of the comment, of its versions and of its removal were salted with."""
    said = Q(kind=EntryKind.COMMENT, reference=f"comment/{comment.pk}")
    said |= Q(kind=EntryKind.VERSION, reference__startswith=f"version/{comment.pk}/")
    said |= Q(kind=EntryKind.REMOVAL, reference=f"removal/{comment.pk}")
    said |= Q(kind=EntryKind.INTEREST_ANSWERED, reference=f"interest/{comment.pk}/answer")
    said |= Q(kind=EntryKind.REMOVAL, reference__startswith=f"removal/{comment.pk}/")
    JournalEntry.objects.filter(said, document=comment.document_id).update(salt=None)


def _follow(document: Document, comment: Comment) -> None:
    """Let nobody see the words again: neither in pages, not even while the next is made, nor in what
    processes hold in memory."""
    change_after_commit(
        document_key(document.pk), reactions_key(document.pk), ERASED, withdraws=True
    )
    transaction.on_commit(lambda: _announce(document, comment), robust=True)


def take_stamp(comment: Comment) -> dict[str, object]:
    """Take what stands beside a comment’s name from it, unsaved, and from the answer to who asked for
    an interest; returns it, to be kept apart."""
    stamp: dict[str, object] = {"mark": comment.mark, "disclosures": comment.disclosures}
    comment.mark, comment.disclosures = "", None
    question = InterestQuestion.objects.filter(comment=comment).exclude(answer="").first()
    if question:
        stamp["answer"] = question.answer
        question.answer = ""
        question.save(update_fields=["answer"])
    return {name: value for name, value in stamp.items() if value}


def _checked_reason(comment: Comment, reason: str) -> str:
    if comment.removed_at:
        raise RemovalRefused("This comment was removed already.")
    if comment.kind == CommentKind.PROPOSAL:
        raise RemovalRefused(
            "A proposed correction is decided, not removed. Decline it, with the reason."
        )
    return _said(reason)


def _said(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise RemovalRefused("Say why: the reason stands where the words stood.")
    if len(reason) > MAX_REASON:
        raise RemovalRefused(
            f"The reason can have {MAX_REASON} characters; it has {len(reason):,}."
        )
    return reason


def _announce(document: Document, comment: Comment) -> None:
    comment_removed.send_robust(sender=Comment, comment=comment)
    document_changed.send_robust(sender=Document, document=document)


def removal_content(removed: RemovedWords) -> dict[str, object]:
    """Return what the journal's digest of a removal is made of."""
    return {
        "comment": removed.comment_id,
        "by": removed.by,
        "reason": removed.comment.removal_reason,
    }


def redaction_content(comment: Comment) -> dict[str, object]:
    """Return what the journal's digest of a redaction is made of; all of it stays."""
    return {
        "comment": comment.pk,
        "by": RemovedBy.REDACTED.value,
        "reason": comment.removal_reason,
    }


def deletion_content(comment_id: int) -> dict[str, object]:
    """Return what the journal's digest is made of when a writer deletes a comment."""
    return {"comment": comment_id, "by": RemovedBy.WRITER.value}
