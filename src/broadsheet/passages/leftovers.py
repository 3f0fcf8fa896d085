"""Sentences that found no partner: was one of them reworded, perhaps also moved?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from broadsheet.passages.gaps import weave
from broadsheet.passages.matching import Matching

import os
SURE = float(os.environ.get('SURE','0.5'))
CRUMB_DICE = float(os.environ.get('CD','0.25'))
KEPT_IN_CRUMBS = float(os.environ.get('KC','0.22'))
BESIDE = 0.38
FAR = 0.55
MARGIN = 0.08
COMMON = 24
LIGHT = 1.2


def let_go_of_crumbs(m: Matching) -> None:
    """Part the words of sentences of which only crumbs were kept."""
    to_new, to_old = m.to_new, m.to_old
    weights = m.old.vocabulary.weights
    ids = m.old.ids
    for start, end in zip(m.old_sentences, m.old_sentences[1:], strict=False):
        part = to_new[start:end]
        if -1 not in part:
            continue
        kept = sum(weights[ids[k]] for k in range(start, end) if to_new[k] >= 0)
        if not kept:
            continue
        total = m.weight(start, end)
        share = kept / total
        if share < SURE:
            inew = [to_new[k] for k in range(start, end) if to_new[k] >= 0]
            ns = {m.new_sentence(k) for k in inew}
            ntotal = sum(m.new_weight(*r) for r in ns)
            dice = 2 * kept / (total + ntotal)
        if share < KEPT_IN_CRUMBS or (share < SURE and dice < CRUMB_DICE):
            for k in range(start, end):
                if to_new[k] >= 0:
                    to_old[to_new[k]] = -1
                    to_new[k] = -1


def _open(cuts: Sequence[int], partners: Sequence[int], ids: Sequence[int], weights: Sequence[float],
          sums: Sequence[float], share: float) -> list[tuple[int, int]]:
    found = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        if partners[start] >= 0 and partners[end - 1] >= 0 and -1 not in partners[start:end]:
            continue
        total = sums[end] - sums[start]
        free = sum(weights[ids[k]] for k in range(start, end) if partners[k] < 0)
        if free >= share * total and free >= LIGHT:
            found.append((start, end))
    return found


def pair_leftovers(m: Matching, next_block: int) -> int:
    weights = m.old.vocabulary.weights
    old_open = _open(m.old_sentences, m.to_new, m.old.ids, weights, m.weights, 0.7)
    new_open = _open(m.new_sentences, m.to_old, m.new.ids, weights, m.new_weights, 0.7)
    if not old_open or not new_open:
        return next_block
    old_ids, new_ids = m.old.ids, m.new.ids
    bags_old = [Counter(old_ids[k] for k in range(s, e) if m.to_new[k] < 0) for s, e in old_open]
    bags_new = [Counter(new_ids[k] for k in range(s, e) if m.to_old[k] < 0) for s, e in new_open]
    sum_old = [sum(weights[w] * c for w, c in b.items()) for b in bags_old]
    sum_new = [sum(weights[w] * c for w, c in b.items()) for b in bags_new]
    index = defaultdict(list)
    for n, bag in enumerate(bags_new):
        for w in bag:
            if weights[w] >= 0.7:
                index[w].append(n)
    best_old: dict[int, list[tuple[float, int]]] = {}
    best_new: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for o, bag in enumerate(bags_old):
        cands = set()
        for w in bag:
            if weights[w] >= 0.7:
                hits = index.get(w, ())
                if len(hits) <= COMMON:
                    cands.update(hits)
        scored = []
        for n in cands:
            other = bags_new[n]
            shared = sum(weights[w] * min(c, other[w]) for w, c in bag.items() if w in other)
            dice = 2 * shared / (sum_old[o] + sum_new[n])
            scored.append((dice, n))
            best_new[n].append((dice, o))
        scored.sort(reverse=True)
        best_old[o] = scored
    for n in best_new:
        best_new[n].sort(reverse=True)
    for o, scored in best_old.items():
        if not scored:
            continue
        dice, n = scored[0]
        if best_new[n][0][1] != o:
            continue
        if len(scored) > 1 and scored[1][0] > dice - MARGIN:
            continue
        if len(best_new[n]) > 1 and best_new[n][1][0] > dice - MARGIN:
            continue
        (a, b), (c, d) = old_open[o], new_open[n]
        beside = (a > 0 and c > 0 and m.to_new[a - 1] == c - 1) or (
            b < len(old_ids) and d < len(new_ids) and m.to_new[b] == d
        )
        if dice < (BESIDE if beside else FAR):
            continue
        I = [k for k in range(a, b) if m.to_new[k] < 0]
        J = [k for k in range(c, d) if m.to_old[k] < 0]
        pairs = weave([old_ids[k] for k in I], [new_ids[k] for k in J], weights)
        block = 0 if beside else next_block
        next_block += not beside
        for i, j in pairs:
            m.to_new[I[i]] = J[j]
            m.to_old[J[j]] = I[i]
            m.blocks[I[i]] = block
    return next_block
