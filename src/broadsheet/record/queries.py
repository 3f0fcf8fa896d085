"""What the reading side asks of the record. ``at`` is a moment; ``None`` means now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import (
    Count,
    Exists,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from broadsheet.press.kept import kept
from broadsheet.record.enums import EditionKind
from broadsheet.record.keys import ADDRESSES
from broadsheet.record.models import (
    Address,
    Author,
    Document,
    Edition,
    NoteRevision,
    Publication,
    Section,
    Topic,
)

CORRECTING = (
    EditionKind.CORRECTION,
    EditionKind.CLARIFICATION,
    EditionKind.EDITORS_NOTE,
    EditionKind.RETRACTION,
)
"""Kinds of edition that tell readers of something that was wrong, or could be misread."""
MAX_ADDRESSES = 10_000
"""Addresses that are kept in memory, see :func:`bare_address`."""


def publication() -> Publication:
    """Return the publication; a store that was not set up yet has the defaults. One statement."""
    return Publication.objects.filter(pk=Publication.ONLY).first() or Publication(
        id=Publication.ONLY
    )


def sections() -> QuerySet[Section]:
    return Section.objects.filter(is_listed=True).order_by("position", "id")


def address(path: str, *also: str) -> Address | None:
    """Return the address at ``path``, current or old, with its document. One statement.

    ``also`` names what else comes with the document, for the rooms that know it.
    """
    return (
        Address.objects.filter(path=path)
        .select_related("document", "document__section", "document__edition", *also)
        .first()
    )


@dataclass(frozen=True)
class ThereIs:
    """What a document ever had, and most have not."""

    passages: bool
    """Whether words of it were ever marked, by comments or by proposed corrections."""
    storylines: bool
    """Whether it ever was on one."""


def what_there_is(document: Document) -> ThereIs:
    """Return what is worth asking for. One statement.

    In SQL: what is not there would take longer to ask for than the comments of a page.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM record_passage WHERE document_id = %s),"
            " EXISTS (SELECT 1 FROM record_storylineplace WHERE document_id = %s)",
            [document.pk, document.pk],
        )
        passages, storylines = cursor.fetchone()
    return ThereIs(bool(passages), bool(storylines))


def bare_address(path: str) -> Address | None:
    """Return the address at ``path``, current or old, without its document.

    One statement, none where it was asked for a moment ago: every comment waits for it.
    """
    known = kept(ADDRESSES, dict[str, tuple[int, int, bool]])
    row = known.get(path)
    if row is None:
        # In SQL: the ORM takes ten times as long to ask.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, document_id, is_current FROM record_address WHERE path = %s", [path]
            )
            found = cursor.fetchone()
        if found is None:
            return None
        row = (found[0], found[1], bool(found[2]))
        if len(known) < MAX_ADDRESSES:
            known[path] = row
    number, document_id, is_current = row
    return Address.from_db(
        connection.alias,
        ["id", "path", "document_id", "is_current"],
        [number, path, document_id, is_current],
    )


def current_path(document_id: int) -> str | None:
    return (
        Address.objects.filter(document_id=document_id, is_current=True)
        .values_list("path", flat=True)
        .first()
    )


def edition_at(document: Document, at: dt.datetime | None = None) -> Edition | None:
    """Return the edition in force at a moment; before the first one: ``None``.

    That is the one published last until then, whatever its number: one that was reconstructed has a
    higher number than editions published after it.
    """
    if at is None:
        return document.edition
    return (
        Edition.objects.filter(document=document, published_at__lte=at)
        .order_by("-published_at", "-number")
        .first()
    )


def editions_of(document: Document, at: dt.datetime | None = None) -> QuerySet[Edition]:
    """Return the editions published up to a moment, the first one first.

    Each knows without another statement whether it was reconstructed.
    """
    found = Edition.objects.filter(document=document).select_related("reconstruction")
    if at is not None:
        found = found.filter(published_at__lte=at)
    return found.order_by("published_at", "number")


def editions_of_all(document_ids: Iterable[int]) -> QuerySet[Edition]:
    """Return the editions of several documents without their texts, each one's in order of
    publication. One statement."""
    return (
        Edition.objects.filter(document__in=list(document_ids))
        .defer("body_html", "canonical_text", "content_data")
        .order_by("document_id", "published_at", "number")
    )


def editions_in_force(at: dt.datetime | None = None) -> QuerySet[Edition]:
    """Return for each story the edition in force at a moment, the newest story first.

    What is withdrawn now is left out at every moment; its own address still shows its history.
    Documents, sections and current addresses come with it: two statements when evaluated.
    """
    found = Edition.objects.filter(document__withdrawn_at=None)
    if at is None:
        found = found.filter(in_force_of__isnull=False)
    else:
        latest = (
            Edition.objects.filter(document=OuterRef("document_id"), published_at__lte=at)
            .order_by("-published_at", "-number")
            .values("pk")[:1]
        )
        found = found.filter(pk=Subquery(latest))
    return (
        found.select_related("document", "document__section")
        .defer("body_html", "canonical_text")
        .prefetch_related(
            Prefetch(
                "document__addresses",
                queryset=Address.objects.filter(is_current=True),
                to_attr="current_addresses",
            )
        )
        .order_by("-document__first_published_at", "-document_id")
    )


