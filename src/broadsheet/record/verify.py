"""Check the record against itself: every chain, every edition's digest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from broadsheet.record import journal
from broadsheet.record.actions import edition_digest
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import Address, Document, Edition, JournalEntry


@dataclass(frozen=True)
class Verification:
    documents: int
    entries: int
    faults: tuple[journal.Fault, ...]


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
    entries = JournalEntry.objects.filter(document__in=found).count()
    return Verification(checked, entries, tuple(faults))


def _edition_faults(document: Document) -> Iterator[journal.Fault]:
    """Find editions that the journal does not know; their text is checked by the chain."""
    known = dict(
        JournalEntry.objects.filter(document=document, kind=EntryKind.EDITION).values_list(
            "reference", "sequence"
        )
    )
    numbers = (
        Edition.objects.filter(document=document)
        .order_by("number")
        .values_list("number", flat=True)
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
    paths = dict(
        Address.objects.filter(document_id=entries[0].document_id).values_list("pk", "path")
    )
    by_entry = {
        entry.pk: paths.get(int(entry.reference.removeprefix("address/"))) for entry in entries
    }
    return {pk: path for pk, path in by_entry.items() if path is not None}


def _reference_is_content(entries: Sequence[JournalEntry]) -> dict[int, object]:
    return {entry.pk: entry.reference for entry in entries}


def register() -> None:
    """Tell the journal how to read back the content of the record's own entries."""
    journal.register_content(EntryKind.EDITION, _load_editions)
    journal.register_content(EntryKind.ADDRESS, _load_addresses)
    for kind in (EntryKind.SECTION, EntryKind.WITHDRAWAL, EntryKind.REINSTATEMENT):
        journal.register_content(kind, _reference_is_content)
