"""The one reading order of a thread."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.discussion.threads import (
    MAX_SHOWN_DEPTH,
    REPLIES_PER_PAGE,
    REPLIES_PER_ROOT,
    path_below,
    reading_order,
    reply_bound,
)


@dataclass
class Said:
    """As much of a comment as the order needs."""

    pk: int
    parent_id: int | None = None
    root_number: int = 0
    path: bytes = b""


def in_order(comments):
    """Give comments their places as they arrive, and return them in reading order."""
    by_id = {}
    for comment in comments:
        by_id[comment.pk] = comment
        comment.root_number = comment.pk
        if above := by_id.get(comment.parent_id):
            comment.root_number = above.root_number
            comment.path = path_below(above, comment.pk)
    return sorted(comments, key=lambda comment: (comment.root_number, comment.path))


def outline(comments):
    """Return the thread as the template nests it: lists of [id, list of replies]."""
    root: list = []
    stack = [root]
    for placed in reading_order(in_order(comments)):
        if placed.opens:
            stack.append(stack[-1][-1][1])
        stack[-1].append([placed.comment.pk, []])
        for _ in range(placed.closes):
            stack.pop()
    assert len(stack) == 1
    return root


def test_replies_stand_beneath_what_they_answer():
    comments = [Said(1), Said(2), Said(3, 1), Said(4, 3), Said(5, 1), Said(6, 2)]

    assert outline(comments) == [[1, [[3, [[4, []]]], [5, []]]], [2, [[6, []]]]]


def test_reply_without_its_parent_stands_at_the_top():
    assert outline([Said(1), Said(2, 99)]) == [[1, []], [2, []]]


def test_deep_replies_stand_at_the_last_level():
    chain = [Said(1), *(Said(number, number - 1) for number in range(2, 12))]

    levels = [placed.level for placed in reading_order(in_order(chain))]

    assert levels == [*range(1, MAX_SHOWN_DEPTH + 1), *[MAX_SHOWN_DEPTH] * (11 - MAX_SHOWN_DEPTH)]


threads = st.lists(st.integers(min_value=0, max_value=30), max_size=40).map(
    lambda parents: [
        Said(number, parent if 0 < parent < number else None)
        for number, parent in enumerate(parents, 1)
    ]
)


@given(threads)
def test_every_comment_stands_once_and_after_its_parent(comments):
    order = [placed.comment.pk for placed in reading_order(in_order(comments))]

    assert sorted(order) == [comment.pk for comment in comments]
    place = {pk: index for index, pk in enumerate(order)}
    assert all(
        place[comment.parent_id] < place[comment.pk] for comment in comments if comment.parent_id
    )
    outline(comments)


def test_long_chain_needs_no_deep_stack():
    chain = [Said(1), *(Said(number, number - 1) for number in range(2, 20_001))]

    assert len(list(reading_order(in_order(chain)))) == 20_000


def test_reply_without_its_parent_stands_beneath_the_nearest_above():
    comments = in_order([Said(1), Said(2, 1), Said(3, 2), Said(4, 3)])

    placed = list(reading_order([comment for comment in comments if comment.pk not in (2, 3)]))

    assert [(each.comment.pk, each.level, each.parent) for each in placed] == [
        (1, 1, None),
        (4, 2, None),
    ]


@given(st.lists(st.integers(min_value=0, max_value=100_000), max_size=50))
def test_a_page_has_room_for_some_replies_of_every_root(counts):
    bound = reply_bound(dict(enumerate(counts)))

    assert 3 <= bound <= REPLIES_PER_ROOT
    assert sum(min(count, bound) for count in counts) <= REPLIES_PER_PAGE
