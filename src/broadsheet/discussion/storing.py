"""Put many comments into the store in few statements, as the same journal that one by one makes.

A comment needs the number of its parent before it is written, so a batch goes in level by level:
first those whose parents are stored, then their replies. Cost for a batch of ``n`` comments, ``d``
levels deep: ``d`` inserts of comments, one of versions and one of journal entries (each cut into
several where the database bounds a statement), and one update of the document.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection

from broadsheet.discussion.models import Comment, CommentVersion, Thread
from broadsheet.discussion.threads import path_below
from broadsheet.record import journal
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import Document
from broadsheet.record.rows import insert_objects, insert_rows, rows_with, update_rows
from broadsheet.statements import update_each

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
    """Return what the journal's digest of a comment is made of.

    Mark and disclosures are part of it where there are any, and that it is a question if it is one:
    the digests of others were made before there were such.
    """
    stamped = {
        "mark": comment.mark,
        "disclosures": comment.disclosures,
        "question": comment.is_question,
    }
    return {
        **{name: value for name, value in stamped.items() if value},
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
    thread.question_count += comment.is_question
    comment.thanks_before = thread.thanks_count
    if comment.parent is None:
        thread.root_count += 1
        comment.root_number = thread.root_count
    else:
        comment.root_number = comment.parent.root_number
        comment.path = path_below(comment.parent, comment.sequence)


def count_replies(added: Mapping[tuple[int, int], int]) -> None:
    """Count replies by the document's id and the number of their root; the documents are locked.

    One prepared statement, once for each root.
    """
    table = connection.ops.quote_name(Comment._meta.db_table)
    update_each(
        f"UPDATE {table} SET reply_count = reply_count + %s"  # noqa: S608 (the name of our own table)
        " WHERE document_id = %s AND depth = 1 AND root_number = %s",
        [(count, *root) for root, count in added.items()],
    )


def threads_of(
    documents: Mapping[int, Document], known: Mapping[int, Thread] | None = None
) -> dict[int, Thread]:
    """Return the threads of locked documents, by the documents' ids; begun where there is none.

    ``thread.document`` is the object that was given. One statement, none if they are ``known``, and
    a second one to begin threads.
    """
    if known is None:
        known = {each.pk: each for each in rows_with(Thread, "document", documents)}
    threads = {pk: known[pk] for pk in documents if pk in known}
    new = [Thread(document=documents[pk]) for pk in documents if pk not in threads]
    if new:
        Thread.objects.bulk_create(new)
        threads.update((each.pk, each) for each in new)
    for pk, thread in threads.items():
        thread.document = documents[pk]
    return threads


def keep_threads(threads: Iterable[Thread]) -> None:
    """Store what threads count and when they were last added to; their documents are locked."""
    update_rows(
        Thread,
        ["comment_count", "root_count", "question_count", "last_comment_at"],
        ["document"],
        [
            (
                *(each.comment_count, each.root_count, each.question_count),
                *(each.last_comment_at, each.pk),
            )
            for each in threads
        ],
    )


def store_comments(thread: Thread, said: Sequence[NewComment]) -> None:
    """Store comments of one thread with their first versions and journal entries, in the order given.

    Parents stand before their replies; ``thread.document`` is locked by the running transaction. The
    comments are counted in ``thread``, unsaved; replies of roots are not, and no quotation is
    recognised.
    """
    remaining = iter(said)
    while batch := list(islice(remaining, BATCH)):
        store_batch([(thread, new) for new in batch])


def store_batch(said: Sequence[tuple[Thread, NewComment]]) -> None:
    """Store comments of any number of threads, as :func:`store_comments` does those of one.

    Comments of one thread must come with one and the same object of it.
    """
    ahead: Counter[int] = Counter()
    for thread, new in said:
        ahead[thread.pk] += 1
        new.comment.sequence = thread.document.head_sequence + ahead[thread.pk]
        put_in_place(thread, new.comment)
    waiting = [new.comment for _, new in said]
    while waiting:
        ready: list[Comment] = []
        later: list[Comment] = []
        for comment in waiting:
            is_early = comment.parent is not None and comment.parent.pk is None
            (later if is_early else ready).append(comment)
            # It may have been stored since the comment was made.
            comment.parent = comment.parent
        if not ready:
            raise ValueError("a reply stands before the comment that it answers")
        insert_objects(ready)
        waiting = later
    versions = [
        CommentVersion(
            comment=new.comment,
            number=1,
            text=new.text,
            html=new.html,
            valid_from=new.comment.posted_at,
        )
        for _, new in said
    ]
    insert_rows(
        CommentVersion,
        ["comment", "number", "text", "html", "valid_from"],
        [
            (each.comment_id, each.number, each.text, each.html, each.valid_from)
            for each in versions
        ],
    )
    journal.append_across(
        [
            (
                thread.document,
                journal.NewEntry(
                    kind=EntryKind.COMMENT,
                    reference=f"comment/{new.comment.pk}",
                    content=comment_content(new.comment, version),
                    at=new.at,
                ),
            )
            for (thread, new), version in zip(said, versions, strict=True)
        ]
    )
