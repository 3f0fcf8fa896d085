"""The difference of two editions, for people: what was put in, taken out, and moved.

Made from the stored alignment, so that a history page shows the very changes by which passages
were carried. Text is given paragraph by paragraph as runs to be printed plain, as ``<ins>`` or
as ``<del>``. Changes are whole words; where only crumbs stand between changes (a comma, an "of")
they are taken into them, because "the ~~cat~~ **dog** of ~~my~~ **her**" reads worse than one
exchange. A paragraph that was moved is shown at its new place, with the changes inside it, and a
short notice stands where it was.

Cost: linear in the texts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from broadsheet.passages.alignment import Alignment
from broadsheet.passages.segments import KEPT, SPACE, Segment

_PARAGRAPH = re.compile(r"\S(?:[^\n]*\S)?")
CRUMB = 4
"""Letters up to which kept text between two exchanges is a crumb: "of", "the", a comma."""


class Change(StrEnum):
    """What happened to a run of text."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"


class Fate(StrEnum):
    """What happened to a paragraph."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    MOVED_AWAY = "moved away"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``moved`` if it was taken out here and put in elsewhere, or the reverse."""

    change: Change
    text: str
    moved: bool = False


@dataclass(frozen=True, slots=True)
class ParagraphChange:
    """A paragraph and the pieces it is made of, in reading order.

    Of a ``MOVED_AWAY`` paragraph the one piece is its old text; what changed in it is shown where
    it stands now.
    """

    fate: Fate
    pieces: tuple[Piece, ...]

    @property
    def old_text(self) -> str:
        """Give the paragraph without what was put in."""
        return "".join(piece.text for piece in self.pieces if piece.change is not Change.INSERT)

    @property
    def new_text(self) -> str:
        """Give the paragraph without what was taken out."""
        return "".join(piece.text for piece in self.pieces if piece.change is not Change.DELETE)


def difference(alignment: Alignment, old: str, new: str) -> list[ParagraphChange]:
    """Show what changed between the two texts of an alignment, in the order of the new one."""
    if (len(old), len(new)) != (alignment.old_length, alignment.new_length):
        raise ValueError("these are not the texts of the alignment")
    return list(_Showing(alignment, old, new).paragraphs())


