"""A thread in its one reading order: replies beneath what they answer, siblings as they arrived.

Trees are walked without recursion: a reply chain may be as long as readers make it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from broadsheet.discussion.models import Comment

MAX_SHOWN_DEPTH = 6
"""Levels that are set in from the margin; deeper replies stand at the last one, one after the
other, and say whom they answer. More would leave no room on a phone."""


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


def reading_order(comments: Sequence[Comment]) -> Iterator[Placed]:
    """Place comments given in order of arrival; the cost is linear.

    A reply whose parent is not among them stands at the top, so that nothing is lost.
    """
    by_id = {comment.pk: comment for comment in comments}
    replies: dict[int | None, list[Comment]] = {}
    for comment in comments:
        parent_id = comment.parent_id if comment.parent_id in by_id else None
        replies.setdefault(parent_id, []).append(comment)
    ordered: list[tuple[Comment, int]] = []
    waiting = [(comment, 1) for comment in reversed(replies.get(None, []))]
    while waiting:
        comment, level = waiting.pop()
        ordered.append((comment, level))
        below = min(level + 1, MAX_SHOWN_DEPTH)
        waiting.extend((reply, below) for reply in reversed(replies.get(comment.pk, [])))
    level_before = 1
    for index, (comment, level) in enumerate(ordered):
        level_after = ordered[index + 1][1] if index + 1 < len(ordered) else 1
        yield Placed(
            comment=comment,
            parent=by_id.get(comment.parent_id) if comment.parent_id else None,
            level=level,
            opens=level > level_before,
            holds=level_after > level,
            closes=max(level - level_after, 0),
        )
        level_before = level
