"""Canonical text: the one function from the blocks of an edition to plain text.

All offsets of passages count Unicode code points of this text. The rule, in full: the text of each
block as a reader sees it, runs of white space inside a line made one space, lines (of a list, of a
verse) separated by ``\\n``; blocks without text leave nothing; blocks are separated by one empty
line. Nothing is case-folded or Unicode-normalized.

>>> canonical_text([("a", "One  two."), ("b", ""), ("c", "Three.")]).text
'One two.\\n\\nThree.'
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

BLOCK_SEPARATOR = "\n\n"
_SPACE = re.compile(r"[ \t\f\v\r]+")
_AROUND_LINE_BREAK = re.compile(r" ?\n[ \n]*")


@dataclass(frozen=True)
class BlockSpan:
    """Where a block stands in the canonical text, in code points, end exclusive."""

    id: str
    start: int
    end: int


@dataclass(frozen=True)
class CanonicalText:
    """The plain text of an edition and where each of its blocks stands in it."""

    text: str
    blocks: tuple[BlockSpan, ...]


def normal_space(text: str) -> str:
    """Collapse white space as a browser shows it; keep line breaks and no-break spaces.

    >>> normal_space("  a \\t b \\n\\n c ")
    'a b\\nc'
    """
    return _AROUND_LINE_BREAK.sub("\n", _SPACE.sub(" ", text)).strip(" \n")


def canonical_text(blocks: Iterable[tuple[str, str]]) -> CanonicalText:
    """Join blocks, given as ``(id, text)`` in reading order, into the canonical text."""
    parts: list[str] = []
    spans: list[BlockSpan] = []
    position = 0
    for block_id, raw in blocks:
        text = normal_space(raw)
        if not text:
            continue
        if parts:
            position += len(BLOCK_SEPARATOR)
        spans.append(BlockSpan(block_id, position, position + len(text)))
        parts.append(text)
        position += len(text)
    return CanonicalText(BLOCK_SEPARATOR.join(parts), tuple(spans))
