"""The alignment of two editions' canonical texts."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from broadsheet.passages.gaps import weave
from broadsheet.passages.leftovers import let_go_of_crumbs, pair_leftovers
from broadsheet.passages.matching import Matching, Run
from broadsheet.passages.rewordings import facing
from broadsheet.passages.seeds import in_order, plant, runs_of, unpaired
from broadsheet.passages.words import Vocabulary

MOVED_WEIGHT = 4.0
MOVED_SENTENCE = 1.6
NEAR = 12
CHANCE = 0.35
import os
LIKE_SIZE = float(os.environ.get('LS','7'))

KEPT, SPACE, REPLACED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Segment:
    old_start: int
    old_end: int
    new_start: int
    new_end: int
    kind: int
    block: int


@dataclass(frozen=True, slots=True)
class Alignment:
    old_length: int
    new_length: int
    segments: tuple[Segment, ...]
    starts: tuple[int, ...]


def align(old: str, new: str) -> Alignment:
    vocabulary = Vocabulary()
    m = Matching(vocabulary.read(old), vocabulary.read(new))
    blocks = match(m)
    return Alignment_of(m)


def match(m: Matching) -> None:
    runs = plant(m)
    backbone = in_order(runs)
    kept = set(map(id, backbone))
    off = [run for run in runs if id(run) not in kept]
    groups = group_moved(m, off, backbone)
    block = 0
    accepted = []
    for group in groups:
        if worth(m, group):
            block += 1
            for run in group:
                m.blocks[run.old : run.old + run.length] = [block] * run.length
            accepted.append(group)
        else:
            for run in group:
                m.release(run.old, run.new, run.length)
    for number, group in enumerate(accepted, 1):
        fill_group(m, group, number)
    fill(m, backbone)
    drop_chance(m)
    let_go_of_crumbs(m)
    pair_leftovers(m, block + 1)


def group_moved(m: Matching, off: list[Run], backbone: list[Run]) -> list[list[Run]]:
    groups: list[list[Run]] = []
    for run in off:
        if groups:
            last = groups[-1][-1]
            gap = run.old - last.old - last.length
            new_gap = run.new - last.new - last.length
            if gap <= NEAR and 0 <= new_gap <= NEAR and all(
                k < 0 for k in m.to_new[last.old + last.length : run.old]
            ) and all(k < 0 for k in m.to_old[last.new + last.length : run.new]):
                groups[-1].append(run)
                continue
        groups.append([run])
    return groups


def worth(m: Matching, group: list[Run]) -> bool:
    weight = sum(run.weight for run in group)
    if weight >= MOVED_WEIGHT:
        return True
    if weight < MOVED_SENTENCE:
        return False
    first, last = group[0], group[-1]
    return (
        m.old_sentence(first.old)[0] == first.old
        and m.old_sentence(last.old + last.length - 1)[1] == last.old + last.length
    )


def fill_between(m: Matching, a: int, b: int, c: int, d: int, block: int) -> None:
    if a >= b or c >= d:
        return
    I = [k for k in range(a, b) if m.to_new[k] < 0]
    J = [k for k in range(c, d) if m.to_old[k] < 0]
    if not I or not J:
        return
    ids, nids = m.old.ids, m.new.ids
    for i, j in weave([ids[k] for k in I], [nids[k] for k in J], m.old.vocabulary.weights):
        m.to_new[I[i]] = J[j]
        m.to_old[J[j]] = I[i]
        m.blocks[I[i]] = block


def fill_group(m: Matching, group: list[Run], block: int) -> None:
    first, last = group[0], group[-1]
    for one, two in pairwise(group):
        fill_between(m, one.old + one.length, two.old, one.new + one.length, two.new, block)
    a = m.old_sentence(first.old)[0]
    c = m.new_sentence(first.new)[0]
    while first.old > a and m.to_new[first.old - 1] >= 0 and False:
        pass
    lo = first.old
    while lo > a and m.to_new[lo - 1] < 0:
        lo -= 1
    hi = first.new
    while hi > c and m.to_old[hi - 1] < 0:
        hi -= 1
    fill_between(m, lo, first.old, hi, first.new, block)
    oe, ne = last.old + last.length, last.new + last.length
    b = m.old_sentence(oe - 1)[1]
    d = m.new_sentence(ne - 1)[1]
    lo = oe
    while lo < b and m.to_new[lo] < 0:
        lo += 1
    hi = ne
    while hi < d and m.to_old[hi] < 0:
        hi += 1
    fill_between(m, oe, lo, ne, hi, block)


def fill(m: Matching, backbone: list[Run]) -> None:
    a = c = 0
    for run in [*backbone, Run(len(m.old), len(m.new), 0, 0)]:
        fill_between(m, a, run.old, c, run.new, 0)
        a, c = run.old + run.length, run.new + run.length


def by_block(m: Matching) -> dict[int, list[Run]]:
    out: dict[int, list[Run]] = {}
    for run in runs_of(m, 0, len(m.old)):
        block = m.blocks[run.old]
        out.setdefault(block, []).append(run)
    return out


def free_weight(m: Matching, a: int, b: int, c: int, d: int) -> tuple[float, float]:
    w = m.old.vocabulary.weights
    o = sum(w[m.old.ids[k]] for k in range(a, b) if m.to_new[k] < 0)
    n = sum(w[m.new.ids[k]] for k in range(c, d) if m.to_old[k] < 0)
    return o, n


def side(o: float, n: float) -> float:
    return min(o, n) + 0.25 * max(o, n)


def drop_chance(m: Matching) -> None:
    for block, runs in by_block(m).items():
        changed = True
        while changed:
            changed = False
            keep: list[Run] = []
            for k, run in enumerate(runs):
                if run.weight < 6:
                    p = keep[-1] if keep else None
                    q = runs[k + 1] if k + 1 < len(runs) else None
                    if block and (p is None or q is None):
                        keep.append(run)
                        continue
                    left = side(*free_weight(m, p.old + p.length if p else 0, run.old, p.new + p.length if p else 0, run.new))
                    right = side(*free_weight(m, run.old + run.length, q.old if q else len(m.old), run.new + run.length, q.new if q else len(m.new)))
                    if run.weight < CHANCE * min(left, right):
                        m.release(run.old, run.new, run.length)
                        changed = True
                        continue
                keep.append(run)
            runs = keep


def Alignment_of(m: Matching) -> Alignment:
    segs: list[Segment] = []
    for block, runs in by_block(m).items():
        prev = None
        for run in runs:
            if prev is not None:
                a, b, c, d = prev.old + prev.length, run.old, prev.new + prev.length, run.new
                if a < b and c < d and not any(k >= 0 for k in m.to_new[a:b]) and not any(k >= 0 for k in m.to_old[c:d]):
                    replaced(m, segs, a, b, c, d, block)
            kept(m, segs, run, block)
            prev = run
    segs.sort(key=lambda s: s.old_start)
    return Alignment(len(m.old.text), len(m.new.text), tuple(segs), tuple(s.old_start for s in segs))


def kept(m: Matching, segs: list[Segment], run: Run, block: int) -> None:
    old, new = m.old, m.new
    a, c = run.old, run.new
    s, e = old.starts[a], old.end(a + run.length - 1)
    t, f = new.starts[c], new.end(c + run.length - 1)
    if e - s == f - t and old.text[s:e] == new.text[t:f]:
        segs.append(Segment(s, e, t, f, KEPT, block))
    else:
        op, np_ = old.pieces, new.pieces
        begin = 0
        for k in range(run.length):
            if k == run.length - 1 or op[a + k] != np_[c + k]:
                segs.append(Segment(old.starts[a + begin], old.end(a + k), new.starts[c + begin], new.end(c + k), KEPT, block))
                if k < run.length - 1:
                    segs.append(Segment(old.end(a + k), old.starts[a + k + 1], new.end(c + k), new.starts[c + k + 1], SPACE, block))
                begin = k + 1
    # white space after
    last = a + run.length - 1
    oe = old.starts[last + 1] if last + 1 < len(old) else len(old.text)
    ne = new.starts[c + run.length] if c + run.length < len(new) else len(new.text)
    if oe > e:
        segs.append(Segment(e, oe, f, ne, SPACE, block))


def replaced(m: Matching, segs: list[Segment], a: int, b: int, c: int, d: int, block: int) -> None:
    sa, sb = m.old_sentence(a - 1), m.old_sentence(b)
    ta, tb = m.new_sentence(c - 1), m.new_sentence(d)
    if sa == sb and ta == tb:
        parts = [(a, b, c, d)]
    else:
        parts = []
        # part in the sentence of the left neighbour, part in the sentence of the right
        la, lb = a, min(b, sa[1])
        lc, ld = c, min(d, ta[1])
        ra, rb = max(lb, sb[0]), b
        rc, rd = max(ld, tb[0]), d
        if ta == tb and (la == lb) != (ra == rb) and lb == ra:
            parts.append((a, b, c, d))
        elif sa == sb and (lc == ld) != (rc == rd) and ld == rc:
            parts.append((a, b, c, d))
        else:
            if la < lb and lc < ld:
                parts.append((la, lb, lc, ld))
            if ra < rb and rc < rd:
                parts.append((ra, rb, rc, rd))
    for a, b, c, d in parts:
        o, n = m.weight(a, b), m.new_weight(c, d)
        if max(o, n) > LIKE_SIZE * min(o, n) + 1:
            continue
        old, new = m.old, m.new
        V = m.old.vocabulary.words
        ow, nw = [V[x] for x in old.ids[a:b]], [V[x] for x in new.ids[c:d]]
        pe = None
        for w, x, y, z in facing(ow, nw):
            if pe is not None and pe[0] == w and pe[1] == y:
                segs.append(Segment(old.end(a + w - 1), old.starts[a + w], new.end(c + y - 1), new.starts[c + y], SPACE, block))
            pe = (x, z)
            segs.append(Segment(old.starts[a + w], old.end(a + x - 1), new.starts[c + y], new.end(c + z - 1), REPLACED, block))
        # white space after a replaced stretch
        e = old.end(b - 1)
        if b < len(old) and e < old.starts[b]:
            segs.append(Segment(e, old.starts[b], new.end(d - 1), new.starts[d] if d < len(new) else new.end(d - 1), SPACE, block))
