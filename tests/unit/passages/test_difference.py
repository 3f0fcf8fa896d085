"""What changed between two editions, as people are shown it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.passages.passage_samples import FOREIGN, NEWS, STORIES
from tests.unit.passages.truthful_edits import edit

from broadsheet.passages import Change, Fate, ParagraphChange, align, difference

MARKS = {Change.EQUAL: "{}", Change.DELETE: "[-{}-]", Change.INSERT: "[+{}+]"}
GONE = (Fate.REMOVED, Fate.MOVED_AWAY)


def shown(old: str, new: str) -> list[tuple[str, str]]:
    """Show a difference with marks; what moved has an asterisk."""
    return [
        (
            paragraph.fate.value,
            "".join(
                MARKS[piece.change].format(("*" if piece.moved else "") + piece.text)
                for piece in paragraph.pieces
            ),
        )
        for paragraph in difference(align(old, new), old, new)
    ]


@pytest.mark.parametrize(
    ("what", "old", "new", "expected"),
    [
        ("nothing", "", "", []),
        ("the same", "One.\n\nTwo.", "One.\n\nTwo.", [("same", "One."), ("same", "Two.")]),
        ("all new", "", "One.\n\nTwo.", [("added", "[+One.+]"), ("added", "[+Two.+]")]),
        ("all gone", "One.\n\nTwo.", "", [("removed", "[-One.-]"), ("removed", "[-Two.-]")]),
        (
            "a word exchanged",
            "The bridge costs 24 million in all.",
            "The bridge costs 2.4 million in all.",
            [("changed", "The bridge costs [-24-][+2.4+] million in all.")],
        ),
        (
            "whole words, not letters",
            "The harbor bridge was closed.",
            "The harbor bridges were closed.",
            [("changed", "The harbor [-bridge was-][+bridges were+] closed.")],
        ),
        (
            "a crumb is taken into the exchange",
            "Ships passed under pillars of concrete near harbors yesterday evening.",
            "Ships passed under arches of granite near harbors yesterday evening.",
            [
                (
                    "changed",
                    "Ships passed under [-pillars of concrete-][+arches of granite+]"
                    " near harbors yesterday evening.",
                )
            ],
        ),
        (
            "a sentence put in",
            "The bridge is closed. Ships may pass.",
            "The bridge is closed. Nobody was hurt. Ships may pass.",
            [("changed", "The bridge is closed. [+Nobody was hurt. +]Ships may pass.")],
        ),
        (
            "a sentence taken out at the end of a paragraph",
            "The bridge is closed. Nobody was hurt.\n\nShips may pass.",
            "The bridge is closed.\n\nShips may pass.",
            [
                ("changed", "The bridge is closed.[- Nobody was hurt.-]"),
                ("same", "Ships may pass."),
            ],
        ),
        (
            "a paragraph taken out stands before the one put in there",
            "The bridge is closed.\n\nNobody was hurt.\n\nShips may pass.",
            "The bridge is closed.\n\nTickets remain valid.\n\nShips may pass.",
            [
                ("same", "The bridge is closed."),
                ("removed", "[-Nobody was hurt.-]"),
                ("added", "[+Tickets remain valid.+]"),
                ("same", "Ships may pass."),
            ],
        ),
        (
            "paragraphs joined and split",
            "The bridge is closed.\n\nShips may pass. Ferries run hourly.",
            "The bridge is closed. Ships may pass.\n\nFerries run hourly.",
            [
                ("same", "The bridge is closed. Ships may pass."),
                ("same", "Ferries run hourly."),
            ],
        ),
        (
            "a moved paragraph, changed on the way",
            "Ferries run every hour until late evening.\n\n" + FOREIGN[0] + "\n\n" + FOREIGN[3],
            FOREIGN[0] + "\n\n" + FOREIGN[3] + "\n\nFerries run every hour until early morning.",
            [
                ("moved away", "[-*Ferries run every hour until late evening.-]"),
                ("same", FOREIGN[0]),
                ("same", FOREIGN[3]),
                ("moved", "Ferries run every hour until [-late evening-][+early morning+]."),
            ],
        ),
        (
            "a sentence moved into another paragraph",
            FOREIGN[2] + " " + FOREIGN[0] + "\n\n" + FOREIGN[3] + " " + FOREIGN[4],
            FOREIGN[0] + "\n\n" + FOREIGN[3] + " " + FOREIGN[2] + " " + FOREIGN[4],
            [
                ("changed", f"[-*{FOREIGN[2]}-][- -]{FOREIGN[0]}"),
                ("changed", f"{FOREIGN[3]} [+*{FOREIGN[2]}+][+ +]{FOREIGN[4]}"),
            ],
        ),
    ],
)
def test_shown(what: str, old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert shown(old, new) == expected, what


def paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def squeezed(changes: list[ParagraphChange]) -> str:
    return "".join("".join(change.old_text for change in changes).split())


@given(st.integers(0, 2**32), st.sampled_from(STORIES), st.integers(0, 12))
def test_the_new_text_comes_out_word_for_word(seed: int, story: str, count: int) -> None:
    done = edit(random.Random(seed), story, FOREIGN, count)
    alignment = align(done.old, done.new)
    changes = difference(alignment, done.old, done.new)
    assert [c.new_text for c in changes if c.fate not in GONE] == paragraphs(done.new)
    if not any(segment.block for segment in alignment.segments):
        assert squeezed(changes) == "".join(done.old.split())


@given(st.text("ab .\n", max_size=40), st.text("ab .\n", max_size=40))
def test_any_texts(old: str, new: str) -> None:
    changes = difference(align(old, new), old, new)
    assert [c.new_text for c in changes if c.fate not in GONE] == paragraphs(new)


def test_other_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="not the texts"):
        difference(align(NEWS, NEWS), NEWS, "other")
