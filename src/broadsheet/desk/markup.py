"""The text inside stored rich text: where it stands, how it is marked, and what must not change.

Rich text is kept as the editor wrote it (the database form of Wagtail, with links by the id of a
page), so it is read here as text between tags rather than as a tree: what is not touched keeps
its bytes. Offsets are code points of the source.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_TAG = re.compile(r"""<!--.*?-->|<(/?)([a-zA-Z][^\s/>]*)(?:[^>"']|"[^"]*"|'[^']*')*>""", re.DOTALL)
_CHARACTER = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);|.", re.DOTALL)
_INLINE = {
    *("a", "abbr", "b", "code", "del", "em", "i", "s", "span", "strike", "strong", "sub", "sup"),
    "u",
}
_VOID = {"br", "embed", "hr", "img", "wbr"}


@dataclass(frozen=True, slots=True)
class TextNode:
    """What stands between two tags, often nothing.

    ``marks`` names the inline elements around it, outermost first. ``is_apart`` says that the tag
    before it is not one that runs on in the line, as those of links and of bold words do.
    """

    start: int
    end: int
    marks: tuple[str, ...] = ()
    is_apart: bool = True


def text_nodes(source: str) -> tuple[TextNode, ...]:
    """Return all text nodes of rich text in the order of the source."""
    nodes: list[TextNode] = []
    marks: list[str] = []
    start, is_apart = 0, True
    for tag in _TAG.finditer(source):
        nodes.append(TextNode(start, tag.start(), tuple(marks), is_apart))
        name = (tag[2] or "").lower()
        start, is_apart = tag.end(), name not in _INLINE
        if is_apart:
            continue
        if not tag[1]:
            marks.append(name)
        elif name in marks:
            del marks[len(marks) - 1 - marks[::-1].index(name)]
    nodes.append(TextNode(start, len(source), tuple(marks), is_apart))
    return tuple(nodes)


def characters(source: str, node: TextNode) -> Iterator[tuple[str, int, int]]:
    """Yield what a reader sees of a text node, character by character, and where it is written."""
    for found in _CHARACTER.finditer(source, node.start, node.end):
        yield html.unescape(found[0]), found.start(), found.end()


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Rich text without its text: the tags as written, and which elements have any text."""

    tags: tuple[str, ...]
    has_text: tuple[bool, ...]

    def is_emptied_in(self, other: Skeleton) -> bool:
        """Say whether an element with text has none in ``other``, which has the same tags."""
        return any(
            before and not after
            for before, after in zip(self.has_text, other.has_text, strict=True)
        )


def skeleton(source: str) -> Skeleton:
    """Return the skeleton of rich text, read by other means than the text nodes are."""
    reader = _SkeletonReader()
    reader.feed(source)
    reader.close()
    return Skeleton(tuple(reader.tags), tuple(reader.has_text))


class _SkeletonReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.has_text: list[bool] = []
        self._open: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(self.get_starttag_text() or tag)
        if tag not in _VOID:
            self._open.append((tag, len(self.has_text)))
            self.has_text.append(False)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(self.get_starttag_text() or tag)

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"</{tag}>")
        if any(name == tag for name, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_comment(self, data: str) -> None:
        self.tags.append(f"<!--{data}-->")

    def handle_data(self, data: str) -> None:
        if data.strip():
            for _, number in self._open:
                self.has_text[number] = True
