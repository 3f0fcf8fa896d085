"""Names that people give: cleaned so that they show as what they are, and nothing beside them moves."""

from __future__ import annotations

import unicodedata

MAX_NAME = 60
"""Characters; longer names are refused, not cut."""

_JOINERS = {"\u200c", "\u200d"}
"""Needed inside words of some scripts and inside emoji."""
MAX_MARKS = 4
"""Combining marks in a row; no written language needs more."""


class NameUnusable(ValueError):
    """The name cannot be shown; the message is for whoever gave it."""


def clean_name(name: str) -> str:
    """Return the name as it is shown: composed (NFC), single spaces, no invisible or control
    characters, no pile of marks.

    Raises :class:`NameUnusable` when nothing legible is left or it is too long.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", name):
        category = unicodedata.category(character)
        if character.isspace():
            character, category = " ", "Zs"
        if category[0] == "C" and character not in _JOINERS:
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    shown = " ".join("".join(kept).split()).strip("".join(_JOINERS))
    if not any(unicodedata.category(character)[0] in "LNS" for character in shown):
        raise NameUnusable("Please give a name that others can read.")
    if len(shown) > MAX_NAME:
        raise NameUnusable(f"Please use at most {MAX_NAME} characters; this name has {len(shown)}.")
    return shown
