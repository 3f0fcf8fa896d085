"""Offsets of browsers and of Python."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.passages import Utf16Offsets


@given(st.text())
def test_offsets_are_those_of_the_encoding(text: str) -> None:
    offsets = Utf16Offsets(text)
    for point in range(len(text) + 1):
        unit = len(text[:point].encode("utf-16-le", "surrogatepass")) // 2
        assert offsets.to_units(point) == unit
        assert offsets.to_points(unit) == point
    assert (offsets.points, offsets.units) == (len(text), offsets.to_units(len(text)))


def test_an_offset_inside_a_character_means_its_start() -> None:
    offsets = Utf16Offsets("A\N{THUMBS UP SIGN}B")
    assert [offsets.to_points(unit) for unit in range(5)] == [0, 1, 1, 2, 3]


@pytest.mark.parametrize("offset", [-1, 5])
def test_an_offset_outside_the_text_is_refused(offset: int) -> None:
    offsets = Utf16Offsets("A\N{THUMBS UP SIGN}B")
    with pytest.raises(ValueError, match="no offset"):
        offsets.to_points(offset)
    with pytest.raises(ValueError, match="no offset"):
        offsets.to_units(offset)
