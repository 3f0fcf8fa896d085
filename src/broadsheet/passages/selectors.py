"""Quote and position selectors: how a passage is written down, and found again in a text.

A quote says the words and some of what stands before and after; a position says where. Together
they find a passage in the very text they were made from, in a copy with other white space, and
in a text that grew or shrank elsewhere. Through an edit of the words themselves a passage is
carried by the alignment instead; here the answer in doubt is ``None``.

Source: W3C Web Annotation Data Model (2017), sections 4.2.4 and 4.2.5.
Cost: a search through the text, and for each place where the words occur a comparison of context.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CONTEXT = 32
"""Characters of prefix and suffix, as most tools write them."""
OCCURRENCES = 2000
"""Places looked at; words that occur more often identify nothing unless the position does."""
LONG_ENOUGH = 24
"""Characters from which a quote found once needs no context to be believed."""
AGREEMENT = 8
"""Characters of context that must agree where a short quote is found, or be all there are."""
CLEARLY = 4
"""By how many characters of context the best place must be better than the next."""
NEAR = 32
"""Characters that text before a passage may have grown or shrunk while a position still counts."""
FAR = 4
"""How many times further away the next place must be."""


@dataclass(frozen=True, slots=True)
class QuoteSelector:
    """The words of a passage with what stands before and after them."""

    exact: str
    prefix: str = ""
    suffix: str = ""

    def to_json(self) -> dict[str, str]:
        """Give the selector as the standard writes it."""
        return {
            "type": "TextQuoteSelector",
            "exact": self.exact,
            "prefix": self.prefix,
            "suffix": self.suffix,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> QuoteSelector:
        """Read a TextQuoteSelector; raise ``SelectorUnreadable`` if it is none."""
        exact, prefix, suffix = data.get("exact"), data.get("prefix"), data.get("suffix")
        prefix, suffix = prefix or "", suffix or ""
        if not (
            data.get("type") == "TextQuoteSelector"
            and isinstance(exact, str)
            and isinstance(prefix, str)
            and isinstance(suffix, str)
        ):
            raise SelectorUnreadable(f"not a TextQuoteSelector: {dict(data)!r:.200}")
        return cls(exact, prefix, suffix)


@dataclass(frozen=True, slots=True)
class PositionSelector:
    """A half-open range in code points."""

    start: int
    end: int

    def to_json(self) -> dict[str, str | int]:
        """Give the selector as the standard writes it."""
        return {"type": "TextPositionSelector", "start": self.start, "end": self.end}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PositionSelector:
        """Read a TextPositionSelector; raise ``SelectorUnreadable`` if it is none."""
        start, end = data.get("start"), data.get("end")
        if (
            data.get("type") != "TextPositionSelector"
            or type(start) is not int
            or type(end) is not int
            or not 0 <= start <= end
        ):
            raise SelectorUnreadable(f"not a TextPositionSelector: {dict(data)!r:.200}")
        return cls(start, end)


class SelectorUnreadable(ValueError):
    """Data from outside is not the selector it should be."""


def quote_of(text: str, start: int, end: int, context: int = CONTEXT) -> QuoteSelector:
    """Write a span of a text down as a quote; raise ``ValueError`` if it is none of the text."""
    if not 0 <= start < end <= len(text):
        raise ValueError(f"no span of the text: {start} to {end} of {len(text)}")
    prefix, suffix = text[max(0, start - context) : start], text[end : end + context]
    return QuoteSelector(text[start:end], prefix, suffix)


@dataclass(frozen=True, slots=True)
class _Place:
    """A place where the words stand, with how much of the context agrees there."""

    start: int
    end: int
    agreed: int
    distance: int | None
    """Characters from the position, if there is one."""


def find_quote(
    text: str, quote: QuoteSelector, position: PositionSelector | None = None
) -> tuple[int, int] | None:
    """Find the place a quote means, or ``None`` when there is none or it is in doubt.

    The place with clearly the best context wins. Between places with about the same context the
    position decides, if it names one of them or is much nearer to one.
    """
    if not quote.exact.strip():
        return None
    before, after = _squeeze(quote.prefix), _squeeze(quote.suffix)
    wanted = len(before) + len(after)
    places = [
        _Place(
            start,
            end,
            _agreement(text, start, end, before, after),
            None if position is None else abs(start - position.start),
        )
        for start, end in _places(text, quote.exact, position)
    ]
    if not places:
        return None
    best = max(place.agreed for place in places)
    rivals = [place for place in places if place.agreed > best - min(CLEARLY, max(1, wanted))]
    found = rivals[0] if len(rivals) == 1 else _nearest(rivals)
    if found is None or (len(places) > OCCURRENCES and found.distance != 0):
        return None
    is_believed = (
        found.agreed >= min(AGREEMENT, wanted)
        or found.distance == 0
        or (len(places) == 1 and len(quote.exact) >= LONG_ENOUGH)
    )
    return (found.start, found.end) if is_believed else None


def _nearest(places: Sequence[_Place]) -> _Place | None:
    """Give the place at the position, or near it with all others far away."""
    by_distance = sorted((p.distance, p.start, p) for p in places if p.distance is not None)
    if not by_distance:
        return None
    (first, _, nearest), (second, _, _) = by_distance[:2]
    return nearest if first <= NEAR and second >= FAR * max(1, first) else None


def _places(text: str, exact: str, position: PositionSelector | None) -> Iterator[tuple[int, int]]:
    """Give the places where words stand, first as they are written, else in other white space."""
    seen = set()
    if position is not None and text.startswith(exact, position.start):
        seen.add(position.start)
        yield position.start, position.start + len(exact)
    at = text.find(exact)
    count = 0
    while at >= 0 and count <= OCCURRENCES:
        count += 1
        if at not in seen:
            yield at, at + len(exact)
        at = text.find(exact, at + 1)
    if not count:
        loose = r"\s+".join(map(re.escape, exact.split()))
        for count, match in enumerate(re.finditer(loose, text)):
            if count > OCCURRENCES:
                break
            yield match.span()


def _squeeze(text: str) -> str:
    """Leave the white space out, in which copies differ."""
    return "".join(text.split())


def _agreement(text: str, start: int, end: int, before: str, after: str) -> int:
    """Count the characters of context that agree, going outwards from a place."""
    # Twice as much text as context: white space is left out of both.
    found = _squeeze(text[max(0, start - 2 * len(before) - 8) : start])[::-1]
    agreed_before = _shared(before[::-1], found)
    agreed_after = _shared(after, _squeeze(text[end : end + 2 * len(after) + 8]))
    return agreed_before + agreed_after


def _shared(one: str, other: str) -> int:
    """Count the characters with which both begin."""
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))
