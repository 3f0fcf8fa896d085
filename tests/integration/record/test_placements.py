"""Passages in the record: found when marked, carried when an edition is appended."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from tests import factories

from broadsheet.record.healing import reconstruct_edition
from broadsheet.record.models import Passage
from broadsheet.record.placements import (
    MAX_PASSAGE,
    PassageRefused,
    Pointer,
    keep_passage,
    locate,
    places_in,
)
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
FIRST = ("Steve spoke on Friday.", "The outgoing CEO spoke 👍 about phones.", "Nokia agreed.")
SECOND = ("Steve spoke on Friday.", "The charismatic CEO spoke 👍 about phones.", "Nokia agreed.")
THIRD = ("Nokia agreed.", "Steve spoke on Friday.", "They left.")


@pytest.fixture
def document(publication):
    return factories.story("Bridge", *FIRST, slug="bridge")


def mark(document, words: str, *, edition: int = 1) -> Passage:
    with transaction.atomic():
        return keep_passage(*locate(document, Pointer(edition, words)))


def publish(document, *paragraphs: str, hours: int):
    edition = factories.edition(
        document, "Bridge", *paragraphs, slug="bridge", at=factories.MORNING + hours * HOUR
    )
    document.refresh_from_db()
    return edition


def placed(passage: Passage) -> tuple[str, str, int | None]:
    passage.refresh_from_db()
    edition = passage.placed_in
    words = ""
    if passage.placed_start is not None:
        words = edition.canonical_text[passage.placed_start : passage.placed_end]
    return passage.status, words, passage.changed_in.number if passage.changed_in else None


def test_marked_words_are_kept_with_what_stands_around_them(document):
    passage = mark(document, "outgoing CEO")

    assert passage.exact == "outgoing CEO"
    assert passage.prefix.endswith("The ")
    assert passage.suffix.startswith(" spoke")
    assert placed(passage) == ("intact", "outgoing CEO", None)
    assert mark(document, "outgoing  CEO") == passage


def test_offsets_are_those_of_a_browser(document):
    text = document.edition.canonical_text
    start = len(text[: text.index("phones")].encode("utf-16-le")) // 2

    _, begin, end = locate(document, Pointer(1, "phones", start=start))

    assert text[begin:end] == "phones"


def test_words_are_looked_for_in_their_paragraph(document):
    begin = locate(document, Pointer(1, "spoke", block="b2"))[1]

    assert document.edition.canonical_text[:begin].endswith("CEO ")


@pytest.mark.parametrize(
    ("pointer", "says"),
    [
        pytest.param(Pointer(1, "   "), "Mark some words first", id="nothing"),
        pytest.param(Pointer(7, "CEO"), "no edition 7", id="edition"),
        pytest.param(Pointer(1, "CFO"), "not in edition 1", id="words"),
        pytest.param(Pointer(1, "spoke"), "stand 2 times", id="twice"),
        pytest.param(Pointer(1, "CEO", start=9999), "outside of edition 1", id="outside"),
        pytest.param(Pointer(1, "CEO", block="none"), "no such paragraph", id="paragraph"),
        pytest.param(Pointer(1, "x" * 100_000), f"{MAX_PASSAGE:,} characters", id="long"),
        pytest.param(Pointer(10**17, "CEO"), "no edition", id="number"),
    ],
)
def test_words_that_cannot_be_marked_are_refused(document, pointer, says):
    with pytest.raises(PassageRefused, match=says):
        locate(document, pointer)


def test_passages_follow_through_editions(document):
    reworded, kept = mark(document, "outgoing CEO"), mark(document, "Nokia agreed.")
    gone = mark(document, "spoke 👍 about phones")

    publish(document, *SECOND, hours=1)
    assert placed(reworded) == ("reworded", "charismatic CEO", 2)
    assert placed(kept) == ("intact", "Nokia agreed.", None)

    publish(document, *THIRD, hours=2)
    assert placed(reworded) == ("removed", "", 3)
    assert placed(gone) == ("removed", "", 3)
    assert placed(kept)[1] == "Nokia agreed."

    publish(document, *FIRST, hours=3)
    assert placed(reworded)[0] == "removed"
    assert verify_record().faults == ()


def test_words_marked_in_an_old_edition_are_placed_at_once(document):
    publish(document, *SECOND, hours=1)

    passage = mark(document, "outgoing CEO", edition=1)

    assert placed(passage) == ("reworded", "charismatic CEO", 2)


def test_places_in_past_editions(document, django_assert_num_queries):
    passage = mark(document, "outgoing CEO")
    second = publish(document, *SECOND, hours=1)
    publish(document, *THIRD, hours=2)
    later = mark(document, "They left.", edition=3)
    passage.refresh_from_db()

    places = places_in(second, [passage, later])

    assert (places[0].placement.status, places[0].changed_in.number) == ("reworded", 2)
    assert places[1].placement is None
    fresh = Passage.objects.select_related("changed_in").order_by("pk")
    now, in_force = list(fresh), document.edition
    with django_assert_num_queries(0):
        places_in(in_force, now)


def test_edition_between_others_moves_when_the_change_came(document):
    passage = mark(document, "outgoing CEO")
    publish(document, *THIRD, hours=2)
    assert placed(passage) == ("removed", "", 2)
    second = factories.content("Bridge", *SECOND)

    edition = reconstruct_edition(
        document_id=document.pk,
        content=second,
        at=factories.MORNING + HOUR,
        by="Ann Lee",
        evidence="A saved copy.",
    )

    assert edition.number == 3
    assert placed(passage) == ("removed", "", 2)
    passage = mark(document, "charismatic CEO", edition=3)
    assert places_in(edition, [passage])[0].placement.status == "intact"
    assert verify_record().faults == ()


def test_what_was_marked_never_changes(document):
    passage = mark(document, "outgoing CEO")

    with (
        pytest.raises(DatabaseError, match="what a passage marks never changes"),
        transaction.atomic(),
    ):
        Passage.objects.filter(pk=passage.pk).update(exact="charismatic CEO")


def test_passage_that_is_not_where_it_says_is_found_by_verify(document):
    passage = mark(document, "outgoing CEO")
    later = publish(document, *SECOND, hours=1)
    Passage.objects.filter(pk=passage.pk).update(placed_in=document.editions.get(number=1))

    faults = verify_record().faults

    assert [fault.problem for fault in faults] == [
        f"passage {passage.pk} is not placed in the edition in force"
    ]
    assert later.number == 2
