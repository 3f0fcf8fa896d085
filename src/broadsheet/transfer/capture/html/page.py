"""A saved page as a tree of plain nodes in document order.

libxml2 tokenizes; the tree is our own, since its nodes know the place where their content ends: "is
inside", "the text of" and "all below" are comparisons and slices of one list, without recursion, so
that a page nested 100,000 deep costs no more than a flat one. Building is linear in the size of the
page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from lxml import etree

from broadsheet.transfer.capture.model import CaptureUnreadable

# Large real pages have 20,000; one of 50,000 comments has about 700,000.
MOST_NODES = 1_000_000
_LARGEST_LINE = 300  # elements in a line of meta data
_MOST_REMARKS = 10  # comments of the source that are kept
_CHUNK = 1 << 20  # bytes fed to the tokenizer at once

# What these hold is not text of the page.
SILENT = frozenset(
    {
        "applet",
        "audio",
        "canvas",
        "datalist",
        "head",
        "iframe",
        "map",
        "math",
        "noframes",
        "noscript",
    }
    | {
        "object",
        "option",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    }
)
_NUL = re.compile("[\x00\ufffe\uffff]")


class Node:
    """An element: what it holds is ``children``, texts and nodes in their order."""

    __slots__ = ("_classes", "attributes", "children", "end", "index", "parent", "tag")

    def __init__(self, tag: str, attributes: dict[str, str], parent: Node | None, index: int):
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.index = index
        self.end = index + 1
        """Index of the first node after this one's content."""
        self.children: list[Node | str] = []
        self._classes: frozenset[str] | None = None

    @property
    def classes(self) -> frozenset[str]:
        if self._classes is None:
            value = self.attributes.get("class")
            self._classes = _split_classes(value) if value else _NO_CLASSES
        return self._classes

    def get(self, name: str) -> str:
        return self.attributes.get(name, "").strip()

    def holds(self, other: Node) -> bool:
        return self.index < other.index < self.end

    def ancestors(self) -> Iterator[Node]:
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def elements(self) -> list[Node]:
        return [child for child in self.children if isinstance(child, Node)]


_NO_CLASSES: frozenset[str] = frozenset()


@lru_cache(maxsize=8192)
def _split_classes(value: str) -> frozenset[str]:
    return frozenset(value.lower().split())


class Page:
    """A parsed page: its nodes in document order, and the comments of its source."""

    def __init__(self, nodes: list[Node], remarks: list[str]):
        self.nodes = nodes
        self.remarks = remarks
        """The first comments of the HTML source; saving programs leave the address there."""
        self._letters_before = _letters_before(nodes)
        self._blocks_before = _counted(nodes, lambda tag: tag not in INLINE and tag != "br")
        self._briefs: dict[int, str] = {}
        self._counts: dict[frozenset[str], list[int]] = {}

    def below(self, node: Node) -> Iterator[Node]:
        """All elements inside a node, in document order."""
        for index in range(node.index + 1, node.end):
            yield self.nodes[index]

    def letters(self, node: Node) -> int:
        """Length of the visible text inside a node, in code points."""
        return self._letters_before[node.end] - self._letters_before[node.index]

    def has_block(self, node: Node) -> bool:
        """Tell whether an element holds anything but inline text: a block, a picture, a player."""
        return self._blocks_before[node.end] > self._blocks_before[node.index + 1]

    def has_picture(self, node: Node) -> bool:
        return self.count(node, PICTURES) > 0

    def count(self, node: Node, tags: frozenset[str]) -> int:
        """Number of elements of some tags inside a node, from sums made on first use."""
        sums = self._counts.get(tags)
        if sums is None:
            sums = self._counts[tags] = _counted(self.nodes, lambda tag: tag in tags)
        return sums[node.end] - sums[node.index + 1]

    def brief(self, node: Node, most: int = 400) -> str:
        """The text of a small element; empty if it is larger than a line of a page can be."""
        if self.letters(node) > most or node.end - node.index > _LARGEST_LINE:
            return ""
        text = self._briefs.get(node.index)
        if text is None:
            text = self._briefs[node.index] = self.text(node)
        return text

    def text(self, node: Node) -> str:
        """The visible text inside a node with single spaces; blocks and breaks part words."""
        children = node.children
        if len(children) == 1 and isinstance(children[0], str) and node.tag not in SILENT:
            return " ".join(children[0].split())
        return " ".join("".join(text_pieces(node)).split())

    def first(self, tag: str) -> Node | None:
        return next((node for node in self.nodes if node.tag == tag), None)

    def following(self, node: Node) -> Iterator[Node]:
        """The elements after a node under the same parent."""
        index, stop = node.end, node.parent.end if node.parent else len(self.nodes)
        while index < stop:
            sibling = self.nodes[index]
            yield sibling
            index = sibling.end


