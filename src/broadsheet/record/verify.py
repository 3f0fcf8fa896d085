"""Check the record against itself: every chain, every edition's digest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from broadsheet.record import journal
from broadsheet.record.actions import edition_digest
from broadsheet.record.enums import EntryKind
from broadsheet.record.erasure import erasure_content
from broadsheet.record.healing import note_content, reconstruction_content
from broadsheet.record.models import (
    Address,
    Document,
    Edition,
    Erasure,
    JournalEntry,
    NoteRevision,
    Passage,
    Reconstruction,
    StorylinePlace,
)


@dataclass(frozen=True)
class Verification:
    documents: int
    entries: int
    faults: tuple[journal.Fault, ...]


_CHECKS: list[Callable[[Document], Iterator[journal.Fault]]] = []
"""What other rooms check of each document."""


def register_check(check: Callable[[Document], Iterator[journal.Fault]]) -> None:
    """Let ``verify`` look at more of each document."""
    if check not in _CHECKS:
        _CHECKS.append(check)


def verify_record(documents: Sequence[int] | None = None) -> Verification:
    """Recompute the chains of all documents, or of those with the given ids."""
    found = Document.objects.order_by("pk")
    if documents is not None:
        found = found.filter(pk__in=documents)
    checked = 0
    faults: list[journal.Fault] = []
    for document in found.iterator(chunk_size=200):
        checked += 1
        faults.extend(journal.chain_faults(document))
        faults.extend(_edition_faults(document))
        faults.extend(_placement_faults(document))
        faults.extend(_storyline_faults(document))
        faults.extend(_erasure_faults(document))
        for check in _CHECKS:
            faults.extend(check(document))
    entries = JournalEntry.objects.filter(document__in=found).count()
    return Verification(checked, entries, tuple(faults))


def _edition_faults(document: Document) -> Iterator[journal.Fault]:
    """Find editions that the journal does not know; their text is checked by the chain."""
    # Editions first: one that comes out in between is then in the journal at least.
    numbers = list(
        Edition.objects.filter(document=document)
        .order_by("number")
        .values_list("number", flat=True)
    )
    known = set(
        JournalEntry.objects.filter(document=document, kind=EntryKind.EDITION).values_list(
            "reference", flat=True
        )
    )
    for number in numbers:
        if f"edition/{number}" not in known:
            yield journal.Fault(
                document.urn, document.head_sequence, f"edition {number} is not in the journal"
            )


def _load_editions(entries: Sequence[JournalEntry]) -> dict[int, object]:
    """The content of an edition's entry is its digest, recomputed from what is stored."""
    numbers = {int(entry.reference.removeprefix("edition/")): entry.pk for entry in entries}
    editions = Edition.objects.filter(document_id=entries[0].document_id, number__in=numbers)
    return {numbers[edition.number]: edition_digest(edition) for edition in editions}


def _load_addresses(entries: Sequence[JournalEntry]) -> dict[int, object]:
    numbers = {entry.pk: int(entry.reference.removeprefix("address/")) for entry in entries}
    paths = dict(
        Address.objects.filter(
            pk__in=list(numbers.values()), document_id=entries[0].document_id
        ).values_list("pk", "path")
    )
    return {pk: paths[number] for pk, number in numbers.items() if number in paths}


def _reference_is_content(entries: Sequence[JournalEntry]) -> dict[int, object]:
    return {entry.pk: entry.reference for entry in entries}


def _load_notes(entries: Sequence[JournalEntry]) -> dict[int, object]:
    """References are ``note/<edition>/<number>``."""
    revisions = {
        f"note/{revision.edition.number}/{revision.number}": revision
        for revision in NoteRevision.objects.filter(
            edition__number__in={int(entry.reference.split("/")[1]) for entry in entries},
            edition__document=entries[0].document_id,
        ).select_related("edition")
    }
    return {
        entry.pk: note_content(revisions[entry.reference])
        for entry in entries
        if entry.reference in revisions
    }


def _load_reconstructions(entries: Sequence[JournalEntry]) -> dict[int, object]:
    known = {
        f"reconstruction/{item.edition.number}": item
        for item in Reconstruction.objects.filter(
            edition__number__in={int(entry.reference.split("/")[1]) for entry in entries},
            edition__document=entries[0].document_id,
        ).select_related("edition")
    }
    return {
        entry.pk: reconstruction_content(known[entry.reference])
        for entry in entries
        if entry.reference in known
    }


