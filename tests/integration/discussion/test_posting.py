"""Posting a comment: what is stored, what is refused, and that one form posts once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from tests import factories

from broadsheet.discussion.actions import (
    CommentRefused,
    Draft,
    ThreadNotOpen,
    post_comment,
)
from broadsheet.discussion.markdown import MAX_TEXT
from broadsheet.discussion.models import Comment, CommentSource, Thread
from broadsheet.discussion.queries import thread_comments
from broadsheet.discussion.signals import comment_posted
from broadsheet.readers.names import MAX_NAME
from broadsheet.record.actions import create_document

pytestmark = pytest.mark.django_db


def test_comment_is_stored_with_its_version_and_counted(publication):
    document = factories.story()

    comment = factories.comment(document, "Are *you* sure?", name=" Lena  Moss ")

    version = comment.versions.get()
    assert comment.name == "Lena Moss"
    assert comment.depth == 1
    assert version.text == "Are *you* sure?"
    assert version.html == "<p>Are <em>you</em> sure?</p>"
    assert Thread.objects.get().comment_count == 1


def test_reply_is_one_level_deeper(publication):
    document = factories.story()
    parent = factories.comment(document)

    reply = factories.comment(document, "Yes.", parent=parent)

    assert (reply.parent, reply.depth) == (parent, 2)


def test_author_writes_under_the_bylines_name(publication, author):
    comment = factories.comment(factories.story(), name="whatever", author=author)

    assert (comment.name, comment.author) == ("Ann Lee", author)


def test_e_mail_is_kept_apart(publication):
    document = factories.story()

    post_comment(
        document_id=document.pk, draft=Draft(text="Hi.", name="Lena", email="lena@reader.example")
    )

    assert CommentSource.objects.get().email == "lena@reader.example"


@pytest.mark.parametrize(
    ("draft", "field", "says"),
    [
        (Draft(text="", name="Lena"), "text", "write something"),
        (Draft(text=" \n\u200b\u3164", name="Lena"), "text", "others could read"),
        (Draft(text="x" * 50_000, name="Lena"), "text", "50,000"),
        (Draft(text="x" * (MAX_TEXT + 1), name="Lena"), "text", "10,001"),
        (Draft(text="Hi.", name=""), "name", "give a name"),
        (Draft(text="Hi.", name="\u202e\u200b"), "name", "others can read"),
        (Draft(text="Hi.", name="x" * (MAX_NAME + 1)), "name", "61"),
        (Draft(text="Hi.", name="Lena", email="not one"), "email", "not an e-mail address"),
        (Draft(text="Hi.", name="Lena", parent_id=10**12), "text", "not on this page"),
    ],
)
def test_refusal_says_what_is_wrong_and_stores_nothing(publication, draft, field, says):
    document = factories.story()

    with pytest.raises(CommentRefused) as refusal:
        post_comment(document_id=document.pk, draft=draft)

    assert [(error.field, says in error.message) for error in refusal.value.errors] == [
        (field, True)
    ]
    assert Comment.objects.count() == 0


def test_all_that_is_wrong_is_said_at_once(publication):
    with pytest.raises(CommentRefused) as refusal:
        post_comment(document_id=factories.story().pk, draft=Draft(text="", name="", email="x"))

    assert [error.field for error in refusal.value.errors] == ["text", "name", "email"]


def test_parent_of_another_story_is_refused(publication):
    elsewhere = factories.comment(factories.story("Other", slug="other"))

    with pytest.raises(CommentRefused):
        factories.comment(factories.story(), parent=elsewhere)


def test_unpublished_document_takes_no_comments(publication):
    document = create_document(authority="a,2026", section=None)

    with pytest.raises(ThreadNotOpen):
        factories.comment(document)


def test_same_key_posts_once(publication):
    document = factories.story()
    draft = Draft(text="Hi.", name="Lena")

    first = post_comment(document_id=document.pk, draft=draft, submission_key="k" * 20)
    again = post_comment(document_id=document.pk, draft=draft, submission_key="k" * 20)
    other = post_comment(document_id=document.pk, draft=draft, submission_key="m" * 20)

    assert first == again
    assert first != other
    assert Thread.objects.get().comment_count == 2


def test_same_words_without_a_key_post_once_within_ten_minutes(publication):
    document = factories.story()
    at = factories.MORNING

    first = factories.comment(document, at=at)
    again = factories.comment(document, at=at + dt.timedelta(minutes=9))
    later = factories.comment(document, at=at + dt.timedelta(minutes=30))
    elsewhere = factories.comment(document, parent=first, at=at)

    assert first == again
    assert len({first.pk, later.pk, elsewhere.pk}) == 3


@pytest.mark.django_db(transaction=True)
def test_form_sent_twice_at_once_posts_once(publication):
    document = factories.story()
    posted, failures = [], []

    def send() -> None:
        try:
            posted.append(factories.comment(document).pk)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert failures == []
    assert len(posted) == 6
    assert len(set(posted)) == 1
    assert Thread.objects.get().comment_count == 1


def test_announced_after_the_commit(publication, django_capture_on_commit_callbacks):
    heard = []

    def listen(sender, comment, **kwargs):
        heard.append(comment.name)

    comment_posted.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            factories.comment(factories.story())
            assert heard == []
    finally:
        comment_posted.disconnect(listen)

    assert heard == ["Lena"]


@pytest.mark.parametrize("count", [1, 3])
def test_thread_costs_three_statements(publication, django_assert_num_queries, count):
    document = factories.story()
    for number in range(count):
        factories.comment(document, f"Comment {number}.")

    with django_assert_num_queries(3):
        assert len(thread_comments(document)) == count


def test_thread_at_a_moment(publication):
    document = factories.story(at=factories.MORNING)
    minute = dt.timedelta(minutes=1)
    factories.comment(document, "One.", at=factories.MORNING + minute)
    factories.comment(document, "Two.", at=factories.MORNING + 3 * minute)

    counts = [
        len(thread_comments(document, at))
        for at in (factories.MORNING, factories.MORNING + minute, factories.MORNING + 4 * minute)
    ]

    assert counts == [0, 1, 2]
