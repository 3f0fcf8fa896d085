"""A story in the feed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from django.utils.feedgenerator import rfc2822_date
from django.utils.html import escape

from broadsheet.paper.presenters.cards import Card
from broadsheet.paper.presenters.frame import Frame
from broadsheet.record.enums import EditionKind
from broadsheet.record.models import Edition

_TAG = re.compile(r"<[^>]*>")
_SOURCES = re.compile(r' (srcset|sizes)="[^"]*"')
_ADDRESS = re.compile(r'\b(href|src)="([^"]*)"')
_WITHOUT_NOTE = (EditionKind.ORIGINAL, EditionKind.MINOR)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold (section 2.2)."""


@dataclass(frozen=True)
class FeedItem:
    title: str
    url: str
    urn: str
    published: str
    updated: str
    authors: list[str]
    categories: list[str]
    description: str
    content: str
    comments_url: str
    comment_count: int


def feed_item(card: Card, body: str, around: Frame) -> FeedItem:
    """Make an item: stable id, first publication as its date, the note first in the content.

    Of a retracted story the note is all there is. The edition came ``with_notes``.
    """
    edition, document = card.edition, card.edition.document
    url = around.origin + card.path
    note, told_at = note_in_force(edition)
    if note and edition.kind not in _WITHOUT_NOTE:
        label = EditionKind(edition.kind).label
        note = f"<p><strong>{label}.</strong> {escape(note)}</p>"
    else:
        note, told_at = "", edition.published_at
    content = note if card.is_retracted else note + body
    return FeedItem(
        title=xml_text(card.headline),
        url=url,
        urn=document.urn,
        published=rfc2822_date(document.first_published_at or edition.published_at),
        updated=told_at.astimezone(dt.UTC).isoformat(),
        authors=[xml_text(name.name) for name in card.content.byline],
        categories=[xml_text(topic.name) for topic in card.content.topics],
        description=xml_text(card.content.standfirst),
        content=xml_text(absolute_addresses(content, url)).replace("]]>", "]]&gt;"),
        comments_url=f"{url}#discussion",
        comment_count=card.comment_count,
    )


def note_in_force(edition: Edition) -> tuple[str, dt.datetime]:
    """Return the note of an edition as it is worded now, and since when."""
    revisions = list(edition.note_revisions.all())
    if revisions:
        return revisions[-1].text, revisions[-1].at
    return edition.note, edition.published_at


def absolute_addresses(markup: str, base: str) -> str:
    """Return markup whose links and pictures work outside of its page; srcset is left out."""

    def in_tag(tag: re.Match[str]) -> str:
        kept = _SOURCES.sub("", tag[0])
        return _ADDRESS.sub(lambda found: f'{found[1]}="{_absolute(found[2], base)}"', kept)

    return _TAG.sub(in_tag, markup)


def _absolute(address: str, base: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        # Not an address at all, such as one with half of an IPv6 host.
        return address


def xml_text(text: str) -> str:
    """Return text without what XML cannot hold."""
    return _NOT_IN_XML.sub("", text)
