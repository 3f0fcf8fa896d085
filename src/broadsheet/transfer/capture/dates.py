"""Dates as pages print them, in many languages, without guessing.

A date is read from its words (``11th Feb 11 10:26 am``, ``26 abril 2022 a las 14:02``) or from its
figures. Figures between slashes or hyphens can mean two days; such a date is only read when the
numbers exclude one reading or when the caller knows the order that the page uses. Dates without a
year and relative ones ("two weeks ago") are not read: what they mean depends on the day of saving.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal

DayOrder = Literal["dmy", "mdy"]

_MAIL_DATE = re.compile(
    r"(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d(?::\d\d)?(?: [+A-Z-]|\Z)"
)

# A date stands in the first part of a line; longer texts are prose and would only cost time.
LONGEST_TEXT = 300  # characters

_MONTH_WORDS = (
    "january jan januar jänner januari janvier janv enero ene janeiro gennaio gen styczeń "
    "stycznia sty leden ledna ocak oca января янв gener xaneiro tammikuu tammikuuta janar január",
    "february feb februar feber februari février févr fév fevrier febrero fevereiro fev febbraio "
    "febb luty lutego lut únor února şubat şub февраля фев febrer helmikuu helmikuuta",
    "march mar märz mrz maerz maart mrt mars marzo março marco marzec marca březen března mart "
    "марта мар març maaliskuu maaliskuuta március",
    "april apr avril avr abril abr aprile kwiecień kwietnia kwi duben dubna nisan nis апреля апр "
    "huhtikuu huhtikuuta április",
    "may mai mei mayo maio maggio mag maj maja květen května mayıs мая май maig toukokuu "
    "toukokuuta május",
    "june jun juni juin junio junho giugno giu czerwiec czerwca cze červen června haziran haz июня "
    "июн juny kesäkuu kesäkuuta június",
    "july jul juli juillet juil julio julho luglio lug lipiec lipca lip červenec července temmuz "
    "tem июля июл juliol heinäkuu heinäkuuta július",
    "august aug augustus août aout agosto ago augusti sierpień sierpnia sie srpen srpna ağustos "
    "ağu августа авг agost elokuu elokuuta augusztus",
    "september sept sep septembre septiembre set setembro settembre wrzesień września wrz září "
    "eylül eyl сентября сен сент setembre syyskuu syyskuuta szeptember",
    "october oct oktober okt octobre octubre outubro out ottobre ott październik października paź "
    "říjen října ekim eki октября окт lokakuu lokakuuta október",
    "november nov novembre noviembre noviembre novembro listopad listopada lis kasım kas ноября "
    "ноя нояб marraskuu marraskuuta",
    "december dec dezember dez décembre déc decembre diciembre dic dezembro dicembre grudzień "
    "grudnia gru prosinec prosince aralık ara декабря дек desembre desember des joulukuu "
    "joulukuuta",
)
# "listopad" is October in Croatian and November in Polish and Czech; the larger readership wins.
MONTHS = {word: number for number, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}

_MONTH = "(?P<month>" + "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True)) + ")"
_YEAR = r"(?P<year>[0-9]{4}|['’]?[0-9]{2})(?![0-9:]|[.,][0-9])"
_DAY = r"(?P<day>[0-9]{1,2})"

_PATTERNS = (
    re.compile(
        rf"(?<![\w./-]){_DAY}\s*(?:st|nd|rd|th|er|º|°|ª|\.)?[\s-]*(?:de\s+|of\s+|d['’])?"
        rf"{_MONTH}(?!\w)\.?,?[\s-]*(?:del?\s+)?{_YEAR}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\w){_MONTH}(?!\w)\.?\s*{_DAY}(?:st|nd|rd|th)?(?![\w:])\s*,?\s*{_YEAR}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![\w/.-])(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)"
        r"(?P<day>[0-9]{1,2})(?![0-9]|[/.-][0-9])"
    ),
    re.compile(
        r"(?P<year>[0-9]{4})\s*[年년]\s*(?P<month>[0-9]{1,2})\s*[月월]\s*(?P<day>[0-9]{1,2})\s*[日일]"
    ),
)
_FIGURES = re.compile(
    r"(?<![\w/.-])(?P<first>[0-9]{1,2})\s?(?P<mark>[./-])\s?(?P<second>[0-9]{1,2})\s?(?P=mark)"
    r"\s?(?P<year>[0-9]{4}|[0-9]{2})(?![0-9:]|[/.-][0-9])"
)

_TIME_AFTER = re.compile(
    r"[\s,;|·•@/(–—-]*(?:t(?=[0-9])|at|um|kl\.?|klo|à|a\s+las?|às|as|alle(?:\s+ore)?|ore|om|o(?:\s+"
    r"godz\.?)?|в|saat|(?P<east>上午|下午|오전|오후))?\s*(?P<hour>[0-9]{1,2})"
    r"(?:\s?[:.h]\s?(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?)?"
    r"\s*(?P<half>[ap]\.?\s?m\b\.?)?(?P<clock>\s*(?:uhr|h)\b)?",
    re.IGNORECASE,
)
_TIME_BEFORE = re.compile(
    r"(?<![\w.:])(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)?"
    r"\s*(?P<half>[ap]\.?m\b\.?)?(?P<clock>\s*uhr\b)?[\s,;|·•–—-]*"
    r"(?:(?:on|am|le|el|den|il|op|em)\b)?[\s,]*(?:[^\W\d]{2,12}\.?,)?\s*\Z",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\s*\(?(?P<name>Z|UTC|GMT)?\s?(?P<sign>[+-])?(?(sign)(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?)"
    r"(?![\w:])\)?"
)


@dataclass(frozen=True)
class FoundDate:
    """A date inside a text; ``at`` is ``None`` where its figures can mean two days."""

    at: dt.datetime | None
    is_day_only: bool
    start: int
    end: int

    def completes(self, other: FoundDate) -> bool:
        """Tell whether this date knows more of the same day than the other one."""
        if self.at is None or other.at is None:
            return self.at is not None
        is_same_day = self.at.date() == other.at.date()
        return other.is_day_only and not self.is_day_only and is_same_day


def read_machine_date(text: str) -> FoundDate | None:
    """Read a date written for machines: ISO 8601, or the mail form; nothing else."""
    text = text.strip()
    if not 8 <= len(text) <= 40:
        return None
    is_day_only = len(text) <= 10
    try:
        if _MAIL_DATE.match(text):
            is_day_only, at = False, parsedate_to_datetime(text)
        else:
            at = dt.datetime.fromisoformat(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        found = find_date(text) if text[:4].isdigit() else None
        is_whole = found is not None and (found.start, found.end) == (0, len(text))
        return found if is_whole else None
    if at.year < 1900:
        return None
    return FoundDate(at, is_day_only, 0, len(text))


def find_date(text: str, *, order: DayOrder | None = None) -> FoundDate | None:
    """Find the first date in a short text, with the time of day beside it if there is one."""
    text = text[:LONGEST_TEXT]
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            day = _calendar_day(_year(match["year"]), _month(match["month"]), int(match["day"]))
            if day is not None:
                return _with_time(text, day, match.start(), match.end())
    for match in _FIGURES.finditer(text):
        return _from_figures(text, match, order)
    return None


def day_order(texts: Iterable[str]) -> DayOrder | None:
    """Tell the order that a page's own figures prove; ``None`` without proof or with both."""
    orders: set[DayOrder] = set()
    for text in texts:
        for match in _FIGURES.finditer(text[:LONGEST_TEXT]):
            if match["mark"] == ".":
                continue
            first, second = int(match["first"]), int(match["second"])
            if 12 < first <= 31 and second <= 12:
                orders.add("dmy")
            elif 12 < second <= 31 and first <= 12:
                orders.add("mdy")
    return orders.pop() if len(orders) == 1 else None


