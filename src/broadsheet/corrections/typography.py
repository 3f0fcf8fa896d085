"""Slips of the pen: corrections that change spelling or punctuation and nothing else."""

from __future__ import annotations

import difflib

from broadsheet.record.content import Block, EditionContent, text_to_inline
from broadsheet.record.rules import touches

MAX_CHANGED = 2
"""Letters of a word that may differ, or a quarter of them; more of them are another word."""
MAX_WORD = 3
"""Letters of a word that may be put in or taken out: "the the"."""


def is_slip_of_the_pen(before: str, after: str) -> bool:
    """Say whether a replacement only mends spelling or punctuation.

    Few letters differ in each word, and nothing that readers rely on (numbers, names, quotations) is
    touched. In doubt it is another wording.
    """
    if before == after or not after.strip():
        return False
    old, new = before.split(), after.split()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal" and not _is_slip(" ".join(old[i1:i2]), " ".join(new[j1:j2])):
            return False
    return not touches(_as_content(before), _as_content(after))


def _is_slip(before: str, after: str) -> bool:
    longer = max(len(before), len(after))
    if not before or not after:
        return longer <= MAX_WORD
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    changed = sum(
        max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"
    )
    return changed <= max(MAX_CHANGED, longer // 4)


def _as_content(text: str) -> EditionContent:
    """Return words as the middle of a sentence, so that a capital at their beginning counts."""
    return EditionContent(
        headline="", blocks=(Block("b", "paragraph", html=text_to_inline(f"and {text}")),)
    )
