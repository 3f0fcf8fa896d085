"""Carry a span of an edition's text into the next edition, or through many.

Through many it is carried step by step: what one step calls removed is never attached again, and
doubts multiply. The texts of the first and the last edition, if given, are held against each
other in the end, because small rewordings add up to something else.

The answer is one of four. ``intact``: the same words at their place; they may be broken into
lines otherwise. ``moved``: the same words, with the text around them now somewhere else.
``reworded``: some words are others now, or are gone, or new ones stand between; the range is what
stands in the span's place. ``removed``: nothing does, or it is in doubt.

Cost: a bisection, and a step for each moved block inside the span (a hundred at most).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from broadsheet.passages.alignment import Alignment
from broadsheet.passages.segments import KEPT, SPACE, Segment
from broadsheet.passages.words import Vocabulary

ENOUGH = 0.08
"""Share of a span that must have been kept, replaced characters counting half."""
TORN = 100
"""Changes from one moved block to another inside a span, from which on it is torn to pieces."""
MOVED_CONFIDENCE = 0.95
"""Confidence in a moved passage: nearly always right where tried, but by its words alone."""
REWORDED = 0.4
"""The same of a rewording of which nothing was kept; it rises to 1 with the share kept."""
DOUBTFUL = 0.35
"""Confidence below which a passage carried through many editions is given up."""
DRIFTED = 0.2
"""Share of its words that a passage reworded twice or more must still have of the first text."""


class Status(StrEnum):
    """What became of a span."""

    INTACT = "intact"
    MOVED = "moved"
    REWORDED = "reworded"
    REMOVED = "removed"


class Placement(NamedTuple):
    """Where a span stands in a newer text: a half-open range in code points.

    A tuple, since a thousand are made at a time and a frozen dataclass takes four times as long.
    Of what was removed, ``start`` and ``end`` are ``None``. ``confidence`` runs from 0 to 1.
    """

    status: Status
    start: int | None
    end: int | None
    confidence: float


GONE = Placement(Status.REMOVED, None, None, 0.9)
IN_DOUBT = Placement(Status.REMOVED, None, None, 0.3)


def carry(alignment: Alignment, start: int, end: int) -> Placement:
    """Say where a span of the old text stands in the new one.

    Raises ``ValueError`` for a span that is empty or not within the old text.
    """
    if not 0 <= start < end <= alignment.old_length:
        raise ValueError(f"no span of the old text: {start} to {end} of {alignment.old_length}")
    segments, index = alignment.segments, alignment.index
    first = bisect_right(index.starts, start) - 1
    if first >= 0:
        old_start, old_end, new_start, _, kind, block = segments[first]
        if kind == KEPT and end <= old_end:
            shift = new_start - old_start
            if block:
                return Placement(Status.MOVED, start + shift, end + shift, MOVED_CONFIDENCE)
            return Placement(Status.INTACT, start + shift, end + shift, 1.0)
        if old_end <= start:
            first += 1
    else:
        first = 0
    last = bisect_left(index.starts, end) - 1
    if first > last:
        return GONE
    is_covered = segments[first].old_start <= start and end <= segments[last].old_end
    if segments[first].kind == SPACE:
        first += 1
    if first <= last and segments[last].kind == SPACE:
        last -= 1
    if first > last:
        return GONE
    if (
        is_covered
        and index.seams[last + 1] == index.seams[first + 1]
        and index.replaced[last + 1] == index.replaced[first]
    ):
        return _whole(segments[first], segments[last], start, end)
    return _parts(alignment, first, last, start, end)


def _whole(first: Segment, last: Segment, start: int, end: int) -> Placement:
    """Place a span all of whose words were kept side by side."""
    at = first.new_start + max(0, start - first.old_start)
    to = last.new_end - max(0, last.old_end - end)
    if first.block:
        return Placement(Status.MOVED, at, to, MOVED_CONFIDENCE)
    return Placement(Status.INTACT, at, to, 1.0)


def _parts(alignment: Alignment, first: int, last: int, start: int, end: int) -> Placement:
    """Place a span of which words changed where the block that has most of it stands."""
    segments, index = alignment.segments, alignment.index
    if index.stretch[last] - index.stretch[first] > TORN:
        return IN_DOUBT
    shares: dict[int, float] = {}
    ranges: dict[int, tuple[int, int]] = {}
    for stretch in range(index.stretch[first], index.stretch[last] + 1):
        begin = max(first, index.stretches[stretch])
        stop = last
        if stretch + 1 < len(index.stretches):
            stop = min(last, index.stretches[stretch + 1] - 1)
        share, at, to = _part(alignment, begin, stop, start, end)
        block = segments[begin].block
        if block in ranges:
            at, to = min(at, ranges[block][0]), max(to, ranges[block][1])
        shares[block] = shares.get(block, 0.0) + share
        ranges[block] = at, to
    block = max(shares, key=shares.__getitem__)
    share = shares[block] / (end - start)
    if share < ENOUGH:
        return IN_DOUBT
    at, to = ranges[block]
    return Placement(Status.REWORDED, at, to, REWORDED + (1.0 - REWORDED) * share)


def _part(
    alignment: Alignment, first: int, last: int, start: int, end: int
) -> tuple[float, int, int]:
    """Weigh the part of a span in neighboring segments of one block, and say where it is now."""
    segments, index = alignment.segments, alignment.index
    if first < last and segments[last].kind == SPACE:
        last -= 1
    one, two = segments[first], segments[last]
    kept = index.kept[last + 1] - index.kept[first]
    replaced = index.replaced[last + 1] - index.replaced[first]
    at, to = one.new_start, two.new_end
    before, after = max(0, start - one.old_start), max(0, two.old_end - end)
    if one.kind == KEPT:
        kept -= before
        at += before
    else:
        replaced -= before
    if two.kind == KEPT:
        kept -= after
        to -= after
    else:
        replaced -= after
    return kept + replaced / 2, at, to


def carry_through(
    alignments: Sequence[Alignment],
    start: int,
    end: int,
    *,
    first: str | None = None,
    last: str | None = None,
) -> Placement:
    """Carry a span through the alignments of consecutive editions.

    With the ``first`` and the ``last`` text, a passage whose words came back is intact again, and
    one that drifted too far is removed. Raises ``ValueError`` if the editions do not follow each
    other or the span is none of the first one.
    """
    for place, (before, after) in enumerate(pairwise(alignments), 1):
        if before.new_length != after.old_length:
            raise ValueError(f"alignment {place} does not begin where the one before it ends")
    confidence, rewordings = 1.0, 0
    is_moved = False
    at, to = start, end
    for alignment in alignments:
        placement = carry(alignment, at, to)
        confidence *= placement.confidence
        if placement.start is None or placement.end is None:
            return placement
        if confidence < DOUBTFUL:
            return IN_DOUBT
        at, to = placement.start, placement.end
        rewordings += placement.status is Status.REWORDED
        is_moved = is_moved or placement.status is Status.MOVED
    status = Status.MOVED if is_moved else Status.INTACT
    if rewordings:
        status = Status.REWORDED
        if first is not None and last is not None:
            words, now = first[start:end].split(), last[at:to].split()
            if words == now:
                status = Status.MOVED if is_moved else Status.INTACT
            elif rewordings > 1 and _shared(first[start:end], last[at:to]) < DRIFTED:
                return IN_DOUBT
    return Placement(status, at, to, confidence)


def _shared(old: str, new: str) -> float:
    """Say which share of the old words, by weight, is among the new ones."""
    vocabulary = Vocabulary()
    before, after = Counter(vocabulary.read(old).ids), Counter(vocabulary.read(new).ids)
    weigh = vocabulary.weights.__getitem__
    whole = sum(weigh(word) * count for word, count in before.items())
    return sum(weigh(word) * count for word, count in (before & after).items()) / (whole or 1.0)
