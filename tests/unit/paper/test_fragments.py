"""Fragments are kept by what they were set from, within a bound."""

from __future__ import annotations

from broadsheet.paper.presenters.fragments import Fragments


def test_fragment_is_set_once():
    made = []
    fragments = Fragments()

    for _ in range(3):
        assert fragments.get("a", lambda: made.append(1) or "said") == "said"

    assert made == [1]


def test_longest_unused_goes_first():
    made = []

    def make(name: str):
        return lambda: made.append(name) or name

    fragments = Fragments(limit=2)
    for name in ("a", "b", "a", "c", "a", "b"):
        fragments.get(name, make(name))

    assert made == ["a", "b", "c", "b"]
