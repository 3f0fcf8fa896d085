"""Pairs of words that are there by chance, and are given up."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from broadsheet.passages.matching import Matching, Run

CHANCE = 0.35
"""A run between two changes is chance when it weighs less than this share of the smaller one."""
HEAVY = 6.0
"""Runs from this weight on (six long words) are never there by chance."""
ONE_SIDED = 0.25
"""How much words taken out with none put in (or the reverse) count as a change."""
CRUMBS = 0.22
"""A sentence of which a smaller share (by weight) was kept was not kept."""
SURE = 0.5
"""From this share on a sentence was kept, whatever the new one looks like."""
ALIKE = 0.25
"""Between the two, old and new sentence must have such a share of both in common (Dice)."""


def drop_chance(matching: Matching) -> None:
    """Part light runs that stand alone between large changes, such as a stop word or a comma."""
    start = Run(0, 0, 0, 0.0)
    end = Run(len(matching.old), len(matching.new), 0, 0.0)
    for block, runs in matching.runs_by_block().items():
        # A moved block ends with its first and last run; what is beyond is not its change.
        before, after = (runs[0], runs[-1]) if block else (start, end)
        _drop_from_block(matching, before, runs, after)


def _drop_from_block(matching: Matching, before: Run, runs: Sequence[Run], after: Run) -> None:
    """Part the runs of one block that are there by chance."""
    grown: tuple[float, float] | None = None
    for run, following in pairwise([*runs, after]):
        if run.weight < HEAVY:
            # Weighed anew, the change before a run would be gone over for each run parted in it.
            out, put = grown or _change(matching, before, run)
            next_out, next_put = _change(matching, run, following)
            limit = run.weight / CHANCE
            if _size(out, put) > limit and _size(next_out, next_put) > limit:
                matching.release(run)
                grown = out + run.weight + next_out, put + run.weight + next_put
                continue
        before, grown = run, None


def _change(matching: Matching, before: Run, after: Run) -> tuple[float, float]:
    """Weigh the words taken out and the words put in between two runs."""
    old, new = matching.old, matching.new
    return (
        old.weight_of(old.unpaired(before.old_end, after.old)),
        new.weight_of(new.unpaired(before.new_end, after.new)),
    )


def _size(out: float, put: float) -> float:
    """Give the size of a change: words taken out facing words put in."""
    return min(out, put) + ONE_SIDED * max(out, put)


def let_go_of_crumbs(matching: Matching) -> None:
    """Part the words of sentences of which only crumbs were kept."""
    old, new = matching.old, matching.new
    for start, end in pairwise(old.sentences):
        partners = old.partners[start:end]
        if -1 not in partners:
            continue
        paired = [index for index, partner in enumerate(partners, start) if partner >= 0]
        if not paired:
            continue
        kept, whole = old.weight_of(paired), old.weight(start, end)
        if kept >= SURE * whole:
            continue
        heirs = {new.sentence(old.partners[index]) for index in paired}
        heritage = sum(new.weight(*heir) for heir in heirs)
        if kept < CRUMBS * whole or 2 * kept < ALIKE * (whole + heritage):
            matching.part(paired)
