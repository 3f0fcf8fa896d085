"""What goes out of a document's journal as it happens: ids and counts, for streams.

The number of an event is that of its journal entry. Entries that change nothing on a page for readers
are numbers without an event. What readers say of comments without words has no number: it is told
as counts that are true now, and not again to who missed it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import CharField, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat

from broadsheet import clock
from broadsheet.discussion.enums import RemovedBy
from broadsheet.discussion.models import Comment, Reaction
from broadsheet.discussion.questions import MARKED
from broadsheet.live.events import Aside, Batch, Event
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import Edition, JournalEntry

MOST_TALLIES = 200
"""Comments of which counts are told at once."""


@dataclass(frozen=True)
class _Entry:
    story: int
    sequence: int
    number: int
    """What the reference names: the id of a comment, the number of an edition."""
    rest: Sequence[str]
    """What the reference says besides."""
    parent: int | None
    edition_kind: str | None
    count: int
    """Comments of the thread when this one was there."""


_DATA: Mapping[str, Callable[[_Entry], dict[str, object]]] = {
    EntryKind.COMMENT: lambda entry: {
        "story": entry.story,
        "comment": entry.number,
        "parent": entry.parent,
        "n": entry.count,
    },
    EntryKind.EDITION: lambda entry: {
        "story": entry.story,
        "edition": entry.number,
        "kind": entry.edition_kind,
    },
    EntryKind.NOTE: lambda entry: {"story": entry.story, "edition": entry.number},
    EntryKind.REMOVAL: lambda entry: {
        "story": entry.story,
        "comment": entry.number,
        "by": entry.rest[0] if entry.rest else RemovedBy.PUBLICATION.value,
    },
    EntryKind.RESTORATION: lambda entry: {"story": entry.story, "comment": entry.number},
    EntryKind.VERSION: lambda entry: {
        "story": entry.story,
        "comment": entry.number,
        "version": int(entry.rest[0]),
    },
    EntryKind.ANSWER: lambda entry: {
        "story": entry.story,
        "question": entry.number,
        "reply": int(entry.rest[0]),
        "is_marked": entry.rest[-1] == MARKED,
    },
    EntryKind.WITHDRAWAL: lambda entry: {"story": entry.story},
}
"""The data of an event by the kind of its entry, whose name it has."""


def news(document_id: int, after: int, limit: int) -> Batch | None:
    """Return what happened to a document after a sequence number, of its last ``limit`` entries.

    ``None`` if ``after`` is 0 and there is no such document, or it was never published. One
    statement, so that counts and entries are of one moment.
    """
    comments = Comment.objects.filter(
        document=OuterRef("document"), sequence=OuterRef("sequence")
    ).values("parent_id")
    editions = (
        Edition.objects.filter(document=OuterRef("document"))
        .annotate(reference=Concat(Value("edition/"), Cast("number", CharField())))
        .filter(reference=OuterRef("reference"))
        .values("kind")
    )
    rows = list(
        JournalEntry.objects.filter(
            document=document_id, document__edition__isnull=False, sequence__gt=after
        )
        .order_by("-sequence")
        .annotate(
            parent=Subquery(comments[:1]),
            edition_kind=Subquery(editions[:1]),
            withdrawn_at=F("document__withdrawn_at"),
            count=F("document__thread__comment_count"),
        )
        .values_list(
            "sequence", "kind", "reference", "parent", "edition_kind", "withdrawn_at", "count"
        )[:limit]
    )
    if not rows:
        return Batch(after, after, (), is_open=True) if after else None
    events: list[Event] = []
    count = rows[0][6] or 0
    for sequence, kind, reference, parent, edition_kind, _, _ in rows:
        if kind in _DATA:
            number, rest = _parts(reference)
            entry = _Entry(document_id, sequence, number, rest, parent, edition_kind, count)
            events.append(Event(sequence, kind, _DATA[kind](entry)))
        if kind == EntryKind.COMMENT:
            count -= 1
    events.reverse()
    return Batch(rows[-1][0] - 1, rows[0][0], events, is_open=rows[0][5] is None)


def tallies(document_id: int, seconds: float) -> Aside | None:
    """Return the counts of the comments of which somebody said something, or took it back, in the
    last so many seconds: ``[[comment, thanks, answers], …]``. One statement."""
    since = clock.now() - dt.timedelta(seconds=seconds)
    said = Reaction.objects.filter(
        Q(reacted_at__gt=since) | Q(taken_back_at__gt=since), document=document_id
    )
    changed = Comment.objects.filter(pk__in=said.values("comment"), removed_at=None)
    rows = changed.order_by("pk").values_list("pk", "thanks_count", "answers_count")
    counts = [list(row) for row in rows[:MOST_TALLIES]]
    return Aside("tally", {"story": document_id, "counts": counts}) if counts else None


def _parts(reference: str) -> tuple[int, Sequence[str]]:
    parts = reference.split("/")
    return (int(parts[1]), parts[2:]) if len(parts) > 1 else (0, ())
