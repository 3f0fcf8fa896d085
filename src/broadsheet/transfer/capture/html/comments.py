"""Find the comments of a page: which elements are one, and where each begins and ends.

Numbered ids (``comment-12``, ``li-comment-12``, ``div-comment-12``) are proof and end the search.
Without them every element that a class, an id or a microdata type calls a comment is a *mark*, and
marks are sorted out by what they hold: a mark with a writer of its own is a comment, one without is
a wrapper of a comment or of the whole thread. All passes are linear in the size of the page.
"""

from __future__ import annotations

import bisect
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from broadsheet.transfer.capture.html.markers import (
    AUTHOR_CLASS,
    COMMENT_CLASS,
    DATE_CLASS,
    FORUM_POST_ID,
    NUMBERED_COMMENT,
    OTHER_COMMENT_ID,
    SHORT_COMMENT_ID,
    THREAD_AREA,
    THREAD_LIST,
    class_matches,
    class_or_id_matches,
    item_kind,
    properties,
)
from broadsheet.transfer.capture.html.page import Node, Page

COMMENT_KINDS = frozenset({"Comment", "UserComments", "CorrectionComment"})
_CONTAINERS = frozenset(
    {"li", "div", "article", "section", "tr", "dt", "dd", "dl", "table", "td", "blockquote"}
)
_MOST_SIBLINGS = 6  # elements after an anchor that can belong to its comment


@dataclass
class Found:
    """An element that is one comment; ``parts`` hold what is its own, nested comments excluded."""

    key: str
    node: Node
    parts: list[Node]
    is_numbered: bool = False
    parent: Found | None = None
    depth: int = 1


@dataclass
class _Mark:
    node: Node
    key: str
    is_sure: bool
    """An id, a microdata type or a place in the thread says so, not a class alone."""
    outer: _Mark | None = None
    inner: list[_Mark] = field(default_factory=list)
    has_author: bool = False
    has_date: bool = False
    own_letters: int = 0
    is_dropped: bool = False
    around: _Mark | None = None
    """The nearest enclosing mark that is a comment; known when the mark is settled."""

    @property
    def survivor(self) -> _Mark | None:
        return self.around if self.is_dropped else self


def find_comments(page: Page) -> list[Found]:
    """Find the comments in the order of the page, each once."""
    numbered = _numbered(page)
    found = numbered or _marked(page)
    _widen(page, found)
    if not numbered:
        found = [one for one in found if one.node.tag != "a" or _letters(page, one)]
    return _each_once(page, found)


def _numbered(page: Page) -> list[Found]:
    found: list[Found] = []
    open_keys: Counter[str] = Counter()
    stack: list[tuple[int, str]] = []
    for node in page.nodes:
        while stack and stack[-1][0] <= node.index:
            open_keys[stack.pop()[1]] -= 1
        identifier = node.attributes.get("id")
        match = NUMBERED_COMMENT.match(identifier.strip()) if identifier else None
        if match is None:
            continue
        key = f"comment-{match[1]}"
        if not open_keys[key]:
            found.append(Found(key, node, [node], is_numbered=True))
        stack.append((node.end, key))
        open_keys[key] += 1
    return found


def _marked(page: Page) -> list[Found]:
    marks = _marks(page)
    _nest(page, marks)
    for mark in marks:
        _settle(mark)
    found = []
    for mark in marks:
        has_evidence = mark.has_author or mark.has_date
        has_content = mark.own_letters or mark.node.tag == "a"
        if mark.is_dropped or not (has_evidence or (mark.is_sure and has_content)):
            continue
        found.append(Found(mark.key, mark.node, [mark.node]))
    return found


def _marks(page: Page) -> list[_Mark]:
    marks = []
    thread_until = 0
    posts = [node for node in page.nodes if _is_forum_post(node)]
    if len(posts) > 1:
        # A topic of a forum: its first post is the story, the others answer it.
        return [_Mark(node, f"comment-{node.get('id')[1:]}", is_sure=True) for node in posts[1:]]
    for node in page.nodes:
        if class_or_id_matches(node, THREAD_AREA):
            thread_until = max(thread_until, node.end)
        mark = _mark(page, node, is_in_thread=node.index < thread_until)
        if mark is not None:
            marks.append(mark)
    return marks


def _mark(page: Page, node: Node, *, is_in_thread: bool) -> _Mark | None:
    identifier = node.get("id") or (node.get("name") if node.tag == "a" else "")
    if node.tag in {"form", "input", "textarea", "button", "label", "body", "html", "link", "meta"}:
        return None
    if match := OTHER_COMMENT_ID.match(identifier):
        return _Mark(node, f"comment-{match[1]}", is_sure=True)
    by_class = class_matches(node, COMMENT_CLASS)
    short = SHORT_COMMENT_ID.match(identifier)
    if short and (by_class or is_in_thread or _next_is_comment(page, node)):
        is_part = any("comment" in name for name in node.classes)
        if by_class or node.tag == "a" or is_part or "post" in node.classes:
            return _Mark(node, f"comment-{short[1]}", is_sure=True)
    if node.tag not in _CONTAINERS:
        return None
    if item_kind(node) in COMMENT_KINDS or (
        "itemscope" in node.attributes and "comment" in properties(node)
    ):
        return _Mark(node, "", is_sure=True)
    if by_class and page.letters(node):
        return _Mark(node, "", is_sure=is_in_thread)
    if is_in_thread and (
        node.classes & {"h-cite", "h-entry", "hentry"}
        or (node.tag == "li" and node.parent is not None and _is_thread_list(node.parent))
    ):
        return _Mark(node, "", is_sure=bool(node.classes & {"h-cite", "h-entry", "hentry"}))
    return None


