"""The journal's order and its chain of salted digests.

An entry's digest is ``SHA-256(previous ‖ urn ‖ sequence ‖ instant ‖ kind ‖ reference ‖
SHA-256(salt ‖ content))``, every part preceded by its length. The sequence is taken under the
document's lock and kept until the commit, so it follows commit order. Evidence, not proof: who owns
the database can rewrite a whole chain, but not one entry unnoticed by those who noted a later digest.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from broadsheet import clock
from broadsheet.press.keys import change_after_commit
from broadsheet.record.content import canonical_json
from broadsheet.record.enums import EntryKind
from broadsheet.record.keys import STORIES, document_key, storyline_key
from broadsheet.record.models import Document, JournalEntry, StorylinePlace
from broadsheet.record.rows import insert_rows, update_rows

SALT_BYTES = 16
GENESIS = bytes(32)
WINDOW = 500
"""Entries that are verified together. Loaders may ask for as many ids in one statement: below the
999 parameters that every SQLite takes."""

ContentLoader: TypeAlias = Callable[[Sequence[JournalEntry]], dict[int, object]]
"""Given some entries of one kind and one document, return ``{entry id: content as JSON-able
values}``; what is lawfully erased is left out."""

_loaders: dict[str, ContentLoader] = {}
_NOT_SHOWN_AGAIN = frozenset({EntryKind.WITHDRAWAL, EntryKind.ERASURE})
"""After which nobody is to be shown what was, not even while the next page is made."""
_SHOWN_ON_STORYLINES = _NOT_SHOWN_AGAIN | {
    *(EntryKind.EDITION, EntryKind.ADDRESS, EntryKind.REINSTATEMENT),
}


def register_content(kind: EntryKind, loader: ContentLoader) -> None:
    """Tell the journal how the content of entries of ``kind`` is read back, for verification."""
    _loaders[kind] = loader


def content_digest(salt: bytes, content: object) -> bytes:
    return hashlib.sha256(salt + canonical_json(content)).digest()


def entry_digest(*, previous: bytes, urn: str, entry: JournalEntry) -> bytes:
    digest = hashlib.sha256()
    for part in (
        previous or GENESIS,
        urn.encode(),
        str(entry.sequence).encode(),
        entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds").encode(),
        entry.kind.encode(),
        entry.reference.encode(),
        bytes(entry.content_digest),
    ):
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    return digest.digest()


@dataclass(frozen=True)
class NewEntry:
    """One thing that happened and is to be journalled; ``content`` is what its digest covers."""

    kind: EntryKind
    reference: str
    content: object
    at: dt.datetime


def append_entry(
    *,
    document: Document,
    kind: EntryKind,
    reference: str,
    content: object,
    at: dt.datetime,
) -> JournalEntry:
    """Append one entry; ``document`` must be locked by the running transaction.

    Two statements: the entry and the head of the document; another one for what storylines show.
    """
    new = NewEntry(kind=kind, reference=reference, content=content, at=at)
    entry = _next_entry(document, new)
    entry.save(force_insert=True)
    _keep_heads([document])
    if kind in _SHOWN_ON_STORYLINES:
        _change_storylines(document, withdraws=kind in _NOT_SHOWN_AGAIN)
    return entry


def _change_storylines(document: Document, *, withdraws: bool) -> None:
    """Make the pages untrue that show a document as a part of a storyline. One statement."""
    places = StorylinePlace.objects.filter(document=document).order_by("storyline_id")
    # Also of those that it has left: their past moments show it.
    if found := list(places.values_list("storyline_id", flat=True).distinct()):
        change_after_commit(*map(storyline_key, found), withdraws=withdraws)


_FIELDS = ("document", "sequence", "at", "kind", "reference", "salt", "content_digest", "digest")


def append_entries(*, document: Document, entries: Sequence[NewEntry]) -> None:
    """Append entries in the order given; ``document`` must be locked by the running transaction.

    Two statements for all of them, or a few more where the database bounds one insert.
    """
    append_across([(document, new) for new in entries])


def append_across(entries: Sequence[tuple[Document, NewEntry]]) -> None:
    """Append entries to the journals of several documents, in the order given.

    All of the documents must be locked by the running transaction, and entries of one document must
    come with one and the same object. As few statements as for one document.
    """
    made = [_next_entry(document, new) for document, new in entries]
    insert_rows(
        JournalEntry,
        _FIELDS,
        [
            (
                *(entry.document_id, entry.sequence, entry.at, entry.kind, entry.reference),
                *(entry.salt, entry.content_digest, entry.digest),
            )
            for entry in made
        ],
    )
    _keep_heads({document.pk: document for document, _ in entries}.values())


def _next_entry(document: Document, new: NewEntry) -> JournalEntry:
    """Return the unsaved entry that follows the head, and move the head to it in memory."""
    salt = clock.random_bytes(SALT_BYTES)
    entry = JournalEntry(
        document=document,
        sequence=document.head_sequence + 1,
        at=new.at,
        kind=new.kind,
        reference=new.reference,
        salt=salt,
        content_digest=content_digest(salt, new.content),
    )
    entry.digest = entry_digest(previous=bytes(document.head_digest), urn=document.urn, entry=entry)
    document.head_sequence = entry.sequence
    document.head_digest = entry.digest
    return entry


def _keep_heads(documents: Collection[Document]) -> None:
    """Store where journals end."""
    update_rows(
        Document,
        ["head_sequence", "head_digest"],
        ["id"],
        [(each.head_sequence, bytes(each.head_digest), each.pk) for each in documents],
    )
    # Whatever happens to a document is an entry here, so its pages become untrue here.
    change_after_commit(*(document_key(each.pk) for each in documents), STORIES)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a chain; ``sequence`` is the entry where it shows."""

    document: str
    sequence: int
    problem: str


