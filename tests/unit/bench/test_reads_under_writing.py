"""How old the pages were that readers saw."""

from __future__ import annotations

import pytest
from bench.reads_under_writing import Look, page_ages, told_count
from bench.servers import WrongAnswer

ACKNOWLEDGED = [10.0, 11.0, 12.0]
"""After a hundred comments that were there before."""


@pytest.mark.parametrize(
    ("asked_at", "count", "age", "why"),
    [
        (9.0, 100, 0.0, "nothing was acknowledged yet"),
        (10.5, 101, 0.0, "the one that was is there"),
        (10.5, 100, 0.5, "it lacks the first, acknowledged half a second ago"),
        (12.5, 101, 1.5, "it lacks the second, and the third"),
        (12.5, 103, 0.0, "it has them all"),
        (11.5, 103, 0.0, "it has one that was not acknowledged yet"),
        (12.5, 99, 2.5, "it is from before, so it lacks the first"),
    ],
)
def test_page_is_as_old_as_the_first_comment_that_it_lacks(asked_at, count, age, why):
    assert page_ages([Look(asked_at, count)], ACKNOWLEDGED, 100) == [age], why


def test_number_of_comments_is_read_off_the_page():
    assert told_count(b'<span class="count" data-count>1012 comments</span>') == 1012
    assert told_count(b'<span class="count" data-count>1 comment</span>') == 1
    with pytest.raises(WrongAnswer):
        told_count(b"<p>no number</p>")