class _Showing:
    """One pass over the new text, taking along what is gone from the old one."""

    def __init__(self, alignment: Alignment, old: str, new: str) -> None:
        self.old, self.new = old, new
        self.old_paragraphs = [match.span() for match in _PARAGRAPH.finditer(old)]
        self.old_starts = [start for start, _ in self.old_paragraphs]
        self.new_paragraphs = [match.span() for match in _PARAGRAPH.finditer(new)]
        self.kept = [s for s in alignment.segments if s.kind == KEPT]
        self.kept_starts = [segment.old_start for segment in self.kept]
        self.by_new = sorted(
            (s for s in alignment.segments if s.kind == KEPT or _is_space(s)),
            key=lambda segment: segment.new_start,
        )
        self.at = 0
        """How far the old text that kept its place has been shown."""

    def paragraphs(self) -> Iterator[ParagraphChange]:
        """Give the paragraphs of both texts."""
        contents = list(self._contents())
        homes = [_home(segments) for segments in contents]
        # Where the text that kept its place goes on, seen from each paragraph.
        upcoming = [len(self.old)] * (len(contents) + 1)
        for place in range(len(contents) - 1, -1, -1):
            own = [s.old_start for s in contents[place] if s.block == 0 and homes[place] == 0]
            upcoming[place] = own[0] if own else upcoming[place + 1]
        for place, (start, end) in enumerate(self.new_paragraphs):
            yield from self._gone_before(upcoming[place])
            home, segments = homes[place], contents[place]
            segments = [segment for segment in segments if segment.block == home]
            if home is None:
                pieces = list(self._put_in(start, end))
            elif home == 0:
                begin = max(self.at, self._old_paragraph(segments[0].old_start)[0])
                pieces = list(self._written(start, end, segments, begin, upcoming[place + 1]))
            else:
                begin = self._old_paragraph(segments[0].old_start)[0]
                pieces = list(self._written(start, end, segments, begin, len(self.old)))
            yield _paragraph(_tidy(pieces), is_moved=bool(home))
        yield from self._gone_before(len(self.old))

    def _contents(self) -> Iterator[list[Segment]]:
        """Give for each new paragraph what of the old text it keeps, cut to the paragraph."""
        place = 0
        for start, end in self.new_paragraphs:
            while place < len(self.by_new) and self.by_new[place].new_end <= start:
                place += 1
            found = []
            index = place
            while index < len(self.by_new) and self.by_new[index].new_start < end:
                found.append(_cut(self.by_new[index], start, end))
                index += 1
            yield found

    def _old_paragraph(self, offset: int) -> tuple[int, int]:
        """Give the paragraph of the old text in which an offset is, or the one before it."""
        return self.old_paragraphs[max(0, bisect_right(self.old_starts, offset) - 1)]

    def _gone_before(self, offset: int) -> Iterator[ParagraphChange]:
        """Give the whole old paragraphs that do not go on before an offset of the old text."""
        place = bisect_right(self.old_starts, self.at - 1)
        while place < len(self.old_paragraphs) and self.old_paragraphs[place][1] <= offset:
            start, end = self.old_paragraphs[place]
            pieces = tuple(self._taken_out(start, end))
            moved = sum(len(piece.text) for piece in pieces if piece.moved)
            if 2 * moved > end - start:
                whole = Piece(Change.DELETE, self.old[start:end], moved=True)
                yield ParagraphChange(Fate.MOVED_AWAY, (whole,))
            else:
                yield ParagraphChange(Fate.REMOVED, pieces)
            self.at = end
            place += 1

    def _written(
        self, start: int, end: int, segments: Sequence[Segment], at: int, limit: int
    ) -> Iterator[Piece]:
        """Give a new paragraph with what is gone between the parts it kept.

        ``at`` is where the old text begins to be shown, ``limit`` where later paragraphs go on.
        """
        begin = start
        for segment in segments:
            yield from self._taken_out(at, segment.old_start)
            yield from self._put_in(begin, segment.new_start)
            yield Piece(Change.EQUAL, self.new[segment.new_start : segment.new_end])
            at, begin = segment.old_end, segment.new_end
        tail = min(self._old_paragraph(at - 1)[1], limit)
        yield from self._taken_out(at, tail)
        yield from self._put_in(begin, end)
        if segments[0].block == 0:
            self.at = max(at, tail)

    def _taken_out(self, start: int, end: int) -> Iterator[Piece]:
        """Give old text that is not here any more; what was kept elsewhere as moved."""
        if not self.old[start:end].strip():
            if "\n" not in self.old[start:end] and start < end:
                yield Piece(Change.DELETE, self.old[start:end])
            return
        place = max(0, bisect_right(self.kept_starts, start) - 1)
        for index in range(place, len(self.kept)):
            segment = self.kept[index]
            if segment.old_start >= end:
                break
            if segment.old_end <= start:
                continue
            if start < segment.old_start:
                yield Piece(Change.DELETE, self.old[start : segment.old_start])
                start = segment.old_start
            stop = min(end, segment.old_end)
            yield Piece(Change.DELETE, self.old[start:stop], moved=True)
            start = stop
        if start < end:
            yield Piece(Change.DELETE, self.old[start:end])

    def _put_in(self, start: int, end: int) -> Iterator[Piece]:
        """Give new text that was not here before; what was kept from elsewhere as moved."""
        place = bisect_right(self.by_new, start, key=lambda segment: segment.new_end)
        for index in range(place, len(self.by_new)):
            segment = self.by_new[index]
            if segment.new_start >= end:
                break
            if start < segment.new_start:
                yield Piece(Change.INSERT, self.new[start : segment.new_start])
                start = segment.new_start
            stop = min(end, segment.new_end)
            if start < stop:
                yield Piece(Change.INSERT, self.new[start:stop], moved=segment.kind == KEPT)
                start = stop
        if start < end:
            yield Piece(Change.INSERT, self.new[start:end])


