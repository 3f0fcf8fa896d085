"""Give a document that came from elsewhere a page at the desk, so that editors can work on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage
from wagtail.models import Page, Site

from broadsheet.desk.models import (
    FrontPage,
    SectionPage,
    StoryByline,
    StoryPage,
    StoryStoryline,
    StoryTopic,
)
from broadsheet.record.actions import lock_document
from broadsheet.record.content import Block
from broadsheet.record.models import Author, Document, Section, Topic
from broadsheet.record.pictures import Picture
from broadsheet.record.queries import current_path
from broadsheet.record.storylines import open_places

_RICH_TEXT = {"paragraph", "heading", "list"}


def front_page() -> FrontPage:
    """Return the desk's front page; made with the site when there is none."""
    if found := FrontPage.objects.first():
        return found
    root = Page.objects.get(depth=1)
    page = root.add_child(instance=FrontPage(title="Front page", slug="front"))
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"root_page": page, "hostname": "localhost", "port": 80, "site_name": ""},
    )
    # Wagtail's own welcome page hangs beside ours and has no use any more.
    Page.objects.filter(depth=2, slug="home").exclude(pk=page.pk).delete()
    return page


@transaction.atomic
def section_page(section: Section) -> SectionPage:
    """Return the desk's page of a section; made when there is none."""
    found = SectionPage.objects.filter(section=section).first()
    if found:
        return found
    page = SectionPage(
        title=section.name,
        slug=section.slug,
        description=section.description,
        position=section.position,
        section=section,
    )
    return front_page().add_child(instance=page)


@transaction.atomic
def adopt_document(document: Document) -> StoryPage:
    """Make the page of a published document that has none; the record is not changed.

    The document must have an edition and a section.
    """
    document = lock_document(document.pk)
    if found := StoryPage.objects.filter(document=document).first():
        return found
    assert document.edition is not None
    assert document.section is not None
    content = document.edition.content
    lead = content.lead_image
    path = current_path(document.pk) or ""
    page = StoryPage(
        title=content.headline,
        slug=path.strip("/").rpartition("/")[2],
        short_headline=content.short_headline,
        standfirst=content.standfirst,
        dateline=content.dateline,
        standing=content.standing,
        standing_basis=content.standing_basis,
        lead_image=_image(lead.picture, lead.alt) if lead else None,
        lead_alt=lead.alt if lead else "",
        lead_caption=lead.caption if lead else "",
        lead_credit=lead.credit if lead else "",
        body=list(_stream(content.blocks)),
        document=document,
        live=True,
        first_published_at=document.first_published_at,
        last_published_at=document.edition.published_at,
    )
    authors = Author.objects.in_bulk([name.slug for name in content.byline], field_name="slug")
    page.byline = [
        StoryByline(author=authors[name.slug], interest=name.interest, sort_order=order)
        for order, name in enumerate(content.byline)
    ]
    topics = Topic.objects.in_bulk([topic.slug for topic in content.topics], field_name="slug")
    page.story_topics = [
        StoryTopic(topic=topics[topic.slug], sort_order=order)
        for order, topic in enumerate(content.topics)
    ]
    page.story_storylines = [
        StoryStoryline(storyline_id=place.storyline_id, sort_order=order)
        for order, place in enumerate(open_places(document))
    ]
    parent = section_page(document.section)
    # Adding a live page would publish it: it is added as a draft and then marked as what it is.
    page.live = False
    parent.add_child(instance=page)
    revision = page.save_revision(log_action=False, clean=False)
    page.live = True
    page.live_revision = revision
    page.has_unpublished_changes = False
    page.save_as_recorded()
    return page


def _image(picture: Picture, title: str) -> AbstractImage:
    """Return the desk's image of a picture that the record keeps; made when there is none."""
    model = get_image_model()
    name = f"{picture.digest[:32]}.webp"
    found = model.objects.filter(file__endswith=name).first()
    return found or model.objects.create(
        title=title[:255] or name,
        file=ContentFile(picture.original(), name=name),
        width=picture.width,
        height=picture.height,
    )


def _stream(blocks: Sequence[Block]) -> Iterator[dict[str, Any]]:
    """Return the body as the editor holds it: text in one piece, everything else apart."""
    text: list[Block] = []
    for block in blocks:
        if block.type in _RICH_TEXT:
            text.append(block)
            continue
        if text:
            yield _text(text)
            text = []
        yield _piece(block)
    if text:
        yield _text(text)


def _text(blocks: Sequence[Block]) -> dict[str, Any]:
    return {"type": "text", "id": blocks[0].id, "value": "".join(map(_markup, blocks))}


def _markup(block: Block) -> str:
    key = escape(block.id)
    if block.type == "list":
        tag = "ol" if block.ordered else "ul"
        first, *rest = block.items
        items = [f'<li data-block-key="{key}">{first}</li>', *(f"<li>{item}</li>" for item in rest)]
        return f"<{tag}>{''.join(items)}</{tag}>"
    tag = f"h{block.level}" if block.type == "heading" else "p"
    return f'<{tag} data-block-key="{key}">{block.html}</{tag}>'


def _piece(block: Block) -> dict[str, Any]:
    value: dict[str, Any]
    match block.type:
        case "quotation":
            quotation = f'<p data-block-key="{escape(block.id)}">{block.html}</p>'
            value = {"quotation": quotation, "speaker": block.speaker, "role": block.role}
        case "image":
            value = {
                "image": _image(block.picture, block.alt).pk if block.picture else None,
                "source": block.url,
                "alt": block.alt,
                "caption": block.caption,
                "credit": block.credit,
            }
        case _:
            value = {"url": block.url, "title": block.title}
    return {"type": block.type, "id": block.id, "value": value}
