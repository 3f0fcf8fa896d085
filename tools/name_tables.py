"""Make the tables of look-alikes and scripts that names are compared by, from Unicode's data.

Unicode publishes ``confusables.txt`` (UTS #39) and ``Scripts.txt`` (UAX #24). The package
confusable-homoglyphs, which is maintained and is one of our development dependencies, carries both,
but as a graph: for each string those that look like it, without saying which stands for the others.
Here each group of look-alikes gets one string that stands for all of it, so that two names can be
compared by comparing what stands for their characters. Run it again when the package has newer data:

    python tools/name_tables.py
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

PACKAGE = "confusable-homoglyphs"
TARGET = Path(__file__).resolve().parent.parent / "src" / "broadsheet" / "readers" / "unicode"
_MARKS = str.maketrans("", "", "\u200e\u200f")
"""Unicode's file puts these around what is written from right to left; they are no part of it."""
_NEWEST = [
    ("16.0", (0x1C80, 0x1C8A), 0x1C89),
    ("15.1", (0x2EBF0, 0x2EE5D), 0x2EBF0),
    ("15.0", (0x11F00, 0x11F59), 0x11F00),
]
"""A character that came with a version, to tell which one the data is of."""


def prototypes(graph: Mapping[str, Sequence[Mapping[str, str]]]) -> dict[str, str]:
    """Return by character what stands for it, in the order of the characters.

    In Unicode’s file each character has one line, and what it is mapped to is mapped no further: so a
    group of single characters is a star, whose middle stands for it.
    """
    singles: dict[str, set[str]] = defaultdict(set)
    longer: dict[str, str] = {}
    for given, entries in graph.items():
        one = _plain(given)
        for entry in entries:
            other = _plain(entry["c"])
            if not one or not other or one == other:
                continue
            if len(one) == 1 and len(other) == 1:
                singles[one].add(other)
                singles[other].add(one)
            elif len(one) == 1:
                longer[one] = other
    mapped = dict(longer)
    in_longer = {character for target in longer.values() for character in target}
    for group in _groups(singles):
        middle = max(group, key=lambda each: (len(singles[each]), each in in_longer, -ord(each)))
        mapped.update((each, middle) for each in group if each != middle)
    return {each: _followed(mapped, each) for each in sorted(mapped)}


def _plain(text: str) -> str:
    """Return a side of a pair as names are when they are looked up: decomposed."""
    return unicodedata.normalize("NFD", text.translate(_MARKS))


def _groups(neighbours: Mapping[str, set[str]]) -> Iterator[set[str]]:
    seen: set[str] = set()
    for start in sorted(neighbours):
        if start in seen:
            continue
        group, waiting = {start}, [start]
        while waiting:
            new = neighbours[waiting.pop()] - group
            group |= new
            waiting += new
        seen |= group
        yield group


def _followed(mapped: Mapping[str, str], character: str) -> str:
    """Return what stands for a character after all of its parts were mapped as well."""
    text = mapped[character]
    for _ in range(5):
        further = "".join(mapped.get(each, each) for each in unicodedata.normalize("NFD", text))
        if further == text:
            break
        text = further
    return text


def script_ranges(
    ranges: Iterable[Sequence[int]], names: Sequence[str]
) -> list[tuple[int, int, str]]:
    """Return first and last code point and script of ranges; what all scripts share is left out."""
    merged: list[tuple[int, int, str]] = []
    for first, last, script, _ in sorted(map(tuple, ranges)):
        name = names[script].title()
        if name in ("Common", "Inherited"):
            continue
        if merged and merged[-1][2] == name and merged[-1][1] + 1 == first:
            merged[-1] = (merged[-1][0], last, name)
        else:
            merged.append((first, last, name))
    return merged


def _unicode_version(ranges: Sequence[Sequence[int]]) -> str:
    for number, _, newest in _NEWEST:
        if any(first <= newest <= last for first, last, *_ in ranges):
            return number
    return "before 15.0"


def _head(what: str, unicode_version: str) -> str:
    return (
        f"# {what}\n"
        f"# Unicode {unicode_version}, as {PACKAGE} {version(PACKAGE)} has it; made by"
        " tools/name_tables.py.\n"
        "# Data: copyright Unicode, Inc., Unicode License v3, https://www.unicode.org/license.txt\n"
    )


def made() -> dict[str, str]:
    """Return the text of both files by their names."""
    data = files("confusable_homoglyphs")
    graph = json.loads(data.joinpath("confusables.json").read_text("utf-8"))
    categories = json.loads(data.joinpath("categories.json").read_text("utf-8"))
    ranges = categories["code_points_ranges"]
    number = _unicode_version(ranges)
    alike = "".join(
        f"{ord(character):04X} {' '.join(f'{ord(each):04X}' for each in text)}\n"
        for character, text in prototypes(graph).items()
    )
    scripts = "".join(
        f"{first:04X} {last:04X} {name}\n"
        for first, last, name in script_ranges(ranges, categories["iso_15924_aliases"])
    )
    return {
        "confusables.txt": _head(
            "Characters, and what stands for all that look like them (UTS #39).", number
        )
        + alike,
        "scripts.txt": _head(
            "Code points from–to, and the script that they belong to (UAX #24).", number
        )
        + scripts,
    }


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    for name, text in made().items():
        (TARGET / name).write_text(text, "utf-8")
        sys.stdout.write(f"{TARGET / name}: {len(text.splitlines())} lines\n")


if __name__ == "__main__":
    main()