def _is_forum_post(node: Node) -> bool:
    return "post" in node.classes and bool(FORUM_POST_ID.match(node.get("id")))


def _is_thread_list(node: Node) -> bool:
    return node.tag in {"ol", "ul"} and class_or_id_matches(node, THREAD_LIST)


def _next_is_comment(page: Page, node: Node) -> bool:
    following = next(page.following(node), None)
    return (
        node.tag == "a"
        and following is not None
        and any("comment" in name for name in following.classes)
    )


def _nest(page: Page, marks: list[_Mark]) -> None:
    """Tell each mark what encloses it and what its own content, without inner marks, holds."""
    by_index = {mark.node.index: mark for mark in marks}
    stack: list[_Mark] = []
    for node in page.nodes if marks else ():
        while stack and stack[-1].node.end <= node.index:
            stack.pop()
        mark = by_index.get(node.index)
        if mark is not None:
            mark.own_letters += page.letters(node)
            if stack:
                mark.outer = stack[-1]
                stack[-1].inner.append(mark)
                stack[-1].own_letters -= page.letters(node)
            stack.append(mark)
        elif stack:
            top = stack[-1]
            top.has_author = top.has_author or _is_author(node)
            top.has_date = top.has_date or _is_date(node)


def _is_author(node: Node) -> bool:
    relation = node.get("rel").lower()
    return (
        node.tag == "cite"
        or class_matches(node, AUTHOR_CLASS)
        or bool(properties(node) & {"author", "creator"})
        or ("external" in relation and "nofollow" in relation)
    )


def _is_date(node: Node) -> bool:
    return (
        node.tag == "time"
        or bool(properties(node) & {"datePublished", "dateCreated", "commentTime"})
        or class_matches(node, DATE_CLASS)
    )


def _settle(mark: _Mark) -> None:
    """Decide whether a mark is a comment, a wrapper inside one, or a container of several.

    Marks are settled in document order, so the enclosing one is settled already.
    """
    mark.around = mark.outer.survivor if mark.outer is not None else None
    outer = mark.around
    if _is_container(mark):
        mark.is_dropped = True
        return
    if outer is None:
        return
    is_other = bool(mark.key and outer.key and mark.key != outer.key)
    if is_other or (mark.has_author and outer.has_author and mark.key != (outer.key or None)):
        return
    if mark.has_author and outer.has_author and not mark.key:
        return
    # The mark is a part of the comment around it.
    mark.is_dropped = True
    outer.key = outer.key or mark.key
    outer.has_author = outer.has_author or mark.has_author
    outer.has_date = outer.has_date or mark.has_date
    outer.own_letters += mark.own_letters


def _is_container(mark: _Mark) -> bool:
    if mark.has_author or not mark.inner:
        return False
    places = Counter(id(inner.node.parent) for inner in mark.inner)
    siblings = places[id(mark.inner[0].node.parent)]
    if siblings > 1:
        keys = {inner.key for inner in mark.inner if inner.key}
        return len(keys) > 1 or not keys or not mark.key
    return False


def _widen(page: Page, found: list[Found]) -> None:
    """Add what belongs to a comment whose mark is only its beginning: an anchor, or a ``dt``."""
    starts = [one.node.index for one in found]

    def holds_others(node: Node, own: Node) -> bool:
        left = bisect.bisect_left(starts, node.index)
        right = bisect.bisect_left(starts, node.end)
        return right - left > (1 if node.index <= own.index < node.end else 0)

    for one in found:
        node = one.node
        if node.tag == "a" and node.parent is not None and node.parent.tag == "dt":
            # Old Blogger names the anchor inside the line of the name.
            one.node = node = node.parent
            one.parts = [node]
        if node.tag == "dt":
            for sibling in page.following(node):
                if sibling.tag != "dd":
                    break
                one.parts.append(sibling)
        elif page.letters(node) == 0 and not page.has_picture(node):
            _widen_anchor(page, one, holds_others)


def _widen_anchor(page: Page, one: Found, holds_others: Callable[[Node, Node], bool]) -> None:
    base = one.node
    siblings: list[Node] = []
    for _step in range(3):
        siblings = list(itertools.islice(page.following(base), _MOST_SIBLINGS))
        if any(page.letters(sibling) for sibling in siblings):
            break
        if base.parent is None or holds_others(base.parent, one.node):
            return
        base = base.parent
    parent = base.parent
    if (
        parent is not None
        and parent.tag in {"li", "article"}
        and not holds_others(parent, one.node)
    ):
        one.node = parent
        one.parts = [parent]
        return
    parts = [base] if page.letters(base) else []
    for sibling in siblings:
        if holds_others(sibling, one.node) or sibling.tag in {"form", "hr", "h1", "h2", "h3"}:
            break
        if class_or_id_matches(sibling, THREAD_AREA) and "comment" not in sibling.classes:
            break
        parts.append(sibling)
        if sibling.tag in {"div", "article", "li", "dl", "table", "section"}:
            # The element after the anchor is the comment; the next one would be another.
            break
    if parts:
        one.parts = parts


def _each_once(page: Page, found: list[Found]) -> list[Found]:
    """Keep one of the places where a page shows the same comment: the one with most text."""
    best: dict[str, Found] = {}
    places = Counter(one.key for one in found if one.key)
    if not any(number > 1 for number in places.values()):
        return found
    for one in found:
        other = best.get(one.key)
        if one.key and (other is None or _letters(page, one) > _letters(page, other)):
            best[one.key] = one
    return [one for one in found if not one.key or best[one.key] is one]


def _letters(page: Page, one: Found) -> int:
    return sum(page.letters(part) for part in one.parts)
