"""What the reading side asks of the record. ``at`` is a moment; ``None`` means now."""

from __future__ import annotations

import datetime as dt

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from broadsheet.record.models import Address, Author, Document, Edition, Publication, Section, Topic


def publication() -> Publication:
    """Return the publication; a store that was not set up yet has the defaults. One statement."""
    return Publication.objects.filter(pk=Publication.ONLY).first() or Publication(
        id=Publication.ONLY
    )


def sections() -> QuerySet[Section]:
    return Section.objects.filter(is_listed=True).order_by("position", "id")


def address(path: str) -> Address | None:
    """Return the address at ``path``, current or old, with its document. One statement."""
    return (
        Address.objects.filter(path=path)
        .select_related("document", "document__section", "document__edition")
        .first()
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
