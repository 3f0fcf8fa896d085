"""Between two certain points: the words of a gap, paired in order.

The pairs of equal words are the candidates; the best series of them in order is found by weight
with a premium for neighbors that stay neighbors, so that one run of three words beats
three stray ones. Common words make many pairs: when there are too many, the most common words
stand back, the rest cuts the gap into smaller ones, and there they take part again. What still
cannot be cut is compared by Myers' greedy method up to a small number of changes, and else left
unpaired. So the cost is bounded by a constant times the number of words, however repetitive
they are.

Sources: the weighted common subsequence by sparse candidates is Hunt and Szymanski (CACM 20,
1977); letting common words stand back is the histogram diff of JGit; the greedy method is Myers,
"An O(ND) difference algorithm and its variations" (Algorithmica 1, 1986).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

PAIRS_PER_WORD = 4
"""Candidate pairs looked at, for each word of a gap; one costs about a microsecond."""
PAIRS_AT_LEAST = 1500
"""Pairs that any gap may have: all words of a sentence with all words of another."""
CHANGES = 40
"""Words taken out or put in up to which a gap of common words alone is compared exactly."""
NEIGHBOR = 0.6
"""What a pair is worth more when the words before it are a pair as well (a long word being 1)."""


def weave(
    old: Sequence[int], new: Sequence[int], weights: Sequence[float]
) -> list[tuple[int, int]]:
    """Pair equal words of two gaps in order; ``weights`` are by word number.

    Returns the pairs as positions in ``old`` and ``new``, ascending.
    """
    found: list[tuple[int, int]] = []
    parts = [(0, len(old), 0, len(new))]
    while parts:
        old_start, old_end, new_start, new_end = parts.pop()
        while old_start < old_end and new_start < new_end and old[old_start] == new[new_start]:
            found.append((old_start, new_start))
            old_start += 1
            new_start += 1
        while old_start < old_end and new_start < new_end and old[old_end - 1] == new[new_end - 1]:
            old_end -= 1
            new_end -= 1
            found.append((old_end, new_end))
        if old_start == old_end or new_start == new_end:
            continue
        pairs, complete = _heaviest(old[old_start:old_end], new[new_start:new_end], weights)
        if not complete and not pairs:
            pairs = _few_changes(old[old_start:old_end], new[new_start:new_end])
            complete = True
        pairs = [(i + old_start, j + new_start) for i, j in pairs]
        found += pairs
        if not complete:
            before = (old_start - 1, new_start - 1)
            for pair in [*pairs, (old_end, new_end)]:
                if pair[0] - before[0] > 1 and pair[1] - before[1] > 1:
                    parts.append((before[0] + 1, pair[0], before[1] + 1, pair[1]))
                before = pair
    found.sort()
    return found


def _heaviest(
    old: Sequence[int], new: Sequence[int], weights: Sequence[float]
) -> tuple[list[tuple[int, int]], bool]:
    """Find the heaviest series of pairs; also say whether all equal words took part."""
    places: dict[int, list[int]] = {}
    for index in range(len(new) - 1, -1, -1):
        places.setdefault(new[index], []).append(index)
    counts = {
        word: count * len(places[word]) for word, count in Counter(old).items() if word in places
    }
    limit = PAIRS_AT_LEAST + PAIRS_PER_WORD * (len(old) + len(new))
    complete = True
    if sum(counts.values()) > limit:
        complete = False
        total = 0
        for word, count in sorted(counts.items(), key=lambda item: item[1]):
            total += count
            if total > limit:
                del places[word]
    # Ends of the best series so far, as a staircase: further on only if heavier.
    ends: list[int] = []
    sums: list[float] = []
    tails: list[int] = []
    nodes: list[tuple[int, int, int]] = []
    above: dict[int, tuple[float, int]] = {}
    for row, word in enumerate(old):
        columns = places.get(word)
        here: dict[int, tuple[float, int]] = {}
        if columns:
            weight = weights[word]
            for column in columns:
                place = bisect_left(ends, column) - 1
                if place >= 0:
                    best, before = sums[place], tails[place]
                else:
                    best, before = 0.0, -1
                diagonal = above.get(column - 1)
                if diagonal is not None and diagonal[0] + NEIGHBOR > best:
                    best, before = diagonal[0] + NEIGHBOR, diagonal[1]
                best += weight
                node = len(nodes)
                nodes.append((row, column, before))
                here[column] = (best, node)
                place += 1
                if place < len(ends) and ends[place] == column and sums[place] >= best:
                    continue
                last = place
                while last < len(ends) and sums[last] <= best:
                    last += 1
                ends[place:last] = [column]
                sums[place:last] = [best]
                tails[place:last] = [node]
        above = here
    pairs = []
    node = tails[-1] if tails else -1
    while node >= 0:
        row, column, node = nodes[node]
        pairs.append((row, column))
    pairs.reverse()
    return pairs, complete


def _few_changes(old: Sequence[int], new: Sequence[int]) -> list[tuple[int, int]]:
    """Compare exactly as long as few words were taken out and put in; else pair nothing."""
    old_count, new_count = len(old), len(new)
    if abs(old_count - new_count) > CHANGES:
        return []
    furthest = {1: 0}
    history = []
    for changes in range(CHANGES + 1):
        history.append(furthest.copy())
        for diagonal in range(-changes, changes + 1, 2):
            if diagonal == -changes or (
                diagonal != changes
                and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
            ):
                row = furthest[diagonal + 1]
            else:
                row = furthest[diagonal - 1] + 1
            column = row - diagonal
            while row < old_count and column < new_count and old[row] == new[column]:
                row += 1
                column += 1
            furthest[diagonal] = row
            if row >= old_count and column >= new_count:
                return _trace(history, old_count, new_count)
    return []


def _trace(history: Sequence[dict[int, int]], row: int, column: int) -> list[tuple[int, int]]:
    """Walk back through the furthest points of each number of changes."""
    pairs = []
    for changes in range(len(history) - 1, -1, -1):
        furthest = history[changes]
        diagonal = row - column
        if diagonal == -changes or (
            diagonal != changes and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
        ):
            before = diagonal + 1
        else:
            before = diagonal - 1
        before_row = furthest.get(before, 0)
        before_column = before_row - before
        while row > before_row and column > before_column and row > 0 and column > 0:
            row -= 1
            column -= 1
            pairs.append((row, column))
        row, column = before_row, before_column
    pairs.reverse()
    return pairs
