"""Carry a span through an alignment."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from broadsheet.passages.alignment import KEPT, REPLACED, SPACE, Alignment

KEPT_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Placement:
    status: str
    start: int | None
    end: int | None
    confidence: float


REMOVED = Placement("removed", None, None, 0.5)


def carry(alignment: Alignment, start: int, end: int) -> Placement:
    segs = alignment.segments
    k = bisect_right(alignment.starts, start) - 1
    if k < 0:
        k = 0
    if k < len(segs):
        s = segs[k]
        if s.kind == KEPT and s.old_start <= start and end <= s.old_end:
            shift = s.new_start - s.old_start
            return Placement("moved" if s.block else "intact", start + shift, end + shift, 1.0)
        if s.old_end <= start:
            k += 1
    kept: dict[int, float] = {}
    spans: dict[int, list[int]] = {}
    covered = start
    whole = True
    order = None
    total = 0
    at = None
    for s in segs[k:]:
        if s.old_start >= end:
            break
        if s.old_start > covered:
            whole = False
        a, b = max(start, s.old_start), min(end, s.old_end)
        covered = b
        if s.kind == SPACE:
            if at is not None and at == s.new_start:
                at = s.new_end
            continue
        if s.kind == KEPT:
            c, d = s.new_start + a - s.old_start, s.new_start + b - s.old_start
            kept[s.block] = kept.get(s.block, 0) + b - a
        else:
            c, d = s.new_start, s.new_end
            whole = False
            kept[s.block] = kept.get(s.block, 0) + (b - a) / 2
        if at is not None and at != c:
            whole = False
        at = d
        if s.block in spans:
            r = spans[s.block]
            r[0] = min(r[0], c)
            r[1] = max(r[1], d)
        else:
            spans[s.block] = [c, d]
    if covered < end:
        whole = False
    if not spans:
        return REMOVED
    block = max(kept, key=kept.__getitem__)
    c, d = spans[block]
    if whole and len(spans) == 1:
        return Placement("moved" if block else "intact", c, d, 1.0)
    if kept[block] < KEPT_SHARE * (end - start) * 0.5:
        return REMOVED
    return Placement("reworded", c, d, 0.6)
