"""What is changed when a transaction commits, is rolled back, or its process ends."""

from __future__ import annotations

import pytest
from django.db import transaction

from broadsheet.press.counters import place
from broadsheet.press.keys import change_after_commit, counters


def mark(key: str) -> tuple[int, ...]:
    return counters().read([place(key)])


@pytest.mark.django_db(transaction=True)
def test_key_is_changed_before_the_commit_and_after_it():
    marks = [mark("document:1")]
    with transaction.atomic():
        change_after_commit("document:1")
        marks.append(mark("document:1"))
    marks.append(mark("document:1"))
    assert len(set(marks)) == 3


@pytest.mark.django_db(transaction=True)
def test_change_that_is_rolled_back_costs_a_page_and_no_more():
    before = mark("document:1")
    with transaction.atomic():
        change_after_commit("document:1")
        within = mark("document:1")
        transaction.set_rollback(True)
    assert mark("document:1") == within != before


@pytest.mark.django_db(transaction=True)
def test_change_outside_of_a_transaction_is_said_at_once():
    before = mark("document:1")
    change_after_commit("document:1")
    assert mark("document:1") != before
