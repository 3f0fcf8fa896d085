"""Passages are carried when an edition is appended, and stand where composition says."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import factories

from broadsheet.passages import carry_through
from broadsheet.record.actions import lock_document
from broadsheet.record.healing import reconstruct_edition
from broadsheet.record.models import Document, Edition, EditionAlignment, Passage
from broadsheet.record.placements import (
    PassageRefused,
    Pointer,
    keep_passage,
    locate,
    place_passages,
    placements_in,
)
from broadsheet.record.queries import editions_of
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
FIRST = "The outgoing CEO spoke about the opportunities of the partnership on Friday."
SECOND = "The charismatic CEO spoke about the opportunities of the partnership on Friday."
OTHER = "Both companies reached out to chip providers and share more in the coming weeks."
HOUR = dt.timedelta(hours=1)


def mark(document: Document, words: str, number: int = 1) -> Passage:
    with transaction.atomic():
        document = lock_document(document.pk)
        return keep_passage(*locate(document, Pointer(number, words)))


def now(passage: Passage) -> tuple[str, str]:
    """Return the status of a passage and the words that stand in its place."""
    passage = Passage.objects.get(pk=passage.pk)
    text = passage.placed_in.canonical_text
    start, end = passage.placed_start, passage.placed_end
    return passage.status, text[start:end] if start is not None else ""


def append(document: Document, *paragraphs: str, at: dt.datetime | None = None) -> Edition:
    return factories.edition(document, "CEO", *paragraphs, slug="ceo", at=at)


@pytest.fixture
def document(publication) -> Document:
    return factories.story("CEO", FIRST, OTHER)


def test_passages_are_carried_when_an_edition_is_appended(document):
    reworded, intact = mark(document, "outgoing CEO"), mark(document, "chip providers")
    moved, removed = mark(document, "on Friday"), mark(document, "coming weeks")

    append(document, OTHER.removesuffix(" in the coming weeks.") + ".", SECOND)

    assert now(reworded) == ("reworded", "charismatic CEO")
    assert now(intact)[1] == "chip providers"
    assert now(moved)[1] == "on Friday"
    assert now(removed) == ("removed", "")
    assert {now(intact)[0], now(moved)[0]} == {"intact", "moved"}
    assert verify_record().faults == ()


def test_passages_are_carried_through_several_editions(document):
    passage = mark(document, "outgoing CEO")

    append(document, SECOND, OTHER)
    append(document, "A sentence that comes before.", SECOND, OTHER)

    assert now(passage) == ("reworded", "charismatic CEO")


def test_words_that_come_back_are_found_again(document):
    passage = mark(document, "outgoing CEO")
    append(document, SECOND, OTHER)

    append(document, FIRST, OTHER)

    assert now(passage)[1] == "outgoing CEO"


def test_passage_of_an_older_edition_is_placed_when_it_is_marked(document):
    append(document, SECOND, OTHER)

    passage = mark(document, "outgoing CEO", number=1)

    assert now(passage) == ("reworded", "charismatic CEO")
    assert passage.placed_in.number == 2


def test_reconstructed_edition_between_two_carries_and_is_marked(document):
    passage = mark(document, "spoke about the opportunities")
    append(document, "The CEO smiled.", OTHER, at=factories.MORNING + 2 * HOUR)
    before = now(passage)

    edition = reconstruct_edition(
        document_id=document.pk,
        content=factories.content("CEO", SECOND, OTHER),
        at=factories.MORNING + HOUR,
        by="Eve Editor",
        evidence="A saved copy.",
    )
    between = mark(document, "charismatic CEO", number=edition.number)

    placed = placements_in(edition, [passage])[0]
    assert edition.canonical_text[placed.start : placed.end] == "spoke about the opportunities"
    assert before[0] == now(passage)[0] == "removed"
    assert between.placed_in.number == 2
    assert placements_in(Edition.objects.get(number=1), [between]) == [None]
    assert verify_record().faults == ()


def test_two_editions_in_one_second_are_carried_in_order(document):
    passage = mark(document, "outgoing CEO")
    at = factories.MORNING + HOUR

    append(document, SECOND, OTHER, at=at)
    append(document, SECOND, OTHER, "One more.", at=at)

    assert [each.number for each in editions_of(document)] == [1, 2, 3]
    assert now(passage) == ("reworded", "charismatic CEO")


def test_same_words_marked_twice_are_one_passage(document):
    assert mark(document, "outgoing CEO") == mark(document, "outgoing CEO")


@pytest.mark.parametrize(
    ("pointer", "says"),
    [
        (Pointer(1, "  "), "Mark some words first"),
        (Pointer(9, "CEO"), "no edition 9"),
        (Pointer(1, "the CFO"), "not in edition 1"),
        (Pointer(1, "the "), "stand 3 times"),
        (Pointer(1, "x" * 100_000), "1,000 characters"),
        (Pointer(1, "CEO", start=100_000), "outside of edition 1"),
        (Pointer(1, "CEO", start=-1), "outside of edition 1"),
        (Pointer(1, "CEO", block="b9"), "no such paragraph"),
        (Pointer(1, "CEO", block="b2"), "not in edition 1"),
    ],
    ids=[
        "nothing",
        "no-such-edition",
        "words-not-there",
        "words-not-once",
        "too-many",
        "beyond-the-text",
        "before-the-text",
        "no-such-paragraph",
        "another-paragraph",
    ],
)
def test_words_that_cannot_be_marked_are_refused(document, pointer, says):
    with pytest.raises(PassageRefused, match=says):
        locate(document, pointer)


def test_verify_finds_a_passage_that_is_not_placed(document):
    passage = mark(document, "outgoing CEO")
    append(document, SECOND, OTHER)
    Passage.objects.update(placed_in=passage.edition, status="intact", placed_start=0, placed_end=3)

    problems = [fault.problem for fault in verify_record().faults]

    assert problems == [f"passage {passage.pk} is not placed in the edition in force"]


def test_verify_finds_a_passage_that_is_not_in_its_edition(document):
    Passage.objects.create(
        document=document,
        edition=document.edition,
        start=0,
        end=3,
        exact="Her",
        placed_in=document.edition,
        status="intact",
        placed_start=0,
        placed_end=3,
    )

    problems = [fault.problem for fault in verify_record().faults]

    assert [problem.partition(" is ")[2] for problem in problems] == ["not in its edition"]


WORDS = st.lists(
    st.sampled_from(
        ["the", "council", "vote", "bridge", "24", "Ann", "said", "“yes”", "😀", "née"]
    ),
    min_size=1,
    max_size=12,
)
TEXTS = st.lists(WORDS.map(" ".join), min_size=1, max_size=4)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(editions=st.lists(TEXTS, min_size=2, max_size=4), cuts=st.data())
def test_placements_are_what_composition_says_and_inside_the_text(publication, editions, cuts):
    with transaction.atomic():
        document = factories.story("CEO", *editions[0])
        text = document.edition.canonical_text
        passages = []
        for _ in range(3):
            start = cuts.draw(st.integers(0, len(text) - 1))
            end = cuts.draw(st.integers(start + 1, len(text)))
            passages.append(keep_passage(document.edition, start, end))
        for paragraphs in editions[1:]:
            append(document, *paragraphs)
        chain = list(editions_of(document))
        steps = [
            EditionAlignment.objects.get(earlier=earlier, later=later).alignment
            for earlier, later in pairwise(chain)
        ]
        document.refresh_from_db()
        for passage in Passage.objects.filter(document=document):
            expected = carry_through(
                steps,
                passage.start,
                passage.end,
                first=text,
                last=chain[-1].canonical_text,
            )
            placed = (passage.status, passage.placed_start, passage.placed_end)
            assert placed == (str(expected.status), expected.start, expected.end)
            if passage.placed_start is not None:
                assert 0 <= passage.placed_start < passage.placed_end
                assert passage.placed_end <= len(document.edition.canonical_text)
        assert place_passages(document) == []
        transaction.set_rollback(True)
