"""The history page of a story: every edition, and the difference between any two."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet.paper.presenters.changes import difference_of
from broadsheet.paper.presenters.editions import EditionView, edition_views, told
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.paper.presenters.openness import openness_history
from broadsheet.paper.views.addresses import find_address, moved
from broadsheet.paper.views.story import of_document
from broadsheet.press.marking import pressed
from broadsheet.record.queries import editions_of

_SHOWN = 20
"""Characters of a wrong number that are repeated to who gave it."""


@pressed("from", "to")
@require_safe
def changes(request: HttpRequest, path: str) -> HttpResponse:
    """List the editions, the last published first; ``?from=1&to=3`` shows what changed between two.

    Numbers are identities: what is earlier and later is a matter of publication alone.
    """
    found = find_address(path)
    query = request.META["QUERY_STRING"]
    if redirect := moved(found, below=f"changes/{f'?{query}' if query else ''}"):
        return redirect
    around = frame()
    kept = told(editions_of(found.document)).defer("body_html", "canonical_text", "content_data")
    editions = edition_views(kept, around, found.path)
    if not editions:
        raise Http404("this story is not published")
    asked = {name: request.GET.get(name, "") for name in ("from", "to")}
    earlier, later = _chosen(editions, asked["from"], asked["to"])
    known = {"", *(str(item.edition.number) for item in editions)}
    context = {
        "headline": editions[-1].edition.headline,
        "path": found.path,
        "editions": editions[::-1],
        "openness": openness_history(found.document, around.zone),
        "difference": difference_of(earlier, later) if earlier is not later else None,
        "gone": [
            item.edition.number for item in (earlier, later) if item.edition.withheld_at is not None
        ],
        "earlier": earlier,
        "later": later,
        "unknown": next((value[:_SHOWN] for value in asked.values() if value not in known), ""),
        "here": found.document.section_id,
    }
    response = page("paper/changes.html", context, around=around, path=f"{found.path}changes/")
    return of_document(response, found.document)


def _chosen(
    editions: Sequence[EditionView], earlier_number: str, later_number: str
) -> tuple[EditionView, EditionView]:
    """Return the two editions to compare in order; by default the last one and the one before."""
    by_number = {str(item.edition.number): place for place, item in enumerate(editions)}
    later = by_number.get(later_number, len(editions) - 1)
    earlier = by_number.get(earlier_number, max(later - 1, 0))
    return editions[min(earlier, later)], editions[max(earlier, later)]
