"""The history page of a story: every edition, and the difference between any two."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet.paper.presenters.changes import difference_of
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.paper.presenters.story import edition_views
from broadsheet.paper.views.story import find_address, moved
from broadsheet.record.queries import editions_of


@require_safe
def changes(request: HttpRequest, path: str) -> HttpResponse:
    """List the editions, the newest first; ``?from=1&to=3`` shows what changed between two."""
    found = find_address(path)
    if redirect := moved(found, below="changes/"):
        return redirect
    around = frame()
    editions = edition_views(editions_of(found.document), around, found.path)
    if not editions:
        raise Http404("this story is not published")
    by_number = {str(item.edition.number): item for item in editions}
    later = by_number.get(request.GET.get("to", ""), editions[-1])
    default = editions[max(editions.index(later) - 1, 0)]
    earlier = by_number.get(request.GET.get("from", ""), default)
    if editions.index(earlier) > editions.index(later):
        earlier, later = later, earlier
    context = {
        "headline": editions[-1].edition.headline,
        "path": found.path,
        "editions": editions[::-1],
        "difference": difference_of(earlier, later) if earlier is not later else None,
        "earlier": earlier,
        "later": later,
        "here": found.document.section_id,
    }
    return page("paper/changes.html", context, around=around, path=f"{found.path}changes/")
