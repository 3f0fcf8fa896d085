"""JSON-LD of a page: the story as the page describes it to machines, and its comments.

Broken blocks are common; what can be mended without guessing (control characters, comment marks
around the script, a trailing comma) is, the rest is left with a warning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from broadsheet.transfer.capture.html.page import Page

LARGEST_BLOCK = 8 * 1024 * 1024  # characters
MOST_ITEMS = 200_000
_STORY_KIND = re.compile(
    r"(?:\w*NewsArticle|Article|BlogPosting|LiveBlogPosting|Report|TechArticle|ScholarlyArticle|"
    r"OpinionNewsArticle|SocialMediaPosting|DiscussionForumPosting|CreativeWork|Recipe|Review)\Z"
)
# The better the kind says "story", the smaller the number.
_RANK = ("NewsArticle", "BlogPosting", "Article")

Item = dict[str, Any]


@dataclass(frozen=True)
class LinkedComment:
    """A comment in JSON-LD with the place of its parent in the list, if it has one."""

    item: Item
    parent: int | None


class LinkedData:
    """The JSON-LD items of a page."""

    def __init__(self, page: Page):
        self.warnings: list[str] = []
        self._items: list[Item] = []
        for number, text in enumerate(_scripts(page), 1):
            data = _load(text)
            if data is None:
                self.warnings.append(f"JSON-LD block {number} of the page is broken and was left.")
            else:
                self._items.extend(_all_items(data, MOST_ITEMS - len(self._items)))
        self._by_id = {
            item["@id"]: item
            for item in reversed(self._items)
            if isinstance(item.get("@id"), str) and len(item) > 2
        }
        self.story = self._story()

    def _story(self) -> Item | None:
        best: tuple[int, Item] | None = None
        for item in self._items:
            kinds = kinds_of(item)
            if not any(_STORY_KIND.match(kind) for kind in kinds):
                continue
            ranks = [place for place, kind in enumerate(_RANK) if any(kind in k for k in kinds)]
            rank = min(ranks, default=len(_RANK)) * 2 + (0 if text_in(item.get("headline")) else 1)
            if best is None or rank < best[0]:
                best = (rank, item)
        return best[1] if best else None

    def resolve(self, value: object) -> Item | None:
        """Follow a reference inside the page: ``{"@id": "#author"}``."""
        if isinstance(value, dict):
            identifier = value.get("@id")
            if len(value) <= 2 and isinstance(identifier, str):
                return self._by_id.get(identifier, value)
            return value
        return None

    def names(self, value: object) -> list[str]:
        """The names in an author property: a text, an item, a reference, or a list of them."""
        names = []
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                names.append(one)
            elif item := self.resolve(one):
                name = item.get("name")
                names.extend(part for part in as_list(name) if isinstance(part, str))
        return names

    def comments(self) -> list[LinkedComment]:
        """The comments of the story with their replies, a parent before its replies."""
        roots = [self.story] if self.story else []
        roots += [item for item in self._items if item is not self.story]
        found: list[LinkedComment] = []
        seen: set[int] = set()
        for root in roots:
            if not _is_comment(root):
                self._collect(root, found, seen)
            if found:
                break
        if not found:
            for item in self._items:
                if _is_comment(item) and id(item) not in seen:
                    seen.add(id(item))
                    found.append(LinkedComment(item, None))
                    self._collect(item, found, seen, len(found) - 1)
        return _with_named_parents(found)

    def _collect(
        self, root: Item, found: list[LinkedComment], seen: set[int], parent: int | None = None
    ) -> None:
        stack = [(self._replies(root), 0, parent)]
        while stack:
            replies, place, above = stack.pop()
            if place >= len(replies) or len(found) >= MOST_ITEMS:
                continue
            stack.append((replies, place + 1, above))
            item = replies[place]
            if id(item) in seen:
                continue
            seen.add(id(item))
            found.append(LinkedComment(item, above))
            stack.append((self._replies(item), 0, len(found) - 1))

    def _replies(self, item: Item) -> list[Item]:
        values = [*as_list(item.get("comment")), *as_list(item.get("comments"))]
        if _is_comment(item):
            values += as_list(item.get("reply"))
        items = [resolved for value in values if (resolved := self.resolve(value))]
        return [item for item in items if _is_comment(item) or "text" in item]


def text_in(value: object) -> str:
    """The text of a property: itself, or the first of a list of texts."""
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), "")
    if isinstance(value, dict):
        value = value.get("@value", "")
    return value.strip() if isinstance(value, str) else ""


def kinds_of(item: Item) -> list[str]:
    return [
        kind.rstrip("/").rsplit("/", 1)[-1]
        for kind in as_list(item.get("@type"))
        if isinstance(kind, str)
    ]


def as_list(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _is_comment(item: Item) -> bool:
    return any(kind in {"Comment", "UserComments", "CorrectionComment"} for kind in kinds_of(item))


def _with_named_parents(found: list[LinkedComment]) -> list[LinkedComment]:
    """Use ``parentItem`` where replies are listed beside what they answer."""
    places = {
        identifier: place
        for place, one in enumerate(found)
        for identifier in (one.item.get("@id"), one.item.get("url"))
        if isinstance(identifier, str)
    }
    result = []
    for place, one in enumerate(found):
        parent = one.parent
        named = one.item.get("parentItem")
        if parent is None and isinstance(named, dict):
            above = places.get(named.get("@id") or named.get("url") or "")
            if above is not None and above < place:
                parent = above
        result.append(LinkedComment(one.item, parent))
    return result


def _scripts(page: Page) -> Iterator[str]:
    for node in page.nodes:
        if node.tag == "script" and "ld+json" in node.get("type").lower():
            text = "".join(part for part in node.children if isinstance(part, str))
            if text.strip():
                yield text[:LARGEST_BLOCK]


def _load(text: str) -> object:
    text = re.sub(r"\A\s*(?://\s*)?(?:<!--|<!\[CDATA\[|/\*.{0,40}?\*/)\s*", "", text)
    text = re.sub(r"\s*(?://\s*)?(?:-->|\]\]>)\s*\Z", "", text).strip().rstrip(";")
    for mended in (text, re.sub(r",(\s*[}\]])", r"\1", text)):
        try:
            loaded: object = json.loads(mended, strict=False)
        except (ValueError, RecursionError):
            continue
        return loaded
    return None


def _all_items(data: object, most: int) -> list[Item]:
    """All items in a block, in its order, nested ones after what holds them."""
    items: list[Item] = []
    stack = [data]
    while stack and len(items) < most:
        value = stack.pop()
        if isinstance(value, dict):
            if "@type" in value:
                items.append(value)
            stack.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            stack.extend(reversed(value))
    return items
