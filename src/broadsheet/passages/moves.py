"""The backbone, the blocks that were moved, and the words between their certain points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from broadsheet.passages.gaps import weave
from broadsheet.passages.matching import Matching, Run, Side
from broadsheet.passages.seeds import in_order

MOVED_WEIGHT = 6.0
"""Weight (long words being 1) from which words found elsewhere are taken to have been moved."""
MOVED_SENTENCE = 1.6
"""The same for a whole sentence or paragraph: "See the chart below." is enough, "Note" is not."""
NEAR = 12
"""Words that may lie between two runs of one moved block; more, and they moved apart."""


def settle(matching: Matching, runs: Sequence[Run]) -> None:
    """Sort seeds into backbone and moved blocks, part the rest, and fill what lies between."""
    backbone = in_order(runs)
    in_place = {run.old for run in backbone}
    groups = []
    for group in _groups(matching, [run for run in runs if run.old not in in_place]):
        if _is_worth_moving(matching, group):
            block = matching.new_block()
            for run in group:
                matching.blocks[run.old : run.old_end] = [block] * run.length
            groups.append((block, group))
        else:
            for run in group:
                matching.release(run)
    # Moved blocks are filled first: what is theirs is no longer free for a chance match.
    for block, group in groups:
        _fill_block(matching, group, block)
    start = Run(0, 0, 0, 0.0)
    end = Run(len(matching.old), len(matching.new), 0, 0.0)
    for before, after in pairwise([start, *backbone, end]):
        _fill(matching, before.old_end, after.old, before.new_end, after.new, 0)


def _groups(matching: Matching, runs: Iterable[Run]) -> list[list[Run]]:
    """Put runs together that moved together, with only a few free words between them."""
    groups: list[list[Run]] = []
    for run in runs:
        if groups:
            last = groups[-1][-1]
            if (
                run.old - last.old_end <= NEAR
                and 0 <= run.new - last.new_end <= NEAR
                and matching.old.is_unpaired(last.old_end, run.old)
                and matching.new.is_unpaired(last.new_end, run.new)
            ):
                groups[-1].append(run)
                continue
        groups.append([run])
    return groups


def _is_worth_moving(matching: Matching, group: Sequence[Run]) -> bool:
    """Say whether a group is heavy enough, or a whole sentence, not to be there by chance."""
    weight = sum(run.weight for run in group)
    if weight >= MOVED_WEIGHT:
        return True
    first, last = group[0], group[-1]
    return (
        weight >= MOVED_SENTENCE
        and matching.old.sentence(first.old)[0] == first.old
        and matching.old.sentence(last.old_end - 1)[1] == last.old_end
    )


def _fill_block(matching: Matching, group: Sequence[Run], block: int) -> None:
    """Fill the gaps inside a moved block, and its edges up to the ends of their sentences."""
    for before, after in pairwise(group):
        _fill(matching, before.old_end, after.old, before.new_end, after.new, block)
    first, last = group[0], group[-1]
    old_start, new_start = (
        _reach_back(matching.old, first.old),
        _reach_back(matching.new, first.new),
    )
    _fill(matching, old_start, first.old, new_start, first.new, block)
    old_end, new_end = _reach_on(matching.old, last.old_end), _reach_on(matching.new, last.new_end)
    _fill(matching, last.old_end, old_end, last.new_end, new_end, block)


def _reach_back(side: Side, index: int) -> int:
    """Go back from a word to the first free word before it in its sentence."""
    start = side.sentence(index)[0]
    while index > start and side.partners[index - 1] < 0:
        index -= 1
    return index


def _reach_on(side: Side, index: int) -> int:
    """Go on from the end of a run over the free words of its sentence."""
    end = side.sentence(index - 1)[1]
    while index < end and side.partners[index] < 0:
        index += 1
    return index


def _fill(
    matching: Matching, old_start: int, old_end: int, new_start: int, new_end: int, block: int
) -> None:
    """Pair equal free words between two points in order."""
    if old_start >= old_end or new_start >= new_end:
        return
    old = matching.old.unpaired(old_start, old_end)
    new = matching.new.unpaired(new_start, new_end)
    if old and new:
        old_ids, new_ids = matching.old.ids, matching.new.ids
        pairs = weave([old_ids[i] for i in old], [new_ids[j] for j in new], matching.weights)
        matching.pair([old[i] for i, _ in pairs], [new[j] for _, j in pairs], block)
