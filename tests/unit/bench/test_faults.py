"""The book of what readers and writers were told, from which faults are judged."""

from __future__ import annotations

import pytest
from bench.faults.load import Book, Read, Words

BEFORE = 12
"""Comments that the story had at first."""


def book(*reads: tuple[float, int], acknowledged: tuple[float, ...]) -> Book:
    """Return a book of pages (when asked for, comments on it) and of acknowledged comments."""
    return Book(
        words=[Words(f"word{at}", 1, at) for at in acknowledged],
        reads=[Read(at, 0.1, 200, count, False) for at, count in reads],
    )


@pytest.mark.parametrize(
    ("asked_at", "comments", "age"),
    [
        (1.0, 12, 0.0),  # before anything was written
        (2.5, 13, 0.0),  # all that was acknowledged is there
        (2.5, 12, 0.5),  # one is missing, for half a second
        (9.0, 12, 7.0),  # two are missing: the first one counts
        (9.0, 13, 6.0),
        (9.0, 15, 0.0),  # more than was acknowledged: stored, and the answer lost on the way
    ],
)
def test_page_is_as_old_as_the_first_comment_that_it_lacks(asked_at, comments, age):
    told = book((asked_at, comments), acknowledged=(2.0, 3.0))

    [(_, found)] = told.ages(BEFORE)

    assert found == age


def test_gap_is_from_one_good_page_to_the_next():
    told = book((1.0, 12), (2.0, 12), (6.0, 12), acknowledged=())
    told.reads.append(Read(4.0, 0.1, 502, -1, False))

    assert told.longest_gap() == pytest.approx(4.0)
