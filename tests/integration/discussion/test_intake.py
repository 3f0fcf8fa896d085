"""Comments that are stored together: each with its own outcome, none lost, none twice."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection
from tests import factories

from broadsheet.discussion import intake as intake_module
from broadsheet.discussion.actions import (
    CommentRefused,
    Draft,
    ThreadNotOpen,
    post_comments,
    prepared,
)
from broadsheet.discussion.intake import Intake, IntakeBusy, take_in
from broadsheet.discussion.models import (
    Comment,
    CommentPassage,
    CommentSource,
    CommentVersion,
    Submission,
    Thread,
)
from broadsheet.discussion.signals import comment_posted
from broadsheet.record.actions import withdraw_document
from broadsheet.record.models import Passage
from broadsheet.record.placements import Pointer
from broadsheet.record.verify import verify_record

WITHIN = 60.0
"""Seconds for what must come to come; reached only where it does not."""


def posting(document, text="Are you sure?", *, key="", **fields):
    return prepared(
        document_id=document.pk,
        draft=Draft(text=text, name="Lena", **fields),
        submission_key=key,
    )


@pytest.fixture
def intake():
    made = Intake()
    yield made
    made.stop()


@pytest.fixture
def held(monkeypatch):
    """Let the intake begin to store, and wait there until it is let go."""
    begun, go_on = threading.Event(), threading.Event()

    def wait_and_post(postings):
        begun.set()
        assert go_on.wait(WITHIN)
        return post_comments(postings)

    monkeypatch.setattr(intake_module, "post_comments", wait_and_post)
    yield begun, go_on
    go_on.set()


@pytest.fixture
def pool():
    with ThreadPoolExecutor(16) as made:
        yield made


@pytest.mark.django_db
def test_each_has_its_own_outcome(publication):
    first, second = factories.story("One", slug="one"), factories.story("Two", slug="two")
    closed = factories.story("Three", slug="three")
    withdraw_document(document_id=closed.pk)
    earlier = factories.comment(first)

    outcomes = post_comments(
        [
            posting(second, "Good.", email="lena@reader.example"),
            posting(first, "To nobody.", parent_id=10**9),
            posting(first, "A reply.", parent_id=earlier.pk),
            posting(second, "To another story.", parent_id=earlier.pk),
            posting(closed, "Too late."),
            posting(first, "“Work starts in spring” they say."),
        ]
    )

    assert [type(outcome) for outcome in outcomes] == [
        Comment,
        CommentRefused,
        Comment,
        CommentRefused,
        ThreadNotOpen,
        Comment,
    ]
    assert [version.text for version in CommentVersion.objects.order_by("comment_id")] == [
        "Are you sure?",
        "Good.",
        "A reply.",
        "“Work starts in spring” they say.",
    ]
    assert CommentSource.objects.get(email="lena@reader.example").comment == outcomes[0]
    assert CommentPassage.objects.get().comment == outcomes[5]
    assert Thread.objects.filter(document=closed).count() == 0
    assert verify_record().faults == ()


@pytest.mark.django_db
def test_same_form_twice_among_others_is_posted_once(publication):
    document = factories.story()

    outcomes = post_comments(
        [
            posting(document, key="k" * 20),
            posting(document, "Other words.", key="k" * 20),
            posting(document, key="k" * 20),
            posting(document),
            posting(document),
        ]
    )

    assert outcomes[0] == outcomes[2]
    assert outcomes[3] == outcomes[4]
    assert len(set(outcomes)) == 3
    assert (Comment.objects.count(), Submission.objects.count()) == (3, 3)


@pytest.mark.django_db
def test_words_marked_by_two_at_once_are_one_passage(publication):
    document = factories.story()
    words = Pointer(1, "Monday")

    post_comments(
        [
            posting(document, "I say.", pointer=words),
            posting(document, "No.", pointer=Pointer(1, "nowhere")),
            posting(document, "And I.", pointer=words),
        ]
    )

    assert Passage.objects.get().exact == "Monday"
    assert CommentPassage.objects.count() == 2
    assert verify_record().faults == ()


@pytest.mark.django_db
def test_refused_comment_keeps_no_passage(publication):
    document = factories.story()
    parent = factories.comment(document)

    [outcome] = post_comments(
        [
            posting(
                document,
                "Late.",
                parent_id=parent.pk,
                pointer=Pointer(1, "Monday"),
                seen_version=7,
                seen_edition=1,
            )
        ]
    )

    assert isinstance(outcome, CommentRefused)
    assert Passage.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_the_number(publication, django_assert_num_queries, count):
    stories = [factories.story(f"Story {n}", slug=f"story-{n}") for n in range(count)]
    for story in stories:
        factories.comment(story)
    postings = [posting(story, f"Comment {n}.") for n, story in enumerate(stories)]

    # Documents, threads, keys; comments; versions, entries, heads, sources, keys, counts. PostgreSQL is
    # sent the first three together, and the last six with what other machines are told.
    with django_assert_num_queries(3 if connection.vendor == "postgresql" else 10):
        post_comments(postings)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_nothing_and_count_right(publication, pool, intake):
    stories = [factories.story(f"Story {n}", slug=f"story-{n}") for n in range(3)]
    roots = [factories.comment(story, "First.") for story in stories]
    heard = []

    def listen(sender, comment, **kwargs):
        heard.append(comment.pk)

    def send(number):
        story, root = stories[number % 3], roots[number % 3]
        parent = root.pk if number % 2 else None
        comment = intake.post(posting(story, f"Comment {number}.", parent_id=parent))
        assert comment.pk in heard
        connection.close()
        return number, comment.pk

    comment_posted.connect(listen)
    try:
        posted = dict(pool.map(send, range(120), timeout=WITHIN))
    finally:
        comment_posted.disconnect(listen)

    assert len(set(posted.values())) == 120
    assert {
        int(version.text[8:-1]): version.comment_id
        for version in CommentVersion.objects.filter(text__startswith="Comment")
    } == posted
    assert [
        (thread.comment_count, thread.root_count) for thread in Thread.objects.order_by("document")
    ] == [(41, 21)] * 3
    assert [
        root.reply_count for root in Comment.objects.in_bulk([r.pk for r in roots]).values()
    ] == [20] * 3
    assert verify_record().faults == ()


@pytest.mark.django_db(transaction=True)
def test_what_comes_meanwhile_is_stored_together(publication, pool, intake, held, monkeypatch):
    document = factories.story()
    begun, go_on = held
    sizes = []
    held_post = intake_module.post_comments

    def count_and_post(postings):
        sizes.append(len(postings))
        return held_post(postings)

    monkeypatch.setattr(intake_module, "post_comments", count_and_post)

    answers = [pool.submit(intake.post, posting(document, "First."))]
    assert begun.wait(WITHIN)
    answers += [pool.submit(intake.post, posting(document, f"{n}.")) for n in range(8)]
    poll(lambda: len(intake._waiting) == 8)
    go_on.set()

    assert len({answer.result(WITHIN).pk for answer in answers}) == 9
    assert sizes == [1, 8]


@pytest.mark.django_db(transaction=True)
def test_beyond_the_bound_writers_are_asked_to_come_again(
    publication, pool, intake, held, monkeypatch
):
    monkeypatch.setattr(intake_module, "MAX_WAITING", 2)
    document = factories.story()
    begun, go_on = held

    answers = [pool.submit(intake.post, posting(document, "First."))]
    assert begun.wait(WITHIN)
    answers += [pool.submit(intake.post, posting(document, f"{n}.")) for n in range(2)]
    poll(lambda: len(intake._waiting) == 2)
    with pytest.raises(IntakeBusy, match="So many people"):
        intake.post(posting(document, "One too many."))
    go_on.set()

    for answer in answers:
        answer.result(WITHIN)
    assert Comment.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_who_waited_too_long_is_told_and_not_stored_behind_their_back(
    publication, pool, intake, held, monkeypatch
):
    document = factories.story()
    begun, go_on = held
    first = pool.submit(intake.post, posting(document, "First."))
    assert begun.wait(WITHIN)

    monkeypatch.setattr(intake_module, "ANSWER_WITHIN", 0.01)
    with pytest.raises(IntakeBusy, match="in time"):
        intake.post(posting(document, "Second."))
    go_on.set()

    first.result(WITHIN)
    intake.stop()
    assert [version.text for version in CommentVersion.objects.all()] == ["First."]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_stored_together_is_stored_one_by_one(
    publication, pool, intake, held, monkeypatch
):
    document = factories.story()
    begun, go_on = held
    held_post = intake_module.post_comments

    def fail_for_one(postings):
        outcomes = held_post(postings)
        if any(each.draft.text == "Bad." for each in postings):
            raise ValueError("this one cannot be stored")
        return outcomes

    monkeypatch.setattr(intake_module, "post_comments", fail_for_one)

    first = pool.submit(intake.post, posting(document, "First."))
    assert begun.wait(WITHIN)
    others = [pool.submit(intake.post, posting(document, text)) for text in ("A.", "Bad.", "B.")]
    poll(lambda: len(intake._waiting) == 3)
    go_on.set()

    first.result(WITHIN)
    assert isinstance(others[1].exception(WITHIN), ValueError)
    assert [others[0].result(WITHIN).pk, others[2].result(WITHIN).pk] == list(
        Comment.objects.order_by("pk").values_list("pk", flat=True)[1:]
    )
    assert verify_record().faults == ()


@pytest.mark.django_db(transaction=True)
def test_store_that_takes_nothing_is_said_to_be_so(publication, intake, monkeypatch):
    document = factories.story()

    def full(postings):
        post_comments(postings)
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(intake_module, "post_comments", full)
    with pytest.raises(IntakeBusy, match="could not be stored just now"):
        intake.post(posting(document))
    monkeypatch.undo()

    assert Comment.objects.count() == 0
    assert intake.post(posting(document)) == Comment.objects.get()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL needs no file of turns")
def test_file_of_turns_that_cannot_be_opened_is_no_reason_to_wait(publication, intake, monkeypatch):
    document = factories.story()

    def refuse(*arguments):
        raise PermissionError("no files here")

    monkeypatch.setattr(intake_module.os, "open", refuse)
    with pytest.raises(IntakeBusy, match="could not be stored just now"):
        intake.post(posting(document))
    monkeypatch.undo()

    assert intake.post(posting(document)) == Comment.objects.get()


@pytest.mark.django_db(transaction=True)
def test_form_of_who_is_asked_to_come_again_keeps_the_words(client, publication, monkeypatch):
    factories.story("Bridge", slug="bridge")
    monkeypatch.setattr(intake_module, "MAX_WAITING", 0)
    path, form = "/2026/09/bridge/comment/", {"text": "Are you sure?", "name": "Lena"}

    answer = client.post(path, form)
    told = client.post(path, form, headers={"Accept": "application/json"})

    assert (answer.status_code, told.status_code) == (503, 503)
    assert answer["Retry-After"] == told["Retry-After"] == "5"
    assert ">Are you sure?</textarea>" in answer.content.decode()
    assert "send them again in a moment" in told.json()["errors"]["text"]
    assert Comment.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_stopped_intake_has_stored_all_and_can_begin_again(publication, pool, intake, held):
    document = factories.story()
    begun, go_on = held
    answers = [pool.submit(intake.post, posting(document, "First."))]
    assert begun.wait(WITHIN)
    answers += [pool.submit(intake.post, posting(document, f"{n}.")) for n in range(3)]
    poll(lambda: len(intake._waiting) == 3)
    go_on.set()

    intake.stop()

    assert Comment.objects.count() == 4
    assert {answer.result(WITHIN).pk for answer in answers} == set(
        Comment.objects.values_list("pk", flat=True)
    )
    assert intake.post(posting(document, "After."))
    intake.stop()
    intake.stop()


@pytest.mark.django_db(transaction=True)
def test_forked_process_has_an_intake_of_its_own(publication):
    document = factories.story()
    take_in(posting(document, "Parent."))
    # The child must not talk over a connection that its parent has.
    connection.close()

    child = os.fork()
    if child == 0:
        try:
            take_in(posting(document, "Child."))
            os._exit(0)
        except BaseException:
            os._exit(1)

    assert os.waitpid(child, 0)[1] == 0
    take_in(posting(document, "Parent again."))
    assert Thread.objects.get().comment_count == 3
    assert verify_record().faults == ()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no server to restart")
def test_connection_that_was_lost_meanwhile_is_opened_anew(publication, intake):
    document = factories.story()
    intake.post(posting(document, "Before."))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    intake.post(posting(document, "After."))

    assert Thread.objects.get().comment_count == 2


@pytest.mark.django_db
def test_inside_a_transaction_it_belongs_to_it(publication):
    comment = take_in(posting(factories.story()))

    assert Comment.objects.get() == comment
    with pytest.raises(CommentRefused):
        take_in(posting(factories.story("Other", slug="other"), parent_id=comment.pk))


def poll(is_so):
    """Wait for a state that another thread brings about."""
    waited = threading.Event()
    for _ in range(int(WITHIN * 100)):
        if is_so():
            return
        waited.wait(0.01)
    raise AssertionError(f"it did not come within {WITHIN} s")
