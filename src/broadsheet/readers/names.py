"""Names that people give: cleaned so that they show as what they are, and nothing beside them moves.

What may stand in a name is what the Nickname profile of PRECIS allows (RFC 8266): letters of all
scripts, digits, punctuation, symbols and spaces, in their compatible form, so that “Ｌｅｎａ” and “𝓛𝓮𝓷𝓪”
are shown as “Lena”. Beyond the profile, emoji keep what joins their parts. Whose name it is, is a
question for :mod:`broadsheet.readers.protection`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from precis_i18n import get_profile
from precis_i18n.profile import Profile

from broadsheet.readers.skeleton import is_ignorable, script_of

MAX_NAME = 60
"""Characters; longer names are refused, not cut."""

_NON_JOINER, _JOINER = "\u200c", "\u200d"
"""Needed inside words of some scripts, and the second inside emoji."""
_AS_PICTURE = "\ufe0f"
"""Asks for the picture of the character before it; part of many emoji."""
_VIRAMA = 9
"""The combining class of the signs after which joiners mean something (RFC 5892, appendix A)."""
_JOINING_SCRIPTS = frozenset({"Arabic", "Syriac", "Mongolian", "Nko", "Mandaic", "Hanifi_Rohingya"})
_STRETCH = "\u0640"
"""Makes Arabic words longer and no other words; PRECIS has none of it."""
_NOT_PLAIN = re.compile("[^\u0000-\u02ff\u2010-\u2027\u20ac]")
"""Anything but letters and punctuation of which none is a mark and all are composed as they are."""
MAX_MARKS = 4
"""Combining marks in a row; no written language needs more."""


MAX_RAW = 20 * MAX_NAME
"""Characters that are looked at; a name may come with marks and spaces that are taken out."""
MAX_ROUNDS = 4
"""Times that a name is put in its final form, as RFC 8266 (section 2.1) has it."""
_TOGETHER = (
    frozenset({"Latin", "Han", "Hiragana", "Katakana"}),
    frozenset({"Latin", "Han", "Bopomofo"}),
    frozenset({"Latin", "Han", "Hangul"}),
)
"""Scripts that are written in one word (UTS #39, section 5.2: Highly Restrictive)."""
_BLANKS = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}
"""Letters and symbols that show nothing."""


class NameUnusable(ValueError):
    """The name cannot be shown; the message is for whoever gave it."""


def clean_name(name: str) -> str:
    """Return the name as it is shown: compatible form (NFKC), single spaces, no invisible or control
    characters, no pile of marks.

    Raises :class:`NameUnusable` when nothing legible is left, it is too long, a character cannot
    stand in a name, or a word mixes scripts.
    """
    if len(name) > MAX_RAW:
        raise NameUnusable(f"Please use at most {MAX_NAME} characters; this name has {len(name)}.")
    shown = name
    for _ in range(MAX_ROUNDS):
        before, shown = shown, _put_in_form(shown)
        if shown == before:
            break
    if not is_legible(shown, "LNS"):
        raise NameUnusable("Please give a name that others can read.")
    if len(shown) > MAX_NAME:
        raise NameUnusable(f"Please use at most {MAX_NAME} characters; this name has {len(shown)}.")
    _check_allowed(shown)
    _check_scripts(shown)
    return shown


def _put_in_form(name: str) -> str:
    kept = "".join(
        character
        for character in without_piles(name)
        if character.isspace()
        or character in (_NON_JOINER, _JOINER, _AS_PICTURE)
        or (
            unicodedata.category(character)[0] != "C"
            and character != _STRETCH
            and not is_ignorable(character)
        )
    )
    composed = _cut_piles(_compatible(kept), MAX_MARKS) if _NOT_PLAIN.search(kept) else kept
    return _joined_where_needed(" ".join(composed.split()))


def _compatible(text: str) -> str:
    """Return the text in compatible form (NFKC), but for accents that stand by themselves.

    These would become a space and a mark, and O´Brien two words.
    """
    parts = re.split("([\u00a8\u00af\u00b4\u00b8\u02d8-\u02dd\u0384\u0385])", text)
    return "".join(
        part if index % 2 else unicodedata.normalize("NFKC", part)
        for index, part in enumerate(parts)
    )


def _joined_where_needed(text: str) -> str:
    """Take out joiners that join nothing: they show nothing, and make two names of one."""
    if not any(each in text for each in (_NON_JOINER, _JOINER, _AS_PICTURE)):
        return text
    kept: list[str] = []
    for index, character in enumerate(text):
        before = kept[-1] if kept else ""
        after = text[index + 1] if index + 1 < len(text) else ""
        if character not in (_NON_JOINER, _JOINER, _AS_PICTURE) or _joins(character, before, after):
            kept.append(character)
    return "".join(kept)


def _joins(character: str, before: str, after: str) -> bool:
    if not before:
        return False
    is_symbol = unicodedata.category(before)[0] == "S"
    if character == _AS_PICTURE:
        return is_symbol or before in "#*0123456789"
    if not after:
        return False
    if unicodedata.combining(before) == _VIRAMA:
        return True
    if character == _JOINER:
        return (is_symbol or before == _AS_PICTURE) and unicodedata.category(after)[0] == "S"
    return script_of(before) in _JOINING_SCRIPTS and script_of(after) in _JOINING_SCRIPTS


@cache
def _nickname() -> Profile:
    return get_profile("Nickname")


def _check_allowed(name: str) -> None:
    """Refuse what the Nickname profile does not allow, and say which character it is."""
    # The profile knows no emoji of several parts, and would make words of single accents.
    plain = "".join(
        each
        for each in name
        if each not in (_JOINER, _NON_JOINER, _AS_PICTURE) and each not in "¨¯´¸˘˙˚˛˜˝΄΅"
    )
    if not _NOT_PLAIN.search(plain) and "·" not in plain:
        return
    try:
        _nickname().enforce(plain)
    except UnicodeEncodeError as refusal:
        character = plain[refusal.start : refusal.start + 1]
        raise NameUnusable(
            f"“{character}” cannot stand in a name, or not at this place. Please leave it out."
        ) from refusal


def _check_scripts(name: str) -> None:
    """Refuse words whose letters come from scripts that are not written together.

    Some such words look like others, in ways that no table knows completely.
    """
    for word in re.split(r"[\W_]+", name):
        scripts = {script_of(character) for character in word} - {""}
        if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
            named = " and ".join(sorted(each.replace("_", " ") for each in scripts))
            raise NameUnusable(
                f"“{word}” mixes letters of different alphabets ({named}), so that it may be taken for"
                " another name. Please write each word in one alphabet."
            )


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
