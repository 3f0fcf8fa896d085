"""A thread in its one reading order: replies beneath what they answer, siblings as they arrived.

The place of a comment is stored with it: the number of its root, and beneath the root a path of the
sequences that lead to it, so that a stretch of the order is read without the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from broadsheet.discussion.models import Comment

MAX_SHOWN_DEPTH = 6
"""Levels that are set in from the margin; deeper replies stand at the last one, one after the
other, and say whom they answer. More would leave no room on a phone."""
STEP_BYTES = 4
"""Bytes of one sequence in a path, the highest first, so that paths sort as bytes."""
MAX_STEPS = 40
"""Sequences in a path. Replies below so many others stand in order of arrival: a path must fit
into an index however long readers make a chain."""

ROOTS_PER_PAGE = 50
REPLIES_PER_PAGE = 150
REPLIES_PER_ROOT = 20
"""Replies shown beneath one root of a page; fewer where the page would have too many."""


@dataclass(frozen=True)
class Placed:
    """A comment at its place in the reading order.

    ``level`` is the level at which it is shown, from 1. ``opens``: a list of replies begins with it;
    ``holds``: one begins after it, inside its item; ``closes``: so many lists of replies end after it.
    """

    comment: Comment
    parent: Comment | None
    level: int
    opens: bool
    holds: bool
    closes: int


def path_below(parent: Comment, sequence: int) -> bytes:
    """Return the path of a reply; that of a root is empty."""
    above = bytes(parent.path)[: (MAX_STEPS - 1) * STEP_BYTES]
    return above + sequence.to_bytes(STEP_BYTES)


def steps(path: bytes) -> list[int]:
    """Return the sequences of a path: those of the replies above a comment, and its own."""
    return [int.from_bytes(path[at : at + STEP_BYTES]) for at in range(0, len(path), STEP_BYTES)]


def reply_bound(counts: Mapping[int, int]) -> int:
    """Return how many replies a page shows beneath one root at most: the same for all its roots, as
    high as the page has room for."""
    bound = REPLIES_PER_ROOT
    while bound > 1 and sum(min(count, bound) for count in counts.values()) > REPLIES_PER_PAGE:
        bound -= 1
    return bound


def reading_order(comments: Sequence[Comment]) -> Iterator[Placed]:
    """Place comments that are given in reading order; the cost is linear.

    A reply whose parent is not among them stands beneath the nearest comment above it that is, or
    at the top, so that nothing is lost.
    """
    by_id = {comment.pk: comment for comment in comments}
    by_place = {(comment.root_number, bytes(comment.path)): comment.pk for comment in comments}
    levels: dict[int, int] = {}
    for comment in comments:
        above = comment.parent_id if comment.parent_id in levels else _above(comment, by_place)
        levels[comment.pk] = min(levels.get(above or 0, 0) + 1, MAX_SHOWN_DEPTH)
    level_before = 1
    for index, comment in enumerate(comments):
        level = levels[comment.pk]
        level_after = levels[comments[index + 1].pk] if index + 1 < len(comments) else 1
        yield Placed(
            comment=comment,
            parent=by_id.get(comment.parent_id) if comment.parent_id else None,
            level=level,
            opens=level > level_before,
            holds=level_after > level,
            closes=max(level - level_after, 0),
        )
        level_before = level


def _above(comment: Comment, by_place: Mapping[tuple[int, bytes], int]) -> int | None:
    path = bytes(comment.path)
    for length in range(len(path) - STEP_BYTES, -1, -STEP_BYTES):
        if found := by_place.get((comment.root_number, path[:length])):
            return found
    return None
