"""Names that people give."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shared_fixtures import shared_files

from broadsheet.readers.names import MAX_MARKS, MAX_NAME, NameUnusable, clean_name


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("  Lena   Moss ", "Lena Moss"),
        ("Zoë", "Zoë"),
        ("O'Brien-Łukasz", "O'Brien-Łukasz"),
        ("محمد", "محمد"),
        ("\u202eLena", "Lena"),
        ("Le\u200bna", "Lena"),
        ("Lena\nMoss", "Lena Moss"),
        ("Le\u0336" + "\u0336" * 30 + "na", "Le" + "\u0336" * MAX_MARKS + "na"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("<b>Lena</b>", "<b>Lena</b>"),
    ],
)
def test_name_is_shown_as_what_it_is(given_name, shown):
    assert clean_name(given_name) == shown


@pytest.mark.parametrize(
    "given_name", ["", "   ", "\u200b", "\u202e\u2066", "\u0301\u0301", "...", "\x00"]
)
def test_name_that_nobody_can_read_is_refused(given_name):
    with pytest.raises(NameUnusable, match="others can read"):
        clean_name(given_name)


@given(st.text())
def test_any_name_is_legible_or_refused(given_name):
    try:
        shown = clean_name(given_name)
    except NameUnusable:
        return
    assert 0 < len(shown) <= MAX_NAME
    assert clean_name(shown) == shown
    assert all(
        unicodedata.category(character)[0] != "C" or character in "\u200c\u200d"
        for character in shown
    )


def test_naughty_names_are_legible_or_refused():
    for path in shared_files("fixtures/bad-input/naughty-strings/*.json"):
        for given_name in json.loads(path.read_text("utf-8")):
            test_any_name_is_legible_or_refused.hypothesis.inner_test(given_name)
