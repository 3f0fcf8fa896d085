"""Offsets as browsers count them, and as we do.

JavaScript counts UTF-16 code units, in which a character beyond U+FFFF (emoji, rare Han) is two;
the standards and Python count code points. This is the one place where one becomes the other.

Sources: W3C Web Annotation Data Model, section 4.2.5 (code points); ECMA-262, section 6.1.4.
Cost: linear once for each text, then a bisection for each offset.
"""

from __future__ import annotations

import re
from bisect import bisect_left

_TWO_UNITS = re.compile("[\U00010000-\U0010ffff]")


class Utf16Offsets:
    """Converter for the offsets of one text."""

    def __init__(self, text: str) -> None:
        # Code points, and the same places in units, after which offsets differ by one more.
        self._points = [match.start() for match in _TWO_UNITS.finditer(text)]
        self._units = [point + place for place, point in enumerate(self._points)]
        self.points = len(text)
        """Length of the text in code points."""
        self.units = self.points + len(self._points)
        """Length of the text in UTF-16 code units."""

    def to_units(self, point: int) -> int:
        """Give the UTF-16 offset of an offset in code points."""
        if not 0 <= point <= self.points:
            raise ValueError(f"no offset of the text: {point} of {self.points} code points")
        return point + bisect_left(self._points, point)

    def to_points(self, unit: int) -> int:
        """Give the offset in code points of a UTF-16 offset.

        An offset inside a surrogate pair, which browsers can produce, means the character's start.
        """
        if not 0 <= unit <= self.units:
            raise ValueError(f"no offset of the text: {unit} of {self.units} UTF-16 units")
        before = bisect_left(self._units, unit)
        if before and self._units[before - 1] == unit - 1:
            return self._points[before - 1]
        return unit - before