def _is_space(segment: Segment) -> bool:
    """Say whether a segment is white space on both sides."""
    return segment.kind == SPACE and segment.new_start < segment.new_end


def _cut(segment: Segment, start: int, end: int) -> Segment:
    """Cut a segment to a range of the new text."""
    if start <= segment.new_start and segment.new_end <= end:
        return segment
    new_start, new_end = max(start, segment.new_start), min(end, segment.new_end)
    return Segment(
        segment.old_start + new_start - segment.new_start,
        segment.old_end - (segment.new_end - new_end),
        new_start,
        new_end,
        segment.kind,
        segment.block,
    )


def _home(segments: Sequence[Segment]) -> int | None:
    """Say which block most of the kept text is from; ``None`` if nothing was kept."""
    shares: dict[int, int] = {}
    for segment in segments:
        if segment.kind == KEPT:
            length = segment.old_end - segment.old_start
            shares[segment.block] = shares.get(segment.block, 0) + length
    return max(shares, key=shares.__getitem__) if shares else None


def _tidy(pieces: Sequence[Piece]) -> list[Piece]:
    """Take crumbs into the changes around them, and join what belongs together."""
    mended: list[Piece] = []
    for place, piece in enumerate(pieces):
        if (
            piece.change is Change.EQUAL
            and sum(map(str.isalnum, piece.text)) <= CRUMB
            and _is_exchange(pieces[max(0, place - 2) : place])
            and _is_exchange(pieces[place + 1 : place + 3])
        ):
            mended.append(Piece(Change.DELETE, piece.text))
            mended.append(Piece(Change.INSERT, piece.text))
        else:
            mended.append(piece)
    tidy: list[Piece] = []
    for is_equal, group in groupby(mended, key=lambda piece: piece.change is Change.EQUAL):
        several = list(group)
        if not is_equal:
            # What was taken out comes first, so that an exchange reads as one.
            several.sort(key=lambda piece: piece.change is Change.INSERT)
        runs = [
            Piece(change, "".join(piece.text for piece in run), moved)
            for (change, moved), run in groupby(several, key=lambda p: (p.change, p.moved))
        ]
        if len(runs) == 2 and runs[0].text == runs[1].text:
            runs = [Piece(Change.EQUAL, runs[0].text)]
        tidy += runs
    tidy = _joined(tidy)
    # White space that is gone at the ends of a paragraph is not worth showing.
    return [piece for piece in tidy if piece.text.strip() or piece not in (tidy[0], tidy[-1])]


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Join neighbors of the same kind."""
    return [
        Piece(change, "".join(piece.text for piece in run), moved)
        for (change, moved), run in groupby(pieces, key=lambda p: (p.change, p.moved))
    ]


def _is_exchange(pieces: Sequence[Piece]) -> bool:
    """Say whether two pieces are words taken out and words put in, neither moved."""
    changes = {piece.change for piece in pieces if not piece.moved}
    return len(pieces) == 2 and changes == {Change.DELETE, Change.INSERT}


def _paragraph(pieces: Sequence[Piece], is_moved: bool) -> ParagraphChange:
    """Name what happened to a paragraph of the new text."""
    changes = {piece.change for piece in pieces}
    if is_moved:
        fate = Fate.MOVED
    elif changes == {Change.EQUAL}:
        fate = Fate.SAME
    elif changes == {Change.INSERT}:
        fate = Fate.ADDED
    else:
        fate = Fate.CHANGED
    return ParagraphChange(fate, tuple(pieces))
