"""A text cut into words, sentences and paragraphs."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.passages import words
from broadsheet.passages.words import Vocabulary


def spelled(text: str) -> list[str]:
    read = Vocabulary().read(text)
    return list(map(read.word, range(len(read))))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("The cat's 2.4 million.", ["The", "cat", "'", "s", "2", ".", "4", "million", "."]),
        ("snake_case-word", ["snake_case", "-", "word"]),
        ("naïve «Ärger»…", ["naïve", "«", "Ärger", "»", "…"]),
        ("नमस्ते दुनिया।", ["नमस्ते", "दुनिया", "।"]),
        ("大桥关闭。", ["大", "桥", "关", "闭", "。"]),
        ("は\u3099く", ["は\u3099", "く"]),
        ("Seoul 서울은 좋다", ["Seoul", "서울은", "좋다"]),
        ("A\N{THUMBS UP SIGN}B ok", ["A\N{THUMBS UP SIGN}B", "ok"]),
    ],
)
def test_words_of_many_scripts(text: str, expected: list[str]) -> None:
    assert spelled(text) == expected


@given(st.text())
def test_pieces_tile_the_text(text: str) -> None:
    read = Vocabulary().read(text)
    assert "".join(read.pieces) == text.lstrip()
    assert [text[read.starts[k] : read.end(k)] for k in range(len(read))] == spelled(text)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three", ["One.", "Two!", "Three"]),
        ('He said "No." Then he left.', ['He said "No."', "Then he left."]),
        ("It costs 2.5 million e.g. in May.", ["It costs 2.5 million e.g. in May."]),
        ("Title\n\nText", ["Title", "Text"]),
        ("桥关闭。反对者。", ["桥关闭。", "反对者。"]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    read = Vocabulary().read(text)
    cuts, _ = read.breaks()
    found = [text[read.starts[a] : read.end(b - 1)] for a, b in pairwise(cuts)]
    assert found == sentences


def test_paragraphs_end_at_line_breaks() -> None:
    _, cuts = Vocabulary().read("One. Two\n\nThree\nFour").breaks()
    assert cuts == [0, 3, 4, 5]


def test_an_empty_text_has_no_sentences() -> None:
    assert Vocabulary().read("").breaks() == ([0], [0])


def test_a_word_has_one_number_whatever_its_capitals_and_space() -> None:
    vocabulary = Vocabulary()
    assert vocabulary.read("a b\n\na").ids == [0, 1, 0]
    assert vocabulary.read("B").ids == [1]


@pytest.mark.parametrize(
    ("lighter", "heavier"), [(",", "the"), ("the", "with"), ("with", "bridge"), ("桥", "bridge")]
)
def test_weights_rise_with_what_a_word_tells(lighter: str, heavier: str) -> None:
    assert words.weight_of(lighter) < words.weight_of(heavier)


def test_numbers_weigh_like_long_words() -> None:
    assert words.weight_of("24") == words.weight_of("million")
