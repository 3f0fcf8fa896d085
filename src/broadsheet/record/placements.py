"""Where passages stand: found when they are marked, carried when an edition is appended.

A reader's browser or form says which words it means (:class:`Pointer`); they are looked up in the
edition that the reader saw and kept. Their placements in later editions come from the stored
alignments alone, by composition, and are never guessed at reading time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from broadsheet.passages import (
    Alignment,
    Placement,
    PositionSelector,
    QuoteSelector,
    Status,
    Utf16Offsets,
    carry_through,
    find_quote,
    quote_of,
)
from broadsheet.record.alignments import keep_alignment
from broadsheet.record.enums import PlacementStatus
from broadsheet.record.models import Document, Edition, EditionAlignment, Passage
from broadsheet.record.rows import update_rows

MAX_PASSAGE = 1_000
"""Code points of a passage; who means more means the story."""


class PassageRefused(ValueError):
    """The words cannot be marked; the message is for the reader who marked them."""


@dataclass(frozen=True)
class Pointer:
    """Words that a reader marked: in which edition, which words, and where if that is known.

    ``start`` counts UTF-16 units of the edition's canonical text, as browsers do; ``block`` is the
    id of the paragraph in which the words are to be looked for.
    """

    edition: int
    exact: str
    start: int | None = None
    block: str = ""


@dataclass(frozen=True)
class PlacementChange:
    """What an edition did to a passage."""

    passage: Passage
    before: str
    after: str


def locate(document: Document, pointer: Pointer) -> tuple[Edition, int, int]:
    """Return the edition that the pointer names and the span of its canonical text.

    Raises :class:`PassageRefused` for words that are not there, or not once, and for too many.
    """
    words = pointer.exact.strip()
    if not words:
        raise PassageRefused("Mark some words first.")
    if len(words) > MAX_PASSAGE:
        raise PassageRefused(
            f"A passage can have {MAX_PASSAGE:,} characters; this one has {len(words):,}."
            " Mark fewer words."
        )
    if pointer.edition < 1:
        raise PassageRefused("The form does not say which edition it is about.")
    edition = Edition.objects.filter(document=document, number=pointer.edition).first()
    if edition is None:
        raise PassageRefused(f"There is no edition {pointer.edition} of this story.")
    edition.document = document
    text = edition.canonical_text
    found = None
    if pointer.start is not None:
        offsets = Utf16Offsets(text)
        if not 0 <= pointer.start < offsets.units:
            raise PassageRefused(f"The marked place is outside of edition {edition.number}.")
        start = offsets.to_points(pointer.start)
        position = PositionSelector(start, start + len(words))
        found = find_quote(text, QuoteSelector(words), position)
    if found is None:
        found = _once(text, words, _block_span(edition, pointer.block), edition.number)
    start, end = _trimmed(text, *found)
    return edition, start, end


def _block_span(edition: Edition, block: str) -> tuple[int, int]:
    """Return the span of a block, or of the whole text when none is named."""
    if not block:
        return 0, len(edition.canonical_text)
    for span in edition.content.canonical().blocks:
        if span.id == block:
            return span.start, span.end
    raise PassageRefused(f"There is no such paragraph in edition {edition.number}.")


def _once(text: str, words: str, within: tuple[int, int], number: int) -> tuple[int, int]:
    pattern = re.compile(r"\s+".join(map(re.escape, words.split())))
    matches = [match.span() for match in pattern.finditer(text, *within)]
    if not matches:
        raise PassageRefused(f"These words are not in edition {number}: “{words[:80]}”.")
    if len(matches) > 1:
        raise PassageRefused(
            f"These words stand {len(matches)} times there. Take a few more, so that it is clear"
            " which are meant."
        )
    return matches[0]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def keep_passage(edition: Edition, start: int, end: int) -> Passage:
    """Return the passage of that span, made if nobody marked it before.

    The document must be locked by the running transaction.
    """
    passage = passage_at(edition, start, end)
    if passage.pk is None:
        passage.save(force_insert=True)
    return passage


def passage_at(edition: Edition, start: int, end: int) -> Passage:
    """Return the passage of that span, placed in the edition in force; unsaved if it is new."""
    if known := Passage.objects.filter(edition=edition, start=start, end=end).first():
        return known
    quote = quote_of(edition.canonical_text, start, end)
    passage = Passage(
        document_id=edition.document_id,
        edition=edition,
        start=start,
        end=end,
        exact=quote.exact,
        prefix=quote.prefix,
        suffix=quote.suffix,
        placed_in=edition,
        status=PlacementStatus.INTACT,
        placed_start=start,
        placed_end=end,
    )
    in_force = edition.document.edition_id
    if in_force and in_force != edition.pk:
        Chain(edition.document_id).place(passage, in_force)
    return passage


class Chain:
    """The editions of a document in order of publication, with the alignments between them.

    Loaded in two statements; the texts that are asked for in a third.
    """

    def __init__(self, document_id: int) -> None:
        self._editions = list(
            Edition.objects.filter(document=document_id)
            .only("id", "document_id", "number", "published_at")
            .order_by("published_at", "number")
        )
        self._order = {edition.pk: place for place, edition in enumerate(self._editions)}
        self._stored: dict[tuple[int, int], EditionAlignment] = {
            (kept.earlier_id, kept.later_id): kept
            for kept in EditionAlignment.objects.filter(earlier__document=document_id)
        }
        self._alignments: dict[int, Alignment] = {}
        self._texts: dict[int, str] = {}

    def _alignment(self, place: int) -> Alignment:
        """Return the alignment of the edition at a place and the next."""
        if place not in self._alignments:
            pair = self._editions[place], self._editions[place + 1]
            kept = self._stored.get((pair[0].pk, pair[1].pk)) or keep_alignment(*pair)
            self._alignments[place] = kept.alignment
        return self._alignments[place]

    def read(self, edition_ids: Iterable[int]) -> None:
        """Load the texts of editions, in one statement."""
        missing = set(edition_ids) - self._texts.keys()
        if missing:
            self._texts.update(
                Edition.objects.filter(pk__in=missing).values_list("pk", "canonical_text")
            )

    def read_until(self, edition_id: int) -> None:
        """Load the texts of all editions up to one, which is in it: since when is asked of each."""
        self.read(each.pk for each in self._editions[: self._order[edition_id] + 1])

    def placement(self, passage: Passage, edition_id: int) -> Placement | None:
        """Return where a passage stands in an edition; ``None`` in one that is older than it."""
        first, last = self._order[passage.edition_id], self._order[edition_id]
        return self._carried(passage, first, last) if first <= last else None

    def _carried(self, passage: Passage, first: int, last: int) -> Placement:
        if first == last:
            return Placement(Status.INTACT, passage.start, passage.end, 1.0)
        ends = passage.edition_id, self._editions[last].pk
        self.read(ends)
        return carry_through(
            [self._alignment(place) for place in range(first, last)],
            passage.start,
            passage.end,
            first=self._texts[ends[0]],
            last=self._texts[ends[1]],
        )

    def changed_in(self, passage: Passage, edition_id: int) -> Edition | None:
        """Return the edition since which a passage stands as it does in a given one.

        ``None`` while it is intact, and in an edition older than the passage.
        """
        first, last = self._order[passage.edition_id], self._order[edition_id]
        if first >= last:
            return None
        status = self._carried(passage, first, last).status
        if status is Status.INTACT:
            return None
        since = last
        while since - 1 > first and self._carried(passage, first, since - 1).status is status:
            since -= 1
        return self._editions[since]

    def place(self, passage: Passage, edition_id: int) -> None:
        """Write down in a passage, unsaved, where it stands in an edition, and since when."""
        if placement := self.placement(passage, edition_id):
            passage.placed_in_id = edition_id
            passage.status = str(placement.status)
            passage.placed_start, passage.placed_end = placement.start, placement.end
            passage.changed_in = self.changed_in(passage, edition_id)


@dataclass(frozen=True)
class PlacedSince:
    """Where a passage stands in an edition, and since which edition it stands so."""

    placement: Placement | None
    """``None``: the passage was marked in an edition that came later."""
    changed_in: Edition | None


def places_in(edition: Edition, passages: Sequence[Passage]) -> list[PlacedSince]:
    """Return how passages stand in an edition, in their order.

    No statement for the edition in force, if the passages came with ``changed_in``; three for
    another one.
    """
    if all(passage.placed_in_id == edition.pk for passage in passages):
        return [
            PlacedSince(
                Placement(Status(passage.status), passage.placed_start, passage.placed_end, 1.0),
                passage.changed_in,
            )
            for passage in passages
        ]
    chain = Chain(edition.document_id)
    chain.read_until(edition.pk)
    return [
        PlacedSince(chain.placement(passage, edition.pk), chain.changed_in(passage, edition.pk))
        for passage in passages
    ]


def place_passages(document: Document, *, anew: bool = False) -> list[PlacementChange]:
    """Carry all passages of a document into the edition in force; returns what that changed.

    Called under the document's lock when an edition was appended; ``anew`` when one was put between
    others, so that it is not known any more since when a passage stands as it does.
    """
    passages = list(Passage.objects.filter(document=document).order_by("pk"))
    edition = document.edition
    if not passages or edition is None:
        return []
    chain = Chain(document.pk)
    chain.read([edition.pk, *(passage.edition_id for passage in passages)])
    changes: list[PlacementChange] = []
    for passage in passages:
        before = passage.status
        if anew:
            chain.place(passage, edition.pk)
        elif placement := chain.placement(passage, edition.pk):
            passage.placed_in = edition
            passage.status = str(placement.status)
            passage.placed_start, passage.placed_end = placement.start, placement.end
            if passage.status != before:
                is_intact = passage.status == PlacementStatus.INTACT
                passage.changed_in = None if is_intact else edition
        if passage.status != before:
            changes.append(PlacementChange(passage, before, passage.status))
    _write_down(passages)
    return changes


def _write_down(passages: Sequence[Passage]) -> None:
    """Store where passages stand."""
    update_rows(
        Passage,
        ["placed_in", "status", "placed_start", "placed_end", "changed_in"],
        ["id"],
        [
            (
                *(passage.placed_in_id, passage.status),
                *(passage.placed_start, passage.placed_end, passage.changed_in_id, passage.pk),
            )
            for passage in passages
        ],
    )
