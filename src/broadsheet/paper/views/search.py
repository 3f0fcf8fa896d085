"""Search over the stories that are out."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet.paper.presenters.cards import cards
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.record.search import MAX_QUERY, search_editions

PER_PAGE = 20
MAX_PAGE = 50


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    around = frame()
    query = request.GET.get("q", "").strip()[:MAX_QUERY]
    number = _page_number(request.GET.get("page", "1"))
    found, count = search_editions(query, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    more = number * PER_PAGE < count and number < MAX_PAGE
    context = {
        "here": "search",
        "query": query,
        "count": count,
        "stories": cards(found, around),
        "more": f"?{urlencode({'q': query, 'page': number + 1})}" if more else "",
    }
    response = page("paper/search.html", context, around=around, path="/search/")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page_number(given: str) -> int:
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 1
    return min(max(number, 1), MAX_PAGE)
