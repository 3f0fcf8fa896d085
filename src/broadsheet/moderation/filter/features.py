"""What the filter sees of a text: signs with a strength of 0 to 2, words, pairs, and parts of words.

Time is in proportion to the length, to a bound of :data:`MAX_TEXT`; every pattern is bounded.
"""

from __future__ import annotations

import html
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from broadsheet.moderation.filter.vocabulary import KINDS, OWN, OWN_NOUNS
from broadsheet.moderation.weblinks import SHORTENERS, host_of

MAX_TEXT = 3_000
"""Characters that are looked at, two thirds of them from the beginning."""
MAX_WORD = 24
"""Characters of a word; longer ones are cut."""
PARTS = (3, 4, 5)
"""Characters of the parts of words."""

_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]{1,2000}"
    r"|(?<![\w@.-])[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,4}"
    r"\.(?:com|net|org|info|biz|ru|cn|tk|ml|xyz|top|co|me|tv|ly|gl|uk|cc|io)\b(?:/\S{0,2000})?"
)
_MAY_HAVE_URL = re.compile(r"//|\.\S")
"""In every text with an address there is one of these; to look for it takes a tenth of the time."""
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,100}")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[!?$£€]+|:\)|:\(|<3")
_LONG_NUMBER = re.compile(r"\d{5,}")
_NUMBER = re.compile(r"\d+")
_PHONE = re.compile(r"\+?(?:\d[ -]?){9,14}")
_CODE = re.compile(r"(?<!\d)\d{5,6}(?!\d)")
_AMOUNT = re.compile(r"[£$€]\s?\d|\d\s?(?:[£$€]|usd|eur|gbp|p\b|pounds|dollars)")
_MENTION = re.compile(r"(?:^|\s)@ ?\w")
_SPACED = re.compile(r"\w ?\. ?(?:com|net|org)\b|/watch\?|\bdot com\b")
_REPEATED = re.compile(r"(.)\1{3,}")
_REPEATED_LETTERS = re.compile(r"(.)\1{2,}")
_HIDDEN = re.compile(r"\w[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+\w")
_IMITATED = re.compile(r"[a-zA-Z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][a-zA-Z]")

_WORDS: dict[str, str] = {}
_PHRASES: dict[str, str] = {}
for _name, _kind in KINDS.items():
    _WORDS |= dict.fromkeys(_kind.words.split(), _name)
    _PHRASES |= dict.fromkeys(
        (" ".join(each.split()) for each in _kind.phrases.split(",") if each.strip()), _name
    )
_BEGINNINGS = frozenset(phrase.partition(" ")[0] for phrase in _PHRASES)


@dataclass(frozen=True)
class Features:
    signs: Mapping[str, float]
    """By name; those of kinds of words are ``kind:…``."""
    words: Sequence[str]
    """Words and pairs of them, each once."""
    distinct: Sequence[str]
    """The words without pairs and marks, whose parts are looked at as well, see :func:`parts_of`."""
    of_kinds: Mapping[str, Sequence[str]]
    """The words by which a kind was recognised."""
    links: int


