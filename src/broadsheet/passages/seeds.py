"""First hold of an alignment: what stands exactly once in both texts.

Whole paragraphs, then whole sentences, then stretches of five words that occur once among what is
left in each text are certain enough to be paired wherever they stand; stretches are grown in
both directions. The heaviest series of them that keeps its order is the backbone; what remains
off it is a candidate for having been moved.

The idea of unique common units as anchors is Bram Cohen's patience diff
(https://bramcohen.livejournal.com/73318.html); growing and weighing them is ours.
Cost: linear for finding, k log k for ordering k runs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from broadsheet.passages.matching import Matching, Range, Run, Side

STRETCH = 5
"""Words in a stretch, punctuation marks counted."""


def plant(matching: Matching) -> list[Run]:
    """Pair everything unique, and list the runs in the order of the old text."""
    old, new = matching.old, matching.new
    _pair_units(matching, old.paragraphs, new.paragraphs)
    _pair_units(matching, old.sentences, new.sentences)
    _pair_stretches(matching)
    return matching.runs()


def _pair_units(matching: Matching, old_cuts: Sequence[int], new_cuts: Sequence[int]) -> None:
    """Pair units (paragraphs or sentences) that occur once among the unpaired of both texts."""
    new_units = _unique_units(matching.new, new_cuts)
    for unit, old in _unique_units(matching.old, old_cuts).items():
        new = new_units.get(unit, -1)
        if old >= 0 and new >= 0:
            matching.claim(old, new, len(unit))


def _unique_units(side: Side, cuts: Sequence[int]) -> dict[tuple[int, ...], int]:
    """Say where each unpaired unit begins; -1 if it occurs more than once."""
    begins: dict[tuple[int, ...], int] = {}
    for start, end in pairwise(cuts):
        if side.partners[start] < 0:
            unit = tuple(side.ids[start:end])
            begins[unit] = -1 if unit in begins else start
    return begins


def _pair_stretches(matching: Matching) -> None:
    """Pair and grow stretches of words that occur once among the unpaired of both texts."""
    old_ids, new_ids = matching.old.ids, matching.new.ids
    to_new, to_old = matching.old.partners, matching.new.partners
    old_count, new_count = len(old_ids), len(new_ids)
    new_stretches = _unique_stretches(matching.new)
    for stretch, old in _unique_stretches(matching.old).items():
        new = new_stretches.get(stretch, -1)
        if old < 0 or new < 0 or to_new[old] >= 0 or to_old[new] >= 0:
            continue
        start, shift = old, new - old
        while (
            start > 0
            and start + shift > 0
            and old_ids[start - 1] == new_ids[start + shift - 1]
            and to_new[start - 1] < 0
            and to_old[start + shift - 1] < 0
        ):
            start -= 1
        end = old
        while (
            end < old_count
            and end + shift < new_count
            and old_ids[end] == new_ids[end + shift]
            and to_new[end] < 0
            and to_old[end + shift] < 0
        ):
            end += 1
        matching.claim(start, start + shift, end - start)


def _unique_stretches(side: Side) -> dict[tuple[int, ...], int]:
    """Say where each unpaired stretch begins; -1 if it occurs more than once."""
    begins: dict[tuple[int, ...], int] = {}
    for start, end in _unpaired_ranges(side.partners):
        part = side.ids[start:end]
        stretches = zip(*(part[skip:] for skip in range(STRETCH)), strict=False)
        for begin, stretch in enumerate(stretches, start):
            begins[stretch] = -1 if stretch in begins else begin
    return begins


def _unpaired_ranges(partners: Sequence[int]) -> list[Range]:
    """List the ranges of words without a partner."""
    found = []
    index, count = 0, len(partners)
    while index < count:
        if partners[index] >= 0:
            index += 1
            continue
        begin = index
        while index < count and partners[index] < 0:
            index += 1
        found.append((begin, index))
    return found


def in_order(runs: Iterable[Run]) -> list[Run]:
    """Choose the heaviest series of runs that stand in the same order in both texts.

    ``runs`` come in the order of the old text. The ends of the best series so far are kept as a
    staircase: later in the new text only if heavier, so that the best to go on from is found by
    bisection.
    """
    ends: list[int] = []
    weights: list[float] = []
    tails: list[int] = []
    steps: list[tuple[Run, int]] = []
    for run in runs:
        place = bisect_right(ends, run.new) - 1
        before = tails[place] if place >= 0 else -1
        weight = run.weight + (weights[place] if place >= 0 else 0.0)
        steps.append((run, before))
        # Runs do not overlap: what ends before this one ends, ends before it begins and is lighter.
        first = last = bisect_left(ends, run.new_end)
        while last < len(ends) and weights[last] <= weight:
            last += 1
        ends[first:last] = [run.new_end]
        weights[first:last] = [weight]
        tails[first:last] = [len(steps) - 1]
    series = []
    step = tails[-1] if tails else -1
    while step >= 0:
        run, step = steps[step]
        series.append(run)
    series.reverse()
    return series
