"""Erasing what a law takes from editions: a reader’s name, or all words of one.

What was published never changes otherwise. The salts of the journal entries that were made of the
words go with them, so that nobody can find the words by trying; the chain still checks, and an entry of
its own says what was done, why, and what digest the edition has since.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from broadsheet import clock
from broadsheet.press.keys import change_after_commit
from broadsheet.record import journal
from broadsheet.record.actions import MAX_CREDIT, edition_digest, lock_document
from broadsheet.record.content import EditionContent
from broadsheet.record.enums import EntryKind, ErasureKind, PlacementStatus
from broadsheet.record.keys import STORIES, document_key
from broadsheet.record.models import (
    Author,
    Document,
    Edition,
    Erasure,
    JournalEntry,
    NoteRevision,
    Passage,
    Reconstruction,
)
from broadsheet.record.pictures import Picture, delete_picture
from broadsheet.record.signals import edition_withheld, name_erased

MARK = "[removed by law]"
"""What stands where words stood."""
MASK = "█"
A_DELETED_READER = "a deleted reader"
"""What is printed in place of the name of somebody who had it erased."""
MAX_REASON = 300


class ErasureRefused(ValueError):
    """It cannot be erased so; the message is for the editor."""


@transaction.atomic
def withhold_edition(*, edition_id: int, reason: str, at: dt.datetime | None = None) -> Erasure:
    """Erase all words of an edition for good; its number, its times and who published it stay.

    The edition in force is refused: another one without the words is to be published first. Passages
    of it keep only what the edition in force still says. Pictures that nothing else shows are deleted
    after the commit. Raises :class:`ErasureRefused`.
    """
    document = lock_document(Edition.objects.only("document_id").get(pk=edition_id).document_id)
    edition = Edition.objects.get(pk=edition_id)
    reason = " ".join(reason.split())
    if not reason:
        raise ErasureRefused("Say why: the reason stands where the edition stood.")
    if len(reason) > MAX_REASON:
        raise ErasureRefused(
            f"The reason can have {MAX_REASON} characters; it has {len(reason):,}."
        )
    if document.edition_id == edition.pk:
        raise ErasureRefused(
            "This edition is in force. Publish one without these words first, such as a retraction;"
            " then this one can go."
        )
    if edition.withheld_at is not None:
        raise ErasureRefused("The words of this edition are erased already.")
    now = at or clock.now()
    pictures = edition.content.pictures
    with _open(document, edition, ErasureKind.EDITION, reason, now) as erasure:
        empty = EditionContent(headline=MARK)
        edition.headline, edition.short_headline, edition.standfirst = MARK, "", ""
        edition.content_data, edition.body_html = empty.to_data(), ""
        # As long as it was: passages and alignments go on to have places in it.
        edition.canonical_text = MASK * len(edition.canonical_text)
        edition.word_count, edition.credit, edition.reason = 0, "", ""
        edition.note = MARK if edition.note else ""
        edition.withheld_at, edition.withheld_reason = now, reason
        NoteRevision.objects.filter(edition=edition).update(text=MARK)
        Reconstruction.objects.filter(edition=edition).update(evidence=MARK)
        passages = Passage.objects.filter(edition=edition)
        still_said = Q(status__in=(PlacementStatus.INTACT, PlacementStatus.MOVED))
        passages.update(prefix="", suffix="")
        passages.exclude(still_said).update(exact=MARK)
    edition_withheld.send(sender=Edition, edition=edition)
    transaction.on_commit(lambda: _delete_unused(pictures), robust=True)
    return erasure


def _delete_unused(pictures: Sequence[Picture]) -> None:
    """Delete pictures that no edition and no author shows. Two statements for each."""
    for picture in pictures:
        users = (
            Edition.objects.annotate(said=Cast("content_data", TextField())),
            Author.objects.annotate(said=Cast("picture", TextField())),
        )
        if not any(each.filter(said__contains=picture.digest).exists() for each in users):
            delete_picture(picture)


def erase_name(*, document: Document, edition: Edition, name: str, at: dt.datetime) -> None:
    """Print neutral words in place of a reader’s name in the credit and the notes of an edition.

    The document is locked. Nothing happens where the name does not stand.
    """
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")

    def without(text: str) -> str:
        return whole.sub(A_DELETED_READER, text)

    # A name of one word may be another word in a note, unless it is known to be printed here.
    is_certain = bool(whole.search(edition.credit)) or " " in name
    notes = [note for note in edition.note_revisions.all() if whole.search(note.text)]
    told = (edition.credit, edition.note, edition.reason, *(note.text for note in notes))
    if not is_certain or not any(whole.search(text) for text in told):
        return
    with _open(document, edition, ErasureKind.NAME, "", at):
        edition.credit = without(edition.credit)[:MAX_CREDIT]
        edition.note, edition.reason = without(edition.note), without(edition.reason)
        for note in notes:
            NoteRevision.objects.filter(pk=note.pk).update(text=without(note.text))
    name_erased.send(sender=Edition, edition=edition, name=name, neutral=A_DELETED_READER)


_CHANGED = (
    *("headline", "short_headline", "standfirst", "content_data", "body_html", "canonical_text"),
    *("word_count", "note", "credit", "reason", "withheld_at", "withheld_reason", "digest"),
)


@contextmanager
def _open(
    document: Document, edition: Edition, kind: ErasureKind, reason: str, at: dt.datetime
) -> Iterator[Erasure]:
    """Let an edition be changed, store what it is then, and enter in the journal that it was."""
    erasure = Erasure.objects.create(edition=edition, kind=kind, reason=reason, at=at, is_open=True)
    yield erasure
    edition.digest = erasure.digest = edition_digest(edition)
    changed = {name: getattr(edition, name) for name in _CHANGED}
    Edition.objects.filter(pk=edition.pk).update(**changed)
    erasure.is_open = False
    erasure.save(update_fields=["digest", "is_open"])
    number = edition.number
    said = Q(reference__in=[f"edition/{number}", f"reconstruction/{number}"])
    said |= Q(kind=EntryKind.NOTE, reference__startswith=f"note/{number}/")
    JournalEntry.objects.filter(said, document=document).update(salt=None)
    journal.append_entry(
        document=document,
        kind=EntryKind.ERASURE,
        reference=f"erasure/{number}/{erasure.pk}",
        content=erasure_content(erasure),
        at=at,
    )
    # Nobody is shown the words again, not even while the next page is made.
    change_after_commit(document_key(document.pk), STORIES, withdraws=True)


def erasure_content(erasure: Erasure) -> dict[str, object]:
    """Return what the journal’s digest of an erasure is made of; all of it stays."""
    return {
        "edition": erasure.edition_id,
        "kind": str(erasure.kind),
        "reason": erasure.reason,
        "digest": erasure.digest,
    }