def chain_faults(document: Document) -> Iterator[Fault]:
    """Recompute the chain of one document and yield what is wrong, in order.

    Entries are read :data:`WINDOW` at a time, each with its content: memory does not grow with the
    journal. What is appended meanwhile is checked too.
    """
    previous = GENESIS
    last = 0
    while True:
        # The head is read before the entries: what is committed in between is in the next window.
        head_sequence, head_digest = Document.objects.values_list(
            "head_sequence", "head_digest"
        ).get(pk=document.pk)
        entries = list(
            JournalEntry.objects.filter(document=document, sequence__gt=last).order_by("sequence")[
                :WINDOW
            ]
        )
        if not entries:
            break
        contents = _contents(entries)
        for entry in entries:
            yield from _entry_faults(document, entry, last, previous, contents)
            previous = bytes(entry.digest)
            last = entry.sequence
    if head_sequence != last or (last and bytes(head_digest) != previous):
        yield Fault(
            document.urn, last, f"the document says its journal ends at entry {head_sequence}"
        )


def _entry_faults(
    document: Document,
    entry: JournalEntry,
    last: int,
    previous: bytes,
    contents: Mapping[int, object],
) -> Iterator[Fault]:
    """Yield what is wrong with one entry; ``last`` and ``previous`` are of the one before it."""
    where = f"{entry.kind} {entry.reference}"
    if entry.sequence != last + 1:
        missing = (
            f"{last + 1}" if entry.sequence == last + 2 else f"{last + 1}–{entry.sequence - 1}"
        )
        yield Fault(document.urn, entry.sequence, f"entries {missing} are missing before {where}")
    if entry_digest(previous=previous, urn=document.urn, entry=entry) != bytes(entry.digest):
        yield Fault(
            document.urn,
            entry.sequence,
            f"the digest of {where} does not follow from the entry before it",
        )
    if entry.salt is not None:
        content = contents.get(entry.pk)
        if content is None:
            yield Fault(document.urn, entry.sequence, f"the content of {where} is missing")
        elif content_digest(bytes(entry.salt), content) != bytes(entry.content_digest):
            yield Fault(document.urn, entry.sequence, f"the content of {where} was changed")


def _contents(entries: Sequence[JournalEntry]) -> dict[int, object]:
    contents: dict[int, object] = {}
    by_kind: dict[str, list[JournalEntry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry)
    for kind, of_kind in by_kind.items():
        contents.update(_loaders[kind](of_kind))
    return contents
