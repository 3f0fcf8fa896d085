"""What a name looks like: keys that are the same for names that can be taken for one another.

The skeleton is that of UTS #39, "Unicode Security Mechanisms", section 4: decompose (NFD), drop what
shows nothing, put for each character what stands for all that look like it, decompose again. It is
made for identifiers; names that people read need more. Case is folded, and so are accents on letters
of alphabets where they are easily overlooked, spaces, punctuation and symbols: “steve_jobs ✓” is seen
as “Steve Jobs”.

Folding case and folding look-alikes do not go together: “I” looks like “l” and is “i”. So a name has
up to two keys, one for each order, and two names are alike when they share one.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

_LETTERS_WITH_ACCENTS = frozenset({"Latin", "Greek", "Cyrillic"})
"""Scripts whose marks are accents. In others they are vowels, and a name without is another one."""
_IGNORABLE = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
"""Default_Ignorable_Code_Point of DerivedCoreProperties.txt, Unicode 15.1."""
_WRITTEN_FOR_LETTERS = str.maketrans("34578@$", "eastbas")
"""What people write for letters though it does not look the same: none of it is in Unicode's table."""
MAX_ROUNDS = 4
"""Times that a skeleton is made of a skeleton, should the first one not be final."""


def is_ignorable(character: str) -> bool:
    """Say whether a character shows nothing by itself (Default_Ignorable_Code_Point)."""
    point = ord(character)
    return point >= 0xAD and any(first <= point <= last for first, last in _IGNORABLE)


def skeleton(text: str) -> str:
    """Return the skeleton of a text (UTS #39): the same for texts that look the same."""
    table = _table()
    for _ in range(MAX_ROUNDS):
        shown = "".join(
            each for each in unicodedata.normalize("NFD", text) if not is_ignorable(each)
        )
        mapped = unicodedata.normalize("NFD", shown.translate(table))
        if mapped == text:
            break
        text = mapped
    return text


@lru_cache(maxsize=1 << 16)
def name_keys(name: str) -> frozenset[str]:
    """Return the keys of a name, one or two; names that share one can be taken for one another.

    Empty for what shows nothing.
    """
    keys = {_folded(skeleton(_letters(each))) for each in (name, _case_folded(name))}
    keys.discard("")
    # A name of symbols alone, such as an emoji, is what it is.
    return frozenset(keys) or frozenset(_bare(skeleton(name)))


def _case_folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _letters(text: str) -> str:
    """Return a text without spaces, punctuation and symbols, but for those that pass for letters."""
    kept: list[str] = []
    is_kept = True
    for character in unicodedata.normalize("NFD", text):
        category = unicodedata.category(character)
        if category in ("Mn", "Me"):
            # A mark goes with what it stands on.
            if is_kept and not is_ignorable(character):
                kept.append(character)
        elif not is_ignorable(character):
            is_kept = category[0] in "LNM" or _passes_for_letter(character)
            if is_kept:
                kept.append(character)
    return "".join(kept)


def _passes_for_letter(character: str) -> bool:
    point = ord(character)
    stands = _table().get(point, "")
    return point in _WRITTEN_FOR_LETTERS or any(
        unicodedata.category(each)[0] == "L" for each in stands
    )


def _folded(seen: str) -> str:
    """Return a skeleton without case and accents."""
    # What has another case can look like something else then: the long s is an f, and folds to s.
    text = unicodedata.normalize("NFD", seen.casefold().translate(_WRITTEN_FOR_LETTERS))
    kept: list[str] = []
    script = "Latin"
    for character in text:
        if unicodedata.category(character) not in ("Mn", "Me"):
            script = script_of(character)
            kept.append(character)
        elif script not in _LETTERS_WITH_ACCENTS:
            kept.append(character)
    return "".join(kept)


def _bare(seen: str) -> Iterator[str]:
    bare = "".join(each for each in seen if unicodedata.category(each)[0] not in "CZ")
    if bare:
        yield bare


def script_of(character: str) -> str:
    """Return the script of a character (UAX #24); empty for what all scripts share."""
    starts, ranges = _scripts()
    place = bisect_right(starts, ord(character)) - 1
    if place < 0 or ord(character) > ranges[place][0]:
        return ""
    return ranges[place][1]


@cache
def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for character, *stands in _rows("confusables.txt"):
        table[int(character, 16)] = "".join(chr(int(each, 16)) for each in stands)
    return table


@cache
def _scripts() -> tuple[list[int], list[tuple[int, str]]]:
    rows = [(int(first, 16), int(last, 16), name) for first, last, name in _rows("scripts.txt")]
    return [first for first, _, _ in rows], [(last, name) for _, last, name in rows]


def _rows(name: str) -> Iterator[list[str]]:
    text = files("broadsheet.readers").joinpath("unicode", name).read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            yield line.split(" ")
