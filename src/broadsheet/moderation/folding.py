"""Texts brought to one form, so that words are found however they are dressed up.

Case, accents, width, invisible characters and letters borrowed from other alphabets make no
difference. Everything here takes time in proportion to the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from broadsheet.readers.skeleton import skeleton

_LOOK_ALIKES = str.maketrans(
    "аеорсухіѕјԁɡһԛԝɩӏαικνορτυχϲεʀıƖ",
    "aeopcyxisjdghqwilaikvoptuxcerll",
)
"""What is read as another letter in a word than Unicode’s table says, or is read so in small letters."""
_WRITTEN_FOR_LETTERS = str.maketrans("0134578@$!|", "oieastbasil")
"""What people write for letters, where a word has to get past somebody."""
_WORDS = re.compile(r"[^\W_]+")
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that put no spaces between words: Thai, Lao, kana, Han."""


@lru_cache(maxsize=20_000)
def _folded(character: str) -> str:
    plain = "".join(
        each
        for each in unicodedata.normalize("NFKD", character.casefold())
        if unicodedata.category(each) not in ("Mn", "Me", "Cf", "Cc", "Co", "Cs", "Cn")
    ).casefold()
    if plain.isascii():
        return plain
    alike = skeleton(plain.translate(_LOOK_ALIKES)).casefold()
    return alike if alike.isascii() else plain


def fold(text: str) -> str:
    """Return the text in the form in which texts are compared."""
    if text.isascii():
        return text.lower()
    return "".join(
        each if each.isspace() else _folded(each) if each > "\x7f" else each.lower()
        for each in text
    )


def words_of(folded: str) -> list[str]:
    """Return the words of a folded text; letters that are spread out (“s p a m”) are one word."""
    found = _WORDS.findall(folded)
    joined: list[str] = []
    run: list[str] = []
    for word in [*found, ""]:
        if len(word) == 1 and not word.isdigit():
            run.append(word)
            continue
        joined += ["".join(run)] if len(run) > 2 else run
        run = []
        if word:
            joined.append(word)
    return joined


@dataclass(frozen=True)
class WordList:
    """Words and phrases that are looked for, whole; made by :func:`word_list`."""

    by_first: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
    """Folded phrases with what was written in the list, by their first word."""
    beginnings: Mapping[str, str]
    """Words of which only the beginning is given (“casino*”)."""
    shortest: int
    """Characters of the shortest beginning."""
    within: Sequence[tuple[str, str]]
    """Phrases of scripts without spaces, found anywhere."""

    def found_in(self, text: str) -> list[str]:
        """Return what of the list is in a text, as it is written there, each once."""
        if not (self.by_first or self.beginnings or self.within):
            return []
        folded = fold(text)
        found: dict[str, None] = {}
        plain = words_of(folded)
        undressed = folded.translate(_WRITTEN_FOR_LETTERS)
        for words in (plain,) if undressed == folded else (plain, words_of(undressed)):
            found |= dict.fromkeys(self._in_words(words))
        found |= dict.fromkeys(written for phrase, written in self.within if phrase in folded)
        return list(found)

    def _in_words(self, words: Sequence[str]) -> Iterable[str]:
        for place, word in enumerate(words):
            for phrase, written in self.by_first.get(word, ()):
                if tuple(words[place : place + len(phrase)]) == phrase:
                    yield written
            if self.beginnings:
                for length in range(self.shortest, min(len(word), MAX_BEGINNING) + 1):
                    if beginning := self.beginnings.get(word[:length]):
                        yield beginning


MAX_BEGINNING = 40
"""Characters of a word’s beginning that are compared."""


def word_list(written: Iterable[str]) -> WordList:
    """Prepare words and phrases to be looked for; a last ``*`` stands for any end of the word."""
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    beginnings: dict[str, str] = {}
    within: list[tuple[str, str]] = []
    for line in written:
        folded = fold(line)
        words = words_of(folded)
        if not words:
            continue
        if _WITHOUT_SPACES.search(folded):
            within.append((folded.strip(), line))
        elif line.endswith("*") and len(words) == 1:
            beginnings[words[0][:MAX_BEGINNING]] = line
        else:
            by_first.setdefault(words[0], []).append((tuple(words), line))
    shortest = min(map(len, beginnings), default=0)
    return WordList(by_first, beginnings, shortest, within)
