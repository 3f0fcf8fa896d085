"""Names as pages print them: taken out of "By …", "… says:" and lists of authors."""

from __future__ import annotations

import re

LONGEST_NAME = 120  # characters; what is longer is not a name

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_SAYS = (
    r"says|said|writes|wrote|commented|comments|replied|responded|adds|sagte?|schreibt|schrieb|"
    r"meinte?|kommentiert(?:e)?|antwortete|dit|a\s+dit|a\s+écrit|écrit|dice|dijo|ha\s+dicho|"
    r"escribió|comentó|respondió|disse|diz|escreveu|comentou|scrive|scrisse|ha\s+scritto|ha\s+detto|"
    r"zegt|zei|schreef|schrijft|säger|skriver|skrev|siger|sier|sanoo|kirjoitti|mówi|pisze|"
    r"napisał(?:a|\(a\))?|říká|napsal(?:a)?|говорит|пишет|сказала?|dedi(?:\s+ki)?|diyor(?:\s+ki)?|"
    r"escrigué|diu|szerint"
)
_SAYS_AT_END = re.compile(rf"\s+(?:{_SAYS})(?:\s+on)?\s*(?::|…|\.\.\.)\s*\Z", re.IGNORECASE)
_SAYS_ALONE = re.compile(rf"\W*(?:{_SAYS})(?:\s+(?:on|am|le|el|at))?\W*\Z", re.IGNORECASE)
_BY = re.compile(
    r"\s*(?:(?:(?:view\s+|see\s+|read\s+)?(?:all|more)\s+(?:posts|articles|stories|entries)|words|story|text|report|article|comments?|kommentar|comentario|commentaire|(?:posted|written|published|submitted|authored)"
    r"(?:\s+on)?|publicado|escrito|publié|écrit|veröffentlicht|verfasst|geschrieben|pubblicato|"
    r"scritto|geplaatst)\s+)?(?:by|von|par|por|di|door|av|af|od|przez)[:\s]\s*",
    re.IGNORECASE,
)
_JOB = re.compile(
    r"\b(?:staff|writer|editor|reporter|correspondent|contributor|columnist|analyst|journalist|"
    r"author|admin(?:istrator)?|redakteur(?:in)?|redaktion|autor(?:in)?|rédact\w+|periodista|"
    r"chief|bureau|special to)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*(?:,\s*(?:and|und|et|y|e|en)\s|,|;|\s/\s|\s(?:and|und|et|y|en)\s|&|\|)\s*"
)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|ph\.?\s?d|m\.?d|esq)\.?\Z", re.IGNORECASE)


def tidy(text: str) -> str:
    """Join the words of a text with single spaces and drop what cannot be seen."""
    return " ".join(_INVISIBLE.sub("", text).split())


def clean_name(text: str) -> str | None:
    """Take the name out of its wording; ``None`` if nothing is left."""
    name = tidy(text)
    name = _SAYS_AT_END.sub("", name).strip()
    name = name.removesuffix(":").strip(" ,|·•–—-")
    if not name or len(name) > LONGEST_NAME:
        return None
    return name


def is_saying(text: str) -> bool:
    """Tell whether a text is only the wording around a name, such as "wrote on"."""
    return bool(_SAYS_ALONE.match(text))


def without_by(text: str) -> tuple[str, bool]:
    """Strip a leading "By" or "Posted by"; the flag tells whether there was one."""
    match = _BY.match(text)
    return (text[match.end() :], True) if match else (text, False)


def byline_names(text: str) -> tuple[str, ...]:
    """Split a printed byline into its names, without "By" and without jobs."""
    rest, _had_by = without_by(tidy(text))
    names: list[str] = []
    for part in _BETWEEN.split(rest):
        part = re.sub(r"\s*\([^)]*\)\s*\Z", "", part).strip(" :–—-")
        part = re.sub(r"(?<=[^\W\d_]{4})\.\Z", "", part)
        if names and _SUFFIX.match(part):
            names[-1] = f"{names[-1]}, {part}"
            continue
        name = clean_name(part)
        if name is None or not any(letter.isalpha() for letter in name):
            continue
        # A job follows a name; alone at the front it is what the page prints as the author.
        if names and _JOB.search(name):
            continue
        if len(name) <= 80 and name not in names:
            names.append(name)
    return tuple(names)
