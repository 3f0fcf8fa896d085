"""A story in the feed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from django.utils.feedgenerator import rfc2822_date
from django.utils.html import escape

from broadsheet.paper.presenters.cards import Card
from broadsheet.paper.presenters.frame import Frame
from broadsheet.paper.presenters.moments import moment
from broadsheet.record.enums import EditionKind
from broadsheet.record.models import Edition

_TAG = re.compile(r"<[^>]*>")
_SOURCES = re.compile(r' (srcset|sizes)="[^"]*"')
_ADDRESS = re.compile(r'\b(href|src)="([^"]*)"')
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


def feed_item(card: Card, body: str, told: Sequence[Edition], around: Frame) -> FeedItem:
    """Make an item: stable id, first publication as its date, all notes first in the content, the
    newest first, as on the story's page: a correction is not hidden by the edition after it.

    What its authors disclosed stands at the end. Of a retracted story the note is all there is. A
    minor edition does not make an item newer.
    ``told`` are the story's editions in order of publication, which came ``with_notes``.
    """
    edition, document = card.edition, card.edition.document
    url = around.origin + card.path
    notes = [_note(item, around) for item in reversed(told)]
    content = notes[0] if card.is_retracted else "".join(notes) + body + _disclosed(card)
    return FeedItem(
        title=xml_text(card.headline),
        url=url,
        urn=document.urn,
        published=rfc2822_date(document.first_published_at or edition.published_at),
        updated=_told_at(told).astimezone(dt.UTC).isoformat(),
        authors=[xml_text(name.name) for name in card.content.byline],
        categories=[xml_text(topic.name) for topic in card.content.topics],
        description=xml_text(card.content.standfirst),
        content=xml_text(absolute_addresses(content, url)).replace("]]>", "]]&gt;"),
        comments_url=f"{url}#discussion",
        comment_count=card.comment_count,
    )


def _note(edition: Edition, around: Frame) -> str:
    """Return the note of an edition as markup; empty where it has none."""
    text, _ = note_in_force(edition)
    if not text:
        return ""
    label, at = EditionKind(edition.kind).label, moment(edition.published_at, around.zone)
    credit = f" Spotted by {escape(edition.credit)}." if edition.credit else ""
    return f"<p><strong>{label}, {at.text}.</strong> {escape(text)}{credit}</p>"


def _disclosed(card: Card) -> str:
    """Return what the authors disclosed as markup, for a feed has no place beside their names."""
    return "".join(
        f"<p>{escape(name.name)}: {escape(name.disclosed)}.</p>"
        for name in card.content.byline
        if name.disclosed
    )


def _told_at(told: Sequence[Edition]) -> dt.datetime:
    """Return when readers were last told something new: by an edition, or by another note."""
    said = [edition.published_at for edition in told if edition.kind != EditionKind.MINOR]
    worded = [revision.at for edition in told for revision in edition.note_revisions.all()]
    return max(said + worded)


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
