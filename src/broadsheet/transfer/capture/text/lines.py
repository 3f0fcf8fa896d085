"""The lines of a saved text: their indents, the empty lines before them, their bullets."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAB = 4  # columns; only the order of indents matters
_BULLETS = "•*‣◦⁃∙·●○▪▫■□►▸▶–—-+"
# Text browsers print bullets by depth (* + o # @) and number ordered lists.
_BULLET = re.compile(rf"(?:[{re.escape(_BULLETS)}o#@]|[0-9]{{1,4}}[.)])(?:\s+|\Z)")
_RULE = re.compile(r"[-–—=_*·•~#\s]{3,}\Z")


@dataclass(frozen=True)
class Line:
    """A line with text in it."""

    number: int
    """As editors count, from 1."""
    indent: int
    """Columns before the first character."""
    text: str
    gap: int
    """Empty lines before it."""
    bullet: str = ""
    rest: str = ""
    """What follows the bullet; without a bullet the whole text."""


def split_lines(text: str) -> list[Line]:
    """Give the lines that hold text; rules of dashes part like an empty line."""
    text = (
        text.replace("\x00", "")
        .replace("\r\r\n", "\n")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\f", "\n")
    )
    lines: list[Line] = []
    gap = 0
    for number, raw in enumerate(re.split("[\n\u2028\u2029\u0085\v]", text), 1):
        wide = raw.replace("\u00a0", " ").replace("\u3000", "  ").expandtabs(_TAB)
        stripped = wide.strip(" \ufeff\u200b\x1c\x1d\x1e\x1f")
        if not stripped.strip():
            gap += 1
            continue
        if _RULE.match(stripped) and len(stripped) > 3:
            gap += 1
            continue
        indent = len(wide) - len(wide.lstrip(" \ufeff\u200b"))
        bullet, rest = split_bullet(stripped)
        lines.append(Line(number, indent, stripped, gap, bullet, rest))
        gap = 0
    return lines


def split_bullet(text: str) -> tuple[str, str]:
    """Split a bullet off a line: ``"• Name"`` gives ``("•", "Name")``."""
    match = _BULLET.match(text)
    if match is None:
        return "", text
    return match[0].strip(), text[match.end() :].strip()
