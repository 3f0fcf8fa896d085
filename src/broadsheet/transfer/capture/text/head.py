"""The head of a saved text: headline, byline, date, claimed number of comments, standfirst."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from broadsheet.transfer.capture.counts import find_count
from broadsheet.transfer.capture.dates import DayOrder, find_date
from broadsheet.transfer.capture.names import byline_names, tidy, without_by
from broadsheet.transfer.capture.text.lines import Line

LONGEST_HEADLINE = 300  # characters
_LONGEST_META = 200  # characters
_LONGEST_STANDFIRST = 250  # characters
_LONGEST_NAMES = 120  # characters
_HEAD = 10  # lines among which byline and date stand
# What stands between the parts of a line such as "Posted by NAME on DATE in Section | 3 comments".
_LINKING = re.compile(
    r"\b(?:on|at|with|and|in|by|the|posted|published|written|updated|filed|last|date|am|um|uhr|mit|"
    r"von|le|à|avec|par|el|por|con|a|las|publicado|publié|veröffentlicht|il|di|op|om|door|est|edt|"
    r"pst|pdt|cst|cdt|cet|cest|gmt|utc|bst|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|mon|tue|wed|thu|fri|sat|sun)\b|"
    r"[^\w]+",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:[^\W\d_][\w.’'-]*|&|and|und|et|y|,)(?:,?\s+(?:[^\W\d_][\w.’'-]*|&|and|und|et|y))*\Z"
)
_FILED = re.compile(
    r"(?:filed (?:under|in)|posted in|category|categories|section|rubrik|kategorie|abgelegt unter|"
    r"ressort|catégorie|rubrique|categoría|sección|publicado en)\s*:?\s+(?P<section>[^.!?]{2,80})",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…:;][\"”’»')\]]*\Z")


@dataclass(frozen=True)
class Head:
    """What is printed over the body; ``body_from`` is the place of the first line after it."""

    headline: str
    standfirst: str
    byline: tuple[str, ...]
    published_at: dt.datetime | None
    is_day_only: bool
    is_ambiguous: bool
    claimed: int | None
    section: str
    body_from: int


@dataclass(frozen=True)
class Meta:
    """What one line tells about the story; nothing if the line is text."""

    byline: tuple[str, ...] = ()
    at: dt.datetime | None = None
    is_dated: bool = False
    is_day_only: bool = False
    claimed: int | None = None
    section: str = ""

    @property
    def is_empty(self) -> bool:
        has_number = self.claimed is not None
        return not (self.byline or self.is_dated or has_number or self.section)


def read_head(lines: list[Line], order: DayOrder | None) -> Head:
    """Read the first lines of a text; the first one is the headline."""
    first = lines[0]
    place = 1
    # A headline over two lines has no empty line in it and is no sentence.
    headline = first.text.lstrip("# ").strip() or first.text
    before: list[str] = []
    metas: list[Meta] = []
    while place < min(len(lines), _HEAD):
        meta = read_meta(lines[place].text, order)
        if not meta.is_empty:
            metas.append(meta)
            place += 1
            continue
        if metas or len(before) > 1 or len(lines[place].text) > _LONGEST_STANDFIRST:
            break
        before.append(lines[place].text)
        place += 1
    if not metas:
        # No byline: what was passed over is the body.
        place, before = 1, []
    standfirst = " ".join(before)
    if not standfirst and metas and _is_standfirst(lines, place):
        standfirst = lines[place].text
        place += 1
    dated = next((meta for meta in metas if meta.is_dated), Meta())
    return Head(
        headline=tidy(headline),
        standfirst=tidy(standfirst),
        byline=tuple(dict.fromkeys(name for meta in metas for name in meta.byline)),
        published_at=dated.at,
        is_day_only=dated.is_day_only,
        is_ambiguous=dated.is_dated and dated.at is None,
        claimed=next((meta.claimed for meta in metas if meta.claimed is not None), None),
        section=next((meta.section for meta in metas if meta.section), ""),
        body_from=place,
    )


def read_meta(text: str, order: DayOrder | None) -> Meta:
    """Read a line such as "By NAME, on DATE with 12 Comments", in whatever order and wording."""
    if len(text) > _LONGEST_META:
        return Meta()
    rest = tidy(text)
    filed = _FILED.fullmatch(rest)
    if filed is not None:
        return Meta(section=filed["section"].strip(" :"))
    claimed = at = None
    is_dated = is_day_only = False
    found = find_count(rest)
    if found is not None:
        claimed = found[0]
        rest = f"{rest[: found[1]]} | {rest[found[2] :]}"
    date = find_date(rest, order=order)
    if date is not None:
        is_dated, at, is_day_only = True, date.at, date.is_day_only
        rest = f"{rest[: date.start]} | {rest[date.end :]}"
    named, had_by = without_by(rest)
    names = _names(
        named if had_by else rest, had_by=had_by, has_other=is_dated or claimed is not None
    )
    if names is None:
        return Meta()
    return Meta(names, at, is_dated, is_day_only, claimed)


def _names(text: str, *, had_by: bool, has_other: bool) -> tuple[str, ...] | None:
    """The names in what remains of a line; ``None`` if the line is not about the story."""
    parts = [part.strip(" ,;-–—·•/()[]") for part in re.split(r"\s*[|•·»]\s*|\s+[–—-]\s+", text)]
    parts = [re.sub(rf"(?:\W+(?:{_words()}))+\W*\Z", "", part, flags=re.I) for part in parts]
    parts = [part for part in parts if _LINKING.sub("", part)]
    if not parts:
        return () if has_other else None
    front = parts[0]
    inner, by_inside = without_by(front)
    if by_inside:
        front, had_by = inner, True
    if had_by:
        names = byline_names(re.split(r"\s+(?:in|for|at|from)\s+", front)[0])
        # A name alone may be a small one: "by oz". Of several words it has capitals.
        is_name = all(not name[:1].islower() or " " not in name for name in names)
        return names if names and is_name and len(front) < _LONGEST_NAMES else None
    if has_other and len(parts) == 1 and len(front.split()) <= 6 and _NAME.match(front):
        return byline_names(front) if not re.search(r"\b[a-zß-ÿ]{4,}\b", front) else None
    return None


def _words() -> str:
    return (
        "on|at|with|and|in|posted|published|am|um|mit|le|avec|el|con|il|op|the|last updated|updated"
    )


def _is_standfirst(lines: list[Line], place: int) -> bool:
    """Tell whether a short line without a full stop stands alone before the text."""
    if place + 1 >= len(lines):
        return False
    line, after = lines[place], lines[place + 1]
    return (
        len(line.text) <= _LONGEST_STANDFIRST
        and not line.bullet
        and after.gap > 0
        and not after.bullet
        and after.indent <= line.indent
        and not _SENTENCE_END.search(line.text)
    )
