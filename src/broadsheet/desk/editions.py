"""From a page of the desk to an edition of the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from django.conf import settings
from lxml import html as lxml_html
from lxml.html import HtmlElement
from wagtail.blocks import StreamValue
from wagtail.rich_text import expand_db_html

from broadsheet import clock
from broadsheet.desk.images import recorded_picture
from broadsheet.desk.models import StoryPage
from broadsheet.desk.models.stories import EDITION_FIELDS, AnsweredFor
from broadsheet.record import actions
from broadsheet.record.content import (
    Block,
    BylineName,
    EditionContent,
    LeadImage,
    TopicName,
    clean_inline,
    text_to_inline,
)
from broadsheet.record.models import Author, Document, Topic
from broadsheet.record.storylines import open_places, put_on_storylines


def publish(page: StoryPage, *, only_if_changed: bool = False, replaces: int | None = None) -> None:
    """Append the edition that ``page`` now is; called inside the transaction that saves the page.

    ``only_if_changed``: the page is live without a revision, so a first revision of the same text
    publishes nothing new. ``replaces`` is the id of the revision that was live before.
    """
    from broadsheet.desk import approval

    content = content_of(page)
    if page.document_id:
        document = actions.lock_document(page.document_id)
    else:
        document = actions.create_document(authority=minting_authority(), section=page.section)
    number = document.edition.number if document.edition else 0
    revision = page.live_revision
    storyline_ids = storylines_of(page)
    is_unchanged = document.edition is not None and document.edition.content == content
    if is_unchanged and not page.edition_kind:
        # What is asked for beside the text needs no edition: it is done, and that is all.
        is_placed = put_on_storylines(document_id=document.pk, storyline_ids=storyline_ids)
        if document.withdrawn_at:
            actions.reinstate_document(document_id=document.pk)
            return
        if is_placed or only_if_changed:
            return
    if only_if_changed and is_unchanged:
        return
    # Locked now: somebody may have published since this kind was chosen.
    is_stale = page.edition_after is not None and page.edition_after != number
    answered_for = page.answered_for or AnsweredFor()
    writer = revision.user if revision else None
    approved_by = approval.second_editor(
        page, content, writer=writer, publisher=approval.current_publisher(), after=replaces
    )
    actions.append_edition(
        document_id=document.pk,
        content=content,
        kind="" if is_stale else page.edition_kind,
        note="" if is_stale else page.edition_note,
        credit="" if is_stale else page.edition_credit,
        reason=answered_for.reason or ("" if is_stale else page.edition_reason),
        note_placement="" if is_stale else page.edition_note_placement,
        published_by=str(writer or ""),
        approved_by=answered_for.approved_by or approved_by,
        written_by=answered_for.written_by,
        slug=page.slug,
    )
    put_on_storylines(document_id=document.pk, storyline_ids=storyline_ids)
    section = page.section
    document.refresh_from_db()
    if section and document.section_id != section.pk:
        actions.move_document(document_id=document.pk, section=section)
    page.document = document
    StoryPage.objects.filter(pk=page.pk).update(
        document=document, edition_after=None, **dict.fromkeys(EDITION_FIELDS, "")
    )


def storylines_of(page: StoryPage) -> set[int]:
    """Return the ids of the storylines that the page is to stand on."""
    return {item.storyline_id for item in page.story_storylines.all()}


def makes_no_edition(
    document: Document, content: EditionContent, storyline_ids: Collection[int]
) -> bool:
    """Say whether nothing of the text changes, only on which storylines the story stands."""
    return (
        document.edition is not None
        and set(storyline_ids) != {place.storyline_id for place in open_places(document)}
        and document.edition.content == content
    )


def withdraw(page: StoryPage) -> None:
    """Mark the story withdrawn; its history stays."""
    if page.document_id:
        actions.withdraw_document(document_id=page.document_id)


def minting_authority(now: dt.datetime | None = None) -> str:
    """Return who mints ids, and when, as a tag URI wants it: ``news.example,2026`` (RFC 4151)."""
    return f"{urlsplit(settings.ORIGIN).hostname},{(now or clock.now()).year}"


def content_of(page: StoryPage) -> EditionContent:
    """Return what the page says, as an edition keeps it. Pictures are stored on the way."""
    lead = recorded_picture(page.lead_image) if page.lead_image else None
    return EditionContent(
        headline=page.title,
        short_headline=page.short_headline,
        standfirst=page.standfirst.strip(),
        byline=byline_names((item.author, item.interest) for item in page.byline.all()),
        dateline=page.dateline,
        lead_image=LeadImage(lead, page.lead_alt, page.lead_caption, page.lead_credit)
        if lead
        else None,
        blocks=blocks_of(page.body),
        topics=topic_names(item.topic for item in page.story_topics.all()),
        standing=page.standing,
        standing_basis=page.standing_basis.strip(),
    )


def blocks_of(body: StreamValue) -> tuple[Block, ...]:
    """Return the blocks that the body of a page makes. Pictures are stored on the way."""
    return tuple(_with_own_ids(_blocks(body)))


def byline_names(authors: Iterable[tuple[Author, str]]) -> tuple[BylineName, ...]:
    """Return authors as an edition prints them, each with the interest disclosed for this story."""
    return tuple(
        BylineName(author.slug, author.name, author.disclosure, " ".join(interest.split()))
        for author, interest in authors
    )


def topic_names(topics: Iterable[Topic]) -> tuple[TopicName, ...]:
    """Return topics as an edition keeps them."""
    return tuple(TopicName(topic.slug, topic.name, topic.kind) for topic in topics)


def _with_own_ids(blocks: Iterator[Block]) -> Iterator[Block]:
    """Give a block whose id was used already (copied text) another one."""
    used: set[str] = set()
    for block in blocks:
        block_id, number = block.id, 2
        while block_id in used:
            block_id = f"{block.id}-{number}"
            number += 1
        used.add(block_id)
        yield block if block_id == block.id else replace(block, id=block_id)


def _blocks(body: StreamValue) -> Iterator[Block]:
    for child in body:
        value, block_id = child.value, short_id(child.id)
        match child.block_type:
            case "text":
                yield from rich_text_blocks(expand_db_html(value.source), fallback_id=block_id)
            case "heading":
                yield Block(
                    block_id,
                    "heading",
                    html=text_to_inline(value["text"]),
                    level=int(value["level"]),
                )
            case "quotation":
                yield Block(
                    block_id,
                    "quotation",
                    html=_inline_of_rich_text(value["quotation"].source),
                    speaker=value["speaker"],
                    role=value["role"],
                )
            case "image":
                image = value["image"]
                yield Block(
                    block_id,
                    "image",
                    picture=recorded_picture(image) if image else None,
                    url="" if image else value["source"],
                    alt=value["alt"],
                    caption=value["caption"],
                    credit=value["credit"],
                )
            case "embed":
                yield Block(block_id, "embed", url=value["url"], title=value["title"])
            case "list":
                yield Block(
                    block_id,
                    "list",
                    ordered=value["ordered"],
                    items=tuple(_inline_of_rich_text(item.source) for item in value["items"]),
                )


def short_id(block_id: str | None) -> str:
    """Return a block's id as it stands in addresses; Wagtail's are UUIDs, of which a part is enough."""
    return (block_id or "block").replace("-", "")[:10]


_HEADINGS = {"h1": 2, "h2": 2, "h3": 3, "h4": 3, "h5": 3, "h6": 3}


def rich_text_blocks(markup: str, *, fallback_id: str) -> Iterator[Block]:
    """Split rich text into blocks; ids are the keys that the editor gave its paragraphs."""
    for number, element in enumerate(lxml_html.fragments_fromstring(markup or "")):
        if isinstance(element, str):
            if element.strip():
                yield Block(f"{fallback_id}-{number}", "paragraph", html=clean_inline(element))
            continue
        if not isinstance(element.tag, str):
            continue
        keys = (inner.get("data-block-key") for inner in element.iter())
        block_id = next(filter(None, keys), f"{fallback_id}-{number}")
        if element.tag in ("ul", "ol"):
            yield Block(block_id, "list", items=_items(element), ordered=element.tag == "ol")
        elif inner := _inner(element):
            if element.tag in _HEADINGS:
                yield Block(block_id, "heading", html=inner, level=_HEADINGS[element.tag])
            else:
                yield Block(block_id, "paragraph", html=inner)


def _items(element: HtmlElement) -> tuple[str, ...]:
    """Return the items of a list, those of lists inside it following their own item."""
    items = list(element.iter("li"))
    for inner in [found for item in items for found in item.xpath("./ul | ./ol")]:
        inner.getparent().remove(inner)
    return tuple(_inner(item) for item in items)


def _inline_of_rich_text(source: str) -> str:
    """Return rich text as inline markup, its paragraphs as lines."""
    fragments = lxml_html.fragments_fromstring(expand_db_html(source) or "")
    parts = [clean_inline(part) if isinstance(part, str) else _inner(part) for part in fragments]
    return "<br>".join(part for part in parts if part)


def _inner(element: HtmlElement) -> str:
    element.tail = None
    for inner in element.iter():
        if inner.text is None and inner.tag != "br":
            # Written as <em></em>: as <em/> it would open and never close.
            inner.text = ""
    # As XML, for lxml's HTML changes the addresses of links.
    return clean_inline(lxml_html.tostring(element, encoding="unicode", method="xml"))
