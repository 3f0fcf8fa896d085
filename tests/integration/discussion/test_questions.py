"""Questions, and the reply that answers them: marked, shown as it stood, in the journal."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories

from broadsheet.discussion.actions import Draft, post_comment
from broadsheet.discussion.enums import ReactionKind
from broadsheet.discussion.models import AnswerMark, Comment, CommentSource, Thread
from broadsheet.discussion.pages import Sort, thread_page
from broadsheet.discussion.people import Person
from broadsheet.discussion.questions import (
    AnswerRefused,
    asked_above,
    mark_answer,
    question_above,
    thread_questions,
    unmark_answer,
)
from broadsheet.discussion.reactions import react
from broadsheet.discussion.removal import remove_comment
from broadsheet.discussion.wire import news
from broadsheet.record.models import Document, JournalEntry
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
STORY = "/2026/09/bridge/"
NINE = factories.MORNING + dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
ASKER = Person(guest_key="a" * 64)
OTHER = Person(guest_key="b" * 64)


@pytest.fixture
def bridge(publication, author) -> Document:
    return factories.story("Bridge", slug="bridge", authors=(author,))


@pytest.fixture
def question(bridge) -> Comment:
    draft = Draft("When does work begin?", name="Lena", is_question=True)
    question = post_comment(document_id=bridge.pk, draft=draft, at=NINE)
    CommentSource.objects.filter(comment=question).update(guest_key=ASKER.guest_key)
    return question


@pytest.fixture
def replies(bridge, question) -> list[Comment]:
    said = [("In May.", "Omar"), ("In June.", "Ann")]
    return [
        factories.comment(bridge, text, name=name, parent=question, at=NINE + MINUTE)
        for text, name in said
    ]


def thread(bridge) -> Document:
    return Document.objects.select_related("thread").get(pk=bridge.pk)


def test_mark_can_be_moved_and_taken_away(bridge, question, replies):
    mark_answer(reply_id=replies[0].pk, person=ASKER)
    mark_answer(reply_id=replies[0].pk, person=ASKER)
    mark_answer(reply_id=replies[1].pk, person=ASKER)
    question.refresh_from_db()
    assert question.answer == replies[1]
    assert Thread.objects.values_list("question_count", "answered_count").get() == (1, 1)

    unmark_answer(reply_id=replies[1].pk, person=ASKER)

    question.refresh_from_db()
    assert question.answer is None
    assert Thread.objects.values_list("question_count", "answered_count").get() == (1, 0)
    assert list(JournalEntry.objects.filter(kind="answer").values_list("reference", flat=True)) == [
        f"answer/{question.pk}/{reply.pk}/{mark.pk}/{word}"
        for reply, mark, word in zip(
            (replies[0], replies[0], replies[1], replies[1]),
            [mark for mark in AnswerMark.objects.order_by("pk") for _ in range(2)],
            ("marked", "unmarked") * 2,
            strict=True,
        )
    ]
    assert verify_record().faults == ()


def people(author, colleague, stranger, editor) -> dict[str, Person]:
    return {
        "who asked": ASKER,
        "the story's author": Person(author.account, author),
        "the publication": Person(editor),
        "another author": Person(colleague.account, colleague),
        "a reader": Person(stranger),
        "another guest": Person(guest_key="b" * 64),
        "nobody": Person(),
    }


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("who asked", "asker"),
        ("the story's author", "author"),
        ("the publication", "staff"),
        ("another author", None),
        ("a reader", None),
        ("another guest", None),
        ("nobody", None),
    ],
)
def test_who_may_say_which_reply_answers(replies, author, colleague, stranger, editor, who, role):
    person = people(author, colleague, stranger, editor)[who]
    if role is None:
        with pytest.raises(AnswerRefused, match="who asked it"):
            mark_answer(reply_id=replies[0].pk, person=person)
        assert not AnswerMark.objects.exists()
    else:
        mark_answer(reply_id=replies[0].pk, person=person)
        assert AnswerMark.objects.get().marked_by == role


def test_only_replies_to_questions_are_answers(bridge, question, replies, editor):
    elsewhere = factories.comment(bridge, "Sure?", parent=factories.comment(bridge, "It rains."))
    for pk in (question.pk, elsewhere.pk):
        with pytest.raises(AnswerRefused, match="no reply to a question"):
            mark_answer(reply_id=pk, person=Person(editor))


def test_any_reply_below_a_question_can_answer_it(client, bridge, question, replies):
    below = factories.comment(bridge, "On the third of May.", parent=replies[0])

    assert react(comment_id=below.pk, kind=ReactionKind.ANSWERS, person=OTHER)
    marked = mark_answer(reply_id=below.pk, person=ASKER)

    assert (marked, marked.answer) == (question, below)
    [shown] = [each for each in thread_page(bridge).comments if each.pk == below.pk]
    assert shown.asked == question
    page = client.get(STORY).content.decode()
    assert f'<a class="answered answers-above" href="#c-{question.pk}">' in page
    assert f'<form action="/c/{below.pk}/answers/"' in page
    assert f'data-asked="{question.pk}"' in page
    assert verify_record().faults == ()
    assert unmark_answer(reply_id=below.pk, person=ASKER).answer is None


def test_reply_answers_the_nearest_question_that_stands(bridge, question, replies, editor):
    draft = Draft("And by whom?", name="Omar", parent_id=replies[0].pk, is_question=True)
    nearer = post_comment(document_id=bridge.pk, draft=draft)
    below = factories.comment(bridge, "By the council.", parent=nearer)

    with pytest.raises(AnswerRefused, match="who asked it"):
        mark_answer(reply_id=below.pk, person=ASKER)
    assert mark_answer(reply_id=below.pk, person=Person(editor)) == nearer
    assert mark_answer(reply_id=nearer.pk, person=ASKER) == question
    remove_comment(comment_id=nearer.pk, by="Eve", reason="Rude.")

    assert mark_answer(reply_id=below.pk, person=ASKER) == question
    assert verify_record().faults == ()


def test_question_is_found_above_what_a_page_shows(
    bridge, question, replies, django_assert_num_queries
):
    below = factories.comment(bridge, "On the third.", parent=replies[0])
    alone = Comment.objects.select_related("parent").get(pk=below.pk)
    with django_assert_num_queries(1):
        asked_above([alone])
    assert alone.asked == question

    whole = list(Comment.objects.select_related("parent").order_by("root_number", "path"))
    with django_assert_num_queries(0):
        asked_above(whole)
    assert [each.asked for each in whole] == [None, question, question, question]
    with django_assert_num_queries(1):
        assert question_above(below) == question
    with django_assert_num_queries(0):
        assert question_above(question) is None


def test_removed_answer_is_none_any_more(bridge, question, replies):
    mark_answer(reply_id=replies[0].pk, person=ASKER)
    remove_comment(comment_id=replies[0].pk, by="Eve", reason="Rude.")

    question.refresh_from_db()
    assert question.answer is None
    assert thread_questions(thread(bridge)).answered == 0
    with pytest.raises(AnswerRefused, match="removed"):
        mark_answer(reply_id=replies[0].pk, person=ASKER)
    assert verify_record().faults == ()


def test_removed_question_is_listed_no_more(bridge, question, replies):
    mark_answer(reply_id=replies[0].pk, person=ASKER)
    remove_comment(comment_id=question.pk, by="Eve", reason="Rude.")

    listed = thread_questions(thread(bridge))
    assert (listed.count, listed.answered, list(listed.listed)) == (0, 0, [])
    assert verify_record().faults == ()


def test_page_leads_from_question_to_answer_and_back(client, bridge, question, replies):
    mark_answer(reply_id=replies[1].pk, person=ASKER)

    page = client.get(STORY).content.decode()
    up, down = f'href="#c-{question.pk}"', f'href="#c-{replies[1].pk}"'
    assert f'<a class="answered" {down}>Answered by <bdi>Ann</bdi>' in page
    assert f'<a class="answered answers-above" {up}>Answers the question above' in page
    assert '<span class="count">1 answered of 1</span>' in page
    assert f'<a {up}><bdi dir="auto">When does work begin?</bdi></a>' in page


def test_past_moment_shows_what_was_marked_then(client, bridge, question, replies):
    mark_answer(reply_id=replies[0].pk, person=ASKER, at=NINE + 2 * MINUTE)
    mark_answer(reply_id=replies[1].pk, person=ASKER, at=NINE + 4 * MINUTE)

    answers = []
    for minutes in (1, 3, 5):
        at = NINE + minutes * MINUTE
        shown, first, second = thread_page(bridge, at=at).comments
        listed = thread_questions(thread(bridge), at)
        answers.append((shown.answer, listed.listed[0].answer, listed.answered))
        assert (first.asked.answer, second.asked.answer) == (shown.answer, shown.answer)
    assert answers == [(None, None, 0), (replies[0], replies[0], 1), (replies[1], replies[1], 1)]

    page = client.get(f"{STORY}at/20260901T090300Z/").content.decode()
    assert "Answered by <bdi>Omar</bdi>" in page


def test_questions_can_be_read_alone(bridge, question, replies):
    factories.comment(bridge, "No question.")
    root = factories.comment(bridge, "Well.")
    post_comment(
        document_id=bridge.pk,
        draft=Draft("Why?", name="Zoe", parent_id=root.pk, is_question=True),
    )

    page = thread_page(bridge, sort=Sort.QUESTIONS)
    assert [each.root_number for each in page.comments if each.depth == 1] == [1, 3]


def test_streams_tell_of_a_mark(bridge, question, replies):
    mark_answer(reply_id=replies[0].pk, person=ASKER)

    event = news(bridge.pk, 4, 500).events[-1]
    assert (event.name, event.data) == (
        "answer",
        {"story": bridge.pk, "question": question.pk, "reply": replies[0].pk, "is_marked": True},
    )


@pytest.mark.parametrize("more", [0, 2])
def test_list_costs_one_statement(bridge, question, replies, django_assert_num_queries, more):
    for number in range(more):
        post_comment(
            document_id=bridge.pk, draft=Draft(f"Why {number}?", name="Zoe", is_question=True)
        )
    document = thread(bridge)

    with django_assert_num_queries(1):
        assert len(thread_questions(document).listed) == 1 + more


def test_thread_without_questions_costs_none(bridge, django_assert_num_queries):
    factories.comment(bridge)
    document = thread(bridge)

    with django_assert_num_queries(0):
        assert thread_questions(document).count == 0


def test_digest_of_a_question_says_so(question):
    Comment.objects.filter(pk=question.pk).update(is_question=False)

    problems = [fault.problem for fault in verify_record().faults]
    assert f"the content of comment comment/{question.pk} was changed" in problems
