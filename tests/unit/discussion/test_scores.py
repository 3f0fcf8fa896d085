"""The score of the best comments, as a pure function."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.discussion.scores import MILLION, PRIOR, Z, best_score, is_due

COUNT = st.integers(min_value=0, max_value=100_000)


@pytest.mark.parametrize(("thanks", "trials"), [(90, 100), (2, 2), (1, 5000), (7, 3)])
def test_score_is_where_what_was_seen_is_just_still_likely(thanks, trials):
    """The definition that Wilson solved: the share seen is z standard deviations above it."""
    n = max(thanks, trials) + PRIOR
    lower = best_score(thanks, trials) / MILLION

    assert (thanks / n - lower) / math.sqrt(lower * (1 - lower) / n) == pytest.approx(Z, rel=1e-2)


@pytest.mark.parametrize("trials", [0, 1, 1000])
def test_without_thanks_there_is_no_score(trials):
    assert best_score(0, trials) == 0


def test_few_of_few_are_behind_many_of_more():
    assert best_score(2, 2) < best_score(90, 100)


def test_late_comment_is_not_behind_one_that_had_all_day():
    assert best_score(20, 40) > best_score(25, 400)


@given(COUNT, COUNT)
def test_score_is_a_share(thanks, trials):
    assert 0 <= best_score(thanks, trials) < MILLION


@given(st.integers(min_value=1, max_value=10_000), COUNT)
def test_one_more_thanks_never_lowers_it(thanks, trials):
    assert best_score(thanks + 1, trials) >= best_score(thanks, trials)


@given(st.integers(min_value=1, max_value=10_000), st.integers(min_value=0, max_value=10_000))
def test_more_trials_never_raise_it(thanks, trials):
    assert best_score(thanks, thanks + trials + 1) <= best_score(thanks, thanks + trials)


@pytest.mark.parametrize(
    ("thanks", "weighed", "due"),
    [(1, 0, True), (2, 1, True), (4, 4, False), (5, 4, True), (124, 100, False), (0, 0, False)],
)
def test_scores_are_weighed_again_when_a_quarter_was_added(thanks, weighed, due):
    assert is_due(thanks, weighed) is due


def test_prior_is_what_the_documentation_says():
    assert PRIOR == 10
