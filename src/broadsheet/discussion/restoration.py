"""A removal is taken back: the words stand again where they stood.

They come back to every moment at which they stood, and not to those between removal and restoration:
a page of such a moment shows the tombstone that readers saw then. So the past is neither without words
that were wrongly taken, nor does it pretend that nobody took them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from broadsheet import clock
from broadsheet.discussion.enums import Origin
from broadsheet.discussion.markdown import comment_html, plain_html
from broadsheet.discussion.models import (
    Comment,
    CommentVersion,
    InterestQuestion,
    RemovedWords,
    Restoration,
)
from broadsheet.discussion.questions import count_questions
from broadsheet.discussion.removal import MAX_REASON, removal_content
from broadsheet.discussion.signals import comment_restored
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import Document
from broadsheet.record.signals import document_changed


class RestorationRefused(ValueError):
    """The comment cannot have its words again; the message is for the moderator."""


@transaction.atomic
def restore_comment(
    *, comment_id: int, by: str, reason: str, at: dt.datetime | None = None
) -> Comment:
    """Give a removed comment its words, its name and its author again.

    Raises :class:`RestorationRefused` for one that stands, and for one whose words are erased.
    """
    document = lock_document(Comment.objects.only("document_id").get(pk=comment_id).document_id)
    comment = Comment.objects.get(pk=comment_id)
    kept = RemovedWords.objects.filter(comment=comment).select_related("author", "comment").first()
    if comment.removed_at is None:
        raise RestorationRefused("This comment stands: nobody removed it, or it was restored.")
    if kept is None:
        raise RestorationRefused("The words of this comment are erased; they cannot come back.")
    now = at or clock.now()
    restoration = Restoration.objects.create(
        comment=comment,
        removed_at=comment.removed_at,
        removal_reason=comment.removal_reason,
        removed_by=comment.removed_by,
        removal=removal_content(kept),
        restored_at=now,
        by=by[:150],
        reason=" ".join(reason.split())[:MAX_REASON],
    )
    _give_back(comment, kept)
    if comment.is_question:
        count_questions(document)
    journal.append_entry(
        document=document,
        kind=EntryKind.RESTORATION,
        reference=f"restoration/{comment.pk}",
        content=restoration_content(restoration),
        at=now,
    )
    transaction.on_commit(lambda: _announce(document, comment), robust=True)
    return comment


def _give_back(comment: Comment, kept: RemovedWords) -> None:
    render = plain_html if comment.origin == Origin.IMPORTED else comment_html
    versions = list(CommentVersion.objects.filter(comment=comment))
    for version in versions:
        version.text = kept.texts.get(str(version.number), "")
        version.html = render(version.text)
    CommentVersion.objects.bulk_update(versions, ["text", "html"])
    comment.name, comment.author = kept.name, kept.author
    comment.removed_at, comment.removal_reason, comment.removed_by = None, "", ""
    give_stamp(comment, kept.stamp or {})
    comment.save(
        update_fields=[
            *("name", "author", "removed_at", "removal_reason", "removed_by"),
            *("mark", "disclosures"),
        ]
    )
    kept.delete()


def give_stamp(comment: Comment, stamp: Mapping[str, Any]) -> None:
    """Put back, unsaved, what ``take_stamp`` took from beside the name, and the answer to who asked."""
    comment.mark = stamp.get("mark", "")
    comment.disclosures = stamp.get("disclosures")
    if answer := stamp.get("answer"):
        InterestQuestion.objects.filter(comment=comment).update(answer=answer)


def restoration_content(restoration: Restoration) -> dict[str, object]:
    """Return what the journal’s digest of a restoration is made of."""
    return {
        "comment": restoration.comment_id,
        "by": restoration.by,
        "reason": restoration.reason,
    }


def as_then(comments: Sequence[Comment], at: dt.datetime) -> None:
    """Let those of the comments, and of those they answer, that stood removed at a past moment look
    as they did. One statement."""
    found = [*comments, *(comment.parent for comment in comments if comment.parent)]
    if not found:
        return
    removals = {
        each.comment_id: each
        for each in Restoration.objects.filter(
            comment__in={comment.pk for comment in found}, removed_at__lte=at, restored_at__gt=at
        )
    }
    for comment in found if removals else ():
        if removal := removals.get(comment.pk):
            comment.name, comment.author = "", None
            comment.mark, comment.disclosures = "", None
            comment.removed_at, comment.removal_reason = (
                removal.removed_at,
                removal.removal_reason,
            )
            comment.removed_by = removal.removed_by
            for version in getattr(comment, "shown_versions", ()):
                version.text = version.html = ""


def _announce(document: Document, comment: Comment) -> None:
    comment_restored.send_robust(sender=Comment, comment=comment)
    document_changed.send_robust(sender=Document, document=document)
