"""What can be done to the record: each is one transaction under the document's lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from broadsheet import clock
from broadsheet.press.keys import change_after_commit
from broadsheet.record import journal, rules
from broadsheet.record.addresses import SLUG, story_path
from broadsheet.record.alignments import keep_alignment
from broadsheet.record.content import EditionContent, canonical_json, sha256_hex
from broadsheet.record.enums import (
    KINDS_WITH_NOTE,
    DocumentKind,
    EditionKind,
    EntryKind,
    NotePlacement,
    Standing,
)
from broadsheet.record.keys import FRAME, STORIES, document_key
from broadsheet.record.lateness import came_out_at
from broadsheet.record.models import (
    Address,
    Author,
    Document,
    Edition,
    EditionAuthor,
    EditionTopic,
    Section,
    Topic,
)
from broadsheet.record.placements import place_passages
from broadsheet.record.queries import publication
from broadsheet.record.rendering import body_html
from broadsheet.record.rows import rows_with
from broadsheet.record.rules import Touch
from broadsheet.record.search import index_document
from broadsheet.record.signals import document_changed, edition_published

STANDS_AFTER_RETRACTION = frozenset(
    {EditionKind.UPDATE, EditionKind.CORRECTION, EditionKind.RETRACTION}
)
"""Kinds in which a retracted story can be published again."""
MAX_CREDIT = 120
"""Characters of a credit, as the table keeps."""


class EditionRefused(ValueError):
    """An edition cannot be published as asked; the message is for the editor."""


class EditionKindMissing(EditionRefused):
    """A story that is out cannot be published again without saying what kind of edition it is."""


class EditionNoteMissing(EditionRefused):
    """This kind of edition tells its readers what happened."""


class StealthRefused(EditionRefused):
    """A *minor* edition touches what readers rely on; ``touches`` says what."""

    def __init__(self, headline: str, found: Sequence[Touch]) -> None:
        said = "; ".join(touch.in_words for touch in found[:3])
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        super().__init__(
            f"“{headline}”: this edition is not minor, for {said}{more}. Choose another kind, have a"
            " second editor approve it, or give a reason that readers will see."
        )
        self.touches = found


class LateReasonMissing(EditionRefused):
    """A correction that comes late says why."""


class StandingRefused(EditionRefused):
    """A standing is one of those that there are, and says what it rests on."""


class AddressTaken(ValueError):
    """Another document stands or stood at this address."""


def lock_document(document_id: int) -> Document:
    """Return the document, locked until the running transaction ends.

    On PostgreSQL a row lock; on SQLite the transaction is immediate and holds the only write lock.
    """
    return Document.objects.select_for_update().get(pk=document_id)


def lock_documents(document_ids: Iterable[int]) -> dict[int, Document]:
    """Return those of the documents that there are, by id, locked until the transaction ends.

    In the order of their ids: two who lock several never wait for one another. One statement.
    """
    found = rows_with(Document, "id", set(document_ids), lock=True)
    return {document.pk: document for document in found}


@transaction.atomic
def create_document(
    *,
    authority: str,
    section: Section | None,
    kind: DocumentKind = DocumentKind.STORY,
    source: str = "",
    source_key: str = "",
    imported_at: dt.datetime | None = None,
) -> Document:
    """Create a document without editions; readers see nothing of it yet."""
    return Document.objects.create(
        authority=authority,
        section=section,
        kind=kind,
        source=source,
        source_key=source_key,
        imported_at=imported_at,
    )


def unlist_section(section_id: int) -> None:
    """Take a section out of the list that stands on every page; its own page stays."""
    Section.objects.filter(pk=section_id).update(is_listed=False)
    change_after_commit(FRAME)


@transaction.atomic
def append_edition(
    *,
    document_id: int,
    content: EditionContent,
    kind: str,
    note: str = "",
    credit: str = "",
    published_by: str = "",
    approved_by: str = "",
    reason: str = "",
    note_placement: str = "",
    written_by: str = "",
    slug: str,
    at: dt.datetime | None = None,
) -> Edition:
    """Publish the next edition of a document.

    ``kind`` may be empty for the first edition only. ``approved_by`` names the second editor and
    ``reason`` is public; one of them is asked for where :mod:`broadsheet.record.rules` says so.
    ``written_by`` says whose words these are where they are not the publishing editor's (a reader
    whose proposal was accepted), who then counts as second editor. ``note_placement`` is ``top``,
    ``end`` or empty for what the rules say. ``at`` is the instant of
    publication (default: now), kept to the second; two editions never share a second, the later one
    is moved on. The address follows ``slug``; earlier addresses keep redirecting. Passages are
    carried into the new edition. Raises :class:`EditionKindMissing`, :class:`EditionNoteMissing`,
    :class:`StealthRefused`, :class:`LateReasonMissing`, :class:`StandingRefused`,
    :class:`EditionRefused` and :class:`AddressTaken`.
    """
    document = lock_document(document_id)
    last = latest_edition(document)
    number = next_number(document)
    chosen = _checked_kind(kind, note=note, number=number, headline=content.headline)
    published_at = clock.to_the_second(at or clock.now())
    if last and published_at <= last.published_at:
        published_at = last.published_at + dt.timedelta(seconds=1)
    if last:
        check_retracted(last, chosen)
        check_stealth(
            chosen,
            last.content,
            content,
            approved_by=approved_by,
            reason=reason,
            by=written_by or published_by,
        )
        check_late(chosen, last, content, at=published_at, reason=reason)
        note_placement = note_placement or _note_placement(chosen, last.content, content)
    edition = build_edition(
        document=document,
        number=number,
        published_at=published_at,
        kind=chosen,
        note=note.strip(),
        credit=credit.strip()[:MAX_CREDIT],
        note_placement=note_placement if note.strip() else "",
        published_by=published_by[:150],
        approved_by=approved_by[:150],
        reason=reason.strip(),
        content=content,
    )
    if last:
        keep_alignment(last, edition)
    document.edition = edition
    document.first_published_at = document.first_published_at or published_at
    reinstated = document.withdrawn_at is not None
    document.withdrawn_at = None
    document.save(update_fields=["edition", "first_published_at", "withdrawn_at"])
    if reinstated:
        _enter(document, EntryKind.REINSTATEMENT, "reinstatement", clock.now())
    _enter(document, EntryKind.EDITION, f"edition/{number}", clock.now(), content=edition.digest)
    _keep_address(document, slug)
    index_document(document)
    changes = place_passages(document)
    transaction.on_commit(
        lambda: edition_published.send_robust(sender=Edition, edition=edition, changes=changes),
        robust=True,
    )
    return edition


def latest_edition(document: Document) -> Edition | None:
    """Return the edition published last; numbers are identities and do not tell."""
    return Edition.objects.filter(document=document).order_by("-published_at", "-number").first()


def next_number(document: Document) -> int:
    last = Edition.objects.filter(document=document).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def build_edition(*, content: EditionContent, **fields: Any) -> Edition:
    """Insert an edition with all that is made from its content; the document is locked.

    Raises :class:`StandingRefused`.
    """
    check_standing(content)
    text = content.canonical().text
    edition = Edition(
        headline=content.headline,
        short_headline=content.short_headline,
        standfirst=content.standfirst,
        content_data=content.to_data(),
        body_html=body_html(content.blocks),
        canonical_text=text,
        word_count=len(text.split()),
        **fields,
    )
    edition.digest = edition_digest(edition)
    edition.save()
    _keep_byline_and_topics(edition, content)
    return edition


def check_standing(content: EditionContent) -> None:
    """Refuse a standing that is none, or that says not what it rests on."""
    if content.standing and content.standing not in Standing.values:
        raise StandingRefused(f"“{content.standing}” is not a standing of a story.")
    if content.standing and not content.standing_basis.strip():
        raise StandingRefused(
            f"“{content.headline}” is marked {content.standing_label.lower()}. Say what that rests"
            " on: readers are told."
        )
    if content.standing_basis.strip() and not content.standing:
        raise StandingRefused(
            f"“{content.headline}” says what its standing rests on, and has no standing."
        )


def check_stealth(
    kind: EditionKind,
    old: EditionContent,
    new: EditionContent,
    *,
    approved_by: str,
    reason: str,
    by: str,
) -> None:
    """Refuse a *minor* edition that touches facts, unless somebody else answers for it.

    A second editor does, or, in a newsroom of one, a reason that readers see.
    """
    if kind != EditionKind.MINOR or reason.strip():
        return
    if approved_by.strip() and approved_by.strip() != by.strip():
        return
    found = rules.touches(old, new)
    if found:
        raise StealthRefused(new.headline, found)


def _checked_kind(kind: str, *, note: str, number: int, headline: str) -> EditionKind:
    if number == 1:
        kind = kind or EditionKind.ORIGINAL
        if kind != EditionKind.ORIGINAL:
            raise EditionRefused("The first edition of a story is its original.")
    if not kind:
        raise EditionKindMissing(
            f"“{headline}” is published. Choose what kind of edition this is before publishing again."
        )
    if kind not in EditionKind.values:
        raise EditionRefused(f"“{kind}” is not a kind of edition.")
    chosen = EditionKind(kind)
    if number > 1 and chosen == EditionKind.ORIGINAL:
        raise EditionRefused(f"“{headline}” has an original edition already; choose another kind.")
    if chosen in KINDS_WITH_NOTE and not note.strip():
        raise EditionNoteMissing(
            f"“{headline}”: this kind of edition ({chosen.label.lower()}) needs a note that tells"
            " readers what happened."
        )
    return chosen


def edition_digest(edition: Edition) -> str:
    """Return the SHA-256 (hexadecimal) over everything that an edition says.

    Columns that came later count only where they say something, so that older digests stay true.
    """
    names = ("note_placement", "approved_by", "reason", "withheld_reason")
    later = {name: getattr(edition, name) for name in names if getattr(edition, name)}
    return sha256_hex(
        [
            canonical_json(
                {
                    **later,
                    "number": edition.number,
                    "published_at": edition.published_at.astimezone(dt.UTC).isoformat(),
                    "kind": edition.kind,
                    "note": edition.note,
                    "credit": edition.credit,
                    "published_by": edition.published_by,
                    "headline": edition.headline,
                    "short_headline": edition.short_headline,
                    "standfirst": edition.standfirst,
                    "content": edition.content_data,
                }
            ),
            edition.body_html.encode(),
            edition.canonical_text.encode(),
        ]
    )


def check_retracted(last: Edition, kind: EditionKind) -> None:
    """Refuse what would bring a retracted text back as if nothing had been."""
    if last.kind == EditionKind.RETRACTION and kind not in STANDS_AFTER_RETRACTION:
        raise EditionRefused(
            f"“{last.headline}” was retracted. Its text comes back only as an update or a correction,"
            " with a note that says why."
        )


def check_late(
    kind: EditionKind, last: Edition, content: EditionContent, *, at: dt.datetime, reason: str
) -> None:
    """Refuse a correction that comes late and does not say why."""
    if kind != EditionKind.CORRECTION or reason.strip():
        return
    if rules.is_late(came_out_at(last, content), at):
        raise LateReasonMissing(
            f"“{last.headline}”: a correction after more than {rules.LATE.days} days tells"
            " readers why it comes so late. Give the reason."
        )


def _note_placement(kind: EditionKind, old: EditionContent, new: EditionContent) -> str:
    is_top = rules.note_belongs_on_top(kind, old, new)
    return NotePlacement.TOP if is_top else NotePlacement.END


def _keep_byline_and_topics(edition: Edition, content: EditionContent) -> None:
    """Link the edition to its authors and topics, so that their pages find it at any moment."""
    authors = Author.objects.in_bulk([name.slug for name in content.byline], field_name="slug")
    EditionAuthor.objects.bulk_create(
        EditionAuthor(edition=edition, author=author, position=position)
        for position, author in enumerate(
            dict.fromkeys(authors[name.slug] for name in content.byline if name.slug in authors)
        )
    )
    topics = Topic.objects.in_bulk([topic.slug for topic in content.topics], field_name="slug")
    EditionTopic.objects.bulk_create(
        EditionTopic(edition=edition, topic=topic) for topic in topics.values()
    )


def _keep_address(document: Document, slug: str) -> None:
    assert document.first_published_at is not None
    if not SLUG.fullmatch(slug):
        raise EditionRefused(f"“{slug}” cannot be an address: use letters a–z, digits and hyphens.")
    path = story_path(
        slug=slug, first_published_at=document.first_published_at, zone=publication().zone
    )
    known = Address.objects.filter(path=path).first()
    if known and known.document_id != document.pk:
        raise AddressTaken(f"Another story stands or stood at {path}. Choose another slug.")
    if known and known.is_current:
        return
    now = clock.now()
    Address.objects.filter(document=document, is_current=True).update(is_current=False)
    if known:
        known.is_current = True
        known.save(update_fields=["is_current"])
    else:
        known = Address.objects.create(path=path, document=document, since=now)
    _enter(document, EntryKind.ADDRESS, f"address/{known.pk}", now, content=path)


def free_slug(wanted: str, *, first_published_at: dt.datetime) -> str:
    """Return ``wanted``, or with the first number appended that makes a free address."""
    zone = publication().zone
    candidate, number = wanted, 2
    while Address.objects.filter(
        path=story_path(slug=candidate, first_published_at=first_published_at, zone=zone)
    ).exists():
        candidate, number = f"{wanted}-{number}", number + 1
    return candidate


@transaction.atomic
def withdraw_document(*, document_id: int, at: dt.datetime | None = None) -> Document:
    """Take a story off the paper's lists. Its address, editions and thread stay readable."""
    document = lock_document(document_id)
    if document.withdrawn_at is None:
        document.withdrawn_at = at or clock.now()
        document.save(update_fields=["withdrawn_at"])
        _enter(document, EntryKind.WITHDRAWAL, "withdrawal", document.withdrawn_at)
        change_after_commit(document_key(document.pk), STORIES, withdraws=True)
        _announce(document)
    return document


@transaction.atomic
def reinstate_document(*, document_id: int) -> Document:
    """Bring a withdrawn story back as it stood."""
    document = lock_document(document_id)
    if document.withdrawn_at is not None:
        document.withdrawn_at = None
        document.save(update_fields=["withdrawn_at"])
        _enter(document, EntryKind.REINSTATEMENT, "reinstatement", clock.now())
        _announce(document)
    return document


@transaction.atomic
def move_document(*, document_id: int, section: Section) -> Document:
    """Put a story into another section."""
    document = lock_document(document_id)
    if document.section_id != section.pk:
        document.section = section
        document.save(update_fields=["section"])
        _enter(document, EntryKind.SECTION, f"section/{section.slug}", clock.now())
        _announce(document)
    return document


def _enter(
    document: Document, kind: EntryKind, reference: str, at: dt.datetime, content: str = ""
) -> None:
    journal.append_entry(
        document=document, kind=kind, reference=reference, content=content or reference, at=at
    )


def _announce(document: Document) -> None:
    transaction.on_commit(
        lambda: document_changed.send_robust(sender=Document, document=document), robust=True
    )
