"""Names that people give: cleaned so that they show as what they are, and nothing beside them moves."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 60
"""Characters; longer names are refused, not cut."""

_JOINERS = {"\u200c", "\u200d"}
"""Needed inside words of some scripts and inside emoji."""
_NOT_PLAIN = re.compile("[^\u0000-\u02ff\u2010-\u2027\u20ac]")
"""Anything but letters and punctuation of which none is a mark and all are composed as they are."""
MAX_MARKS = 4
"""Combining marks in a row; no written language needs more."""


MAX_RAW = 20 * MAX_NAME
"""Characters that are looked at; a name may come with marks and spaces that are taken out."""
_BLANKS = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}
"""Letters and symbols that show nothing."""


class NameUnusable(ValueError):
    """The name cannot be shown; the message is for whoever gave it."""


def clean_name(name: str) -> str:
    """Return the name as it is shown: composed (NFC), single spaces, no invisible or control
    characters, no pile of marks.

    Raises :class:`NameUnusable` when nothing legible is left or it is too long.
    """
    if len(name) > MAX_RAW:
        raise NameUnusable(f"Please use at most {MAX_NAME} characters; this name has {len(name)}.")
    kept = "".join(
        character
        for character in without_piles(name)
        if character.isspace() or character in _JOINERS or unicodedata.category(character)[0] != "C"
    )
    shown = " ".join(kept.split()).strip("".join(_JOINERS))
    if not is_legible(shown, "LNS"):
        raise NameUnusable("Please give a name that others can read.")
    if len(shown) > MAX_NAME:
        raise NameUnusable(f"Please use at most {MAX_NAME} characters; this name has {len(shown)}.")
    return shown


def without_piles(text: str) -> str:
    """Return the text composed (NFC), with at most :data:`MAX_MARKS` combining marks in a row.

    Long runs are cut before composing, which takes the square of a run's length.
    """
    if not _NOT_PLAIN.search(text):
        return text
    return _cut_piles(unicodedata.normalize("NFC", _cut_piles(text, 4 * MAX_MARKS)), MAX_MARKS)


def _cut_piles(text: str, most: int) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= most:
            kept.append(character)
    return "".join(kept)


def is_legible(text: str, categories: str = "LNPS") -> bool:
    """Say whether something in the text shows: a character of one of the general categories."""
    return any(
        unicodedata.category(character)[0] in categories and character not in _BLANKS
        for character in text
    )
