"""What a comment quotes of a story, written by hand: ``> lines``, and words in quotation marks.

Readers have always quoted so: “The outgoing CEO…” and their opinion under it. A quotation is
recognized when it is unambiguous: its words stand in the story exactly once and are enough to
mean something. Compared are words alone, so capitals, white space, the form of quotation marks
and dashes, and other punctuation may differ; a word is never part of a longer one. Three points
or an ellipsis leave words out, at the ends or inside. Single marks around one word are not
taken for a quotation: that is how people speak of a word, not how they quote.

Cost: nothing but one search through the comment where it has no quotation; otherwise a search in
linear time for each quotation, and reading the text once (about 1 ms for 1,000 words): the texts
that were asked last are kept as they were read.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, islice, pairwise

from broadsheet.passages.alignment import align
from broadsheet.passages.segments import KEPT, REPLACED
from broadsheet.passages.words import Vocabulary

CANDIDATES = 100
"""Quotations looked for in one comment; what stands behind is not looked at."""
TOGETHER = 50_000
"""Characters of all of them; those inside one another count each."""
LONGEST = 5_000
"""Characters of a quotation; nobody quotes more, and a mark without its partner stops there."""
ENOUGH_LETTERS = 6
"""Letters that two or more words must have together: not "of it"."""
LONG_WORD = 8
"""Letters from which on a single word is enough."""
ENOUGH_UNSPACED = 4
"""Characters that are enough in a script without spaces."""
WORDS_LEFT_OUT = 100
"""Words that an ellipsis inside a quotation may stand for."""
READ = 16
"""Texts that are kept as they were read: comments on one story come one after the other."""
TELLING = 5
"""Letters from which on a word is rare enough to tell what a comment is about."""

_CLOSERS = {
    "“": "”“\"", "”": "”", "„": "“”‟\"", "‟": "”", '"': '"“”', "＂": "＂", "«": "»«", "»": "«»",
    "‹": "›‹", "›": "‹›", "「": "」", "『": "』", "‘": "’‘'", "‚": "‘’", "’": "’", "'": "'’",
}  # fmt: skip
"""What may close a quotation, by the mark that opened it, over all languages and habits."""
_SINGLE = frozenset("‘‚’'")
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_UNSPACED_WORD = re.compile(f"[{_UNSPACED}]")
# Marks that have but one shape are told from apostrophes, inches and closing marks by their place.
_OPENING = re.compile(rf"[“„‟«‹「『]|(?<![^\W{_UNSPACED}])[\"＂”»›‘‚’'](?=\S)")
_CLOSING = {
    opening: re.compile(rf"[{closers}]" + (r"(?!\w)" if opening in _SINGLE else ""))
    for opening, closers in _CLOSERS.items()
}
_ELLIPSIS = re.compile(r"\[\s*(?:…|\.{3,})\s*\]|\(\s*(?:…|\.{3,})\s*\)|…+|\.{3,}")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_QUOTED_LINES = re.compile(r"(?:^[ \t]*>[^\n]*(?:\n|\Z))+", re.MULTILINE)
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a comment that are words of a story; half-open ranges in code points.

    ``text`` is the index of the text in which they were found, ``start`` and ``end`` are where
    they stand in it, ``said_start`` and ``said_end`` where they stand in the comment, quotation
    marks left out.
    """

    text: int
    start: int
    end: int
    said_start: int
    said_end: int


def quotations(comment: str, texts: Sequence[str]) -> list[Quotation]:
    """Find what a comment quotes of a story, in the order of the comment.

    ``texts`` are the story's editions in the order in which they are asked, the newest first as
    a rule. The first in which the words stand decides: if they stand there twice, they are not
    recognized at all. Each passage is given once, and of quotations inside one another the outer
    one that is found.
    """
    stories = [_story(text) for text in texts]
    found: list[Quotation] = []
    seen: set[tuple[int, int, int]] = set()
    left = TOGETHER
    for start, end, is_single in _candidates(comment):
        if (found and start < found[-1].said_end) or end - start > left:
            continue
        left -= end - start
        said = _Said(comment, start, end)
        if not said.is_enough(is_single):
            continue
        for index, story in enumerate(stories):
            places = story.places(said)
            if not places:
                continue
            if len(places) == 1:
                found.append(Quotation(index, *places[0], said.start, said.end))
            break
    unique = []
    for quotation in found:
        passage = (quotation.text, quotation.start, quotation.end)
        if passage not in seen:
            seen.add(passage)
            unique.append(quotation)
    return unique


