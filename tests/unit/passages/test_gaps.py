"""Pairing the words of a gap in order, at a bounded cost."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.passages import gaps
from broadsheet.passages.gaps import weave

WEIGHTS = [1.0] * 50
Ids = st.lists(st.integers(0, 6), max_size=30)


def common_length(old: Sequence[int], new: Sequence[int]) -> int:
    """Give the length of the longest common subsequence, the slow way."""
    row = [0] * (len(new) + 1)
    for a in old:
        before = row[:]
        for j, b in enumerate(new):
            row[j + 1] = before[j] + 1 if a == b else max(before[j + 1], row[j])
    return row[-1]


@given(Ids, Ids)
def test_pairs_are_equal_and_in_order(old: list[int], new: list[int]) -> None:
    pairs = weave(old, new, WEIGHTS)
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))


@given(Ids, Ids)
def test_no_pair_can_be_added(old: list[int], new: list[int]) -> None:
    edges = [(-1, -1), *weave(old, new, WEIGHTS), (len(old), len(new))]
    for (a, c), (b, d) in pairwise(edges):
        assert not set(old[a + 1 : b]) & set(new[c + 1 : d])


def test_neighbors_that_stay_neighbors_win_over_stray_words() -> None:
    assert weave([1, 2, 3], [9, 1, 9, 2, 9, 3, 9, 1, 2, 3, 8], WEIGHTS) == [(0, 7), (1, 8), (2, 9)]


def test_heavier_words_win() -> None:
    assert weave([1, 2], [2, 1], [0.0, 0.4, 1.0]) == [(1, 0)]


@given(Ids, st.data())
def test_few_changes_are_compared_exactly(old: list[int], data: st.DataObject) -> None:
    new = [word for word in old if data.draw(st.booleans())]
    pairs = gaps._few_changes(old, new)
    assert len(pairs) == common_length(old, new)
    assert all(old[i] == new[j] for i, j in pairs)


def test_many_changes_of_common_words_are_given_up() -> None:
    rnd = random.Random(1)
    old, new = ([rnd.randrange(2) for _ in range(4000)] for _ in range(2))
    pairs = weave(old, new, WEIGHTS)
    assert all(old[i] == new[j] for i, j in pairs)


def test_texts_of_very_different_length_have_more_than_a_few_changes() -> None:
    assert gaps._few_changes([1] * 100, [1] * 10) == []


def test_one_change_among_thousands_of_equal_words_is_found() -> None:
    old = [1] * 3000 + [2] + [1] * 3000
    new = [3, *old[:3000], 4, *old[3001:], 5]
    pairs = weave(old, new, WEIGHTS)
    assert len(pairs) == 6000


@pytest.mark.parametrize("words", [2, 10, 100, 5000])
def test_the_number_of_candidates_is_bounded(words: int) -> None:
    rnd = random.Random(words)
    old, new = ([rnd.randrange(words) for _ in range(5000)] for _ in range(2))
    pairs, complete = gaps._heaviest(old, new, [1.0] * words)
    candidates = sum(new.count(word) for word in old)
    assert complete is (candidates <= gaps.PAIRS_AT_LEAST + gaps.PAIRS_PER_WORD * 10000)
    assert all(old[i] == new[j] for i, j in pairs)
