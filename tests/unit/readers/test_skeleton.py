"""What names look like."""

from __future__ import annotations

import ast
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shared_fixtures import shared_files

from broadsheet.readers.names import NameUnusable, clean_name
from broadsheet.readers.skeleton import _table, is_ignorable, name_keys, script_of, skeleton


def alike(one: str, other: str) -> bool:
    return bool(name_keys(one) & name_keys(other))


@pytest.mark.parametrize(
    "fake",
    [
        "Steve Jobs",
        "steve jobs",
        "STEVE  JOBS",
        " Steve\u00a0Jobs ",
        "steve_jobs",
        "Steve.Jobs",
        "S t e v e J o b s",
        "Steve\u200bJobs",
        "Ste\u00adve Jobs\u200e",
        "Stеve Jоbs",  # Cyrillic е and о
        "ЅТЕVЕ ЈОВЅ",  # Cyrillic all over, but for the V
        "ꓢteve Jobs",  # Lisu
        "𝓢𝓽𝓮𝓿𝓮 𝕁𝕠𝕓𝕤",
        "Ｓｔｅｖｅ Ｊｏｂｓ",
        "Ⓢteve Jobs",
        "Stéve Jobś",
        "Steve Jøbs",
        "S̶t̶e̶v̶e̶ Jobs",
        "Steve Jobſ",
        "Steve J0bs",
        "St3v3 J0b5",
        "$teve Jobs",
        "Steve Jobs ✓",
        "★ Steve Jobs ★",
        "“Steve Jobs”",
    ],
)
def test_name_is_the_same_however_it_is_written(fake):
    assert alike(fake, "Steve Jobs")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Steve Jobs", "Steve Job"),
        ("Steve Jobs", "Steve Jobs 2"),
        ("Neil", "Nell"),
        ("Ann", "Anne"),
        ("محمد", "محمود"),
        ("हिन्दी", "हन्दी"),
        ("😀", "😁"),
        ("👩\u200d🚀", "👩\u200d🔬"),
        ("李雷", "李電"),
        ("Guðrún", "Gurun"),
    ],
)
def test_other_names_are_others(one, other):
    assert not alike(one, other)


@pytest.mark.parametrize(
    ("name", "fake"),
    [
        ("Iris", "lris"),
        ("Iris", "IRIS"),
        ("Bill", "BiII"),
        ("Mike", "rnike"),
        ("paypa", "раура"),
        ("Ωμέγα", "ωμεγα"),
        ("straße", "STRASSE"),
        ("İrem", "irem"),
        ("Zoë", "Zoe\u0308"),
        ("Oscar", "0scar"),
        ("Nadia", "Nɑdia"),
        ("Сергей", "Сергеи"),
    ],
)
def test_look_and_case_are_both_folded(name, fake):
    assert alike(name, fake)


def test_every_pair_that_the_table_knows_has_one_skeleton():
    """Pairs of Unicode's generator of look-alikes; most of its guesses are not in the standard."""
    paths = shared_files("fixtures/bad-input/unicode/confusables.txt")
    known = 0
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            character, _, others = line.partition(": ")
            for other in ast.literal_eval(others):
                if _is_known(character, other):
                    known += 1
                    assert skeleton(character) == skeleton(other), (character, other)
                    assert alike(f"Li {character}", f"Li {other}"), (character, other)
    assert known > 400 or not paths


def _is_known(one: str, other: str) -> bool:
    """Whether Unicode's table maps one to the other, or both to the same, or they are canonically so."""
    table = {chr(point): stands for point, stands in _table().items()}
    forms = [unicodedata.normalize("NFD", each) for each in (one, other)]
    return forms[0] == forms[1] or table.get(forms[0], forms[0]) == table.get(forms[1], forms[1])


def test_whatever_the_table_has_looks_like_what_stands_for_it():
    for point, stands in _table().items():
        assert skeleton(chr(point)) == skeleton(stands), hex(point)


@given(st.text(max_size=40))
def test_skeleton_of_a_skeleton_is_itself(text):
    seen = skeleton(text)
    assert skeleton(seen) == seen
    assert not any(is_ignorable(each) for each in seen)


@given(st.text(min_size=1, max_size=30), st.data())
def test_what_does_not_show_makes_no_other_name(text, data):
    place = data.draw(st.integers(0, len(text)))
    unseen = data.draw(st.sampled_from("\u200b\u200d\u2060\ufeff\u00ad\u202e\ufe0f"))
    assert name_keys(text[:place] + unseen + text[place:]) == name_keys(text)


@given(st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=20))
def test_case_makes_no_other_name(name):
    for other in (name.upper(), name.lower(), name.swapcase()):
        # Some letters have no way back: ı is upper-cased to I, and that is i.
        if other.casefold() == name.casefold():
            assert alike(name, other)


@given(st.text(max_size=60))
def test_name_that_can_be_shown_can_be_compared(given_name):
    try:
        shown = clean_name(given_name)
    except NameUnusable:
        return
    assert name_keys(shown)
    assert name_keys(shown) & name_keys(given_name)


@pytest.mark.parametrize(
    ("character", "script"),
    [("a", "Latin"), ("а", "Cyrillic"), ("α", "Greek"), ("字", "Han"), ("1", ""), (" ", "")],
)
def test_script(character, script):
    assert script_of(character) == script