def _load_erasures(entries: Sequence[JournalEntry]) -> dict[int, object]:
    """References are ``erasure/<edition>/<number>``."""
    numbers = {entry.pk: int(entry.reference.split("/")[2]) for entry in entries}
    found = Erasure.objects.filter(edition__document=entries[0].document_id).in_bulk(
        list(numbers.values())
    )
    return {pk: erasure_content(found[number]) for pk, number in numbers.items() if number in found}


def _erasure_faults(document: Document) -> Iterator[journal.Fault]:
    """Find editions that say something else than their last erasure left, or are still open to it."""
    last = {
        erasure.edition_id: erasure
        for erasure in Erasure.objects.filter(edition__document=document).order_by("pk")
    }
    for edition in Edition.objects.filter(pk__in=last).order_by("number"):
        if not last[edition.pk].digest == edition.digest == edition_digest(edition):
            problem = f"edition {edition.number} was changed after words of it were erased"
            yield journal.Fault(document.urn, document.head_sequence, problem)
    for open_one in Erasure.objects.filter(edition__document=document, is_open=True):
        problem = f"erasure {open_one.pk} was left open: its edition can be changed"
        yield journal.Fault(document.urn, document.head_sequence, problem)


def _placement_faults(document: Document) -> Iterator[journal.Fault]:
    """Find passages whose words are not in their edition, or whose placement is out of date."""
    texts = dict(
        Edition.objects.filter(passages__document=document).values_list("pk", "canonical_text")
    )
    withheld = set(
        Edition.objects.filter(document=document, withheld_at__isnull=False).values_list(
            "pk", flat=True
        )
    )
    for passage in Passage.objects.filter(document=document).order_by("pk").iterator(500):
        where = f"passage {passage.pk}"
        # Of an edition whose words are erased there is nothing to compare with.
        if passage.edition_id not in withheld and (
            texts[passage.edition_id][passage.start : passage.end] != passage.exact
        ):
            yield journal.Fault(
                document.urn, document.head_sequence, f"{where} is not in its edition"
            )
        if passage.placed_in_id != document.edition_id:
            yield journal.Fault(
                document.urn,
                document.head_sequence,
                f"{where} is not placed in the edition in force",
            )


def _storyline_faults(document: Document) -> Iterator[journal.Fault]:
    """Find places on storylines that the journal tells otherwise, or does not know."""
    said: dict[str, list[tuple[object, object]]] = {}
    for entry in JournalEntry.objects.filter(
        document=document, kind__in=[EntryKind.STORYLINE_JOINED, EntryKind.STORYLINE_LEFT]
    ).order_by("sequence"):
        spans = said.setdefault(entry.reference, [])
        if entry.kind == EntryKind.STORYLINE_JOINED:
            spans.append((entry.at, None))
        elif spans:
            spans[-1] = (spans[-1][0], entry.at)
    kept: dict[str, list[tuple[object, object]]] = {}
    for place in StorylinePlace.objects.filter(document=document).order_by("since", "pk"):
        kept.setdefault(f"storyline/{place.storyline_id}", []).append((place.since, place.until))
    for reference in sorted(said.keys() | kept.keys()):
        if said.get(reference) != kept.get(reference):
            yield journal.Fault(
                document.urn,
                document.head_sequence,
                f"when it stood on {reference} is not what the journal says",
            )


def register() -> None:
    """Tell the journal how to read back the content of the record's own entries."""
    journal.register_content(EntryKind.EDITION, _load_editions)
    journal.register_content(EntryKind.ADDRESS, _load_addresses)
    journal.register_content(EntryKind.NOTE, _load_notes)
    journal.register_content(EntryKind.ERASURE, _load_erasures)
    journal.register_content(EntryKind.RECONSTRUCTION, _load_reconstructions)
    for kind in (
        *(EntryKind.SECTION, EntryKind.WITHDRAWAL, EntryKind.REINSTATEMENT),
        *(EntryKind.STORYLINE_JOINED, EntryKind.STORYLINE_LEFT),
    ):
        journal.register_content(kind, _reference_is_content)
