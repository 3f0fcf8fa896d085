"""The model: a weight for everything that the filter sees, added up, and turned into a probability.

Logistic regression. Words and their parts share one scale: each counts as one over the root of how
many of them the model knows, so that long texts do not weigh more than short ones. What this
publication has taught is added beside what was shipped. Two weights are kept apart from the rest:
how sure the sum is to be taken (the calibration, Platt 1999), and where it begins.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from zlib import crc32

from broadsheet.moderation.filter.features import Features, parts_of
from broadsheet.moderation.filter.vocabulary import KINDS, SIGNS

STRENGTH = 2.0
"""How much words weigh beside signs."""
MAX_KEPT = 20_000
"""Words of which the weights of their parts are kept in memory."""
MAX_REASONS = 3
LEAST = 0.15
"""Log odds below which nothing is given as a reason."""


@dataclass(frozen=True)
class Own:
    """What this publication has taught: weights by number, see :func:`number_of`."""

    weights: Mapping[int, float] = field(default_factory=dict)
    begin: float = 0.0
    lessons: int = 0


@dataclass(frozen=True)
class Opinion:
    probability: float
    """That it is spam, 0 to 1."""
    reasons: Sequence[str]
    """What speaks most for it, each to stand after “It”."""


@dataclass(frozen=True)
class Model:
    """The shipped weights."""

    begin: float
    signs: Mapping[str, float]
    grams: Mapping[str, float]
    """Of words, pairs, and parts of words."""
    slope: float
    shift: float
    """The probability is that of ``slope × sum + shift``."""
    _parts: dict[str, tuple[float, int]] = field(default_factory=dict, repr=False, compare=False)
    """Of words that were seen lately: the weights of their parts that are known, and how many."""

    def sum_of(self, seen: Features) -> float:
        """Return the sum of what was shipped, in log odds before calibration."""
        total = self.begin
        signs = self.signs
        for name, value in seen.signs.items():
            total += signs.get(name, 0.0) * value
        weights, count = self._grams(seen)
        return total + STRENGTH * weights / math.sqrt(count) if count else total

    def _grams(self, seen: Features) -> tuple[float, int]:
        """Return the weights of all words and parts that are known, added up, and how many."""
        grams = self.grams
        known = [grams[gram] for gram in seen.words if gram in grams]
        weights, count = sum(known), len(known)
        kept = self._parts
        for word in seen.distinct:
            of_word = kept.get(word) or self._of_word(word)
            weights += of_word[0]
            count += of_word[1]
        return weights, count

    def _of_word(self, word: str) -> tuple[float, int]:
        if len(self._parts) >= MAX_KEPT:
            self._parts.clear()
        known = [self.grams[part] for part in parts_of(word) if part in self.grams]
        return self._parts.setdefault(word, (sum(known), len(known)))

    def odds(self, seen: Features, own: Own) -> float:
        """Return the calibrated log odds that it is spam."""
        odds = self.slope * self.sum_of(seen) + self.shift
        if own.weights:
            odds += own.begin + sum(value for _, value in _taught(seen, own))
        return odds

    def opinion(self, seen: Features, own: Own) -> Opinion:
        odds = self.odds(seen, own)
        return Opinion(probability_of(odds), self._reasons(seen, own))

    def _reasons(self, seen: Features, own: Own) -> list[str]:
        found: dict[str, float] = {}
        for name, value in seen.signs.items():
            if said := _said(name, seen):
                found[said] = found.get(said, 0.0) + self.slope * self.signs.get(name, 0.0) * value
        shown = {word for words in seen.of_kinds.values() for word in words}
        count = self._grams(seen)[1]
        scale = self.slope * STRENGTH / math.sqrt(count) if count else 0.0
        for gram in seen.words:
            if gram not in shown and " " in gram and gram[0].isalpha() and "xurl" not in gram:
                found[f"says “{gram}”"] = scale * self.grams.get(gram, 0.0)
        for gram, value in _taught(seen, own):
            found[f"says “{gram}”, as spam here has"] = value
        strongest = sorted(found.items(), key=lambda pair: -pair[1])
        return [said for said, value in strongest if value >= LEAST][:MAX_REASONS]


def _said(name: str, seen: Features) -> str:
    """Return how a sign is put in words; empty for one that explains nothing."""
    if name == "links":
        return f"has {seen.links} links"
    if name.startswith("kind:"):
        kind = name.removeprefix("kind:")
        words = list(dict.fromkeys(seen.of_kinds[kind]))[:3]
        return f"{KINDS[kind].said} ({', '.join(f'“{word}”' for word in words)})"
    return SIGNS[name].said


def _taught(seen: Features, own: Own) -> Iterator[tuple[str, float]]:
    """Yield what this publication has taught about the words of a text."""
    if not own.weights:
        return
    share = 1 / math.sqrt(len(seen.words)) if seen.words else 0.0
    for gram in seen.words:
        if weight := own.weights.get(number_of(gram)):
            yield gram, weight * share


def number_of(gram: str) -> int:
    """Return what a word is known by in what this publication has taught: it cannot be read back,
    for it may be of a comment whose words are gone."""
    return crc32(gram.encode())


def probability_of(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, odds))))


@cache
def shipped() -> Model:
    """Return the model that comes with Broadsheet. How it was made: ``weights.md`` beside it."""
    data = files("broadsheet.moderation.filter").joinpath("weights.json.gz").read_bytes()
    return model_of(json.loads(gzip.decompress(data)))


def model_of(data: Mapping[str, object]) -> Model:
    signs, grams = data["signs"], data["grams"]
    assert isinstance(signs, dict)
    assert isinstance(grams, dict)
    begin, slope, shift = (float(str(data[name])) for name in ("begin", "slope", "shift"))
    return Model(begin, signs, grams, slope, shift)


def data_of(model: Model) -> dict[str, object]:
    """Return a model as it is stored; weights to three digits behind the point."""
    return {
        "begin": round(model.begin, 4),
        "slope": round(model.slope, 4),
        "shift": round(model.shift, 4),
        "signs": {name: round(weight, 4) for name, weight in sorted(model.signs.items())},
        "grams": {name: round(weight, 3) for name, weight in sorted(model.grams.items())},
    }
