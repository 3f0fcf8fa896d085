"""The corrections of the whole publication: the page, and its feed."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet.corrections.queries import figures
from broadsheet.paper.presenters.corrections import (
    Filters,
    correction_entry,
    correction_views,
    figure_views,
    median_in_words,
)
from broadsheet.paper.presenters.editions import told
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.paper.views.lists import read_cursor
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.enums import EditionKind
from broadsheet.record.keys import FRAME, STORIES
from broadsheet.record.models import Section
from broadsheet.record.queries import (
    CORRECTING,
    correction_counts,
    corrections,
    corrections_before,
)

PATH = "/corrections/"
PER_PAGE = 25
ENTRIES = 50
MAX_WORDS = 8
MAX_QUERY = 200
"""Characters and words that are looked for; each word is one more comparison with every note."""
_YEAR = re.compile(r"[1-9]\d{3}", re.ASCII)
KINDS = [*CORRECTING, EditionKind.UPDATE]


@pressed("before", "kind", "q", "section", "year")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List what was put right, the newest first; ``?before=`` continues after the last one.

    Ten statements at most, whatever the list holds. A filter that cannot be is named, with 400.
    """
    around = frame()
    sections = list(Section.objects.order_by("position", "id"))
    filters = _filters(request, sections)
    counts = correction_counts()
    proposed = figures()
    found = told(
        corrections(
            [filters.kind] if filters.kind else CORRECTING,
            section=next((item for item in sections if item.slug == filters.section), None),
            published=_span(filters.year, around.zone),
            words=filters.words.split(),
        )
    )
    cursor = request.GET.get("before", "")
    if cursor:
        found = corrections_before(found, *read_cursor(cursor))
    editions = [] if filters.wrong else list(found[: PER_PAGE + 1])
    older = ""
    if len(editions) > PER_PAGE:
        editions = editions[:PER_PAGE]
        last = editions[-1]
        older = filters.query(before=f"{int(last.published_at.timestamp())}-{last.pk}")
    figured = figure_views(counts, proposed)
    context = {
        "here": "corrections",
        "filters": filters,
        "kinds": [(kind.value, kind.label) for kind in KINDS],
        "sections": sections,
        "years": _years(counts.first, counts.last, around.zone),
        "published": figured[0],
        "received": figured[1],
        "median": median_in_words(proposed),
        "corrections": correction_views(editions, around.zone),
        "older": older,
        "is_continued": bool(cursor),
    }
    response = page(
        "paper/corrections.html",
        context,
        around=around,
        path=f"{PATH}?before={cursor}" if cursor and not filters.is_any else PATH,
        status=400 if filters.wrong else 200,
    )
    if filters.is_any:
        response.headers["X-Robots-Tag"] = "noindex"
    return made_from(response, FRAME, STORIES)


def _filters(request: HttpRequest, sections: Sequence[Section]) -> Filters:
    asked = {name: _clean(request.GET.get(name, "")) for name in ("kind", "section", "year", "q")}
    wrong = []
    if asked["kind"] and asked["kind"] not in KINDS:
        wrong.append(f"“{asked.pop('kind')[:40]}” is not a kind of correction.")
    if asked["section"] and asked["section"] not in {item.slug for item in sections}:
        wrong.append(f"There is no section “{asked.pop('section')[:40]}”.")
    year = asked["year"]
    if year and not (_YEAR.fullmatch(year) and year != "9999"):
        wrong.append(f"“{asked.pop('year')[:40]}” is not a year; write it as 2026.")
    if len(asked["q"]) > MAX_QUERY or len(asked["q"].split()) > MAX_WORDS:
        wrong.append(f"Look for {MAX_WORDS} words with {MAX_QUERY} characters at most.")
        asked["q"] = " ".join(asked["q"][:MAX_QUERY].split()[:MAX_WORDS])
    return Filters(
        kind=asked.get("kind", ""),
        section=asked.get("section", ""),
        year=asked.get("year", ""),
        words=asked["q"],
        wrong=wrong,
    )


def _clean(value: str) -> str:
    """Return what was typed without control characters, which no note holds."""
    return "".join(
        character for character in value if unicodedata.category(character) not in ("Cc", "Cs")
    ).strip()


def _span(year: str, zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime] | None:
    """Return when a year began and ended where the publication is."""
    if not year:
        return None
    return (
        dt.datetime(int(year), 1, 1, tzinfo=zone),
        dt.datetime(int(year) + 1, 1, 1, tzinfo=zone),
    )


def _years(first: dt.datetime | None, last: dt.datetime | None, zone: dt.tzinfo) -> list[str]:
    if first is None or last is None:
        return []
    years = range(last.astimezone(zone).year, first.astimezone(zone).year - 1, -1)
    return [str(year) for year in years]


@pressed()
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The corrections as an Atom feed (RFC 4287), what was told last first.

    One entry for each edition with a note; a note that supersedes another updates its entry.
    """
    around = frame()
    editions = told(corrections(by_wording=True))[:ENTRIES]
    entries = [correction_entry(view, around) for view in correction_views(editions, around.zone)]
    response = page(
        "paper/corrections_feed.xml",
        {"entries": entries, "updated": max((each.updated for each in entries), default="")},
        around=around,
        path=f"{PATH}feed.xml",
        content_type="application/atom+xml; charset=utf-8",
    )
    return made_from(response, FRAME, STORIES)
