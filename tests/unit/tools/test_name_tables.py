"""The tables that names are compared by."""

from __future__ import annotations

import importlib.util

import pytest
from tests.shared_fixtures import ROOT
from tools import name_tables


def test_middle_of_a_star_stands_for_all_of_it():
    graph = {
        "o": [{"c": "0"}, {"c": "о"}, {"c": "ο"}],
        "0": [{"c": "o"}],
        "о": [{"c": "o"}],
        "ο": [{"c": "o"}],
        "m": [{"c": "rn"}],
        "rn": [{"c": "m"}],
        "r": [{"c": "г"}],
        "г": [{"c": "r"}],
    }

    assert name_tables.prototypes(graph) == {"0": "o", "m": "rn", "г": "r", "ο": "o", "о": "o"}


def test_marks_of_writing_from_right_to_left_are_no_part_of_a_character():
    graph = {"l": [{"c": "\u200e١\u200e"}], "\u200e١\u200e": [{"c": "l"}]}

    assert name_tables.prototypes(graph) == {"١": "l"} or name_tables.prototypes(graph) == {
        "l": "١"
    }


def test_ranges_of_one_script_are_joined_and_common_ones_left_out():
    names = ["LATIN", "COMMON", "GREEK"]
    ranges = [(0x41, 0x5A, 0, 0), (0x5B, 0x60, 1, 0), (0x61, 0x70, 0, 0), (0x71, 0x7A, 0, 1)]

    assert name_tables.script_ranges([*ranges, (0x370, 0x373, 2, 0)], names) == [
        (0x41, 0x5A, "Latin"),
        (0x61, 0x7A, "Latin"),
        (0x370, 0x373, "Greek"),
    ]


@pytest.mark.skipif(
    not importlib.util.find_spec("confusable_homoglyphs"), reason="confusable-homoglyphs is missing"
)
def test_tables_are_what_the_tool_makes():
    for name, text in name_tables.made().items():
        assert (ROOT / "src/broadsheet/readers/unicode" / name).read_text("utf-8") == text
