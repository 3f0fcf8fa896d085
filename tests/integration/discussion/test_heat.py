"""Slow mode, closing and what they let through."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories

from broadsheet.discussion.actions import (
    Draft,
    ThreadNotOpen,
    TooSoon,
    post_comments,
    prepared,
)
from broadsheet.discussion.enums import CommentKind, ThreadMode
from broadsheet.discussion.heat import COOL_AFTER, note_report, pace_of
from broadsheet.discussion.keys import MODES
from broadsheet.discussion.models import Comment, Thread
from broadsheet.discussion.senders import Sender
from broadsheet.moderation.actions import publish_held
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.submission import submit
from broadsheet.press.keys import change_after_commit
from broadsheet.record.models import Document

pytestmark = pytest.mark.django_db
NINE = factories.MORNING + dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def bridge(publication, author) -> Document:
    return factories.story("Bridge", slug="bridge", authors=(author,))


@pytest.fixture
def root(bridge) -> Comment:
    return factories.comment(bridge, "Are you sure?", name="Zoe", at=NINE)


def posting(document, text, at, *, parent=None, who="a", address="192.0.2.7", **more):
    return prepared(
        document_id=document.pk,
        draft=Draft(text=text, name="Lena", parent_id=parent.pk if parent else None),
        at=at,
        sender=Sender(address=address, guest_key=who * 64 if who else ""),
        **more,
    )


def post(*args, **more) -> Comment | Exception:
    return post_comments([posting(*args, **more)])[0]


def test_editor_makes_a_story_slow(bridge, root):
    Thread.objects.update(slow_seconds=300)

    first = post(bridge, "One.", NINE)
    second = post(bridge, "Two.", NINE + MINUTE)
    third = post(bridge, "Three.", NINE + 5 * MINUTE)

    assert isinstance(first, Comment)
    assert isinstance(second, TooSoon)
    assert second.at == NINE + 5 * MINUTE
    assert str(second) == (
        "In this discussion everybody can post one comment every 5 minutes."
        " Next comment possible at 09:05 UTC; your words are kept."
    )
    assert isinstance(third, Comment)


@pytest.mark.parametrize(
    ("who", "address", "waits"),
    [("a", "192.0.2.9", True), ("b", "192.0.2.7", True), ("b", "192.0.2.9", False)],
)
def test_guests_wait_by_browser_and_by_address(bridge, root, who, address, waits):
    Thread.objects.update(slow_seconds=300)
    post(bridge, "One.", NINE)

    outcome = post(bridge, "Two.", NINE + MINUTE, who=who, address=address)

    assert isinstance(outcome, TooSoon) is waits


def test_account_waits_wherever_it_is(bridge, root, stranger, author):
    Thread.objects.update(slow_seconds=300)
    post(bridge, "One.", NINE, account=stranger)

    again = post(bridge, "Two.", NINE + MINUTE, account=stranger, address="192.0.2.9", who="")
    answer = post(bridge, "Now.", NINE + MINUTE, account=author.account, author=author)
    answers_again = post(bridge, "So.", NINE + MINUTE, account=author.account, author=author)

    assert isinstance(again, TooSoon)
    assert isinstance(answer, Comment)
    assert isinstance(answers_again, Comment)


def test_comments_that_come_in_together_wait_too(bridge, root):
    Thread.objects.update(slow_seconds=300)

    outcomes = post_comments([posting(bridge, f"Number {n}.", NINE) for n in range(3)])

    assert [type(each) for each in outcomes] == [Comment, TooSoon, TooSoon]


def test_same_form_sent_twice_is_not_too_soon(bridge, root):
    Thread.objects.update(slow_seconds=300)
    first = post(bridge, "One.", NINE)

    assert post(bridge, "One.", NINE + SECOND) == first


def test_reported_branch_grows_slow_and_cools(bridge, root):
    other = factories.comment(bridge, "Elsewhere.", name="Zoe", at=NINE)

    seconds = [note_report(root, at=NINE) for _ in range(8)]
    assert seconds == [0, 60, 60, 300, 300, 300, 300, 900]

    thread = Thread.objects.get()
    assert pace_of(thread, root.root_number, NINE).seconds == 900
    assert pace_of(thread, other.root_number, NINE) is None
    assert pace_of(thread, None, NINE) is None
    assert pace_of(thread, root.root_number, NINE + COOL_AFTER) is None
    assert note_report(root, at=NINE + COOL_AFTER) == 0


def test_only_the_reported_branch_waits(bridge, root):
    other = factories.comment(bridge, "Elsewhere.", name="Zoe", at=NINE)
    for _ in range(2):
        note_report(root, at=NINE)
    assert isinstance(post(bridge, "One.", NINE, parent=root), Comment)

    outcomes = [
        post(bridge, "Two.", NINE + SECOND, parent=root),
        post(bridge, "Three.", NINE + SECOND, parent=other),
        post(bridge, "Four.", NINE + SECOND),
        post(bridge, "Five.", NINE + MINUTE, parent=root),
    ]

    assert [type(each) for each in outcomes] == [TooSoon, Comment, Comment, Comment]
    assert str(outcomes[0]).startswith("In this part of the discussion")


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"mode": ThreadMode.CLOSED}, True),
        ({"closes_at": NINE}, True),
        ({"closes_at": NINE + SECOND}, False),
        ({"mode": ThreadMode.HELD}, False),
    ],
)
def test_closed_story_takes_no_comments(bridge, root, fields, refused):
    Thread.objects.update(**fields)

    outcome = post(bridge, "One.", NINE)

    assert isinstance(outcome, ThreadNotOpen) is refused
    assert isinstance(outcome, Comment) is not refused


def test_corrections_are_proposed_where_comments_are_closed(bridge, root):
    Thread.objects.update(mode=ThreadMode.CLOSED)

    assert isinstance(post(bridge, "One.", NINE, kind=CommentKind.PROPOSAL), Comment)


def test_held_story_lets_each_comment_wait(bridge, root, author):
    Thread.objects.update(mode=ThreadMode.HELD)
    change_after_commit(MODES)

    held = submit(posting(bridge, "One.", None))
    answer = submit(posting(bridge, "Two.", None, account=author.account, author=author))

    assert isinstance(held, HeldComment)
    assert [reason["rule"] for reason in held.reasons] == ["admission"]
    assert isinstance(answer, Comment)


def test_what_waited_is_published_after_the_closing(bridge, root, editor):
    Thread.objects.update(mode=ThreadMode.HELD)
    change_after_commit(MODES)
    held = submit(posting(bridge, "One.", None))
    Thread.objects.update(mode=ThreadMode.CLOSED, slow_seconds=300)
    change_after_commit(MODES)

    assert isinstance(publish_held(held_id=held.pk, by=editor), Comment)


def test_nothing_waits_for_a_story_that_is_closed(bridge, root, monkeypatch):
    Thread.objects.update(mode=ThreadMode.CLOSED)
    monkeypatch.setattr("broadsheet.moderation.rules.admission.held_stories", lambda: {bridge.pk})

    with pytest.raises(ThreadNotOpen):
        submit(posting(bridge, "One.", None))
    assert not HeldComment.objects.exists()
