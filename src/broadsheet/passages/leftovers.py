"""Sentences that found no partner: was one of them reworded, perhaps also moved?

Each old sentence that is still free is compared with the new ones that share a telling word with
it. They are paired only if each is the other's best by a margin, so that of near-equal siblings
none is claimed by the wrong one; and far from their neighbors only if they are more alike.

Cost: a word that occurs more than 14 times in both texts is no longer telling, so that each word
leads to few sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

from broadsheet.passages.gaps import weave
from broadsheet.passages.matching import Matching, Side

FREE = 0.7
"""Share (by weight) of its words without partner from which a sentence takes part."""
LIGHT = 1.2
"""Sentences whose free words weigh less say too little to be recognized."""
TELLING = 0.5
"""Weight from which a word leads to other sentences: longer words and numbers, if not common."""
COMMONNESS = 0.35
"""By how much of itself a word's weight is divided more for each doubling beyond once a text."""
BESIDE = 0.3
"""Likeness (Dice, by weight) asked of sentences whose neighbors are each other's partners."""
FAR = 0.55
"""The same for sentences that stand somewhere else."""
MARGIN = 0.08
"""How much less alike the second best must be."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A sentence with the words of it that are free."""

    start: int
    end: int
    words: tuple[int, ...]
    bag: Counter[int]


def pair_leftovers(matching: Matching) -> None:
    """Pair sentences without partner that are each other's best, and their words in order."""
    old = _leftovers(matching.old)
    new = _leftovers(matching.new) if old else []
    if not new:
        return
    likeness = _likeness(old, new, _telling_weights(matching))
    by_new: dict[int, list[tuple[float, int]]] = {}
    for place, scores in likeness.items():
        for score, other in scores:
            by_new.setdefault(other, []).append((score, place))
    for place, scores in likeness.items():
        score, other = max(scores)
        if _is_best(scores, score) and _is_best(by_new[other], score):
            block = _block_beside(matching, old[place], new[other])
            if score >= (FAR if block is None else BESIDE):
                block = matching.new_block() if block is None else block
                _pair(matching, old[place], new[other], block)


def _leftovers(side: Side) -> list[Leftover]:
    """List the sentences of which most words have no partner."""
    found = []
    for start, end in pairwise(side.sentences):
        if -1 in side.partners[start:end]:
            words = side.unpaired(start, end)
            weight = side.weight_of(words)
            if weight >= LIGHT and weight >= FREE * side.weight(start, end):
                bag = Counter(side.ids[index] for index in words)
                found.append(Leftover(start, end, tuple(words), bag))
    return found


def _telling_weights(matching: Matching) -> list[float]:
    """Weigh words by what they tell in these texts: less, the more often they occur in them.

    In a list where every item is made after one pattern, sharing the pattern says nothing.
    """
    counts = Counter(matching.old.ids)
    counts.update(matching.new.ids)
    weights = list(matching.weights)
    for word, count in counts.items():
        if count > 2:
            weights[word] /= 1.0 + COMMONNESS * log2(count / 2)
    return weights


def _likeness(
    old: Sequence[Leftover], new: Sequence[Leftover], weights: Sequence[float]
) -> Mapping[int, list[tuple[float, int]]]:
    """Compare sentences that share a telling word: ``{old: [(likeness, new), ...]}``."""
    places: dict[int, list[int]] = {}
    for place, leftover in enumerate(new):
        for word in leftover.bag:
            if weights[word] >= TELLING:
                places.setdefault(word, []).append(place)
    old_weights = [_weigh(leftover, weights) for leftover in old]
    new_weights = [_weigh(leftover, weights) for leftover in new]
    found: dict[int, list[tuple[float, int]]] = {}
    for place, leftover in enumerate(old):
        others: set[int] = set()
        for word in leftover.bag:
            others.update(places.get(word, ()))
        for other in sorted(others):
            fewer, more = sorted((leftover.bag, new[other].bag), key=len)
            shared = sum(weights[w] * min(n, more[w]) for w, n in fewer.items() if w in more)
            score = 2 * shared / (old_weights[place] + new_weights[other])
            found.setdefault(place, []).append((score, other))
    return found


def _weigh(leftover: Leftover, weights: Sequence[float]) -> float:
    """Weigh the free words of a sentence."""
    return sum(weights[word] * count for word, count in leftover.bag.items())


def _is_best(scores: Sequence[tuple[float, int]], score: float) -> bool:
    """Say whether only one of the scores comes up to a score, or near it."""
    return sum(other > score - MARGIN for other, _ in scores) == 1


def _block_beside(matching: Matching, old: Leftover, new: Leftover) -> int | None:
    """Give the block of the words before or after, if those of both sentences are partners."""
    partners = matching.old.partners
    if old.start and new.start and partners[old.start - 1] == new.start - 1:
        return matching.blocks[old.start - 1]
    if old.end < len(partners) and partners[old.end] == new.end:
        return matching.blocks[old.end]
    return None


def _pair(matching: Matching, old: Leftover, new: Leftover, block: int) -> None:
    """Pair the equal free words of two sentences in order."""
    old_ids, new_ids = matching.old.ids, matching.new.ids
    pairs = weave(
        [old_ids[i] for i in old.words], [new_ids[j] for j in new.words], matching.weights
    )
    matching.pair([old.words[i] for i, _ in pairs], [new.words[j] for _, j in pairs], block)