def may_quote(comment: str) -> bool:
    """Say whether a comment has anything that looks like a quotation, before a story is read."""
    return bool(_candidates(comment))


def mentions(comment: str, old: str, new: str) -> list[Quotation]:
    """Find words of an old text that the new one lacks and of which a comment speaks.

    That is a suggestion to an editor who looks for comments about a change, not a fact: the
    words need not be quoted. A word counts from five letters on, if it stands in the old text
    once and in the new one nowhere, or at one place that was replaced and at most one other.
    ``text`` is always 0. In the order of the comment, each word once.
    """
    old_story, spoken = _Story(old), _Said(comment, 0, len(comment))
    telling = {word for word in spoken.words if _is_telling(word)} & set(old_story.words)
    if not telling:
        return []
    places = _changed(old_story, telling, old, new)
    found = []
    for word, start, end in zip(spoken.words, spoken.starts, spoken.ends, strict=True):
        # Each word once: it is taken out when it was found.
        if (at := places.pop(word, None)) is not None:
            found.append(Quotation(0, old_story.starts[at], old_story.ends[at], start, end))
    return found


def _changed(story: _Story, telling: set[str], old: str, new: str) -> dict[str, int]:
    """Say at which one place each of some words was replaced or taken out, if it was."""
    in_new = set(_Story(new).words)
    counts = Counter(word for word in story.words if word in telling)
    alignment = align(old, new)
    changed: dict[str, list[int]] = {}
    for place, word in enumerate(story.words):
        if not 0 < counts[word] <= 2:
            continue
        start = story.starts[place]
        index = bisect_right(alignment.index.starts, start) - 1
        inside = [s for s in alignment.segments[max(0, index) : index + 1] if start < s.old_end]
        kinds = {segment.kind for segment in inside}
        is_gone = KEPT not in kinds and counts[word] == 1 and word not in in_new
        if REPLACED in kinds or is_gone:
            changed.setdefault(word, []).append(place)
    return {word: places[0] for word, places in changed.items() if len(places) == 1}


def _is_telling(word: str) -> bool:
    return len(word) >= TELLING and word.isalpha()


def _fold(word: str) -> str:
    """Write a word as it is compared."""
    word = word.strip("_")
    return (word if word.isascii() else unicodedata.normalize("NFC", word)).casefold()


def _read(text: str) -> tuple[list[str], list[int], list[int]]:
    """Give the words of a text as they are compared, where they begin, and where they end."""
    read = Vocabulary().read(text)
    folded = {piece: _fold(piece.rstrip()) for piece in set(read.pieces)}
    words, starts, ends = [], [], []
    for piece, start in zip(read.pieces, read.starts, strict=True):
        word = folded[piece]
        if any(map(str.isalnum, word)):
            words.append(word)
            starts.append(start)
            ends.append(start + len(piece.rstrip()))
    return words, starts, ends


class _Said:
    """A stretch of a comment as words, and in parts where an ellipsis leaves some out."""

    def __init__(self, comment: str, start: int, end: int) -> None:
        text = comment[start:end]
        self.words, starts, ends = _read(text)
        self.starts = [start + at for at in starts]
        self.ends = [start + at for at in ends]
        self.start = self.starts[0] if starts else start
        self.end = self.ends[-1] if ends else start
        self.parts = [part for part in map(_Part, _ELLIPSIS.split(text)) if part.words]
        plain = [word for word in self.words if word.isascii()]
        self.longest = max(plain, key=len, default="")
        """A word that a text must have in it, seen without reading the text."""

    def is_enough(self, is_single: bool) -> bool:
        """Say whether the words are enough to mean a passage, in single marks or others."""
        if sum(map(_is_unspaced, self.words)) >= ENOUGH_UNSPACED:
            return True
        letters = sum(map(len, self.words))
        if sum(part.spoken for part in self.parts) > 1:
            return letters >= ENOUGH_LETTERS
        return letters >= LONG_WORD and not is_single


