"""Plain, valid objects."""

from __future__ import annotations

import datetime as dt
import io

from PIL import Image

from broadsheet.corrections.actions import propose
from broadsheet.corrections.drafts import ProposalDraft
from broadsheet.corrections.models import Proposal
from broadsheet.discussion.actions import Draft, post_comment
from broadsheet.discussion.models import Comment
from broadsheet.readers.models import Account
from broadsheet.record.actions import append_edition, create_document
from broadsheet.record.content import Block, BylineName, EditionContent, TopicName
from broadsheet.record.models import Author, Document, Edition, Publication, Section, Topic
from broadsheet.record.placements import Pointer

AUTHORITY = "news.example,2026"
MORNING = dt.datetime(2026, 9, 1, 8, 0, tzinfo=dt.UTC)


def publication(**fields: str) -> Publication:
    values = {"name": "The Test", "time_zone": "Europe/London", "language": "en-GB", **fields}
    return Publication.objects.update_or_create(pk=Publication.ONLY, defaults=values)[0]


def account(email: str, name: str = "", password: str = "correct horse 9") -> Account:
    return Account.objects.create_user(email, password, name=name)


def administrator(email: str, name: str = "", password: str = "correct horse 9") -> Account:
    return Account.objects.create_superuser(email, password, name=name)


def author(name: str, *, account: Account | None = None, disclosure: str = "") -> Author:
    slug = name.lower().replace(" ", "-")
    return Author.objects.create(name=name, slug=slug, account=account, disclosure=disclosure)


def section(slug: str = "city", name: str = "City") -> Section:
    return Section.objects.get_or_create(slug=slug, defaults={"name": name})[0]


def topic(name: str, kind: str = "person") -> Topic:
    return Topic.objects.get_or_create(
        name=name, kind=kind, defaults={"slug": name.lower().replace(" ", "-")}
    )[0]


def content(
    headline: str = "Council sets bridge budget",
    *paragraphs: str,
    authors: tuple[Author, ...] = (),
    topics: tuple[Topic, ...] = (),
    standfirst: str = "Nine to four.",
) -> EditionContent:
    texts = paragraphs or ("The council voted on Monday.", "Work starts in spring.")
    return EditionContent(
        headline=headline,
        standfirst=standfirst,
        byline=tuple(BylineName(each.slug, each.name, each.disclosure) for each in authors),
        blocks=tuple(Block(f"b{n}", "paragraph", html=text) for n, text in enumerate(texts, 1)),
        topics=tuple(TopicName(each.slug, each.name, each.kind) for each in topics),
    )


def story(
    headline: str = "Council sets bridge budget",
    *paragraphs: str,
    slug: str = "",
    at: dt.datetime = MORNING,
    in_section: Section | None = None,
    authors: tuple[Author, ...] = (),
    topics: tuple[Topic, ...] = (),
) -> Document:
    """A published story with one edition."""
    document = create_document(authority=AUTHORITY, section=in_section or section())
    edition(
        document,
        headline,
        *paragraphs,
        slug=slug or headline.lower().replace(" ", "-"),
        at=at,
        kind="",
        authors=authors,
        topics=topics,
    )
    document.refresh_from_db()
    return document


def edition(
    document: Document,
    headline: str = "Council sets bridge budget",
    *paragraphs: str,
    slug: str = "council-sets-bridge-budget",
    at: dt.datetime | None = None,
    kind: str = "update",
    note: str = "Adds the date.",
    reason: str = "Nobody asked before.",
    authors: tuple[Author, ...] = (),
    topics: tuple[Topic, ...] = (),
) -> Edition:
    return append_edition(
        document_id=document.pk,
        content=content(headline, *paragraphs, authors=authors, topics=topics),
        kind=kind,
        note=note if kind else "",
        reason=reason if kind else "",
        slug=slug,
        at=at,
    )


def comment(
    document: Document,
    text: str = "Are you sure?",
    *,
    name: str = "Lena",
    parent: Comment | None = None,
    author: Author | None = None,
    at: dt.datetime | None = None,
) -> Comment:
    draft = Draft(text=text, name=name, parent_id=parent.pk if parent else None)
    return post_comment(document_id=document.pk, draft=draft, author=author, at=at)


def picture_bytes(width: int = 900, height: int = 600, file_format: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), (139, 26, 26)).save(target, file_format)
    return target.getvalue()


def proposal(
    document: Document,
    exact: str = "Monday",
    replacement: str = "Tuesday",
    *,
    reason: str = "The minutes say so.",
    name: str = "Lena",
    is_typographical: bool = False,
    wants_credit: bool = True,
    source_url: str = "",
    proposer: Account | None = None,
) -> Proposal:
    """A reader's proposal about words of the edition in force."""
    document.refresh_from_db()
    assert document.edition is not None
    draft = ProposalDraft(
        pointer=Pointer(document.edition.number, exact),
        replacement=replacement,
        reason=reason,
        source_url=source_url,
        is_typographical=is_typographical,
        name=name,
        wants_credit=wants_credit,
    )
    return propose(document_id=document.pk, draft=draft, account=proposer).proposal
