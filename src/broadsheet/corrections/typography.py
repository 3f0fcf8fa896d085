"""Slips of the pen: corrections that change spelling or punctuation and nothing else."""

from __future__ import annotations

import difflib

from broadsheet.record.content import Block, EditionContent, text_to_inline
from broadsheet.record.rules import touches

MAX_CHANGED = 12
"""Letters that may differ; more of them are another wording."""


def is_slip_of_the_pen(before: str, after: str) -> bool:
    """Say whether a replacement only mends spelling or punctuation.

    Few letters differ, and nothing that readers rely on (numbers, names, quotations) is touched.
    """
    if before == after or not after.strip():
        return False
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    changed = sum(
        max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"
    )
    return changed <= MAX_CHANGED and not touches(_as_content(before), _as_content(after))


def _as_content(text: str) -> EditionContent:
    """Return words as the middle of a sentence, so that a capital at their beginning counts."""
    return EditionContent(
        headline="", blocks=(Block("b", "paragraph", html=text_to_inline(f"and {text}")),)
    )
