"""A text as words: what an alignment compares, and where sentences and paragraphs end.

Words are numbered so that two texts are compared as lists of small integers; capitals make no
difference there, so that a headline set in other capitals is still the same headline. A word is
a run of characters that are neither white space nor punctuation; each punctuation mark is a word
of its own, and so is each character of a script written without spaces (Chinese, Japanese, Thai),
for which nothing better can be had without a dictionary. Combining marks and joiners stay with
their letter, because the pattern names what separates words rather than what makes them.

Cost: linear; half a microsecond a word, most of it inside ``re`` and ``itertools``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

_PUNCTUATION = (
    r"!-/:-@\[-\^`{-~"  # ASCII, without the underscore of identifiers
    r"\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"  # Latin-1
    r"\u055a-\u055f\u0589\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4"
    r"\u0964\u0965\u104a\u104b\u1362-\u1368\u17d4-\u17da"
    r"\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2e00-\u2e7f"
    r"\u3001-\u3003\u3008-\u3020\u3030\u303d\u30fb"
    r"\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
# Scripts that write no spaces between words: Thai and Lao, Tibetan, Myanmar, Khmer, kana, Han.
_UNSPACED = (
    r"\u0e00-\u0eff\u0f00-\u0fff\u1000-\u1049\u1050-\u109f\u1780-\u17d3"
    r"\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\uff66-\uff9f"
)
# Vowel signs and tone marks of those scripts, which belong to the character before them.
_MARKS = (
    r"\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
    r"\u0f71-\u0f84\u102b-\u103e\u17b4-\u17d3\u3099\u309a\ufe00-\ufe0f"
)
# One match is a word and the white space after it, so that the matches tile the text.
_PIECE = re.compile(
    rf"[^\s{_PUNCTUATION}{_UNSPACED}]+\s*|[{_UNSPACED}][{_MARKS}]*\s*|[{_PUNCTUATION}]\s*|\S\s*"
)
# A line with all white space after it.
_LINE = re.compile(r"[^\n]*\n\s*|[^\n]+")
_UNSPACED_WORD = re.compile(rf"[{_UNSPACED}]")

PUNCTUATION_WEIGHT = 0.15
"""How much a punctuation mark says about where a passage is, a long word saying 1."""
SHORT_WEIGHT = 0.4
"""The same for words of up to three letters, mostly articles and prepositions in any language."""
MIDDLE_WEIGHT = 0.7
"""The same for words of four letters."""
UNSPACED_WEIGHT = 0.5
"""The same for one character of a script without spaces: two or three make a word."""


class Vocabulary:
    """Numbers for the words of both texts: the same for words that differ in capitals only."""

    def __init__(self) -> None:
        self.weights: list[float] = []
        """What each word tells, by its number."""
        self._numbers: dict[str, int] = {}
        # The same by word with its white space, so that each spelling is stripped only once.
        self._pieces: dict[str, int] = {}
        self._lines: dict[str, tuple[list[str], list[int]]] = {}

    def read(self, text: str) -> Words:
        """Split a text into numbered words."""
        body = text.lstrip()
        pieces: list[str] = []
        ids: list[int] = []
        # Most lines of the new text were read before, as lines of the old one.
        for line in _LINE.findall(body):
            read = self._lines.get(line)
            if read is None:
                read = self._lines[line] = self._read_line(line)
            pieces += read[0]
            ids += read[1]
        self.weights += map(weight_of, list(self._numbers)[len(self.weights) :])
        starts = list(accumulate(map(len, pieces), initial=len(text) - len(body)))
        starts.pop()
        return Words(text, pieces, ids, starts)

    def _read_line(self, line: str) -> tuple[list[str], list[int]]:
        """Split a line into words with their white space, and number them."""
        pieces = _PIECE.findall(line)
        numbers, known = self._numbers, self._pieces
        for piece in pieces:
            if piece not in known:
                known[piece] = numbers.setdefault(piece.rstrip().lower(), len(numbers))
        return pieces, list(map(known.__getitem__, pieces))


def weight_of(word: str) -> float:
    """Say how much a word tells about its place, between 0 and 1.

    Length stands in for a list of stop words, so that it works for any language.
    """
    length = len(word)
    if length <= 2 and not word.isascii() and _UNSPACED_WORD.match(word):
        return UNSPACED_WEIGHT
    if word.isalpha():
        if length > 4:
            return 1.0
        return MIDDLE_WEIGHT if length == 4 else SHORT_WEIGHT
    if length == 1:
        return MIDDLE_WEIGHT if word.isdigit() else PUNCTUATION_WEIGHT
    return 1.0


@dataclass(slots=True)
class Words:
    """The words of one text, in order.

    ``pieces[i]`` is the i-th word with the white space after it, ``ids[i]`` its number,
    ``starts[i]`` its offset in code points.
    """

    text: str
    pieces: list[str]
    ids: list[int]
    starts: list[int]

    def __len__(self) -> int:
        return len(self.ids)

    def word(self, index: int) -> str:
        """Give a word as it is written."""
        return self.pieces[index].rstrip()

    def end(self, index: int) -> int:
        """Give the offset after the last character of a word, its white space left out."""
        return self.starts[index] + len(self.word(index))

    def breaks(self) -> tuple[list[int], list[int]]:
        """Find where sentences and where paragraphs begin; both lists end with the word count.

        A sentence ends at a line break, or at a full stop, question or exclamation mark (with the
        closing quotes and brackets after it) when white space and no small letter follow, or at
        once after the marks of scripts without spaces. Abbreviations are sometimes taken for
        ends; both texts are cut by the same rule, which is what matters here.
        """
        pieces = self.pieces
        last = len(pieces) - 1
        ending = {piece for piece in set(pieces) if piece[0] in _ENDS or "\n" in piece}
        sentences, paragraphs = [0], [0]
        for index, piece in enumerate(pieces):
            if piece not in ending or index == last:
                continue
            if "\n" in piece:
                paragraphs.append(index + 1)
                sentences.append(index + 1)
            elif piece[0] in _ENDS_AT_ONCE or (
                piece[-1] == " "
                and not pieces[index + 1][0].islower()
                and (piece[0] in _STOPS or (index and pieces[index - 1][0] in _STOPS))
            ):
                sentences.append(index + 1)
        if pieces:
            sentences.append(last + 1)
            paragraphs.append(last + 1)
        return sentences, paragraphs


_STOPS = frozenset(".!?…؟।")
_ENDS_AT_ONCE = frozenset("。！？")
_ENDS = _STOPS | _ENDS_AT_ONCE | frozenset("\"'”’»)]")
