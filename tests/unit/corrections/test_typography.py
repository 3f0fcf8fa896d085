"""What counts as a slip of the pen, and so goes to the desk without the discussion."""

from __future__ import annotations

import pytest

from broadsheet.corrections.typography import is_slip_of_the_pen


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("abuot phones", "about phones"),
        ("the the bridge", "the bridge"),
        ("they recieve it", "they receive it"),
        ("it rained ,then", "it rained, then"),
        ("accomodation", "accommodation"),
    ],
)
def test_spelling_and_punctuation(before, after):
    assert is_slip_of_the_pen(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("outgoing", "charismatic"),
        ("24 million", "2.4 million"),
        ("said Nokai", "said Nokia"),
        ("he did", "he did not"),
        ("a wet day", "a dry day"),
        ("he said yes", "he “said” yes"),
        ("about", "about"),
        ("about phones", ""),
    ],
)
def test_other_words_numbers_names_and_quotations(before, after):
    assert not is_slip_of_the_pen(before, after)
