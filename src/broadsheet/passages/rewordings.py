"""What stands now where words were replaced: pairs of facing stretches.

Between two runs that kept their place, old words face new words. Words spelled alike (a typo
mended, an ending changed, a number raised) are paired with each other; what remains between them
word by word if it is as many, else stretch by stretch.

A stretch is only trusted inside a sentence of which something was kept, and when the sizes are
alike: otherwise the old words were cut, and what faces them was put in for another reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

LIKE_SIZE = 4.0
"""The heavier stretch may weigh so many times the lighter one, beside one word of allowance."""
SPELLED_ALIKE = 0.6
"""Shared beginning and end, as a share of the longer word, from which it is the same word."""
COMPARED = 900
"""Pairs of words looked at for spelling in one gap: thirty words against thirty."""

Pair = tuple[int, int, int, int]
"""Old start and end, new start and end, in words."""


def alike(one: str, other: str) -> float:
    """Say how alike two words are spelled, from 0 to 1."""
    longer = max(len(one), len(other))
    shorter = min(len(one), len(other))
    if shorter * 2 < longer:
        return 0.0
    if one.lower() == other.lower():
        return 0.99
    front = 0
    while front < shorter and one[front] == other[front]:
        front += 1
    back = 0
    while back < shorter - front and one[-1 - back] == other[-1 - back]:
        back += 1
    if longer == shorter and front + back + 2 == longer and one[front] == other[front + 1] and one[front + 1] == other[front]:
        return 0.95
    return (front + back) / longer


def facing(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """Pair the words of two facing stretches, in order."""
    before = (0, 0)
    for i, j in [*_spelled_alike(old, new), (len(old), len(new))]:
        a, c = before
        if a < i and c < j:
            if i - a == j - c:
                yield from ((a + k, a + k + 1, c + k, c + k + 1) for k in range(i - a))
            else:
                yield (a, i, c, j)
        if i < len(old):
            yield (i, i + 1, j, j + 1)
        before = (i + 1, j + 1)


def _spelled_alike(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Choose the best series of pairs of words spelled alike."""
    if min(len(old), len(new)) == 1 or len(old) * len(new) > COMPARED:
        return []
    # best[j]: the best series within the old words so far and the first j new ones.
    best: list[tuple[float, tuple[tuple[int, int], ...]]] = [(0.0, ())] * (len(new) + 1)
    for i, word in enumerate(old):
        row = [best[0]]
        for j, other in enumerate(new):
            choice = best[j + 1] if best[j + 1][0] >= row[j][0] else row[j]
            if len(word) > 1 and len(other) > 1:
                likeness = alike(word, other)
                if likeness >= SPELLED_ALIKE and best[j][0] + likeness > choice[0]:
                    choice = (best[j][0] + likeness, (*best[j][1], (i, j)))
            elif word == other and not word.isalnum():
                pass
            row.append(choice)
        best = row
    return list(best[-1][1])
