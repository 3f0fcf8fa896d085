"""Which new words stand in the place of which old ones."""

from __future__ import annotations

import pytest

from broadsheet.passages.rewordings import _pairs, likeness


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("and", "andd", True),
        ("orders", "ordesr", True),
        ("324", "323", True),
        ("hosts", "host", True),
        ("NATO", "Nato", True),
        ("is", "was", False),
        ("bridge", "tunnel", False),
        ("a", "abolition", False),
    ],
)
def test_likeness_of_spelling(one: str, other: str, is_alike: bool) -> None:
    assert (likeness(one, other) >= 0.6) is is_alike
    assert likeness(one, other) == likeness(other, one)


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ("a", "x y", [(0, 1, 0, 2)]),
        ("a b", "x", [(0, 2, 0, 1)]),
        ("a b", "x y", [(0, 1, 0, 1), (1, 2, 1, 2)]),
        ("a b c", "x y", [(0, 3, 0, 2)]),
        (
            "red cheapest car",
            "one two cheaper van",
            [(0, 1, 0, 2), (1, 2, 2, 3), (2, 3, 3, 4)],
        ),
        ("cheapest car", "a cheaper", [(0, 1, 1, 2)]),
    ],
)
def test_facing_words(old: str, new: str, pairs: list[tuple[int, int, int, int]]) -> None:
    assert list(_pairs(old.split(), new.split())) == pairs


def test_long_stretches_are_left_whole() -> None:
    old, new = ["harbor"] * 18, ["harbors"] * 17
    assert list(_pairs(old, new)) == [(0, 18, 0, 17)]
