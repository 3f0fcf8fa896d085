"""Bring a saved page into the record: a story with its thread, marked as imported."""

from __future__ import annotations

import datetime as dt
import hashlib
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from broadsheet import clock
from broadsheet.discussion.actions import (
    ImportedComment,
    decide_alias,
    import_comments,
    offer_alias,
)
from broadsheet.discussion.enums import CommentKind
from broadsheet.discussion.models import Comment
from broadsheet.record import actions
from broadsheet.record.addresses import check_section_slug, slug_for
from broadsheet.record.content import Block, BylineName, EditionContent, clean_inline, inline_text
from broadsheet.record.models import Author, Document, Section
from broadsheet.record.queries import current_path, publication
from broadsheet.transfer.capture.aliases import suggest_author_aliases
from broadsheet.transfer.capture.model import Capture, CapturedBlock, CapturedComment

ARCHIVE = ("archive", "Archive")
"""Slug and name of the section that imported stories go to unless another is named."""


MAX_HEADLINE = 300
"""Code points, as the record keeps."""


class ImportRefused(ValueError):
    """The capture cannot become a story; the message names what is missing or in the way."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do."""

    format: str
    documents: int
    comments: int
    max_depth: int
    people: int
    claimed_comments: int | None
    unreadable: int
    pingbacks: int
    headline: str
    byline: Sequence[str]
    published_at: str | None
    added_documents: int = 0
    added_comments: int = 0
    path: str | None = None
    aliases_offered: Mapping[str, str] = field(default_factory=dict)
    aliases_accepted: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    dry_run: bool = False


