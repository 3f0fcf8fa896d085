"""Instants and durations in words."""

from __future__ import annotations

import datetime as dt

import pytest

from broadsheet.paper.presenters.moments import duration_in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (29, "less than a minute"),
        (31, "1 minute"),
        (89, "1 minute"),
        (90, "2 minutes"),
        (80 * 60, "80 minutes"),
        (89 * 60, "89 minutes"),
        (90 * 60, "2 hours"),
        (3 * 3600, "3 hours"),
        (30 * 3600, "30 hours"),
        (36 * 3600, "2 days"),
        (10 * 86400, "10 days"),
    ],
)
def test_duration_in_its_largest_unit(seconds, words):
    assert duration_in_words(dt.timedelta(seconds=seconds)) == words
