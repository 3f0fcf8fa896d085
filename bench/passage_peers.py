"""What others do about passages, in the plainest way, to measure ours beside.

Both compare two texts in order and carry the two ends of a span through the result, as
``diff_xIndex`` of diff-match-patch does. A span of which no whole word was kept is deleted, one
whose words are the same is ``same``, every other is ``reworded``. Neither knows of moved text.

Each function has the signature of ``passages.place``, so that the data set's own scorer calls it:
``score.py passage_peers:place_by_difflib DATA``.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable

from diff_match_patch import diff_match_patch

Span = tuple[int, int]
Answer = tuple[str, int | None, int | None]
Place = Callable[[str, str, Iterable[Span]], list[Answer]]

GONE: Answer = ("deleted", None, None)
_WORD = re.compile(r"\S+")


def place_by_difflib(old: str, new: str, spans: Iterable[Span]) -> list[Answer]:
    """Carry spans by the standard library's comparison of words."""
    old_words, new_words = words(old), words(new)
    matcher = difflib.SequenceMatcher(
        None, [old[a:b] for a, b in old_words], [new[a:b] for a, b in new_words], autojunk=False
    )
    # For each old word, from which new word on it stands, up to which, and whether it is kept.
    fates: list[tuple[int, int, bool]] = []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            fates += [(new_start + k, new_start + k + 1, True) for k in range(end - start)]
        else:
            fates += [(new_start, new_end, False)] * (end - start)
    starts = [start for start, _ in old_words]
    answers = []
    for start, end in spans:
        first = max(0, bisect_right(starts, start) - 1)
        last = max(first + 1, bisect_right(starts, end - 1))
        inside = fates[first:last]
        if not any(is_kept for _, _, is_kept in inside):
            answers.append(GONE)
            continue
        at, to = new_words[inside[0][0]][0], new_words[inside[-1][1] - 1][1]
        # A span may begin or end inside a word, beside its punctuation.
        if inside[0][2]:
            at += start - old_words[first][0]
        if inside[-1][2]:
            to -= old_words[last - 1][1] - end
        answers.append(answer(old[start:end], new, at, to, is_kept=True))
    return answers


def place_by_diff_match_patch(old: str, new: str, spans: Iterable[Span]) -> list[Answer]:
    """Carry spans by diff-match-patch as it comes: a comparison of characters."""
    return _place_by_characters(old, new, spans, is_cleaned=False)


def place_by_cleaned_diff_match_patch(old: str, new: str, spans: Iterable[Span]) -> list[Answer]:
    """Carry spans by diff-match-patch after its clean-up for readers, which drops chance letters."""
    return _place_by_characters(old, new, spans, is_cleaned=True)


PEERS: dict[str, Place] = {
    "difflib": place_by_difflib,
    "dmp": place_by_diff_match_patch,
    "dmp, cleaned": place_by_cleaned_diff_match_patch,
}


def _place_by_characters(
    old: str, new: str, spans: Iterable[Span], is_cleaned: bool
) -> list[Answer]:
    differ = diff_match_patch()
    differ.Diff_Timeout = 0  # It would give up after a second, on a slow machine earlier than here.
    differences = differ.diff_main(old, new)
    if is_cleaned:
        differ.diff_cleanupSemantic(differences)
    kept = bytearray()
    for operation, text in differences:
        if operation != differ.DIFF_INSERT:
            kept += (b"\1" if operation == differ.DIFF_EQUAL else b"\0") * len(text)
    answers = []
    for start, end in spans:
        at, to = (differ.diff_xIndex(differences, offset) for offset in (start, end))
        is_kept = any(all(kept[start + a : start + b]) for a, b in words(old[start:end]))
        answers.append(answer(old[start:end], new, at, to, is_kept))
    return answers


def words(text: str) -> list[Span]:
    """Say where the words of a text are."""
    return [match.span() for match in _WORD.finditer(text)]


def answer(exact: str, new: str, start: int, end: int, is_kept: bool) -> Answer:
    """Name what became of a span."""
    found = new[start:end].split()
    if not is_kept or not found:
        return GONE
    return ("same" if found == exact.split() else "reworded"), start, end
