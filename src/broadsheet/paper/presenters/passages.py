"""Passages on the story's page: the body in blocks with what is said about their words, and what a
comment tells of the words it is about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from broadsheet.discussion.models import Comment
from broadsheet.passages import BlockSpan, Utf16Offsets
from broadsheet.record.content import EditionContent
from broadsheet.record.models import Edition, Passage
from broadsheet.record.placements import PlacedSince, places_in

_BLOCK_BEGINS = re.compile(r"\n(?=<(?:p|h2|h3|ul|ol|blockquote|figure)\b[^>]* id=\"b-)")
"""Where one block of a body ends and the next begins; words cannot look so, their markup is inline."""
MAX_WORDS = 90
"""Characters of a passage that are shown where it is only named."""


@dataclass(frozen=True)
class About:
    """One passage that a comment is about, as the thread tells it."""

    passage: Passage
    place: PlacedSince
    now: str
    """The words that stand there now; empty where none do."""
    path: str

    @property
    def status(self) -> str:
        """``intact``, ``moved``, ``reworded``, ``removed``; ``later``: of an edition to come."""
        placement = self.place.placement
        return str(placement.status) if placement else "later"

    @property
    def id(self) -> str:
        return str(self.passage.pk)

    @property
    def words(self) -> str:
        return self.passage.exact

    @property
    def edition(self) -> Edition:
        return self.passage.edition

    @property
    def changed_in(self) -> Edition | None:
        return self.place.changed_in

    @property
    def difference_path(self) -> str:
        """The difference between the edition it was marked in and the one that changed it."""
        changed = self.place.changed_in
        to = f"&to={changed.number}" if changed else ""
        return f"{self.path}changes/?from={self.edition.number}{to}#difference"

    @property
    def edition_path(self) -> str:
        """The edition in which the words stand."""
        return f"{self.path}v/{self.edition.number}/"

    @property
    def passage_path(self) -> str:
        return f"{self.path}passage/{self.passage.pk}/"


@dataclass(frozen=True)
class Mark:
    """A passage that is talked about, beside the block in which it begins."""

    about: About
    count: int
    """Comments about it, with the replies to them."""
    start: int = 0
    end: int = 0
    """UTF-16 units of the canonical text, as browsers count."""

    @property
    def short_words(self) -> str:
        words = " ".join(self.about.words.split())
        return words if len(words) <= MAX_WORDS else f"{words[:MAX_WORDS].rstrip()}…"


@dataclass(frozen=True)
class BodyBlock:
    """One block of the body: its HTML, and the passages that begin in it."""

    id: str
    html: SafeString
    has_words: bool
    marks: Sequence[Mark] = ()


@dataclass(frozen=True)
class Body:
    """The body of an edition as the page prints it."""

    blocks: Sequence[BodyBlock]
    gone: Sequence[Mark] = ()
    """Passages of which nothing stands in this edition."""
    data: SafeString | str = ""
    """For the scripts: where blocks and passages stand in the canonical text."""


@dataclass(frozen=True)
class Talk:
    """What the comments of a thread are about, in one edition."""

    abouts: Mapping[int, Sequence[About]] = field(default_factory=dict)
    """By comment."""
    marks: Sequence[tuple[About, int]] = ()
    """Each passage once, with the number of its comments."""


def talk_of(
    comments: Sequence[Comment],
    edition: Edition,
    path: str,
    talked: Sequence[tuple[Passage, int]] = (),
) -> Talk:
    """Say which passages comments are about, and how these stand in an edition.

    ``talked`` holds the passages of the whole thread with their counts, for the margin of the story.
    """
    links = [link for comment in comments for link in comment.shown_passages]
    passages = {link.passage_id: link.passage for link in links}
    passages.update({passage.pk: passage for passage, _ in talked})
    if not passages:
        return Talk()
    known = list(passages.values())
    abouts: dict[int, About] = {}
    for passage, place in zip(known, places_in(edition, known), strict=True):
        abouts[passage.pk] = About(passage, place, _now(edition, place), path)
    by_comment = {
        comment.pk: [abouts[link.passage_id] for link in comment.shown_passages]
        for comment in comments
        if comment.shown_passages
    }
    return Talk(by_comment, [(abouts[passage.pk], count) for passage, count in talked])


def about_passage(passage: Passage, edition: Edition, path: str) -> About:
    """Say how one passage stands in an edition."""
    place = places_in(edition, [passage])[0]
    return About(passage, place, _now(edition, place), path)


def _now(edition: Edition, place: PlacedSince) -> str:
    placement = place.placement
    if placement is None or placement.start is None or placement.end is None:
        return ""
    return edition.canonical_text[placement.start : placement.end]


def body_of(edition: Edition, content: EditionContent, talk: Talk) -> Body:
    """Return the stored body of an edition in blocks, each with the passages that begin in it."""
    spans = content.canonical().blocks
    offsets = Utf16Offsets(edition.canonical_text)
    marks: dict[str, list[Mark]] = {}
    gone: list[Mark] = []
    for about, count in talk.marks:
        placement = about.place.placement
        if placement is None:
            continue
        if placement.start is None or placement.end is None:
            gone.append(Mark(about, count))
            continue
        mark = Mark(
            about, count, offsets.to_units(placement.start), offsets.to_units(placement.end)
        )
        marks.setdefault(_block_at(spans, placement.start), []).append(mark)
    with_words = {span.id for span in spans}
    pieces = _blocks_of(edition.body_html)
    if len(pieces) != len(content.blocks):
        # Printed whole rather than in the wrong pieces; only the marks are missing.
        return Body([BodyBlock("", mark_safe(edition.body_html), False)], gone)
    blocks = [
        BodyBlock(
            block.id,
            # Made when the edition was appended, of escaped and cleaned parts.
            mark_safe(html),
            block.id in with_words,
            sorted(marks.get(block.id, ()), key=lambda mark: (mark.start, mark.end)),
        )
        for block, html in zip(content.blocks, pieces, strict=True)
    ]
    return Body(blocks, gone, _data(edition, spans, offsets, marks))


def _blocks_of(body_html: str) -> list[str]:
    return _BLOCK_BEGINS.split(body_html) if body_html else []


def _block_at(spans: Sequence[BlockSpan], position: int) -> str:
    return next((span.id for span in spans if position < span.end), spans[-1].id)


def _data(
    edition: Edition,
    spans: Sequence[BlockSpan],
    offsets: Utf16Offsets,
    marks: Mapping[str, Sequence[Mark]],
) -> SafeString:
    """Return the places of blocks and passages as JSON for a data block of the page."""
    data = {
        "edition": edition.number,
        "blocks": [
            [span.id, offsets.to_units(span.start), offsets.to_units(span.end)] for span in spans
        ],
        "passages": [
            [mark.about.passage.pk, mark.start, mark.end]
            for of_block in marks.values()
            for mark in of_block
        ],
    }
    text = json.dumps(data, separators=(",", ":"))
    # Ids of blocks come from editors' keys; nothing in them may end the element.
    return mark_safe(text.replace("<", "\\u003C").replace("&", "\\u0026"))


def in_context(edition: Edition, start: int, end: int, around: int = 160) -> SafeString:
    """Return a passage marked in the words around it, cut at words."""
    text = edition.canonical_text
    before, after = text[max(0, start - around) : start], text[end : end + around]
    if start > around:
        before = "…" + before.partition(" ")[2]
    if end + around < len(text):
        after = after.rpartition(" ")[0] + "…"
    return mark_safe(f"{escape(before)}<mark>{escape(text[start:end])}</mark>{escape(after)}")
