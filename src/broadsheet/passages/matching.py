"""Which word of the new text is which word of the old: the working table of an alignment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from broadsheet.passages.words import Vocabulary, Words

Range = tuple[int, int]
"""A half-open range of words."""


@dataclass(frozen=True, slots=True)
class Run:
    """Neighboring words of the old text that stand side by side in the new one as well."""

    old: int
    new: int
    length: int
    weight: float

    @property
    def old_end(self) -> int:
        """Give the old word after the run."""
        return self.old + self.length

    @property
    def new_end(self) -> int:
        """Give the new word after the run."""
        return self.new + self.length


class Side:
    """One of the two texts, with the partner in the other text of each of its words, or -1."""

    def __init__(self, words: Words, weights: Sequence[float]) -> None:
        self.words = words
        self.ids = words.ids
        self.weights = weights
        self.partners = [-1] * len(words)
        self.sentences, self.paragraphs = words.breaks()
        self._sums = list(accumulate(map(weights.__getitem__, words.ids), initial=0.0))

    def __len__(self) -> int:
        return len(self.ids)

    def weight(self, start: int, end: int) -> float:
        """Weigh a range of words."""
        return self._sums[end] - self._sums[start]

    def weight_of(self, indexes: Iterable[int]) -> float:
        """Weigh single words."""
        weights, ids = self.weights, self.ids
        return sum(weights[ids[index]] for index in indexes)

    def unpaired(self, start: int, end: int) -> list[int]:
        """List the words of a range that have no partner."""
        return [index for index, p in enumerate(self.partners[start:end], start) if p < 0]

    def is_unpaired(self, start: int, end: int) -> bool:
        """Say whether no word of a range has a partner."""
        return max(self.partners[start:end], default=-1) < 0

    def sentence(self, index: int) -> Range:
        """Give the range of the sentence in which a word stands."""
        place = bisect_right(self.sentences, index)
        return self.sentences[place - 1], self.sentences[place]


class Matching:
    """Pairs of words, at most one partner each.

    ``blocks`` says for each old word to which body of text in one order it belongs: 0 is the
    text that kept its place, every other number one moved block.
    """

    def __init__(self, old_text: str, new_text: str) -> None:
        vocabulary = Vocabulary()
        old, new = vocabulary.read(old_text), vocabulary.read(new_text)
        self.weights = vocabulary.weights
        self.old = Side(old, self.weights)
        self.new = Side(new, self.weights)
        self.blocks = [0] * len(old)
        self.last_block = 0

    def claim(self, old: int, new: int, length: int) -> None:
        """Pair a run of words."""
        self.old.partners[old : old + length] = range(new, new + length)
        self.new.partners[new : new + length] = range(old, old + length)

    def release(self, run: Run) -> None:
        """Part a run of words again."""
        self.old.partners[run.old : run.old_end] = [-1] * run.length
        self.new.partners[run.new : run.new_end] = [-1] * run.length

    def pair(self, old: Sequence[int], new: Sequence[int], block: int) -> None:
        """Pair words one by one, as parts of a block."""
        for i, j in zip(old, new, strict=True):
            self.old.partners[i] = j
            self.new.partners[j] = i
            self.blocks[i] = block

    def part(self, indexes: Iterable[int]) -> None:
        """Take their partners from old words that have one."""
        for index in indexes:
            self.new.partners[self.old.partners[index]] = -1
            self.old.partners[index] = -1

    def new_block(self) -> int:
        """Number a moved block."""
        self.last_block += 1
        return self.last_block

    def runs(self) -> list[Run]:
        """List the runs of paired words in the order of the old text."""
        partners, blocks = self.old.partners, self.blocks
        runs = []
        index, count = 0, len(partners)
        while index < count:
            new = partners[index]
            if new < 0:
                index += 1
                continue
            begin, shift, block = index, new - index, blocks[index]
            index += 1
            while index < count and partners[index] == index + shift and blocks[index] == block:
                index += 1
            runs.append(Run(begin, new, index - begin, self.old.weight(begin, index)))
        return runs

    def runs_by_block(self) -> dict[int, list[Run]]:
        """List the runs of each block in the order of the old text."""
        found: dict[int, list[Run]] = {}
        for run in self.runs():
            found.setdefault(self.blocks[run.old], []).append(run)
        return found