def _from_figures(text: str, match: re.Match[str], order: DayOrder | None) -> FoundDate | None:
    first, second = int(match["first"]), int(match["second"])
    year = _year(match["year"])
    # Dots are written between figures where the day comes first, everywhere.
    day_first = _calendar_day(year, second, first)
    month_first = None if match["mark"] == "." else _calendar_day(year, first, second)
    if day_first and month_first and day_first != month_first:
        if order is None:
            return FoundDate(None, False, match.start(), match.end())
        day: dt.date | None = day_first if order == "dmy" else month_first
    else:
        day = day_first or month_first
    return None if day is None else _with_time(text, day, match.start(), match.end())


def _with_time(text: str, day: dt.date, start: int, end: int) -> FoundDate:
    after = _TIME_AFTER.match(text, end)
    time = _time(after) if after else None
    if after and time is not None:
        zone = _ZONE.match(text, after.end())
        offset = _offset(zone) if zone else None
        if zone and offset is not None:
            return FoundDate(dt.datetime.combine(day, time, offset), False, start, zone.end())
        return FoundDate(dt.datetime.combine(day, time), False, start, after.end())
    before = _TIME_BEFORE.search(text, max(0, start - 40), start)
    time = _time(before) if before else None
    if before and time is not None:
        return FoundDate(dt.datetime.combine(day, time), False, before.start(), end)
    return FoundDate(dt.datetime.combine(day, dt.time()), True, start, end)


def _time(match: re.Match[str]) -> dt.time | None:
    groups = match.groupdict()
    if groups["minute"] is None and not (groups["half"] or groups["clock"]):
        return None
    hour, minute = int(groups["hour"]), int(groups["minute"] or 0)
    half = (groups["half"] or "").lower()[:1]
    if groups.get("east") in ("下午", "오후"):
        half = "p"
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or int(groups["second"] or 0) > 59:
        return None
    return dt.time(hour, minute, int(groups["second"] or 0))


def _offset(match: re.Match[str]) -> dt.timezone | None:
    if match["sign"]:
        minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
        if minutes > 14 * 60:
            return None
        return dt.timezone(dt.timedelta(minutes=-minutes if match["sign"] == "-" else minutes))
    return dt.UTC if match["name"] else None


def _month(word: str) -> int:
    return int(word) if word.isdigit() else MONTHS[word.lower()]


def _year(figures: str) -> int:
    figures = figures.lstrip("'’")
    if len(figures) == 4:
        return int(figures)
    # No page on the web is older than 1990.
    return int(figures) + (1900 if int(figures) >= 90 else 2000)


def _calendar_day(year: int, month: int, day: int) -> dt.date | None:
    if not 1900 <= year <= 2200:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
