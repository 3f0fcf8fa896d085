"""The journal's order and its chain of salted digests.

An entry's digest is ``SHA-256(previous ‖ urn ‖ sequence ‖ instant ‖ kind ‖ reference ‖
SHA-256(salt ‖ content))``, every part preceded by its length. The sequence is taken under the
document's lock and kept until the commit, so it follows commit order. Evidence, not proof: who owns
the database can rewrite a whole chain, but not one entry unnoticed by those who noted a later digest.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from broadsheet import clock
from broadsheet.record.content import canonical_json
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import Document, JournalEntry

SALT_BYTES = 16
GENESIS = bytes(32)

ContentLoader: TypeAlias = Callable[[Sequence[JournalEntry]], dict[int, object]]
"""Given entries of one kind, return ``{entry id: content as JSON-able values}``; what is lawfully
erased is left out."""

_loaders: dict[str, ContentLoader] = {}


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


def append_entry(
    *,
    document: Document,
    kind: EntryKind,
    reference: str,
    content: object,
    at: dt.datetime,
) -> JournalEntry:
    """Append one entry; ``document`` must be locked by the running transaction.

    Two statements: the entry and the head of the document.
    """
    salt = clock.random_bytes(SALT_BYTES)
    entry = JournalEntry(
        document=document,
        sequence=document.head_sequence + 1,
        at=at,
        kind=kind,
        reference=reference,
        salt=salt,
        content_digest=content_digest(salt, content),
    )
    entry.digest = entry_digest(previous=bytes(document.head_digest), urn=document.urn, entry=entry)
    entry.save(force_insert=True)
    document.head_sequence = entry.sequence
    document.head_digest = entry.digest
    Document.objects.filter(pk=document.pk).update(
        head_sequence=entry.sequence, head_digest=entry.digest
    )
    return entry


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a chain; ``sequence`` is the entry where it shows."""

    document: str
    sequence: int
    problem: str


def chain_faults(document: Document) -> Iterator[Fault]:
    """Recompute the chain of one document and yield what is wrong, in order."""
    entries = list(JournalEntry.objects.filter(document=document).order_by("sequence"))
    contents = _contents(entries)
    previous = GENESIS
    expected = 1
    for entry in entries:
        where = f"{entry.kind} {entry.reference}"
        if entry.sequence != expected:
            missing = (
                f"{expected}"
                if entry.sequence == expected + 1
                else f"{expected}–{entry.sequence - 1}"
            )
            yield Fault(
                document.urn, entry.sequence, f"entries {missing} are missing before {where}"
            )
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
        previous = bytes(entry.digest)
        expected = entry.sequence + 1
    if document.head_sequence != expected - 1 or (
        entries and bytes(document.head_digest) != previous
    ):
        yield Fault(
            document.urn,
            expected - 1,
            f"the document says its journal ends at entry {document.head_sequence}",
        )


def _contents(entries: Sequence[JournalEntry]) -> dict[int, object]:
    contents: dict[int, object] = {}
    by_kind: dict[str, list[JournalEntry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry)
    for kind, of_kind in by_kind.items():
        contents.update(_loaders[kind](of_kind))
    return contents
