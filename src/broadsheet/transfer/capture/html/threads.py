"""Who answers whom: the nesting of the comments of a page.

A reply stands inside the comment it answers, or inside an element for replies (``ul.children``,
``div.indented``) that follows it. Where a page is flat, its own words decide: an attribute with the
parent's number, a line "in reply to" with a link, or WordPress's ``depth-2``.
"""

from __future__ import annotations

import itertools
import re

from broadsheet.transfer.capture.html.comments import Found
from broadsheet.transfer.capture.html.markers import IN_REPLY_TO, REPLIES
from broadsheet.transfer.capture.html.page import Node, Page

_PARENT_ATTRIBUTES = (
    "data-parentid",
    "data-parent-id",
    "data-parent",
    "data-parent-comment-id",
    "data-comment-parent",
    "data-comment-parent-id",
    "data-parent-comment",
    "data-in-reply-to",
    "data-replyto-id",
)
_DEPTH_CLASS = re.compile(r"(?:[\w-]*[-_])?(?:depth|level|indent)[-_]?(\d{1,2})\Z")
_REPLY_CLASS = re.compile(
    r"(?:[\w-]*[-_])?(?:in-?reply-?to|parent-?link|reply-?to)\Z|u-in-reply-to\Z"
)


class OwnNodes:
    """Walks what belongs to a comment itself, without the comments nested in it."""

    def __init__(self, page: Page, found: list[Found]):
        self._page = page
        self._starts = {part.index for one in found for part in one.parts}

    def of(self, one: Found) -> list[Node]:
        nodes: list[Node] = []
        for part in one.parts:
            index = part.index + 1
            while index < part.end:
                node = self._page.nodes[index]
                if index in self._starts:
                    index = node.end
                    continue
                nodes.append(node)
                index += 1
        return nodes

    def is_other(self, node: Node) -> bool:
        """Tell whether an element begins a comment, so that it is no part of the one around it."""
        return node.index in self._starts


def link_replies(page: Page, found: list[Found], own: OwnNodes) -> list[Found]:
    """Set parent and depth of every comment; a parent stands before its replies in the result."""
    _by_structure(page, found)
    if all(one.parent is None for one in found):
        _by_depth_class(found)
    _by_words(page, found, own)
    return _parents_first(found)


def _by_structure(page: Page, found: list[Found]) -> None:
    starts = {part.index: (one, part) for one in found for part in one.parts}
    stack: list[tuple[int, Found | None]] = []
    open_comments: list[Found] = []
    replies = 0
    levels: dict[int, int] = {}
    last_at: dict[int, Found] = {}
    for node in page.nodes if found else ():
        while stack and stack[-1][0] <= node.index:
            closed = stack.pop()[1]
            if closed is None:
                replies -= 1
            else:
                open_comments.pop()
        start = starts.get(node.index)
        if start is not None:
            one = start[0]
            if one.parts[0] is start[1]:
                nearest = open_comments[-1] if open_comments else None
                level = max(levels[id(nearest)] + 1 if nearest else 1, replies + 1)
                # Replies in a list after their comment are deeper than what encloses them.
                inside = levels[id(nearest)] + 1 if nearest else 1
                one.parent = nearest if level == inside else last_at.get(level - 1, nearest)
                levels[id(one)] = level
                last_at[level] = one
            stack.append((node.end, one))
            open_comments.append(one)
        elif not node.classes.isdisjoint(REPLIES):
            stack.append((node.end, None))
            replies += 1


def _by_depth_class(found: list[Found]) -> None:
    depths = [_class_depth(one.node) for one in found]
    if any(depth is None for depth in depths):
        return
    lowest = min((depth for depth in depths if depth is not None), default=1)
    last_at: dict[int, Found] = {}
    for one, depth in zip(found, depths, strict=True):
        level = (depth or lowest) - lowest + 1
        one.parent = last_at.get(level - 1)
        last_at[level] = one
        for deeper in [other for other in last_at if other > level]:
            del last_at[deeper]


def _class_depth(node: Node) -> int | None:
    # Some plugins give the number to an element inside the one with the depth.
    for around, _step in zip(
        (node, *itertools.islice(node.ancestors(), 3)), range(4), strict=False
    ):
        for name in around.classes:
            if match := _DEPTH_CLASS.match(name):
                return int(match[1])
    return None


def _by_words(page: Page, found: list[Found], own: OwnNodes) -> None:
    by_key = {one.key: one for one in found if one.key}
    if not by_key:
        return
    place = {id(one): number for number, one in enumerate(found)}
    is_flat = all(one.parent is None for one in found)
    named = [
        (one, parent)
        for one in found
        if one.parent is None
        and (parent := _named_parent(page, one, own, by_key)) is not None
        and parent is not one
    ]
    # With all parents on the same side of their replies no circle can come about. A flat page may
    # show the newest comment first.
    is_newest_first = is_flat and all(place[id(parent)] > place[id(one)] for one, parent in named)
    for one, parent in named:
        if is_newest_first or place[id(parent)] < place[id(one)]:
            one.parent = parent


def _named_parent(page: Page, one: Found, own: OwnNodes, by_key: dict[str, Found]) -> Found | None:
    for part in one.parts:
        for name in _PARENT_ATTRIBUTES:
            if value := part.get(name):
                return by_key.get(_key_in(value))
    for node in own.of(one):
        if node.tag == "a" and "#" in node.get("href"):
            target = by_key.get(_key_in(node.get("href").rsplit("#", 1)[1]))
            if target is None or target is one:
                continue
            around = node.parent if node.parent is not None else node
            words = page.brief(around, 1000)[:200]
            marks = node.classes | around.classes
            if IN_REPLY_TO.search(words) or any(_REPLY_CLASS.match(name) for name in marks):
                return target
    return None


def _key_in(value: str) -> str:
    match = re.search(r"([0-9a-f]*[0-9][0-9a-f]*)\s*\Z", value)
    return f"comment-{match[1]}" if match else ""


def _parents_first(found: list[Found]) -> list[Found]:
    """Order as on the page, but nothing before what it answers; set the depths."""
    waiting: dict[int, list[Found]] = {}
    placed: set[int] = set()
    result: list[Found] = []
    for first in found:
        if first.parent is not None and id(first.parent) not in placed:
            waiting.setdefault(id(first.parent), []).append(first)
            continue
        stack = [first]
        while stack:
            one = stack.pop()
            one.depth = one.parent.depth + 1 if one.parent else 1
            placed.add(id(one))
            result.append(one)
            stack.extend(reversed(waiting.pop(id(one), [])))
    return result
