"""Earlier texts take their place by time; numbers are identities; nothing published changes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from tests import factories

from broadsheet.record.actions import EditionRefused
from broadsheet.record.enums import EditionKind
from broadsheet.record.healing import reconstruct_edition, supersede_note
from broadsheet.record.models import (
    Document,
    Edition,
    EditionAlignment,
    NoteRevision,
    Reconstruction,
)
from broadsheet.record.queries import edition_at, editions_of
from broadsheet.record.signals import document_changed, edition_reconstructed
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def document(publication) -> Document:
    """Two editions, at eight and at ten."""
    document = factories.story("Bridge", "The council gave two million.")
    factories.edition(
        document, "Bridge", "The council gave nine million.", at=factories.MORNING + 2 * HOUR
    )
    return document


def reconstruct(document: Document, *paragraphs: str, at: dt.datetime, **fields: str) -> Edition:
    values = {"by": "Eve Editor", "evidence": "A saved copy.", **fields}
    return reconstruct_edition(
        document_id=document.pk,
        content=factories.content("Bridge", *(paragraphs or ("The council gave five million.",))),
        at=at,
        **values,
    )


def test_text_between_two_editions_stands_between_them(document):
    edition = reconstruct(document, at=factories.MORNING + HOUR)

    assert [each.number for each in editions_of(document)] == [1, 3, 2]
    assert (edition.kind, edition.note) == (EditionKind.MINOR, "")
    assert Document.objects.get(pk=document.pk).edition.number == 2
    assert edition_at(document, factories.MORNING + HOUR).number == 3
    assert edition_at(document, factories.MORNING + 2 * HOUR).number == 2
    assert verify_record().faults == ()


def test_text_before_the_first_is_the_original(document):
    edition = reconstruct(document, at=factories.MORNING - HOUR, kind="minor")

    assert edition.kind == EditionKind.ORIGINAL
    assert [each.number for each in editions_of(document)] == [3, 1, 2]


def test_same_second_is_given_way(document):
    reconstruct(document, at=factories.MORNING)
    again = reconstruct(document, "Another text.", at=factories.MORNING)

    assert again.published_at == factories.MORNING - dt.timedelta(seconds=2)


def test_neighbours_are_aligned(document):
    reconstruct(document, at=factories.MORNING + HOUR)

    pairs = EditionAlignment.objects.order_by("earlier__number").values_list(
        "earlier__number", "later__number"
    )
    assert set(pairs) >= {(1, 3), (3, 2)}


def test_next_edition_takes_the_next_number(document):
    reconstruct(document, at=factories.MORNING + HOUR)

    assert factories.edition(document, "Bridge", "Later.").number == 4


def test_stamp_says_when_by_whom_and_from_what(document):
    reconstruct(document, at=factories.MORNING, evidence="  Two readers quote it. ")

    stamp = Reconstruction.objects.get()
    assert (stamp.by, stamp.evidence) == ("Eve Editor", "Two readers quote it.")


def test_reconstruction_is_announced(document, django_capture_on_commit_callbacks):
    heard = []

    def receive(sender, edition, **kwargs):
        heard.append(edition.number)

    edition_reconstructed.connect(receive)
    with django_capture_on_commit_callbacks(execute=True):
        reconstruct(document, at=factories.MORNING)
    edition_reconstructed.disconnect(receive)

    assert heard == [3]


@pytest.mark.parametrize(
    ("paragraphs", "hours", "fields", "says"),
    [
        ((), 2, {}, ""),
        ((), 3, {}, "before the one in force"),
        ((), 1, {"evidence": "  "}, "what shows"),
        ((), 1, {"evidence": "x" * 2001}, "2,000 characters"),
        ((), 1, {"kind": "original"}, "cannot be the kind"),
        ((), 1, {"kind": "nonsense"}, "cannot be the kind"),
        ((), 1, {"kind": "correction"}, "has a note"),
        (("The council gave two million.",), 1, {}, "says the same already"),
        (("The council gave nine million.",), 1, {}, "says the same already"),
    ],
    ids=[
        "the-second-in-force-gives-way",
        "after-the-one-in-force",
        "no-evidence",
        "too-much-evidence",
        "a-second-original",
        "no-such-kind",
        "no-note",
        "as-the-one-before",
        "as-the-one-after",
    ],
)
def test_what_cannot_be_reconstructed_is_refused(document, paragraphs, hours, fields, says):
    at = factories.MORNING + hours * HOUR
    if not says:
        assert reconstruct(document, *paragraphs, at=at, **fields).published_at < at
        return
    with pytest.raises(EditionRefused, match=says):
        reconstruct(document, *paragraphs, at=at, **fields)
    assert Edition.objects.count() == 2


def test_story_that_was_never_out_has_no_earlier_text(publication):
    from broadsheet.record.actions import create_document

    document = create_document(authority=factories.AUTHORITY, section=factories.section())

    with pytest.raises(EditionRefused, match="never published"):
        reconstruct(document, at=factories.MORNING)


def test_note_is_superseded_and_every_wording_kept(document, django_capture_on_commit_callbacks):
    edition = Edition.objects.get(document=document, number=2)
    heard = []

    def receive(sender, document, **kwargs):
        heard.append(document.pk)

    document_changed.connect(receive)
    with django_capture_on_commit_callbacks(execute=True):
        for text in ("Adds the sum.", "  Adds the sum and its year. "):
            supersede_note(edition_id=edition.pk, text=text, by="Eve Editor")
    document_changed.disconnect(receive)

    assert list(edition.note_revisions.values_list("number", "text")) == [
        (1, "Adds the sum."),
        (2, "Adds the sum and its year."),
    ]
    assert Edition.objects.get(pk=edition.pk).note == "Adds the date."
    assert heard == [document.pk, document.pk]
    assert verify_record().faults == ()


@pytest.mark.parametrize(
    "text", ["", "   ", "Adds the date.", "x" * 2001], ids=["empty", "space", "same", "long"]
)
def test_note_that_says_nothing_new_is_refused(document, text):
    edition = Edition.objects.get(document=document, number=2)

    with pytest.raises(EditionRefused):
        supersede_note(edition_id=edition.pk, text=text, by="Eve Editor")

    assert NoteRevision.objects.count() == 0


def test_database_refuses_to_change_a_note_or_a_stamp(document):
    reconstruct(document, at=factories.MORNING)
    edition = Edition.objects.get(document=document, number=2)
    supersede_note(edition_id=edition.pk, text="Better.", by="Eve Editor")

    for rows, change in (
        (NoteRevision.objects.all(), {"text": "Other."}),
        (Reconstruction.objects.all(), {"evidence": "Other."}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)


def test_journal_notices_a_changed_note(document, monkeypatch):
    edition = Edition.objects.get(document=document, number=2)
    supersede_note(edition_id=edition.pk, text="Better.", by="Eve Editor")
    monkeypatch.setattr(
        "broadsheet.record.verify.note_content", lambda revision: {"text": "Changed."}
    )

    assert [fault.problem for fault in verify_record().faults] == [
        "the content of note note/2/1 was changed"
    ]
