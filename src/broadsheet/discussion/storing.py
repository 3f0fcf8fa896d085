"""Put many comments into the store in few statements, as the same journal that one by one makes.

A comment needs the number of its parent before it is written, so a batch goes in level by level:
first those whose parents are stored, then their replies. Cost for a batch of ``n`` comments, ``d``
levels deep: ``d`` inserts of comments, one of versions and one of journal entries (each cut into
several where the database bounds a statement), and one update of the document.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from broadsheet.discussion.models import Comment, CommentVersion
from broadsheet.record import journal
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import Document

BATCH = 1000
"""Comments that are written together; what is held in memory at once is of this order."""


@dataclass(frozen=True)
class NewComment:
    """A comment to be stored; its ``parent`` may be one that is stored with it."""

    comment: Comment
    """Unsaved, with everything but its sequence."""
    text: str
    html: str
    at: dt.datetime
    """When the journal takes note of it."""


def comment_content(comment: Comment, version: CommentVersion) -> dict[str, object]:
    """Return what the journal's digest of a comment is made of."""
    return {
        "name": comment.name,
        "kind": comment.kind,
        "parent": comment.parent_id,
        "posted_at": comment.posted_at.astimezone(dt.UTC).isoformat()
        if comment.posted_at
        else None,
        "text": version.text,
    }


def store_comments(document: Document, said: Sequence[NewComment]) -> None:
    """Store comments with their first versions and journal entries, in the order given.

    Parents stand before their replies; ``document`` is locked by the running transaction. Nothing
    is counted and no quotation is recognised.
    """
    remaining = iter(said)
    while batch := list(islice(remaining, BATCH)):
        _store_batch(document, batch)


def _store_batch(document: Document, batch: Sequence[NewComment]) -> None:
    for sequence, new in enumerate(batch, document.head_sequence + 1):
        new.comment.sequence = sequence
    waiting = [new.comment for new in batch]
    while waiting:
        ready: list[Comment] = []
        later: list[Comment] = []
        for comment in waiting:
            is_early = comment.parent is not None and comment.parent.pk is None
            (later if is_early else ready).append(comment)
        if not ready:
            raise ValueError("a reply stands before the comment that it answers")
        Comment.objects.bulk_create(ready)
        waiting = later
    versions = [
        CommentVersion(
            comment=new.comment,
            number=1,
            text=new.text,
            html=new.html,
            valid_from=new.comment.posted_at,
        )
        for new in batch
    ]
    CommentVersion.objects.bulk_create(versions)
    journal.append_entries(
        document=document,
        entries=[
            journal.NewEntry(
                kind=EntryKind.COMMENT,
                reference=f"comment/{new.comment.pk}",
                content=comment_content(new.comment, version),
                at=new.at,
            )
            for new, version in zip(batch, versions, strict=True)
        ],
    )
