"""The alignment of two editions' texts: computed once, kept beside the newer edition.

It knows, without the texts, for each stretch of the old one what became of it: kept (at its
place, or moved with a block), replaced by other words, or taken out. See ``carrying`` for what
it is made for.

How it is found: what is unique in both texts (``seeds``) makes a backbone and moved blocks, whose
gaps are filled word by word (``moves``, ``gaps``); what is there by chance is given up
(``doubts``); sentences left over on both sides are compared (``leftovers``); words between kept
ones are faced with those in their place (``rewordings``).

Cost: about 3 µs a word for texts as they are edited, at most about 50 µs a word for the most
repetitive ones. Memory: a few lists of integers as long as the texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from broadsheet.passages.doubts import drop_chance, let_go_of_crumbs
from broadsheet.passages.leftovers import pair_leftovers
from broadsheet.passages.matching import Matching
from broadsheet.passages.moves import settle
from broadsheet.passages.seeds import plant
from broadsheet.passages.segments import KEPT, REPLACED, Segment, segments_of

FORM = 1
"""Number of the stored form; a reader refuses others."""
KINDS = 3
"""Kinds of segments, which share one number with their block in the stored form."""


class AlignmentUnreadable(ValueError):
    """Stored data is not an alignment of the form this version writes."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """What became of each stretch of an old text in a new one; offsets in code points."""

    old_length: int
    new_length: int
    segments: tuple[Segment, ...]
    index: Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", Index(self.segments))

    def to_data(self) -> dict[str, Any]:
        """Give the alignment as data for JSON: one flat list of small integers."""
        flat: list[int] = []
        old = new = 0
        for start, end, new_start, new_end, kind, block in self.segments:
            flat += (block * KINDS + kind, start - old, end - start, new_start - new)
            if kind != KEPT:
                flat.append(new_end - new_start)
            old, new = end, new_end
        return {"form": FORM, "old": self.old_length, "new": self.new_length, "segments": flat}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Alignment:
        """Read what ``to_data`` gave; raise ``AlignmentUnreadable`` for anything else."""
        try:
            form, old_length, new_length = (int(data[key]) for key in ("form", "old", "new"))
            segments = _unflatten(list(map(int, data["segments"])))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise AlignmentUnreadable(f"not an alignment: {error!r}") from error
        if form != FORM:
            raise AlignmentUnreadable(f"an alignment of form {form}, not {FORM}")
        before = 0
        for segment in segments:
            if not (
                before <= segment.old_start < segment.old_end <= old_length
                and 0 <= segment.new_start <= segment.new_end <= new_length
                and segment.block >= 0
            ):
                raise AlignmentUnreadable(f"impossible segment {tuple(segment)}")
            before = segment.old_end
        return cls(old_length, new_length, tuple(segments))


def _unflatten(flat: Sequence[int]) -> list[Segment]:
    """Read the flat list of ``Alignment.to_data``."""
    segments = []
    old = new = place = 0
    while place < len(flat):
        block, kind = divmod(flat[place], KINDS)
        start = old + flat[place + 1]
        old = start + flat[place + 2]
        new_start = new + flat[place + 3]
        place += 4
        length = old - start
        if kind != KEPT:
            length = flat[place]
            place += 1
        new = new_start + length
        segments.append(Segment(start, old, new_start, new, kind, block))
    return segments


class Index:
    """Running sums over the segments, so that any range of them is judged in constant time."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.starts = [segment.old_start for segment in segments]
        seams, stretch = [0], [0]
        self.stretches = [0]
        """Where each stretch of neighboring segments of one block begins."""
        for place in range(1, len(segments)):
            one, two = segments[place - 1], segments[place]
            is_seam = (
                one.block != two.block
                or one.old_end != two.old_start
                or one.new_end != two.new_start
            )
            seams.append(is_seam)
            if one.block != two.block:
                self.stretches.append(place)
            stretch.append(len(self.stretches) - 1)
        self.stretch = stretch
        """The stretch of each segment."""
        self.seams = list(accumulate(seams, initial=0))
        """How many of the segments before are not joined to the one before them."""
        self.replaced = list(
            accumulate(
                (s.old_end - s.old_start if s.kind == REPLACED else 0 for s in segments), initial=0
            )
        )
        """Characters replaced in the segments before."""
        self.kept = list(
            accumulate(
                (s.old_end - s.old_start if s.kind == KEPT else 0 for s in segments), initial=0
            )
        )
        """Characters kept in the segments before."""


def align(old: str, new: str) -> Alignment:
    """Align two texts."""
    if old == new:
        whole = (Segment(0, len(old), 0, len(new), KEPT, 0),) if old else ()
        return Alignment(len(old), len(new), whole)
    matching = Matching(old, new)
    settle(matching, plant(matching))
    drop_chance(matching)
    let_go_of_crumbs(matching)
    pair_leftovers(matching)
    return Alignment(len(old), len(new), tuple(segments_of(matching)))
