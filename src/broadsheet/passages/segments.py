"""From paired words to stretches of characters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from broadsheet.passages.matching import Matching, Run
from broadsheet.passages.rewordings import facings
from broadsheet.passages.seeds import in_order

KEPT = 0
"""The same characters in both texts."""
SPACE = 1
"""White space in both texts, but not the same (or none in one of them)."""
REPLACED = 2
"""New words that stand in the place of old ones."""


class Segment(NamedTuple):
    """A stretch of the old text and what became of it; offsets in code points.

    Stretches of one ``block`` are in the same order in both texts; block 0 kept its place, every
    other number is a body of text that was moved. What no segment covers was taken out.
    """

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    kind: int
    block: int


def segments_of(matching: Matching) -> list[Segment]:
    """Turn the pairs of a matching into segments in the order of the old text."""
    segments: list[Segment] = []
    for block, runs in _ordered_blocks(matching):
        segments += _kept(matching, runs[0], block)
        for before, after in pairwise(runs):
            segments += _replaced(matching, before, after, block)
            segments += _kept(matching, after, block)
    segments.sort()
    return segments


def _ordered_blocks(matching: Matching) -> Iterator[tuple[int, list[Run]]]:
    """List runs by block; what stands out of order in its block becomes a block of its own."""
    for block, runs in matching.runs_by_block().items():
        series = in_order(runs)
        yield block, series
        if len(series) < len(runs):
            in_series = {run.old for run in series}
            for run in runs:
                if run.old not in in_series:
                    yield matching.new_block(), [run]


def _kept(matching: Matching, run: Run, block: int) -> Iterator[Segment]:
    """Give the segments of a run: one, if its words are written and set apart in the same way."""
    old, new = matching.old.words, matching.new.words
    start, end = old.starts[run.old], old.end(run.old_end - 1)
    new_start, new_end = new.starts[run.new], new.end(run.new_end - 1)
    if old.text[start:end] == new.text[new_start:new_end]:
        yield Segment(start, end, new_start, new_end, KEPT, block)
    else:
        yield from _word_by_word(matching, run, block)
    yield from _space_after(matching, run.old_end - 1, run.new_end - 1, block)


def _word_by_word(matching: Matching, run: Run, block: int) -> Iterator[Segment]:
    """Give the segments of a run in which white space or capitals differ."""
    old, new = matching.old.words, matching.new.words
    shift = run.new - run.old
    begin, last = run.old, run.old_end - 1
    for index in range(run.old, run.old_end):
        other = index + shift
        if old.pieces[index] == new.pieces[other] and index < last:
            continue
        is_kept = old.word(index) == new.word(other)
        if is_kept or begin < index:
            yield Segment(
                old.starts[begin], old.end(index) if is_kept else old.starts[index],
                new.starts[begin + shift], new.end(other) if is_kept else new.starts[other],
                KEPT, block,
            )  # fmt: skip
        if not is_kept:
            yield Segment(
                old.starts[index], old.end(index),
                new.starts[other], new.end(other), REPLACED, block,
            )  # fmt: skip
        if index < last:
            yield from _space_after(matching, index, other, block)
        begin = index + 1


def _replaced(matching: Matching, before: Run, after: Run, block: int) -> Iterator[Segment]:
    """Give the segments of what was replaced between two runs."""
    old, new = matching.old.words, matching.new.words
    for start, end, new_start, new_end in facings(matching, before, after):
        yield Segment(
            old.starts[start], old.end(end - 1),
            new.starts[new_start], new.end(new_end - 1), REPLACED, block,
        )  # fmt: skip
        yield from _space_after(matching, end - 1, new_end - 1, block)


def _space_after(matching: Matching, old: int, new: int, block: int) -> Iterator[Segment]:
    """Give the white space after two words that stand for each other, if the old one has any."""
    words, others = matching.old.words, matching.new.words
    start, end = words.end(old), words.starts[old] + len(words.pieces[old])
    if start < end:
        new_end = others.starts[new] + len(others.pieces[new])
        yield Segment(start, end, others.end(new), new_end, SPACE, block)
