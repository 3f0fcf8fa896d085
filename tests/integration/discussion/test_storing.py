"""Many comments at once: the same journal as one by one, whatever the shape of the thread."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories

from broadsheet.discussion import storing
from broadsheet.discussion.actions import (
    ImportedComment,
    ThreadNotOpen,
    append_comments,
    import_comments,
)
from broadsheet.discussion.models import Comment, CommentPassage, Thread
from broadsheet.discussion.storing import NewComment, store_comments
from broadsheet.record.actions import create_document, lock_document, withdraw_document
from broadsheet.record.models import JournalEntry
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db


def new(document, text, parent=None, at=factories.MORNING):
    depth = parent.comment.depth + 1 if parent else 1
    comment = Comment(
        document=document,
        parent=parent.comment if parent else None,
        depth=depth,
        name="Lena",
        posted_at=at,
    )
    return NewComment(comment, text, f"<p>{text}</p>", at=at)


@pytest.mark.parametrize("batch", [1, 2, 3, 1000])
def test_comments_stand_in_the_order_given(publication, monkeypatch, batch):
    monkeypatch.setattr(storing, "BATCH", batch)
    document = factories.story()
    first = new(document, "First.")
    reply = new(document, "Reply.", first)
    deeper = new(document, "Deeper.", reply)
    last = new(document, "Last.", at=factories.MORNING + dt.timedelta(hours=1))

    append_comments(document_id=document.pk, comments=[first, reply, deeper, last])

    stored = Comment.objects.order_by("sequence")
    assert [comment.versions.get().text for comment in stored] == [
        "First.",
        "Reply.",
        "Deeper.",
        "Last.",
    ]
    assert [comment.sequence for comment in stored] == [3, 4, 5, 6]
    assert [comment.parent for comment in stored] == [None, stored[0], stored[1], None]
    thread = Thread.objects.get()
    assert (thread.comment_count, thread.last_comment_at) == (4, last.at)
    assert verify_record().faults == ()


def test_thread_goes_on_where_it_stood(publication):
    document = factories.story()
    earlier = factories.comment(document)

    append_comments(document_id=document.pk, comments=[new(document, "Second.")])
    append_comments(document_id=document.pk, comments=[])
    factories.comment(document, "Third.", parent=earlier)

    assert list(JournalEntry.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert Thread.objects.get().comment_count == 3
    assert verify_record().faults == ()


def test_statements_do_not_grow_with_the_number(publication, django_assert_max_num_queries):
    document = factories.story()
    comments = [new(document, f"Comment {number}.") for number in range(40)]

    # Lock, thread, comments, versions, entries, head, notification, count; and the savepoint.
    with django_assert_max_num_queries(14):
        append_comments(document_id=document.pk, comments=comments)


def test_closed_discussion_takes_none(publication):
    unpublished = create_document(authority="a,2026", section=None)
    withdrawn = factories.story()
    withdraw_document(document_id=withdrawn.pk)

    for document in (unpublished, withdrawn):
        with pytest.raises(ThreadNotOpen):
            append_comments(document_id=document.pk, comments=[new(document, "Too late.")])

    assert Comment.objects.count() == 0


def test_reply_before_its_parent_is_refused_whole(publication):
    document = factories.story()
    first = new(document, "First.")
    unsaved = new(document, "Nowhere.")
    with pytest.raises(ValueError, match="before the comment"):
        store_comments(
            Thread(document=lock_document(document.pk)), [new(document, "Reply.", unsaved)]
        )

    assert first.comment.pk is None
    assert Comment.objects.count() == 0


def test_quotations_among_many_are_recognised(publication):
    document = factories.story("Bridge", "The bridge was built by the town council in 1911.")

    append_comments(
        document_id=document.pk,
        comments=[
            new(document, "Nothing to quote."),
            new(document, "“built by the town council” is wrong."),
        ],
    )

    link = CommentPassage.objects.get()
    assert link.passage.exact == "built by the town council"
    assert verify_record().faults == ()


def test_import_of_a_deep_thread_can_be_continued(publication):
    document = factories.story()
    chain = [
        ImportedComment(f"c{n}", f"c{n - 1}" if n else None, "Jamie", f"{n}.", None)
        for n in range(30)
    ]

    import_comments(document_id=document.pk, comments=chain[:20], claimed=20)
    added = import_comments(document_id=document.pk, comments=chain, claimed=30)

    assert [comment.source_key for comment in added] == [f"c{n}" for n in range(20, 30)]
    assert [comment.depth for comment in Comment.objects.order_by("sequence")] == list(range(1, 31))
    thread = Thread.objects.get()
    assert (thread.comment_count, thread.claimed_comments) == (30, 30)
    assert verify_record().faults == ()