def text_pieces(node: Node) -> Iterator[str]:
    """Give the visible texts below a node, with a space where a block or a break parts them."""
    stack: list[Node | str] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            yield part
            continue
        if part.tag in SILENT and part is not node:
            continue
        if part.tag not in INLINE:
            yield " "
            stack.append(" ")
        stack.extend(reversed(part.children))


INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em"}
    | {"font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp"}
    | {"small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
PICTURES = frozenset({"img", "iframe", "video", "audio", "embed"})


def parse_page(text: str) -> Page:
    """Build the tree of a page; broken markup is mended as libxml2 does."""
    if text.startswith("<?xml"):
        # The declaration names the encoding of bytes that are decoded by now.
        text = text[text.find(">") + 1 :]
    data = _NUL.sub("", text).encode("utf-8", "replace")
    builder = _Builder()
    parser = etree.HTMLParser(target=builder, encoding="utf-8", huge_tree=True)
    try:
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
        parser.close()
    except etree.LxmlError as error:
        raise CaptureUnreadable(f"The HTML cannot be parsed: {error}.") from error
    if not builder.nodes:
        raise CaptureUnreadable("The file holds no HTML elements.")
    return Page(builder.nodes, builder.remarks)


class _Builder:
    """Receives the events of the parser."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.remarks: list[str] = []
        self._open: list[Node] = []

    def start(self, tag: str | bytes, attrib: Mapping[Any, Any]) -> None:
        if len(self.nodes) >= MOST_NODES:
            raise CaptureUnreadable(f"The page has more than {MOST_NODES:,} elements.")
        parent = self._open[-1] if self._open else None
        node = Node(str(tag).lower(), dict(attrib), parent, len(self.nodes))
        self.nodes.append(node)
        if parent is not None:
            parent.children.append(node)
        self._open.append(node)

    def end(self, tag: str | bytes) -> None:
        if self._open:
            self._open.pop().end = len(self.nodes)

    def data(self, data: str | bytes) -> None:
        if self._open:
            self._open[-1].children.append(str(data))

    def comment(self, text: str | bytes) -> None:
        if len(self.remarks) < _MOST_REMARKS:
            self.remarks.append(str(text[:2000]))

    def close(self) -> None:
        while self._open:
            self._open.pop().end = len(self.nodes)


def _letters_before(nodes: list[Node]) -> list[int]:
    """Sum the visible letters in document order: ``result[i]`` stand in the nodes before ``i``."""
    sums = [0] * (len(nodes) + 1)
    silent_until = 0
    for node in nodes:
        if node.tag in SILENT:
            silent_until = max(silent_until, node.end)
        own = 0
        if node.index >= silent_until:
            own = sum(len(part.strip()) for part in node.children if isinstance(part, str))
        sums[node.index + 1] = sums[node.index] + own
    return sums


def _counted(nodes: list[Node], is_counted: Callable[[str], bool]) -> list[int]:
    """Count the nodes of some tags in document order: ``result[i]`` stand before node ``i``."""
    known: dict[str, bool] = {}
    sums = [0] * (len(nodes) + 1)
    for node in nodes:
        counts = known.get(node.tag)
        if counts is None:
            counts = known[node.tag] = is_counted(node.tag)
        sums[node.index + 1] = sums[node.index] + counts
    return sums
