"""Sentences without partner, compared with each other."""

from __future__ import annotations

import pytest

from broadsheet.passages.leftovers import pair_leftovers
from broadsheet.passages.matching import Matching

OLD = "The harbor bridge was closed after the storm."


def paired(old: str, new: str) -> list[str]:
    """Give the old words that found a partner."""
    matching = Matching(old, new)
    pair_leftovers(matching)
    words = matching.old.words
    return [words.word(k) for k in range(len(words)) if matching.old.partners[k] >= 0]


@pytest.mark.parametrize(
    ("what", "new", "expected"),
    [
        (
            "a reworded sentence is recognized",
            "Nothing else. The harbor bridge reopened after the storm.",
            ["The", "harbor", "bridge", "after", "the", "storm", "."],
        ),
        ("an unrelated sentence is not", "Whales were seen near the cape.", []),
        ("nothing to compare with", "", []),
        (
            "of two siblings none is taken",
            "The harbor bridge was open after the storm. "
            "The harbor bridge was blocked after the storm.",
            [],
        ),
        ("short words alone are not telling", "It was on the way to us.", []),
    ],
)
def test_a_sentence_finds_its_heir(what: str, new: str, expected: list[str]) -> None:
    assert paired(OLD, new) == expected, what


def test_a_word_that_all_share_leads_nowhere() -> None:
    old = "\n\n".join(f"Lighthouse a{k} b." for k in range(30))
    new = "\n\n".join(f"Lighthouse a{k}." for k in range(29, -1, -1))
    assert set(paired(old, new)) == {"Lighthouse", ".", *(f"a{k}" for k in range(30))}
    assert paired(old, new.replace("a", "c")) == []
