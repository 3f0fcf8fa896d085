"""How the shipped weights are made: scikit-learn's logistic regression over what the filter sees.

Needs the extra ``filter``. Sources weigh the same, however many texts they have. The guesses of
``vocabulary`` are one feature more, of which training learns how far to believe them; what it learns
beside is added to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from broadsheet.moderation.filter.features import Features, features_of, parts_of
from broadsheet.moderation.filter.model import STRENGTH, Model
from broadsheet.moderation.filter.vocabulary import KINDS, SIGNS

LEAST_TEXTS = 2
"""Texts in which a word or a part must be to get a weight."""
BELIEF = 5.0
"""Scale of the guesses: so large that believing them costs nothing."""
LEAST_WEIGHT = 0.02
"""Weights nearer to nothing are left out."""
INVERSE_PENALTY = 1.0
OF_A_SOURCE = 500.0
"""What all texts of a source weigh together."""


@dataclass(frozen=True)
class Source:
    """Texts of one origin, with what they are."""

    name: str
    texts: Sequence[str]
    is_spam: Sequence[bool]
    weight: float = 1.0
    """How much it counts beside the others."""


def guessed() -> dict[str, float]:
    """Return the guesses, by the names of signs."""
    kinds = {f"kind:{name}": kind.weight for name, kind in KINDS.items()}
    return kinds | {name: sign.weight for name, sign in SIGNS.items()}


def trained(sources: Sequence[Source]) -> Model:
    """Return a model of the sources, uncalibrated (slope 1, shift 0)."""
    seen = [[features_of(text) for text in source.texts] for source in sources]
    return thinned(_fitted(seen, sources))


def calibrated(sources: Sequence[Source]) -> Model:
    """Return a model of the sources, calibrated by what models without each of them say of it."""
    model = trained(sources)
    sums: list[float] = []
    labels: list[bool] = []
    weights: list[float] = []
    for source, without in left_out(sources):
        found = [without.sum_of(features_of(text)) for text in source.texts]
        sums += found
        labels += source.is_spam
        weights += [source.weight / len(found)] * len(found)
    slope, shift = platt(sums, labels, weights)
    return replace(model, slope=slope, shift=shift)


def left_out(sources: Sequence[Source]) -> list[tuple[Source, Model]]:
    """Return each source with a model of all the others."""
    seen = [[features_of(text) for text in source.texts] for source in sources]
    found = []
    for place, source in enumerate(sources):
        others = [each for each in range(len(sources)) if each != place]
        model = _fitted([seen[each] for each in others], [sources[each] for each in others])
        found.append((source, thinned(model)))
    return found


def platt(
    sums: Sequence[float], labels: Sequence[bool], weights: Sequence[float]
) -> tuple[float, float]:
    """Return slope and shift of the logistic curve through sums and labels (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6)
    fitted.fit([[each] for each in sums], labels, sample_weight=weights)
    return float(fitted.coef_[0][0]), float(fitted.intercept_[0])


def _fitted(seen: Sequence[Sequence[Features]], sources: Sequence[Source]) -> Model:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows = [each for source in seen for each in source]
    counted = Counter(gram for each in rows for gram in set(_grams(each)))
    grams = sorted(gram for gram, count in counted.items() if count >= LEAST_TEXTS)
    guesses = guessed()
    columns: dict[str, int] = {gram: place for place, gram in enumerate(grams)}
    # Signs have a prefix of their own here: “free” is a word too.
    columns |= {f"#{name}": len(grams) + place for place, name in enumerate(guesses)}
    belief = len(columns)
    data: list[float] = []
    places: list[int] = []
    ends = [0]
    for each in rows:
        known = [columns[gram] for gram in _grams(each) if gram in columns]
        places += known
        data += [STRENGTH / max(1, len(known)) ** 0.5] * len(known)
        for name, value in each.signs.items():
            places.append(columns[f"#{name}"])
            data.append(value)
        places.append(belief)
        data.append(BELIEF * sum(guesses[name] * value for name, value in each.signs.items()))
        ends.append(len(places))
    matrix: Any = csr_matrix((data, places, ends), shape=(len(rows), belief + 1))
    weights = [
        OF_A_SOURCE * source.weight / len(source.texts) for source in sources for _ in source.texts
    ]
    labels = [label for source in sources for label in source.is_spam]
    fitted = LogisticRegression(C=INVERSE_PENALTY, max_iter=5_000)
    fitted.fit(matrix, labels, sample_weight=weights)
    return _model(fitted.coef_[0], float(fitted.intercept_[0]), columns, belief, guesses)


def _grams(seen: Features) -> Iterator[str]:
    """Yield words, pairs, and the parts of each word; a part that two words have comes twice."""
    yield from seen.words
    for word in seen.distinct:
        yield from parts_of(word)


def _model(
    learned: Sequence[float],
    begin: float,
    columns: Mapping[str, int],
    belief: int,
    guesses: Mapping[str, float],
) -> Model:
    believed = BELIEF * float(learned[belief])
    signs = {
        name: float(learned[columns[f"#{name}"]]) + believed * guess
        for name, guess in guesses.items()
    }
    # All that were known in training are kept, else the share of each would be another one.
    grams = {
        gram: float(learned[place]) for gram, place in columns.items() if not gram.startswith("#")
    }
    return Model(begin, signs, grams, 1.0, 0.0)


def thinned(model: Model) -> Model:
    """Return a model without the weights that are next to nothing, at the scale of those that stay."""
    kept = {gram: weight for gram, weight in model.grams.items() if abs(weight) >= LEAST_WEIGHT}
    return replace(model, grams=kept)
