"""Put many comments into the store in few statements, as the same journal that one by one makes.

A comment needs the number of its parent before it is written, so a batch goes in level by level:
first those whose parents are stored, then their replies. Cost for a batch of ``n`` comments, ``d``
levels deep: ``d`` inserts of comments, one of versions and one of journal entries (each cut into
several where the database bounds a statement), and one update of the document.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import F

from broadsheet.discussion.models import Comment, CommentVersion, Thread
from broadsheet.discussion.threads import path_below
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


def put_in_place(thread: Thread, comment: Comment) -> None:
    """Give a comment its place in the reading order and count it, unsaved; the document is locked.

    Its sequence is known. The replies of its root are counted by :func:`count_replies`.
    """
    thread.comment_count += 1
    if comment.parent is None:
        thread.root_count += 1
        comment.root_number = thread.root_count
    else:
        comment.root_number = comment.parent.root_number
        comment.path = path_below(comment.parent, comment.sequence)


def count_replies(document: Document, added: Mapping[int, int]) -> None:
    """Count replies by the number of their root; the document is locked. One statement for each
    number of replies, since most roots have few."""
    roots: dict[int, list[int]] = {}
    for root_number, count in added.items():
        roots.setdefault(count, []).append(root_number)
    for count, numbers in roots.items():
        for begin in range(0, len(numbers), 500):
            Comment.objects.filter(
                document=document, depth=1, root_number__in=numbers[begin : begin + 500]
            ).update(reply_count=F("reply_count") + count)


def store_comments(document: Document, thread: Thread, said: Sequence[NewComment]) -> None:
    """Store comments with their first versions and journal entries, in the order given.

    Parents stand before their replies; ``document`` is locked by the running transaction. The
    comments are counted in ``thread``, unsaved; replies of roots are not, and no quotation is
    recognised.
    """
    remaining = iter(said)
    while batch := list(islice(remaining, BATCH)):
        _store_batch(document, thread, batch)


def _store_batch(document: Document, thread: Thread, batch: Sequence[NewComment]) -> None:
    for sequence, new in enumerate(batch, document.head_sequence + 1):
        new.comment.sequence = sequence
        put_in_place(thread, new.comment)
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
