"""Words are found however they are dressed up, and nothing that is hard to read takes long."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.moderation.folding import fold, word_list, words_of

DRESSED = [
    ("casino", "CASINO", "in capitals"),
    ("casino", "Cásìnö", "with accents"),
    ("casino", "саsinо", "with Cyrillic letters"),
    ("casino", "ｃａｓｉｎｏ", "in full width"),
    ("casino", "c\u200ba\u00ads\u2060ino", "with characters that nobody sees"),
    ("casino", "c a s i n o", "spread out"),
    ("casino", "c.a.s.i.n.o!", "with dots between"),
    ("casino", "c4s1n0", "with digits for letters"),
    ("casino", "ca$ino", "with a sign for a letter"),
    ("casino", "𝐜𝐚𝐬𝐢𝐧𝐨", "in letters of mathematics"),
    ("CASINO royale", "a casino  Royale.", "as a phrase over spaces"),
    ("casino*", "casinobonus", "by its beginning"),
    ("казино", "КАЗИНО", "in another alphabet"),
    ("赌场", "最好的赌场在这里", "where there are no spaces"),
]


@pytest.mark.parametrize(("listed", "text", "how"), DRESSED, ids=[row[2] for row in DRESSED])
def test_word_is_found(listed, text, how):
    assert word_list([listed]).found_in(text) == [listed]


APART = [
    ("ass", "a class of bass players", "inside of other words"),
    ("casino royale", "royale casino", "in another order"),
    ("casino*", "my casa", "by less than its beginning"),
    ("casino", "", "in nothing"),
    ("cas", "C. A. Smith", "in initials"),
]


@pytest.mark.parametrize(("listed", "text", "how"), APART, ids=[row[2] for row in APART])
def test_word_is_not_found(listed, text, how):
    assert word_list([listed]).found_in(text) == []


def test_each_word_is_told_once_as_it_is_listed():
    listed = word_list(["Casino", "free money", "Ünfug"])

    assert listed.found_in("free money, casino, unfug, casino") == ["free money", "Casino", "Ünfug"]


def test_list_without_a_word_finds_nothing():
    assert word_list(["…", "", "*"]).found_in("anything … *") == []


def test_long_words_take_no_longer():
    listed = word_list(["casino*", "free money", "aaa*"])

    assert listed.found_in("a" * 16_000) == ["aaa*"]
    assert listed.found_in("a " * 8_000) == ["aaa*"]
    assert listed.found_in("\u0301" * 16_000) == []


@given(st.text())
def test_folding_again_changes_nothing(text):
    once = fold(text)

    assert fold(once) == once


@given(st.text(alphabet=st.characters(codec="ascii", categories=("Ll", "Nd")), min_size=1))
def test_plain_words_are_their_own_form(text):
    assert fold(text) == text


@given(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3), st.randoms(use_true_random=False)
)
def test_invisible_characters_make_no_difference(word, chance):
    hidden = "".join(each + chance.choice(["", "\u200b", "\u0301", "\u2060"]) for each in word)

    assert fold(unicodedata.normalize("NFC", hidden)) == fold(word)


@given(st.text())
def test_words_are_of_the_text(text):
    folded = fold(text)

    assert "".join(words_of(folded)) in "".join(each for each in folded if each.isalnum())
