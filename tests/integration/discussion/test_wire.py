"""What a document's journal tells streams."""

from __future__ import annotations

import pytest
from tests import factories

from broadsheet.discussion.removal import remove_comment
from broadsheet.discussion.wire import news
from broadsheet.live.events import Batch, Event
from broadsheet.record.actions import reinstate_document, withdraw_document


@pytest.fixture
def bridge(publication):
    """Its journal: 1 edition, 2 address."""
    return factories.story("Council sets bridge budget")


def test_comment_is_told_by_its_place_and_the_count(bridge):
    first = factories.comment(bridge, "Are you sure?")
    reply = factories.comment(bridge, "Yes.", parent=first)

    batch = news(bridge.pk, 2, 500)

    assert batch == Batch(
        2,
        4,
        [
            Event(3, "comment", {"story": bridge.pk, "comment": first.pk, "parent": None, "n": 1}),
            Event(
                4, "comment", {"story": bridge.pk, "comment": reply.pk, "parent": first.pk, "n": 2}
            ),
        ],
        is_open=True,
    )


def test_edition_is_told_with_its_kind(bridge):
    factories.comment(bridge)
    factories.edition(bridge, kind="correction", note="The sum was wrong.")

    batch = news(bridge.pk, 3, 500)

    assert batch.events == [
        Event(4, "edition", {"story": bridge.pk, "edition": 2, "kind": "correction"})
    ]


def test_entries_that_change_no_page_are_numbers_without_an_event(bridge):
    batch = news(bridge.pk, 0, 500)

    assert (batch.after, batch.head) == (0, 2)
    assert [event.id for event in batch.events] == [1]


def test_withdrawal_closes(bridge):
    withdraw_document(document_id=bridge.pk)

    batch = news(bridge.pk, 2, 500)

    assert batch.events == [Event(3, "withdrawal", {"story": bridge.pk})]
    assert not batch.is_open
    reinstate_document(document_id=bridge.pk)
    assert news(bridge.pk, 3, 500) == Batch(3, 4, [], is_open=True)


def test_removed_comment_is_told_and_still_counts(bridge):
    comment = factories.comment(bridge)
    remove_comment(comment_id=comment.pk, by="Ann Lee", reason="Insults a reader.")
    factories.comment(bridge, "And now?")

    batch = news(bridge.pk, 3, 500)

    removal, posted = batch.events
    told = {"story": bridge.pk, "comment": comment.pk, "by": "publication"}
    assert removal == Event(4, "removal", told)
    assert posted.data["n"] == 2


def test_of_many_entries_the_last_are_told_with_right_counts(bridge):
    for number in range(5):
        factories.comment(bridge, f"Said {number}.")

    batch = news(bridge.pk, 0, 3)

    assert (batch.after, batch.head) == (4, 7)
    assert [(event.id, event.data["n"]) for event in batch.events] == [(5, 3), (6, 4), (7, 5)]


def test_nothing_new(bridge):
    assert news(bridge.pk, 2, 500) == Batch(2, 2, (), is_open=True)


def test_no_such_document(bridge):
    assert news(bridge.pk + 1, 0, 500) is None


@pytest.mark.parametrize("count", [1, 3])
def test_news_cost_one_statement(bridge, count, django_assert_num_queries):
    for number in range(count):
        factories.comment(bridge, f"Said {number}.")

    with django_assert_num_queries(1):
        news(bridge.pk, 0, 500)
