"""Passages: where a marked span of one edition stands in the next.

Pure Python, of use without the rest of Broadsheet; ``README.md`` beside this file shows how.
"""

from broadsheet.passages.alignment import Alignment, AlignmentUnreadable, align
from broadsheet.passages.canonical import BlockSpan, CanonicalText, canonical_text
from broadsheet.passages.carrying import Placement, Status, carry, carry_through
from broadsheet.passages.difference import Change, Fate, ParagraphChange, Piece, difference
from broadsheet.passages.quotations import Quotation, mentions, quotations
from broadsheet.passages.segments import Segment
from broadsheet.passages.selectors import (
    PositionSelector,
    QuoteSelector,
    SelectorUnreadable,
    find_quote,
    quote_of,
)
from broadsheet.passages.utf16 import Utf16Offsets

__all__ = [
    "Alignment",
    "AlignmentUnreadable",
    "BlockSpan",
    "CanonicalText",
    "Change",
    "Fate",
    "ParagraphChange",
    "Piece",
    "Placement",
    "PositionSelector",
    "Quotation",
    "QuoteSelector",
    "Segment",
    "SelectorUnreadable",
    "Status",
    "Utf16Offsets",
    "align",
    "canonical_text",
    "carry",
    "carry_through",
    "difference",
    "find_quote",
    "mentions",
    "quotations",
    "quote_of",
]