def older_than(
    editions: QuerySet[Edition], first_published_at: dt.datetime, document_id: int
) -> QuerySet[Edition]:
    """Continue a list of editions, newest story first, after a given story."""
    return editions.filter(
        Q(document__first_published_at__lt=first_published_at)
        | Q(document__first_published_at=first_published_at, document_id__lt=document_id)
    )


def section_editions(section: Section, at: dt.datetime | None = None) -> QuerySet[Edition]:
    return editions_in_force(at).filter(document__section=section)


def topic_editions(topic: Topic, at: dt.datetime | None = None) -> QuerySet[Edition]:
    return editions_in_force(at).filter(topics=topic)


def author_editions(author: Author, at: dt.datetime | None = None) -> QuerySet[Edition]:
    return editions_in_force(at).filter(authors=author)


def with_notes(editions: QuerySet[Edition], at: dt.datetime | None = None) -> QuerySet[Edition]:
    """Let editions come with ``note_revisions``, as they stood at a moment and in their order, with
    ``reconstruction``, and with ``standing`` and ``standing_basis``, so that their content can be
    left out. One more statement when evaluated."""
    revisions = NoteRevision.objects.order_by("number")
    if at is not None:
        revisions = revisions.filter(at__lte=at)
    return (
        editions.select_related("reconstruction")
        .annotate(
            standing=KT("content_data__standing"), standing_basis=KT("content_data__standing_basis")
        )
        .prefetch_related(Prefetch("note_revisions", queryset=revisions))
    )


def corrections(
    kinds: Iterable[str] = CORRECTING,
    *,
    section: Section | None = None,
    published: tuple[dt.datetime, dt.datetime] | None = None,
    words: Iterable[str] = (),
    by_wording: bool = False,
) -> QuerySet[Edition]:
    """Return the editions of some kinds over the whole publication, the newest first; ``by_wording``
    means by when their notes were worded last.

    ``published`` is a span of time, its end exclusive; each of ``words`` stands in the headline or
    in a wording of the note. Those of withdrawn stories stay. Each has ``previous_number``, the
    number of the edition before it in time, and ``told_at``, when its note was worded last.
    Documents, sections and current addresses come with it: two statements when evaluated.
    """
    before = Edition.objects.filter(
        document=OuterRef("document_id"), published_at__lt=OuterRef("published_at")
    ).order_by("-published_at", "-number")
    reworded = NoteRevision.objects.filter(edition=OuterRef("pk"))
    found = Edition.objects.filter(kind__in=list(kinds))
    if section is not None:
        found = found.filter(document__section=section)
    if published is not None:
        found = found.filter(published_at__gte=published[0], published_at__lt=published[1])
    for word in words:
        found = found.filter(
            Q(headline__icontains=word)
            | Q(note__icontains=word)
            | Exists(reworded.filter(text__icontains=word))
        )
    return (
        found.select_related("document", "document__section")
        .defer("body_html", "canonical_text", "content_data")
        .annotate(
            previous_number=Subquery(before.values("number")[:1]),
            told_at=Coalesce(
                Subquery(reworded.order_by("-number").values("at")[:1]), "published_at"
            ),
        )
        .prefetch_related(
            Prefetch(
                "document__addresses",
                queryset=Address.objects.filter(is_current=True),
                to_attr="current_addresses",
            )
        )
        .order_by("-told_at" if by_wording else "-published_at", "-pk")
    )


def corrections_before(
    editions: QuerySet[Edition], published_at: dt.datetime, edition_id: int
) -> QuerySet[Edition]:
    """Continue a list of corrections, the newest first, after a given one."""
    return editions.filter(
        Q(published_at__lt=published_at) | Q(published_at=published_at, pk__lt=edition_id)
    )


@dataclass(frozen=True)
class CorrectionCounts:
    """How many editions of each kind that corrects there are, and when they came out."""

    by_kind: dict[str, int]
    first: dt.datetime | None
    last: dt.datetime | None


def correction_counts() -> CorrectionCounts:
    """Count the corrections of the whole publication. One statement."""
    rows = (
        Edition.objects.filter(kind__in=[*CORRECTING, EditionKind.UPDATE])
        .order_by()
        .values("kind")
        .annotate(count=Count("pk"), first=Min("published_at"), last=Max("published_at"))
    )
    found = {row["kind"]: row for row in rows}
    return CorrectionCounts(
        by_kind={str(kind): found[kind]["count"] if kind in found else 0 for kind in CORRECTING},
        first=min((row["first"] for row in found.values()), default=None),
        last=max((row["last"] for row in found.values()), default=None),
    )
