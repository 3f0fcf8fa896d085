"""What stands now where words were replaced: pairs of facing stretches.

Between two runs that kept their order, old words face new words. A stretch is only trusted inside
a sentence of which something was kept, and when the sizes are alike: otherwise the old words
were cut, and what faces them was put in for another reason.

Inside a trusted stretch, words spelled alike (a typo mended, an ending changed, a number raised)
are paired with each other; what remains between them word by word if it is as many, else as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from broadsheet.passages.matching import Matching, Range, Run

LIKE_SIZE = 7.0
"""How many times the lighter stretch the heavier one may weigh, beside ``ALLOWANCE``.

A clause of ten words may have become one word; a sentence of twenty that faces a comma is gone.
"""
ALLOWANCE = 1.0
"""Weight of one long word, so that "is" may become "is expected to be"."""
SPELLED_ALIKE = 0.6
"""Shared beginning and end, as a share of the longer word, from which it is the same word."""
COMPARED = 300
"""Pairs of words compared by spelling in one stretch; one costs some microseconds."""

Facing = tuple[int, int, int, int]
"""Old start and end, new start and end, in words."""


def facings(matching: Matching, before: Run, after: Run) -> Iterator[Facing]:
    """Pair what was replaced between two neighboring runs of one block."""
    old, new = matching.old, matching.new
    old_gap, new_gap = (before.old_end, after.old), (before.new_end, after.new)
    if not (old.is_unpaired(*old_gap) and new.is_unpaired(*new_gap)):
        return
    for (a, b), (c, d) in _trusted(matching, old_gap, new_gap):
        lighter, heavier = sorted((old.weight(a, b), new.weight(c, d)))
        if heavier <= LIKE_SIZE * lighter + ALLOWANCE:
            old_words = [old.words.word(index) for index in range(a, b)]
            new_words = [new.words.word(index) for index in range(c, d)]
            for i, j, k, m in _pairs(old_words, new_words):
                yield a + i, a + j, c + k, c + m


def _trusted(matching: Matching, old_gap: Range, new_gap: Range) -> Iterator[tuple[Range, Range]]:
    """Cut a gap at the ends of sentences, and leave out the sentences wholly inside it."""
    (a, b), (c, d) = old_gap, new_gap
    if a >= b or c >= d:
        return
    old_left, old_right = _ends(matching.old.sentence(a - 1), matching.old.sentence(b), old_gap)
    new_left, new_right = _ends(matching.new.sentence(c - 1), matching.new.sentence(d), new_gap)
    if old_left is old_right and new_left is new_right:
        yield old_gap, new_gap
    elif (new_left is new_right and _is_one_end(old_left, old_right, old_gap)) or (
        old_left is old_right and _is_one_end(new_left, new_right, new_gap)
    ):
        # One side ends a sentence at the very edge of the gap, the other does not, as when the
        # first word of a sentence was replaced by one without a capital letter.
        yield old_gap, new_gap
    elif old_left is not old_right and new_left is not new_right:
        if old_left[0] < old_left[1] and new_left[0] < new_left[1]:
            yield old_left, new_left
        if old_right[0] < old_right[1] and new_right[0] < new_right[1]:
            yield old_right, new_right


def _ends(left: Range, right: Range, gap: Range) -> tuple[Range, Range]:
    """Give the parts of a gap in the sentences of its left and of its right neighbor.

    They are one and the same range if the neighbors are in one sentence.
    """
    if left == right:
        return gap, gap
    start = min(gap[1], left[1])
    return (gap[0], start), (max(start, right[0]), gap[1])


def _is_one_end(left: Range, right: Range, gap: Range) -> bool:
    """Say whether all of a gap belongs to the sentence on one side of it."""
    return gap in (left, right)


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[Facing]:
    """Pair the words of two facing stretches, in order."""
    a = c = 0
    for i, j in [*_spelled_alike(old, new), (len(old), len(new))]:
        if a < i and c < j:
            if i - a == j - c and _are_alike_in_kind(old[a:i], new[c:j]):
                yield from ((a + k, a + k + 1, c + k, c + k + 1) for k in range(i - a))
            else:
                yield a, i, c, j
        if i < len(old):
            yield i, i + 1, j, j + 1
        a, c = i + 1, j + 1


def _are_alike_in_kind(old: Sequence[str], new: Sequence[str]) -> bool:
    """Say whether words face words and marks face marks."""
    return all(a[0].isalnum() == b[0].isalnum() for a, b in zip(old, new, strict=True))


def _spelled_alike(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Choose the best series of pairs of words spelled alike.

    One word facing several (or the reverse) is left whole: all of it stands in the one's place.
    """
    if min(len(old), len(new)) == 1 or len(old) * len(new) > COMPARED:
        return []
    # best[j] is the best series within the old words so far and the first j new ones.
    best: list[tuple[float, tuple[tuple[int, int], ...]]] = [(0.0, ())] * (len(new) + 1)
    for i, word in enumerate(old):
        row = [best[0]]
        for j, other in enumerate(new):
            choice = best[j + 1] if best[j + 1][0] >= row[j][0] else row[j]
            # Words spelled alike begin or end with the same letter.
            if word[0] == other[0] or word[-1] == other[-1] or word.lower() == other.lower():
                score = likeness(word, other) if min(len(word), len(other)) > 1 else 0.0
                if score >= SPELLED_ALIKE and best[j][0] + score > choice[0]:
                    choice = (best[j][0] + score, (*best[j][1], (i, j)))
            row.append(choice)
        best = row
    return list(best[-1][1])


def likeness(one: str, other: str) -> float:
    """Say how alike two words are spelled, from 0 to 1."""
    shorter, longer = sorted((len(one), len(other)))
    if shorter * 2 < longer:
        return 0.0
    if one.lower() == other.lower():
        return 1.0
    front = 0
    while front < shorter and one[front] == other[front]:
        front += 1
    back = 0
    while back < shorter - front and one[-1 - back] == other[-1 - back]:
        back += 1
    middle = slice(front, len(one) - back)
    if len(one) == len(other) and one[middle] == other[middle][::-1]:
        back += 1  # Two neighboring letters changed places: one fault, not two.
    return (front + back) / longer
