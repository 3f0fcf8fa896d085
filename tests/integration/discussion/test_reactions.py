"""Thanks, and that it answers the question: once for a person, counted, bounded, known of each moment."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection
from tests import factories

from broadsheet.discussion import reactions
from broadsheet.discussion.actions import Draft, post_comment
from broadsheet.discussion.enums import ReactionKind, ThreadMode
from broadsheet.discussion.keys import reactions_key
from broadsheet.discussion.models import Comment, CommentSource, Reaction, Thread
from broadsheet.discussion.pages import Sort, thread_page
from broadsheet.discussion.people import Person
from broadsheet.discussion.reactions import (
    ReactionRefused,
    TooManyReactions,
    network_of,
    react,
    take_back,
)
from broadsheet.discussion.scores import best_score
from broadsheet.press.counters import place
from broadsheet.press.keys import counters
from broadsheet.record.keys import STORIES, document_key
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
THANKS, ANSWERS = ReactionKind.THANKS, ReactionKind.ANSWERS
NINE = factories.MORNING + dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def bridge(publication, author):
    return factories.story("Bridge", slug="bridge", authors=(author,))


@pytest.fixture
def comment(bridge) -> Comment:
    return factories.comment(bridge, at=NINE)


def guest(number: int = 1) -> Person:
    return Person(guest_key=f"{number:064x}")


def thank(comment: Comment, person: Person | None = None, **more: object) -> bool:
    return react(comment_id=comment.pk, kind=THANKS, person=person or guest(), **more)


def counts(comment: Comment) -> tuple[int, int]:
    comment.refresh_from_db()
    return comment.thanks_count, Thread.objects.get().thanks_count


def test_one_for_each_person_and_comment(comment, stranger):
    assert [thank(comment), thank(comment), thank(comment, Person(stranger))] == [True, False, True]
    assert counts(comment) == (2, 2)
    assert verify_record().faults == ()


def test_taken_back_it_can_be_given_again(comment):
    thank(comment)

    assert take_back(comment_id=comment.pk, kind=THANKS, person=guest())
    assert not take_back(comment_id=comment.pk, kind=THANKS, person=guest())
    assert counts(comment) == (0, 0)
    assert comment.best_score == 0
    assert thank(comment)
    assert Reaction.objects.count() == 2
    assert verify_record().faults == ()


def test_the_store_itself_takes_one(comment):
    thank(comment)
    row = Reaction.objects.get()
    row.pk = None

    with pytest.raises(IntegrityError):
        row.save(force_insert=True)


def own(comment: Comment, person: Person) -> None:
    CommentSource.objects.filter(comment=comment).update(guest_key=person.guest_key)
    Comment.objects.filter(pk=comment.pk).update(account=person.account)


@pytest.mark.parametrize("who", ["guest", "account"])
def test_nobody_thanks_for_the_own_comment(comment, stranger, who):
    person = guest() if who == "guest" else Person(stranger)
    own(comment, person)

    with pytest.raises(ReactionRefused, match="own comment"):
        thank(comment, person)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: Thread.objects.update(mode=ThreadMode.CLOSED), "closed"),
        (lambda c: Thread.objects.update(closes_at=NINE), "closed"),
        (lambda c: c.document.__class__.objects.update(withdrawn_at=NINE), "closed"),
        (
            lambda c: Comment.objects.update(removed_at=NINE, removal_reason="Rude.", name=""),
            "removed",
        ),
    ],
)
def test_refused_where_nothing_is_said_any_more(comment, change, words):
    change(comment)

    with pytest.raises(ReactionRefused, match=words):
        thank(comment)
    assert not Reaction.objects.exists()


def test_nobody_without_a_word_that_is_kept(comment):
    with pytest.raises(ReactionRefused, match="cookies"):
        thank(comment, Person())


def test_only_a_reply_to_a_question_answers_it(bridge, comment):
    question = post_comment(
        document_id=bridge.pk, draft=Draft("When?", name="Lena", is_question=True)
    )
    reply = factories.comment(bridge, "In May.", name="Omar", parent=question)

    assert react(comment_id=reply.pk, kind=ANSWERS, person=guest())
    with pytest.raises(ReactionRefused, match="no reply to a question"):
        react(comment_id=comment.pk, kind=ANSWERS, person=guest())
    reply.refresh_from_db()
    assert (reply.answers_count, reply.thanks_count) == (1, 0)
    assert verify_record().faults == ()


def test_one_person_is_bounded(bridge, monkeypatch):
    monkeypatch.setattr(reactions, "PER_PERSON", 3)
    comments = [factories.comment(bridge, f"Number {n}.", at=NINE) for n in range(4)]
    for comment in comments[:3]:
        thank(comment, at=NINE)

    with pytest.raises(TooManyReactions):
        thank(comments[3], at=NINE + MINUTE)
    assert thank(comments[3], at=NINE + 11 * MINUTE)


def test_guests_of_one_network_are_bounded(bridge, comment, stranger, monkeypatch):
    monkeypatch.setattr(reactions, "PER_NETWORK_AND_COMMENT", 2)
    for number in (1, 2):
        thank(comment, guest(number), address="2001:db8::7", at=NINE)

    with pytest.raises(TooManyReactions, match="network"):
        thank(comment, guest(3), address="2001:db8::9", at=NINE)
    assert thank(comment, guest(3), address="2001:db8:0:1::9", at=NINE)
    assert thank(comment, Person(stranger), address="2001:db8::7", at=NINE)


def test_network_is_kept_so_that_nobody_can_follow_it():
    later = NINE + dt.timedelta(days=1)

    assert network_of("192.0.2.7", NINE) == network_of("::ffff:192.0.2.7", NINE)
    assert network_of("192.0.2.7", NINE) != network_of("192.0.2.8", NINE)
    assert network_of("192.0.2.7", NINE) != network_of("192.0.2.7", later)
    assert "192" not in network_of("192.0.2.7", NINE)[:0] + network_of(None, NINE)


def test_counts_of_a_past_moment_are_those_of_then(bridge, comment):
    thank(comment, guest(1), at=NINE + MINUTE)
    thank(comment, guest(2), at=NINE + 3 * MINUTE)
    take_back(comment_id=comment.pk, kind=THANKS, person=guest(1), at=NINE + 5 * MINUTE)

    shown = [
        thread_page(bridge, at=NINE + minutes * MINUTE).comments[0].thanks_count
        for minutes in (0, 1, 2, 3, 4, 5)
    ]
    assert shown == [0, 1, 1, 2, 2, 1]


def numbers(bridge, **asked) -> list[int]:
    page = thread_page(bridge, sort=Sort.BEST, **asked)
    return [comment.root_number for comment in page.comments if comment.depth == 1]


def test_best_stand_first_and_ties_in_the_order_of_arrival(bridge):
    comments = [factories.comment(bridge, f"Number {n}.", at=NINE) for n in range(5)]
    for person, index in [(1, 3), (2, 3), (3, 1), (4, 4)]:
        thank(comments[index], guest(person), at=NINE + MINUTE)

    assert numbers(bridge) == [4, 2, 5, 1, 3]
    assert numbers(bridge, at=NINE + 2 * MINUTE) == [4, 2, 5, 1, 3]
    assert numbers(bridge, at=NINE) == [1, 2, 3, 4, 5]
    assert verify_record().faults == ()


@pytest.mark.parametrize("at", [None, NINE + dt.timedelta(days=1)])
def test_pages_of_the_best_are_continued_without_gap(bridge, monkeypatch, at):
    monkeypatch.setattr("broadsheet.discussion.pages.ROOTS_PER_PAGE", 2)
    comments = [factories.comment(bridge, f"Number {n}.", at=NINE) for n in range(7)]
    for person, index in enumerate((5, 5, 2, 6)):
        thank(comments[index], guest(person), at=NINE + MINUTE)

    seen: list[int] = []
    asked: dict[str, int | None] = {}
    while True:
        page = thread_page(bridge, at=at, sort=Sort.BEST, **asked)
        seen += [comment.root_number for comment in page.comments]
        if page.next is None:
            break
        asked = {"after": page.next, "below": page.next_below}

    assert seen == [6, 3, 7, 1, 2, 4, 5]


def test_page_of_the_best_costs_two_statements(bridge, django_assert_num_queries):
    for number in range(3):
        thank(factories.comment(bridge, f"Number {number}.", at=NINE))

    with django_assert_num_queries(2):
        thread_page(bridge, sort=Sort.BEST, after=2, below=300_000)


def test_all_of_a_thread_are_weighed_when_it_has_a_quarter_more(bridge):
    first, second = (factories.comment(bridge, f"Number {n}.", at=NINE) for n in range(2))
    for number in range(4):
        thank(first, guest(number))
    before = first.best_score
    thank(second, guest(1))
    thread = Thread.objects.get()

    first.refresh_from_db()
    assert thread.thanks_weighed == thread.thanks_count == 5
    assert first.best_score == best_score(4, 5) != before
    assert verify_record().faults == ()


def test_wrong_counts_are_found(comment):
    thank(comment)
    Comment.objects.filter(pk=comment.pk).update(thanks_count=3)

    problems = [fault.problem for fault in verify_record().faults]
    assert problems == [
        f"comment {comment.pk} counts 3 thanks and 0 for its answer; there are 1 and 0"
    ]


def test_wrong_score_is_found(comment):
    thank(comment)
    Comment.objects.filter(pk=comment.pk).update(best_score=999_999)

    (fault,) = verify_record().faults
    assert fault.problem.endswith("not 999999")


def test_pages_of_the_story_are_made_anew_and_no_list_or_stream_is_told(bridge, comment):
    def marks() -> tuple[int, ...]:
        keys = (reactions_key(bridge.pk), document_key(bridge.pk), STORIES)
        return counters().read([place(key) for key in keys])

    before = marks()
    thank(comment)
    after = marks()

    assert [one != other for one, other in zip(before, after, strict=True)] == [True, False, False]


@pytest.mark.parametrize("others", [0, 30])
def test_reaction_costs_a_fixed_number_of_statements(
    bridge, comment, django_assert_num_queries, others
):
    for number in range(others):
        thank(comment, guest(100 + number))
    Thread.objects.update(thanks_weighed=10_000)

    # PostgreSQL tells the other machines by a statement.
    with django_assert_num_queries(11 + (connection.vendor == "postgresql")):
        thank(comment, address="192.0.2.7")