def plain(text: str) -> str:
    """Return a text without markup, cut to what is looked at."""
    if len(text) > 2 * MAX_TEXT:
        text = text[: MAX_TEXT * 4 // 3] + " " + text[-MAX_TEXT * 2 // 3 :]
    if "<" in text:
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    if "&" in text:
        text = html.unescape(html.unescape(text))
    text = text.strip("\ufeff \n\t")
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT * 2 // 3] + " " + text[-MAX_TEXT // 3 :]
    return text


def features_of(text: str, *, about: frozenset[str] = frozenset()) -> Features:
    """Return what the filter sees of a text; ``about`` has the words of what it is an answer to."""
    text = plain(text)
    low = text.lower()
    urls = _URL.findall(low) if _MAY_HAVE_URL.search(low) else []
    tokens = _tokens(low, has_urls=bool(urls))
    words = [token for token in tokens if token[0].isalnum()]
    signs: dict[str, float] = {}
    of_kinds = _kinds(words)
    for kind, found in of_kinds.items():
        signs[f"kind:{kind}"] = min(len(found), 3) ** 0.5
    if len(of_kinds) > 1:
        signs["kinds"] = min(len(of_kinds), 6) / 6
    _signs_of_words(signs, words, about)
    _signs_of_links(signs, urls, low)
    _signs_of_letters(signs, text, low)
    pairs = {f"{one} {two}" for one, two in pairwise(tokens)}
    return Features(signs, sorted({*tokens, *pairs}), sorted(set(words)), of_kinds, len(urls))


def parts_of(word: str) -> list[str]:
    """Return the parts of a word, marked by ``*``; ``_`` is where it begins or ends."""
    marked = f"_{word}_"
    return [f"*{marked[at : at + size]}" for size in PARTS for at in range(len(marked) - size + 1)]


def _tokens(low: str, *, has_urls: bool = True) -> list[str]:
    body = _URL.sub(" xurl ", low) if has_urls else low
    if "@" in body:
        body = _EMAIL.sub(" xmail ", body)
    body = _NUMBER.sub(" 0 ", _LONG_NUMBER.sub(" xlongnum ", body))
    body = _REPEATED_LETTERS.sub(r"\1\1", body)
    return [token[:MAX_WORD] for token in _TOKEN.findall(body)]


def _kinds(words: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if kind := _WORDS.get(word):
            found.setdefault(kind, []).append(word)
    beginnings = [at for at, word in enumerate(words) if word in _BEGINNINGS]
    for size in (1, 2, 3):
        for at in beginnings:
            phrase = " ".join(words[at : at + size])
            if at + size <= len(words) and (kind := _PHRASES.get(phrase)):
                found.setdefault(kind, []).append(phrase)
    return found


def _signs_of_words(signs: dict[str, float], words: Sequence[str], about: frozenset[str]) -> None:
    for at, word in enumerate(words):
        if word in OWN and not OWN_NOUNS.isdisjoint(words[at + 1 : at + 5]):
            signs["mine"] = 1
        if word == "checkout" or (word in ("check", "chek") and "out" in words[at + 1 : at + 4]):
            signs["out"] = 1
    signs["length"] = min(1.0, math.log1p(len(words)) / 5)
    signs["short"] = float(len(words) < 4)
    if about and len(words) >= 6:
        telling = {word for word in words if len(word) > 4}
        if telling and telling.isdisjoint(about):
            signs["unrelated"] = 1


def _signs_of_links(signs: dict[str, float], urls: Sequence[str], low: str) -> None:
    if urls:
        signs["link"] = 1
    if len(urls) > 1:
        signs["links"] = 1
    if any(host_of(url) in SHORTENERS for url in urls[:5]):
        signs["shortener"] = 1
    if "@" in low:
        if _EMAIL.search(low):
            signs["email"] = 1
        if _MENTION.search(low):
            signs["mention"] = 1
    if _SPACED.search(low):
        signs["spaced"] = 1


def _signs_of_letters(signs: dict[str, float], text: str, low: str) -> None:
    digits = sum(map(str.isdigit, low))
    if digits:
        signs["digits"] = min(1.0, digits / len(low) * 5)
        if _PHONE.search(low):
            signs["phone"] = 1
        if _CODE.search(low):
            signs["code"] = 1
        if _AMOUNT.search(low):
            signs["amount"] = 1
    letters = sum(map(str.isalpha, text))
    if letters > 10:
        signs["capitals"] = sum(map(str.isupper, text)) / letters
    signs["exclamations"] = min(text.count("!"), 4) / 4
    if _REPEATED.search(text):
        signs["repeated"] = 1
    if not text.isascii():
        if _HIDDEN.search(text):
            signs["hidden"] = 1
        if _IMITATED.search(text):
            signs["imitated"] = 1


def words_about(*texts: str) -> frozenset[str]:
    """Return the words of a story and a comment that tell what they are about."""
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(word for word in _tokens(text[: 4 * MAX_TEXT].lower()) if len(word) > 4)
    return frozenset(counted)
