"""Where spans stand after an edit."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.passages.passage_samples import BOILERPLATE, CHINESE, FOREIGN, LIST, NEWS, STORIES
from tests.unit.passages.truthful_edits import edit

from broadsheet.passages import Placement, Status, align, carry, carry_through


def fate(old: str, new: str, words: str) -> tuple[str, str | None]:
    """Carry the first occurrence of some words, and say their status and what stands there."""
    start = old.index(words)
    placement = carry(align(old, new), start, start + len(words))
    if placement.start is None:
        return placement.status.value, None
    return placement.status.value, new[placement.start : placement.end]


def without(text: str, words: str) -> str:
    assert words in text
    return text.replace(words, "", 1)


OPINION = "Opponents of the plan prefer a tunnel."
BIDS = "Bids are invited from next month."


@pytest.mark.parametrize(
    ("what", "new", "words", "expected"),
    [
        (
            "an insertion elsewhere leaves a passage intact",
            "Updated.\n\n" + NEWS,
            "closed since the storm",
            ("intact", "closed since the storm"),
        ),
        (
            "other line breaks leave a passage intact",
            NEWS.replace("tunnel. It", "tunnel.\n\nIt"),
            "prefer a tunnel. It would",
            ("intact", "prefer a tunnel.\n\nIt would"),
        ),
        (
            "a number put right is a rewording",
            NEWS.replace("24 million", "2.4 million"),
            "24 million",
            ("reworded", "2.4 million"),
        ),
        (
            "one changed word has the new word in its place",
            NEWS.replace("Shopkeepers", "Traders"),
            "Shopkeepers",
            ("reworded", "Traders"),
        ),
        (
            "words put in belong to the passage",
            NEWS.replace("four of them", "four of the nine pillars"),
            "cracks in four of them.",
            ("reworded", "cracks in four of the nine pillars."),
        ),
        (
            "a sentence taken out is removed",
            without(NEWS, " Two could be saved, their report says."),
            "Two could be saved",
            ("removed", None),
        ),
        (
            "a word of a sentence taken out is removed",
            without(NEWS, " Two could be saved, their report says."),
            "report",
            ("removed", None),
        ),
        (
            "what is left of a sentence stands for it",
            without(NEWS, " according to their association").replace("customers,.", "customers."),
            "Shopkeepers on the eastern shore have lost a third of their customers, "
            "according to their association.",
            ("reworded", "Shopkeepers on the eastern shore have lost a third of their customers."),
        ),
        (
            "words set in other capitals are reworded",
            NEWS.replace(OPINION, OPINION.upper()),
            OPINION,
            ("reworded", "OPPONENTS OF THE PLAN PREFER A TUNNEL."),
        ),
        (
            "an unrelated sentence does not stand for another",
            NEWS.replace(OPINION, FOREIGN[0]),
            OPINION,
            ("removed", None),
        ),
        (
            "a moved paragraph is found",
            BIDS + "\n\n" + without(NEWS, BIDS + " "),
            BIDS,
            ("moved", BIDS),
        ),
        (
            "a moved and reworded sentence is found",
            OPINION.replace("prefer", "would rather have") + "\n\n" + without(NEWS, OPINION + " "),
            OPINION,
            ("reworded", "Opponents of the plan would rather have a tunnel."),
        ),
        (
            "an unrelated story under the same address keeps nothing",
            "\n\n".join(FOREIGN),
            OPINION,
            ("removed", None),
        ),
        ("of an emptied text nothing is left", "", OPINION, ("removed", None)),
    ],
)
def test_fate_of_a_passage(what: str, new: str, words: str, expected: tuple[str, str]) -> None:
    assert fate(NEWS, new, words) == expected, what


def test_a_deleted_item_is_not_attached_to_its_sibling() -> None:
    gone = "Lantern 1.9.0 adds support for colored signals.\n\n"
    assert fate(LIST, without(LIST, gone), "Lantern 1.9.0") == ("removed", None)
    assert fate(LIST, without(LIST, gone), "colored signals") == ("removed", None)


def test_a_passage_torn_into_many_parts_is_in_doubt() -> None:
    sentences = [
        f"Ferry number {k} to island {k} sails every day at {k} past noon." for k in range(260)
    ]
    order = sorted(range(260), key=lambda k: (k % 2, -k if k % 2 else k))
    old, new = " ".join(sentences), " ".join(sentences[k] for k in order)
    alignment = align(old, new)
    assert carry(alignment, 0, len(old)) == Placement(Status.REMOVED, None, None, 0.3)
    assert carry(alignment, 0, len(sentences[0])).status is Status.INTACT


def test_repeated_sentences_are_told_apart_by_their_neighbors() -> None:
    words = "Route 4 was canceled. The cause is not known. We apologize for the inconvenience."
    new = without(BOILERPLATE, BOILERPLATE.split("\n\n")[0] + "\n\n")
    assert fate(BOILERPLATE, new, words) == ("intact", words)


def test_characters_stand_for_words_where_there_are_no_spaces() -> None:
    new = CHINESE.replace("两千四百万", "两百四十万")
    assert fate(CHINESE, new, "重建港口大桥") == ("intact", "重建港口大桥")
    assert fate(CHINESE, new, "耗资两千四百万") == ("reworded", "耗资两百四十万")


def test_part_of_a_kept_word_is_carried_by_characters() -> None:
    assert fate(NEWS, "New: " + NEWS, "ridge, whi") == ("intact", "ridge, whi")


def test_white_space_alone_has_no_place() -> None:
    assert carry(align("One.\n\nTwo.", "One. Two."), 4, 6).status is Status.REMOVED


@pytest.mark.parametrize("span", [(-1, 2), (2, 2), (3, 2), (0, 4), (4, 5)])
def test_a_span_that_is_none_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no span"):
        carry(align("abc", "abc"), *span)


@st.composite
def edits(draw: st.DrawFn, count: int = 12) -> tuple[str, str, int]:
    """Draw an old text, a new one and a seed."""
    seed = draw(st.integers(0, 2**32))
    rnd = random.Random(seed)
    done = edit(rnd, draw(st.sampled_from(STORIES)), FOREIGN, draw(st.integers(1, count)))
    return done.old, done.new, seed


@given(edits())
def test_any_span_is_carried_to_a_range_of_the_new_text(drawn: tuple[str, str, int]) -> None:
    old, new, seed = drawn
    alignment = align(old, new)
    rnd = random.Random(seed)
    for _ in range(50):
        start = rnd.randrange(len(old))
        placement = carry(alignment, start, rnd.randrange(start, len(old)) + 1)
        check(placement, len(new))


@given(st.text(), st.text(), st.data())
def test_any_texts_at_all(old: str, new: str, data: st.DataObject) -> None:
    alignment = align(old, new)
    if old:
        start = data.draw(st.integers(0, len(old) - 1))
        check(carry(alignment, start, data.draw(st.integers(start + 1, len(old)))), len(new))


def check(placement: Placement, length: int) -> None:
    assert 0.0 <= placement.confidence <= 1.0
    if placement.status is Status.REMOVED:
        assert (placement.start, placement.end) == (None, None)
    else:
        assert placement.start is not None
        assert placement.end is not None
        assert 0 <= placement.start < placement.end <= length


@given(st.sampled_from([NEWS, LIST, CHINESE]), st.integers(0, 2**32))
def test_what_is_unique_unchanged_and_in_order_is_intact(text: str, seed: int) -> None:
    rnd = random.Random(seed)
    paragraphs = text.split("\n\n")
    kept = [p for p in paragraphs if rnd.random() < 0.7]
    new = "\n\n".join(
        p for k in kept for p in ([rnd.choice(FOREIGN), k] if rnd.random() < 0.3 else [k])
    )
    alignment = align(text, new)
    for paragraph in kept:
        start = text.index(paragraph)
        placement = carry(alignment, start, start + len(paragraph))
        assert placement.status is Status.INTACT
        assert new[placement.start : placement.end] == paragraph


# How often the answer may fall short, over many random edits far denser than editors make them.
WRONG = 0.012
RIGHT = 0.95


def test_random_edits_with_known_truth() -> None:
    counted = wrong = right = 0
    for seed in range(400):
        rnd = random.Random(seed)
        done = edit(rnd, rnd.choice(STORIES[:3]), FOREIGN, rnd.choice((1, 2, 4, 8)))
        alignment = align(done.old, done.new)
        for truth in done.truths:
            placement = carry(alignment, truth.start, truth.end)
            counted += 1
            status = "intact" if placement.status is Status.MOVED else placement.status.value
            overlap = 0.0
            if placement.start is not None and placement.end is not None:
                inside = min(placement.end, truth.new_end) - max(placement.start, truth.new_start)
                around = max(placement.end, truth.new_end) - min(placement.start, truth.new_start)
                overlap = max(0, inside) / around
                wrong += truth.status == "removed" or overlap < 0.1
            right += status == truth.status and (status == "removed" or overlap >= 0.5)
    assert counted > 3000
    assert wrong <= WRONG * counted, f"{wrong} of {counted}"
    assert right >= RIGHT * counted, f"{right} of {counted}"


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_through_many_editions_nothing_removed_comes_back(seed: int, count: int) -> None:
    rnd = random.Random(seed)
    texts = [rnd.choice(STORIES)]
    for _ in range(count):
        texts.append(edit(rnd, texts[-1], FOREIGN, 3).new or "gone")
    alignments = [align(a, b) for a, b in pairwise(texts)]
    for _ in range(20):
        start = rnd.randrange(len(texts[0]))
        end = min(len(texts[0]), start + rnd.randrange(1, 120))
        at, to, is_removed = start, end, False
        for alignment in alignments:
            placement = carry(alignment, at, to)
            if placement.start is None or placement.end is None:
                is_removed = True
                break
            at, to = placement.start, placement.end
        through = carry_through(alignments, start, end, first=texts[0], last=texts[-1])
        check(through, len(texts[-1]))
        if is_removed:
            assert through.status is Status.REMOVED
        if through.status is not Status.REMOVED:
            assert (through.start, through.end) == (at, to)


def through(texts: list[str], words: str, *, checked: bool = True) -> tuple[str, str | None]:
    alignments = [align(a, b) for a, b in pairwise(texts)]
    start = texts[0].index(words)
    ends = {"first": texts[0], "last": texts[-1]} if checked else {}
    placement = carry_through(alignments, start, start + len(words), **ends)
    if placement.start is None:
        return placement.status.value, None
    return placement.status.value, texts[-1][placement.start : placement.end]


def test_through_no_edition_a_span_stays_where_it_is() -> None:
    assert carry_through([], 3, 5) == Placement(Status.INTACT, 3, 5, 1.0)


def test_words_that_came_back_are_intact_again() -> None:
    texts = ["We open at nine.", "We open at ten.", "On Sundays we open at nine."]
    assert through(texts, "open at nine") == ("intact", "open at nine")
    assert through(texts, "open at nine", checked=False) == ("reworded", "open at nine")


def test_a_passage_moved_once_stays_moved() -> None:
    moved = BIDS + "\n\n" + without(NEWS, BIDS + " ")
    assert through([NEWS, moved, "News.\n\n" + moved], BIDS) == ("moved", BIDS)


def test_a_passage_that_drifted_away_is_removed() -> None:
    texts = [
        "The minister praised careful planning in the northern province yesterday.",
        "The minister praised hasty planning in the northern province yesterday.",
        "The minister praised hasty building in the northern province yesterday.",
    ]
    assert through(texts, "careful planning") == ("removed", None)
    assert through(texts[:2], "careful planning") == ("reworded", "hasty planning")


def test_doubts_multiply_until_a_passage_is_given_up() -> None:
    words = ["Monday", "Tuesday", "Friday", "Sunday"]
    texts = [f"The harbor bridge opens again on {word} for all ships." for word in words]
    assert through(texts[:2], "Monday") == ("reworded", "Tuesday")
    assert through(texts, "Monday", checked=False) == ("removed", None)


def test_editions_that_do_not_follow_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="does not begin"):
        carry_through([align("abc", "abcd"), align("abc", "abc")], 0, 2)