class _Part:
    """What stands between two ellipses of a quotation."""

    def __init__(self, text: str) -> None:
        self.words, _, _ = _read(text)
        # "don't" is two words to compare and one to speak.
        self.spoken = sum(any(map(str.isalnum, word)) for word in text.split())


def _is_unspaced(word: str) -> bool:
    return len(word) <= 2 and bool(_UNSPACED_WORD.match(word))


class _Story:
    """A text in which quotations are looked for; read when the first of them may be there."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _small(self) -> str:
        return self.text.casefold()

    @cached_property
    def _read(self) -> tuple[list[str], list[int], list[int]]:
        return _read(self.text)

    @property
    def words(self) -> list[str]:
        """Give the words as they are compared."""
        return self._read[0]

    @property
    def starts(self) -> list[int]:
        """Say where each word begins."""
        return self._read[1]

    @property
    def ends(self) -> list[int]:
        """Say where each word ends."""
        return self._read[2]

    @cached_property
    def _line(self) -> str:
        """Give all words with a space on either side, in which whole words are searched."""
        return f" {' '.join(self.words)} "

    @cached_property
    def _offsets(self) -> list[int]:
        """Say where each word begins in that line."""
        return list(accumulate((len(word) + 1 for word in self.words), initial=1))

    def places(self, said: _Said) -> list[tuple[int, int]]:
        """Give where words stand: nowhere, at one place, or at two if it is in doubt."""
        if said.longest not in self._small:
            return []
        runs = self._runs(said.words)
        if not runs and len(said.parts) > 1:
            runs = self._runs_of_parts(said.parts)
        return [(self.starts[first], self.ends[last]) for first, last in runs]

    def _runs(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Find the first and last word of the first two places where words stand side by side."""
        wanted = f" {' '.join(words)} "
        runs: list[tuple[int, int]] = []
        at = self._line.find(wanted)
        while at >= 0 and len(runs) < 2:
            first = bisect_right(self._offsets, at + 1) - 1
            runs.append((first, first + len(words) - 1))
            at = self._line.find(wanted, at + 1)
        return runs

    def _runs_of_parts(self, parts: Sequence[_Part]) -> list[tuple[int, int]]:
        """Find the place where parts stand one after the other, each of them once in the text."""
        runs = [self._runs(part.words) for part in parts]
        if not all(runs):
            return []
        whole = [(found[0][0], found[-1][1]) for found in (runs[0], runs[-1])]
        if any(len(found) > 1 for found in runs):
            return whole
        for (before,), (after,) in pairwise(runs):
            if not 0 < after[0] - before[1] <= WORDS_LEFT_OUT + 1:
                return []
        return [(runs[0][0][0], runs[-1][0][1])]


_story = lru_cache(maxsize=READ)(_Story)


def _candidates(comment: str) -> list[tuple[int, int, bool]]:
    """List what may be a quotation, the outer one first, and whether in single marks."""
    found = set()
    for group in islice(_QUOTED_LINES.finditer(comment), CANDIDATES):
        found.add((*group.span(), False))
        for line in islice(_LINE.finditer(comment, *group.span()), CANDIDATES):
            found.add((*line.span(), False))
    for opening in islice(_OPENING.finditer(comment), CANDIDATES):
        end = _end_of_quotation(comment, opening)
        if end is not None:
            found.add((opening.end(), end, opening[0] in _SINGLE))
    ordered = sorted(found, key=lambda each: (each[0], -each[1]))
    return [each for each in ordered if each[1] - each[0] <= LONGEST][:CANDIDATES]


def _end_of_quotation(comment: str, opening: re.Match[str]) -> int | None:
    """Find where a quotation ends: at its mark, or at the points that end its line."""
    start = opening.end()
    limit = min(len(comment), start + LONGEST)
    line_end = comment.find("\n", start, limit)
    line_end = limit if line_end < 0 else line_end
    pattern = _CLOSING[opening[0]]
    if closing := pattern.search(comment, start, line_end):
        return closing.start()
    if comment[start:line_end].rstrip().endswith(("…", "...")):
        return line_end
    blank = _BLANK_LINE.search(comment, start, limit)
    closing = pattern.search(comment, line_end, blank.start() if blank else limit)
    return closing.start() if closing else None
