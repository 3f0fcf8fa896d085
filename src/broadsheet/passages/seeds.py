"""First hold of an alignment: what stands exactly once in both texts.

Whole paragraphs, then whole sentences, then stretches of five words that occur once among what is
left in each text are certain enough to be paired wherever they stand; stretches are grown in both
directions. The heaviest series of them that keeps its order is the backbone, what
remains off it is a candidate for having been moved.

The idea of unique common units as anchors is Bram Cohen's patience diff (2005, described at
https://bramcohen.livejournal.com/73318.html); growing and weighing them is ours.
Cost: linear for finding, k log k for ordering k runs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from broadsheet.passages.matching import Matching, Run

STRETCH = 5
"""Words in a stretch. Four made chance anchors in lists and menus, six lost edited sentences."""


def plant(matching: Matching) -> list[Run]:
    """Pair everything unique, claim it, and return the runs in the order of the old text."""
    _pair_units(matching, matching.old_paragraphs, matching.new_paragraphs)
    _pair_units(matching, matching.old_sentences, matching.new_sentences)
    _pair_stretches(matching)
    return runs_of(matching, 0, len(matching.old))


def _pair_units(matching: Matching, old_cuts: Sequence[int], new_cuts: Sequence[int]) -> None:
    """Pair units (paragraphs or sentences) that occur once among the unpaired of both texts."""
    old_units = _unique_units(matching.old.ids, old_cuts, matching.to_new)
    new_units = _unique_units(matching.new.ids, new_cuts, matching.to_old)
    for unit, old in old_units.items():
        new = new_units.get(unit, -1)
        if old >= 0 and new >= 0:
            matching.claim(old, new, len(unit))


def _unique_units(
    ids: Sequence[int], cuts: Sequence[int], partners: Sequence[int]
) -> dict[tuple[int, ...], int]:
    """Say where each unpaired unit begins; -1 if it occurs more than once."""
    begins: dict[tuple[int, ...], int] = {}
    for start, end in zip(cuts, cuts[1:], strict=False):
        if partners[start] < 0 and start < end:
            unit = tuple(ids[start:end])
            begins[unit] = -1 if unit in begins else start
    return begins


def _pair_stretches(matching: Matching) -> None:
    """Pair and grow stretches of words that occur once among the unpaired of both texts."""
    old_stretches = _unique_stretches(matching.old.ids, matching.to_new)
    new_stretches = _unique_stretches(matching.new.ids, matching.to_old)
    old_ids, new_ids = matching.old.ids, matching.new.ids
    to_new, to_old = matching.to_new, matching.to_old
    old_count, new_count = len(old_ids), len(new_ids)
    for stretch, old in old_stretches.items():
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


def _unique_stretches(
    ids: Sequence[int], partners: Sequence[int]
) -> dict[tuple[int, ...], int]:
    """Say where each unpaired stretch begins; -1 if it occurs more than once."""
    begins: dict[tuple[int, ...], int] = {}
    for start, end in unpaired(partners, 0, len(partners)):
        part = ids[start:end]
        stretches = zip(*(part[skip:] for skip in range(STRETCH)), strict=False)
        for begin, stretch in enumerate(stretches, start):
            begins[stretch] = -1 if stretch in begins else begin
    return begins


def unpaired(partners: Sequence[int], start: int, end: int) -> list[tuple[int, int]]:
    """List the ranges of words without a partner between two words."""
    found = []
    index = start
    while index < end:
        if partners[index] >= 0:
            index += 1
            continue
        begin = index
        while index < end and partners[index] < 0:
            index += 1
        found.append((begin, index))
    return found


def runs_of(matching: Matching, start: int, end: int) -> list[Run]:
    """List the runs of paired words between two old words."""
    to_new = matching.to_new
    runs = []
    index = start
    while index < end:
        new = to_new[index]
        if new < 0:
            index += 1
            continue
        begin, shift = index, new - index
        index += 1
        while index < end and to_new[index] == index + shift:
            index += 1
        runs.append(Run(begin, new, index - begin, matching.weight(begin, index)))
    return runs


def in_order(runs: Iterable[Run]) -> list[Run]:
    """Choose the heaviest series of runs that stand in the same order in both texts.

    ``runs`` come in the order of the old text. The ends of the best series so far are kept as a
    staircase: later in the new text only if heavier, so that the best to go on from is found by
    bisection.
    """
    ends: list[int] = []
    weights: list[float] = []
    tails: list[int] = []
    chosen: list[tuple[Run, int]] = []
    for run in runs:
        place = bisect_right(ends, run.new) - 1
        before = tails[place] if place >= 0 else -1
        weight = run.weight + (weights[place] if place >= 0 else 0.0)
        chosen.append((run, before))
        end = run.new + run.length
        place = bisect_left(ends, end)
        if (place and weights[place - 1] >= weight) or (
            place < len(ends) and ends[place] == end and weights[place] >= weight
        ):
            continue
        last = place
        while last < len(ends) and weights[last] <= weight:
            last += 1
        ends[place:last] = [end]
        weights[place:last] = [weight]
        tails[place:last] = [len(chosen) - 1]
    series = []
    index = tails[-1] if tails else -1
    while index >= 0:
        run, index = chosen[index]
        series.append(run)
    series.reverse()
    return series
