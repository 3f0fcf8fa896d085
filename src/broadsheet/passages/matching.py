"""Which word of the new text is which word of the old: the working table of an alignment."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

from broadsheet.passages.words import Words


@dataclass(frozen=True, slots=True)
class Run:
    """Neighboring words of the old text that stand side by side in the new one as well."""

    old: int
    new: int
    length: int
    weight: float


@dataclass(slots=True)
class Matching:
    """Pairs of words, at most one partner each; ``-1`` where a word has none.

    ``blocks`` says for each old word to which body of text in one order it belongs: 0 is the
    text that kept its place, every other number one moved block.
    """

    old: Words
    new: Words
    to_new: list[int] = field(init=False)
    to_old: list[int] = field(init=False)
    blocks: list[int] = field(init=False)
    old_sentences: list[int] = field(init=False)
    new_sentences: list[int] = field(init=False)
    old_paragraphs: list[int] = field(init=False)
    new_paragraphs: list[int] = field(init=False)
    weights: list[float] = field(init=False)
    """Running sums of the old words' weights."""
    new_weights: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.to_new = [-1] * len(self.old)
        self.to_old = [-1] * len(self.new)
        self.blocks = [0] * len(self.old)
        self.old_sentences, self.old_paragraphs = self.old.breaks()
        self.new_sentences, self.new_paragraphs = self.new.breaks()
        weigh = self.old.vocabulary.weights.__getitem__
        self.weights = list(accumulate(map(weigh, self.old.ids), initial=0.0))
        self.new_weights = list(accumulate(map(weigh, self.new.ids), initial=0.0))

    def claim(self, old: int, new: int, length: int) -> None:
        """Pair a run of words."""
        self.to_new[old : old + length] = range(new, new + length)
        self.to_old[new : new + length] = range(old, old + length)

    def release(self, old: int, new: int, length: int) -> None:
        """Part a run of words again."""
        self.to_new[old : old + length] = [-1] * length
        self.to_old[new : new + length] = [-1] * length

    def weight(self, start: int, end: int) -> float:
        """Weigh a range of old words."""
        return self.weights[end] - self.weights[start]

    def new_weight(self, start: int, end: int) -> float:
        """Weigh a range of new words."""
        return self.new_weights[end] - self.new_weights[start]

    def old_sentence(self, index: int) -> tuple[int, int]:
        """Give the range of the sentence in which an old word stands."""
        place = bisect_right(self.old_sentences, index)
        return self.old_sentences[place - 1], self.old_sentences[place]

    def new_sentence(self, index: int) -> tuple[int, int]:
        """Give the range of the sentence in which a new word stands."""
        place = bisect_right(self.new_sentences, index)
        return self.new_sentences[place - 1], self.new_sentences[place]
