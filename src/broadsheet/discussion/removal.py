"""The removal of a comment: its place, its time and the reason stay, its words go.

They go from every moment, past ones too, since nothing that readers see is made of anything but the
comment and its versions, and both are emptied. What they said is kept apart, so that the journal can
still be checked and the decision looked at again; nothing that readers see asks for it. Once that is
erased as well, so is the salt of the comment's journal entry.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from broadsheet import clock
from broadsheet.discussion.enums import CommentKind
from broadsheet.discussion.models import Comment, CommentVersion, InterestQuestion, RemovedWords
from broadsheet.discussion.signals import comment_removed
from broadsheet.press.keys import change_after_commit
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EntryKind
from broadsheet.record.keys import document_key
from broadsheet.record.models import Document
from broadsheet.record.signals import document_changed

MAX_REASON = 300
"""Characters of the reason, which stands where the words stood."""


class RemovalRefused(ValueError):
    """The comment cannot be removed so; the message is for the editor."""


@transaction.atomic
def remove_comment(
    *, comment_id: int, by: str, reason: str, at: dt.datetime | None = None
) -> Comment:
    """Take the words of a comment from readers and leave a tombstone; replies stay where they are.

    ``by`` is for the desk, ``reason`` for everybody. A proposed correction is decided and not
    removed. Raises :class:`RemovalRefused`.
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
    CommentVersion.objects.filter(comment=comment).update(text="", html="")
    comment.name, comment.author = "", None
    comment.removed_at, comment.removal_reason = now, reason
    comment.save(
        update_fields=["name", "author", "removed_at", "removal_reason", "mark", "disclosures"]
    )
    journal.append_entry(
        document=document,
        kind=EntryKind.REMOVAL,
        reference=f"removal/{comment.pk}",
        content=removal_content(removed),
        at=now,
    )
    # A page with the words must not be shown again, not even while the next one is made.
    change_after_commit(document_key(document.pk), withdraws=True)
    transaction.on_commit(lambda: _announce(document, comment), robust=True)
    return comment


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
    reason = " ".join(reason.split())
    if comment.removed_at:
        raise RemovalRefused("This comment was removed already.")
    if comment.kind == CommentKind.PROPOSAL:
        raise RemovalRefused(
            "A proposed correction is decided, not removed. Decline it, with the reason."
        )
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
