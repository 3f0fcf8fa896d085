"""What stands once in both texts, and the heaviest series of it in order."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.passages.matching import Matching, Run
from broadsheet.passages.seeds import in_order, plant


def planted(old: str, new: str) -> list[str]:
    matching = Matching(old, new)
    words = matching.old.words
    return [old[words.starts[run.old] : words.end(run.old_end - 1)] for run in plant(matching)]


def test_unique_paragraphs_and_sentences_are_paired_wherever_they_stand() -> None:
    assert planted("One two.\n\nRed. Blue.", "Blue. White.\n\nOne two.") == ["One two.", "Blue."]


def test_what_occurs_twice_is_not_paired() -> None:
    assert planted("Yes. No. Yes.", "Yes. Yes.") == []


def test_a_unique_stretch_of_five_words_grows() -> None:
    assert planted("q a b c d e f x", "r a b c d e f y") == ["a b c d e f"]


def test_four_words_are_no_stretch() -> None:
    assert planted("q a b c d x", "r a b c d y") == []


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 9)), max_size=8), st.randoms())
def test_the_series_in_order_is_the_heaviest(sizes: list[tuple[int, int]], rnd: object) -> None:
    places = list(range(len(sizes)))
    rnd.shuffle(places)  # type: ignore[attr-defined]
    runs = [
        Run(place * 10, places[place] * 10, length, float(weight))
        for place, (length, weight) in enumerate(sizes)
    ]
    series = in_order(runs)
    assert all(a.new_end <= b.new for a, b in pairwise(series))
    best = max(
        sum(run.weight for run in some)
        for count in range(len(runs) + 1)
        for some in combinations(runs, count)
        if all(a.new < b.new for a, b in pairwise(some))
    )
    assert sum(run.weight for run in series) == best
