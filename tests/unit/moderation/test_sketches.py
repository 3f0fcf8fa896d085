"""Near copies have sketches alike, and what is short has none."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from broadsheet.moderation.sketches import BINS, sketch

TEXT = (
    "I have worked at the bridge for eleven years, and nobody ever asked us what the repairs would"
    " cost before the council voted on Monday evening."
)


def likeness(one, other):
    first, second = sketch(one, least_words=8), sketch(other, least_words=8)
    assert first is not None
    assert second is not None
    return first.likeness(second.bins)


def shares_a_band(one, other):
    first, second = sketch(one, least_words=8), sketch(other, least_words=8)
    return any(a == b for a, b in zip(first.bands, second.bands, strict=True))


COPIES = [
    (TEXT.upper() + "!!!", "in capitals"),
    (TEXT.replace("a", "а"), "with look-alike letters"),
    (TEXT.replace("eleven", "twelve"), "with another word"),
    ("Hello, " + TEXT, "with a word before"),
    (TEXT + " https://spam.example/4711", "with a link behind"),
    ("> What somebody said before\n\n" + TEXT, "beneath a quotation"),
    (TEXT.replace(" ", "  ").replace(",", " ,"), "with other spaces"),
]


@pytest.mark.parametrize(("copy", "how"), COPIES, ids=[row[1] for row in COPIES])
def test_copies_are_alike(copy, how):
    assert shares_a_band(TEXT, copy)
    assert likeness(TEXT, copy) >= 0.75


def test_links_and_numbers_make_no_copy_another():
    text = "Earn {} dollars a day working from home, just look at {} and begin today my friends"

    first = text.format(500, "https://a.example/x")
    assert likeness(first, text.format(7_350, "http://other.example/?q=9")) == 1


OTHERS = [
    "The council has always known what it costs; read the minutes of the meeting of last September.",
    "Nobody at the bridge ever asked me anything, and I have never worked for the council at all.",
    "What about the tunnel? It was closed for repairs twice in one winter and nobody wrote about it.",
]


@pytest.mark.parametrize("other", OTHERS)
def test_what_others_say_on_the_same_matter_is_not_alike(other):
    assert likeness(TEXT, other) < 0.5


SHORT = [
    "Thanks!",
    "Thank you very much!",
    "+1",
    "",
    "ha " * 400,
    "lol " * 20,
    "> " + TEXT,
    "😀" * 60,
]


@pytest.mark.parametrize("text", SHORT)
def test_what_is_short_has_no_sketch(text):
    assert sketch(text, least_words=8) is None


@given(st.text(min_size=60))
def test_sketch_is_the_same_each_time_and_fits(text):
    drawn = sketch(text, least_words=4)
    assume(drawn is not None)

    assert drawn == sketch(text, least_words=4)
    assert len(drawn.bins) == BINS
    assert all(-(2**31) <= band < 2**31 for band in drawn.bands)
    assert drawn.likeness(drawn.bins) == 1
    assert drawn.likeness(b"") == 0
