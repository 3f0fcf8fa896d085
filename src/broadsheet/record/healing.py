"""What can be added to a history afterwards: an earlier text, and a better note.

Nothing that was published changes. An edition of which there is evidence takes its place in time,
stamped with where it is from; a note is superseded by a later one.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from broadsheet import clock
from broadsheet.record import journal
from broadsheet.record.actions import (
    EditionRefused,
    build_edition,
    latest_edition,
    lock_document,
    next_number,
)
from broadsheet.record.alignments import keep_alignment
from broadsheet.record.content import EditionContent
from broadsheet.record.enums import KINDS_WITH_NOTE, EditionKind, EntryKind
from broadsheet.record.models import Document, Edition, NoteRevision, Reconstruction
from broadsheet.record.placements import place_passages
from broadsheet.record.signals import document_changed, edition_reconstructed

MAX_EVIDENCE = 2_000
MAX_NOTE = 2_000
"""Characters; a note that is longer is a story."""


@transaction.atomic
def reconstruct_edition(
    *,
    document_id: int,
    content: EditionContent,
    at: dt.datetime,
    by: str,
    evidence: str,
    kind: str = "",
    note: str = "",
) -> Edition:
    """Add a text that was published earlier and not kept, dated to when it was published.

    Its number is the next one, its place in time is before the edition in force; where another
    edition has the same second, it is put a second before that. ``evidence`` says what it rests on
    and is public. ``kind`` is ``original`` when nothing is earlier, else as given (default
    ``minor``: nothing was said about it then). Alignments and placements follow. Raises
    :class:`EditionRefused`.
    """
    document = lock_document(document_id)
    last = latest_edition(document)
    if last is None:
        raise EditionRefused("A story that was never published has no earlier edition.")
    if not evidence.strip():
        raise EditionRefused("Say what shows that this text was published.")
    if len(evidence) > MAX_EVIDENCE:
        raise EditionRefused(f"The evidence can have {MAX_EVIDENCE:,} characters.")
    published_at = _free_second(document, clock.to_the_second(at))
    if published_at >= last.published_at:
        raise EditionRefused(
            "An edition can only be reconstructed from before the one in force. What is true now is"
            " published as a new edition."
        )
    before, after = _neighbours(document, published_at)
    if any(other and other.content == content for other in (before, after)):
        raise EditionRefused("The edition beside it says the same already.")
    if any(other and other.withheld_at for other in (before, after)):
        raise EditionRefused(
            "The words of the edition beside it are erased by law, so nothing can be carried through"
            " it: an earlier text cannot be added there."
        )
    edition = build_edition(
        document=document,
        number=next_number(document),
        published_at=published_at,
        kind=_kind(kind, note, is_first=before is None),
        note=note.strip(),
        content=content,
    )
    Reconstruction.objects.create(
        edition=edition, at=clock.now(), by=by[:150], evidence=evidence.strip()
    )
    if before:
        keep_alignment(before, edition)
    if after:
        keep_alignment(edition, after)
    now = clock.now()
    for entry, what in (
        (EntryKind.EDITION, edition.digest),
        (EntryKind.RECONSTRUCTION, reconstruction_content(edition.reconstruction)),
    ):
        journal.append_entry(
            document=document,
            kind=entry,
            reference=f"{entry.value}/{edition.number}",
            content=what,
            at=now,
        )
    place_passages(document, anew=True)
    transaction.on_commit(
        lambda: edition_reconstructed.send_robust(sender=Edition, edition=edition), robust=True
    )
    return edition


def _free_second(document: Document, wanted: dt.datetime) -> dt.datetime:
    taken = set(
        Edition.objects.filter(document=document, published_at__lte=wanted).values_list(
            "published_at", flat=True
        )
    )
    while wanted in taken:
        wanted -= dt.timedelta(seconds=1)
    return wanted


def _neighbours(document: Document, at: dt.datetime) -> tuple[Edition | None, Edition | None]:
    """Return the editions published just before and just after an instant."""
    editions = Edition.objects.filter(document=document)
    return (
        editions.filter(published_at__lt=at).order_by("-published_at", "-number").first(),
        editions.filter(published_at__gt=at).order_by("published_at", "number").first(),
    )


def _kind(kind: str, note: str, *, is_first: bool) -> EditionKind:
    if is_first:
        return EditionKind.ORIGINAL
    chosen = kind or EditionKind.MINOR
    if chosen not in EditionKind.values or chosen == EditionKind.ORIGINAL:
        raise EditionRefused(f"“{kind}” cannot be the kind of an edition between others.")
    if chosen in KINDS_WITH_NOTE and not note.strip():
        raise EditionRefused("This kind of edition has a note: give its words as they stood then.")
    return EditionKind(chosen)


def reconstruction_content(reconstruction: Reconstruction) -> dict[str, object]:
    """Return what the journal's digest of a reconstruction is made of."""
    return {
        "at": reconstruction.at.astimezone(dt.UTC).isoformat(),
        "by": reconstruction.by,
        "evidence": reconstruction.evidence,
    }


@transaction.atomic
def supersede_note(*, edition_id: int, text: str, by: str) -> NoteRevision:
    """Give an edition a note, or a better one; every earlier wording stays public.

    Raises :class:`EditionRefused` for an empty, an unchanged or an overlong note.
    """
    edition = Edition.objects.only("id", "document_id", "number", "note").get(pk=edition_id)
    document = lock_document(edition.document_id)
    text = text.strip()
    if not text:
        raise EditionRefused("A note is superseded by another one, not by nothing.")
    if len(text) > MAX_NOTE:
        raise EditionRefused(f"A note can have {MAX_NOTE:,} characters; this has {len(text):,}.")
    last = NoteRevision.objects.filter(edition=edition).order_by("-number").first()
    if text == (last.text if last else edition.note):
        raise EditionRefused("The note says exactly this already.")
    revision = NoteRevision.objects.create(
        edition=edition,
        number=last.number + 1 if last else 1,
        text=text,
        at=clock.now(),
        by=by[:150],
    )
    journal.append_entry(
        document=document,
        kind=EntryKind.NOTE,
        reference=f"note/{edition.number}/{revision.number}",
        content=note_content(revision),
        at=revision.at,
    )
    transaction.on_commit(
        lambda: document_changed.send_robust(sender=Document, document=document), robust=True
    )
    return revision


def note_content(revision: NoteRevision) -> dict[str, object]:
    return {
        "text": revision.text,
        "at": revision.at.astimezone(dt.UTC).isoformat(),
        "by": revision.by,
    }
