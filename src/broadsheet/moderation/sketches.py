"""What a text resembles, in sixteen bytes: texts that are nearly the same have nearly the same sketch.

MinHash in one pass (Broder 1997; one permutation hashing, Li, Owen and Zhang 2012, empty bins filled
by rotation, Shrivastava and Li 2014): the runs of five characters of the folded text are hashed into
sixteen bins, each keeps its least. The share of bins that two sketches have in common estimates the
share of runs that the texts have in common (Jaccard). Four bands of three bins are kept in columns of
their own, so that what is alike is found by an index: texts that have four fifths of their runs in
common share a band with a probability of 94 %, equal ones always.

Links are seen as links, whatever their address, digits as digits: what mass mailers change from copy
to copy makes no difference. Lines that quote are left out, for many quote the same words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from broadsheet.moderation.folding import fold

BINS = 16
RUN = 5
"""Bytes of a run."""
MAX_BYTES = 4_000
"""Bytes of the folded text that are looked at."""
_BANDS = ((0, 1, 2), (4, 5, 6), (8, 9, 10), (12, 13, 14))
_LINK = re.compile(r"(?:https?://|www\.)\S{1,2000}")
_NOT_WORDS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_SPREAD = 0x9E3779B1
"""The golden ratio of 32 bits: neighbouring checksums go into bins that are apart."""


@dataclass(frozen=True)
class Sketch:
    bins: bytes
    """One byte for each bin."""
    bands: tuple[int, int, int, int]
    """Signed, of 32 bits."""

    def likeness(self, bins: bytes) -> float:
        """Return an estimate of the share of runs in common, 0 to 1, in sixteenths."""
        if len(bins) != BINS:
            return 0.0
        return sum(map(int.__eq__, self.bins, bins)) / BINS


def essence(text: str) -> str:
    """Return what of a text is compared: its own words, folded, without what copies differ in."""
    own = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
    linked = _LINK.sub(" link ", own[: 2 * MAX_BYTES])
    return _DIGITS.sub("0", _NOT_WORDS.sub(" ", fold(linked))).strip()


def sketch(text: str, *, least_words: int) -> Sketch | None:
    """Return the sketch of a text; ``None`` where it is too short to be told from others.

    A text counts as short that has fewer than ``least_words`` words, or hardly any different runs
    (“ha ha ha ha”).
    """
    compared = essence(text)
    if compared.count(" ") + 1 < least_words:
        return None
    data = compared.encode()[:MAX_BYTES]
    runs = {data[place : place + RUN] for place in range(len(data) - RUN + 1)}
    if len(runs) < 3 * least_words:
        return None
    return _of_runs(runs)


def _of_runs(runs: set[bytes]) -> Sketch:
    least = [-1] * BINS
    for run in runs:
        value = crc32(run) * _SPREAD & 0xFFFFFFFF
        place, value = value & (BINS - 1), value >> 4
        if least[place] < 0 or value < least[place]:
            least[place] = value
    filled = _filled(least)
    first, second, third, fourth = (
        _band(number, [filled[place] for place in places]) for number, places in enumerate(_BANDS)
    )
    bins = bytes(value * _SPREAD >> 24 & 0xFF for value in filled)
    return Sketch(bins, (first, second, third, fourth))


def _filled(least: Sequence[int]) -> list[int]:
    """Give each empty bin the value of the next one that has any, told apart by the distance."""
    filled = []
    for place in range(BINS):
        distance = 0
        while least[(place + distance) % BINS] < 0:
            distance += 1
        filled.append((least[(place + distance) % BINS] + distance * _SPREAD) & 0xFFFFFFFF)
    return filled


def _band(number: int, values: Sequence[int]) -> int:
    unsigned = crc32(b"".join(value.to_bytes(4, "big") for value in values), number)
    return unsigned - (1 << 32) if unsigned >> 31 else unsigned