def import_capture(
    capture: Capture,
    *,
    source: str,
    authority: str,
    section: str = "",
    aliases: Mapping[str, str] | None = None,
    adopt: Callable[[Document], object] | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import one saved page in one transaction; importing it again changes nothing.

    ``source`` names where it came from (a file name); the page is recognized by its own address, or
    else by its headline, date and byline. ``section`` is a name; the section is made if need be.
    ``aliases`` maps names in the thread to bylines, as the editor decided. ``adopt`` is called with a
    new document, inside the transaction, to give it a page at the desk. A dry run does all of it and
    takes it back.
    """

    def once() -> ImportReport:
        with transaction.atomic():
            report = _import(
                capture,
                source=source,
                authority=authority,
                section=section,
                aliases=aliases or {},
                adopt=None if dry_run else adopt,
                dry_run=dry_run,
            )
            if dry_run:
                transaction.set_rollback(True)
        return report

    try:
        return once()
    except IntegrityError:
        # The same page was being imported beside us; by now it is there.
        return once()


def identity_of(capture: Capture) -> str:
    """Return what makes a page the same page when it is read again: a digest of 40 hex digits."""
    said = capture.address or "\x00".join(
        (capture.headline, str(capture.published_at), *capture.byline)
    )
    return hashlib.sha256(said.encode()).hexdigest()[:40]


def _import(
    capture: Capture,
    *,
    source: str,
    authority: str,
    section: str,
    aliases: Mapping[str, str],
    adopt: Callable[[Document], object] | None,
    dry_run: bool,
) -> ImportReport:
    warnings = list(capture.warnings)
    known = Document.objects.filter(source_key=identity_of(capture)).first()
    authors = {name: _author(name) for name in capture.byline}
    document = known or _new_document(
        capture,
        authors,
        source,
        authority,
        section_named(section) if section else _archive(),
        warnings,
    )
    zone = publication().zone
    added = import_comments(
        document_id=document.pk,
        comments=[_comment(comment, zone) for comment in capture.comments],
        claimed=capture.claimed_comments,
    )
    if known is None and adopt:
        adopt(document)
    offered, accepted = _offer_aliases(capture, document, authors, aliases)
    return ImportReport(
        format=capture.format,
        documents=1,
        comments=len(capture.comments),
        max_depth=capture.max_depth,
        people=capture.people,
        claimed_comments=capture.claimed_comments,
        unreadable=len(capture.unreadable),
        pingbacks=sum(1 for comment in capture.comments if comment.kind == "pingback"),
        headline=capture.headline,
        byline=capture.byline,
        published_at=capture.published_at.isoformat() if capture.published_at else None,
        added_documents=0 if known else 1,
        added_comments=len(added),
        path=current_path(document.pk),
        aliases_offered=offered,
        aliases_accepted=accepted,
        warnings=[
            *warnings,
            *(f"{lost.where}: {lost.why}: {lost.excerpt}" for lost in capture.unreadable),
        ],
        dry_run=dry_run,
    )


def _new_document(
    capture: Capture,
    authors: Mapping[str, Author],
    source: str,
    authority: str,
    section: Section,
    warnings: list[str],
) -> Document:
    now = clock.now()
    at = _instant(capture.published_at, publication().zone)
    if at is None:
        warnings.append("The page does not say when it was published; it is dated to this import.")
        at = now
    elif at > now:
        warnings.append(f"The page says it was published in the future, {at.isoformat()}.")
    document = actions.create_document(
        authority=authority,
        section=section,
        source=source,
        source_key=identity_of(capture),
        imported_at=now,
    )
    content = _content(capture, authors)
    actions.append_edition(
        document_id=document.pk,
        content=content,
        kind="",
        published_by=f"imported from {source}",
        slug=actions.free_slug(slug_for(capture.headline), first_published_at=at),
        at=at,
    )
    document.refresh_from_db()
    return document


def _content(capture: Capture, authors: Mapping[str, Author]) -> EditionContent:
    blocks = list(capture.blocks)
    if capture.lead_image and capture.lead_image not in blocks:
        blocks.insert(0, capture.lead_image)
    return EditionContent(
        headline=capture.headline[:MAX_HEADLINE],
        standfirst=capture.standfirst,
        byline=tuple(
            BylineName(authors[name].slug, name, authors[name].disclosure)
            for name in capture.byline
        ),
        blocks=tuple(_block(block, number) for number, block in enumerate(blocks, 1)),
    )


def _block(block: CapturedBlock, number: int) -> Block:
    """Return the block as the record keeps it; ids follow the order, so reading again gives them again."""
    is_picture = block.type in ("image", "embed")
    return Block(
        id=f"i{number:03d}",
        type=block.type,
        html="" if is_picture else clean_inline(block.html),
        items=tuple(clean_inline(item) for item in block.items),
        ordered=block.ordered,
        level=min(max(block.level, 2), 3),
        url=block.source if is_picture and block.source.startswith(("http://", "https://")) else "",
        alt=block.alt,
        caption=inline_text(clean_inline(block.html)) if is_picture else "",
        credit=block.credit,
    )


def _author(name: str) -> Author:
    """Return the author of that name; a profile is made when there is none."""
    if found := Author.objects.filter(name=name).first():
        return found
    base = slugify(name) or "author"
    slug, number = base, 2
    while Author.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return Author.objects.create(name=name, slug=slug)


def _archive() -> Section:
    slug, name = ARCHIVE
    section, _ = Section.objects.get_or_create(slug=slug, defaults={"name": name, "position": 90})
    return section


def section_named(name: str) -> Section:
    """Return the section with that slug or name; made when there is none."""
    slug = slugify(name)[:60]
    try:
        check_section_slug(slug or "search")
    except ValidationError as error:
        raise ImportRefused(f"“{name}” cannot be a section. {error.messages[0]}") from error
    section, _ = Section.objects.get_or_create(slug=slug, defaults={"name": name[:80]})
    return section


def _comment(comment: CapturedComment, zone: zoneinfo.ZoneInfo) -> ImportedComment:
    return ImportedComment(
        key=comment.key,
        parent_key=comment.parent,
        name=(comment.name or "")[:200],
        text=comment.text,
        posted_at=_instant(comment.posted_at, zone),
        kind=CommentKind(comment.kind),
    )


def _instant(given: dt.datetime | None, zone: zoneinfo.ZoneInfo) -> dt.datetime | None:
    """Return an aware instant; one without offset is in the publication's own time zone."""
    if given is None or given.tzinfo is not None:
        return given
    return given.replace(tzinfo=zone)


def _offer_aliases(
    capture: Capture,
    document: Document,
    authors: Mapping[str, Author],
    decided: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, str]]:
    """Offer likely names to the editor, and carry out what the editor decided already."""
    names = set(
        Comment.objects.filter(document=document).exclude(name="").values_list("name", flat=True)
    )
    offered: dict[str, str] = {}
    accepted: dict[str, str] = {}
    for name, byline in [*suggest_author_aliases(capture), *decided.items()]:
        if byline not in authors:
            raise ImportRefused(f"“{byline}” is not in the byline ({', '.join(capture.byline)}).")
        if name not in names:
            raise ImportRefused(f"Nobody in the thread is called “{name}”.")
        alias = offer_alias(document_id=document.pk, name=name, author=authors[byline])
        if name in decided:
            if alias.state != "accepted":
                decide_alias(alias_id=alias.pk, is_same_person=True, decided_by="import")
            accepted[name] = byline
        elif alias.state == "offered":
            offered[name] = byline
    return {name: by for name, by in offered.items() if name not in accepted}, accepted
