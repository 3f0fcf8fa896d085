"""Passages written down as quotes, and found again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.passages.passage_samples import BOILERPLATE, CHINESE, NEWS

from broadsheet.passages import (
    PositionSelector,
    QuoteSelector,
    SelectorUnreadable,
    find_quote,
    quote_of,
)

APOLOGY = "We apologize for the inconvenience."


@given(st.sampled_from([NEWS, CHINESE]), st.data())
def test_a_quote_is_found_in_its_own_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 200)))
    position = PositionSelector(start, end)
    if text[start:end].strip():
        assert find_quote(text, quote_of(text, start, end), position) == (start, end)


@given(st.text(alphabet="ab .\n", min_size=1, max_size=60), st.data())
def test_what_is_found_are_the_words(text: str, data: st.DataObject) -> None:
    exact = data.draw(st.text(alphabet="ab .\n", max_size=4))
    prefix, suffix = data.draw(st.text("ab ", max_size=4)), data.draw(st.text("ab ", max_size=4))
    position = data.draw(st.none() | st.builds(PositionSelector, st.integers(0, 99), st.just(99)))
    found = find_quote(text, QuoteSelector(exact, prefix, suffix), position)
    if found:
        assert text[found[0] : found[1]].split() == exact.split()


def test_context_tells_the_same_words_apart() -> None:
    start = BOILERPLATE.index(APOLOGY, BOILERPLATE.index("Route 3"))
    found = find_quote(BOILERPLATE, quote_of(BOILERPLATE, start, start + len(APOLOGY)))
    assert found == (start, start + len(APOLOGY))


def test_the_position_decides_where_the_context_does_not() -> None:
    quote = QuoteSelector("x", "a ", " b")
    text = "a x b a x b"
    assert find_quote(text, quote) is None
    assert find_quote(text, quote, PositionSelector(8, 9)) == (8, 9)


def test_a_position_that_is_a_little_off_decides_if_the_next_place_is_far() -> None:
    quote = QuoteSelector("x", "a ", " b")
    text = "a x b" + " " * 100 + "a x b"
    assert find_quote(text, quote, PositionSelector(5, 6)) == (2, 3)
    assert find_quote(text, quote, PositionSelector(50, 51)) is None


def test_context_counts_more_than_the_position() -> None:
    text = "The red house is sold. The green house is sold."
    quote = quote_of(text, 33, 38)
    assert find_quote(text, quote, PositionSelector(8, 13)) == (33, 38)


@pytest.mark.parametrize(
    ("what", "text", "quote", "expected"),
    [
        ("no words", "a b c", QuoteSelector(" "), None),
        ("not there", "a b c", QuoteSelector("d"), None),
        ("once, without context", "a b c", QuoteSelector("b"), (2, 3)),
        ("once, short, other context", "a b c", QuoteSelector("b", "quite ", " other"), None),
        (
            "once, long, other context",
            NEWS,
            QuoteSelector("two families have appealed", "quite ", " other"),
            (NEWS.index("two families"), NEWS.index(" against the loss")),
        ),
        ("other white space", "One two\n\nthree four.", QuoteSelector("two three"), (4, 14)),
        (
            "other white space around it",
            "One  two\nthree",
            QuoteSelector("two", "One ", " three"),
            (5, 8),
        ),
    ],
)
def test_cases(what: str, text: str, quote: QuoteSelector, expected: Any) -> None:
    assert find_quote(text, quote) == expected, what


def test_words_that_are_everywhere_identify_nothing_without_a_position() -> None:
    text = "aa " * 3000 + "b aa c"
    quote = QuoteSelector("aa", "b ", " c")
    assert find_quote(text, quote) is None
    assert find_quote(text, quote, PositionSelector(9002, 9004)) == (9002, 9004)
    assert find_quote("a\tb " * 3000, QuoteSelector("a b")) is None


def test_quote_refuses_a_span_that_is_none() -> None:
    with pytest.raises(ValueError, match="no span"):
        quote_of("abc", 2, 4)


def test_selectors_are_written_and_read_as_the_standard_says() -> None:
    quote = QuoteSelector("24 million", "set aside ", " for the")
    assert quote.to_json() == {
        "type": "TextQuoteSelector",
        "exact": "24 million",
        "prefix": "set aside ",
        "suffix": " for the",
    }
    assert QuoteSelector.from_json(quote.to_json()) == quote
    assert QuoteSelector.from_json({"type": "TextQuoteSelector", "exact": "a"}) == QuoteSelector(
        "a"
    )
    position = PositionSelector(41, 51)
    assert position.to_json() == {"type": "TextPositionSelector", "start": 41, "end": 51}
    assert PositionSelector.from_json(position.to_json()) == position


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"type": "TextQuoteSelector"},
        {"type": "TextQuoteSelector", "exact": 5},
        {"type": "TextQuoteSelector", "exact": "a", "prefix": 5},
        {"type": "TextPositionSelector", "exact": "a"},
    ],
)
def test_other_data_is_no_quote(data: dict[str, Any]) -> None:
    with pytest.raises(SelectorUnreadable):
        QuoteSelector.from_json(data)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"type": "TextPositionSelector", "start": 1},
        {"type": "TextPositionSelector", "start": 2, "end": 1},
        {"type": "TextPositionSelector", "start": -1, "end": 1},
        {"type": "TextPositionSelector", "start": True, "end": 1},
        {"type": "TextQuoteSelector", "start": 1, "end": 2},
    ],
)
def test_other_data_is_no_position(data: dict[str, Any]) -> None:
    with pytest.raises(SelectorUnreadable):
        PositionSelector.from_json(data)
