"""One passage of a story: its words, what became of them, and what is said about them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from broadsheet.discussion.queries import thread_comments
from broadsheet.paper.presenters.editions import edition_views, told
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.paper.presenters.passages import talk_of
from broadsheet.paper.presenters.thread import proposals_in, thread_views
from broadsheet.paper.presenters.whereabouts import branches_about, whereabouts
from broadsheet.paper.views.story import find_address, moved
from broadsheet.passages import Utf16Offsets
from broadsheet.record.models import Passage
from broadsheet.record.queries import editions_of


@require_safe
def passage(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    found = find_address(path)
    if redirect := moved(found, below=f"passage/{pk}/"):
        return redirect
    chosen = get_object_or_404(
        Passage.objects.select_related("edition", "changed_in"), pk=pk, document=found.document
    )
    edition = found.document.edition
    if edition is None:
        raise Http404("this story is not published")
    around = frame()
    comments = branches_about(thread_comments(found.document), chosen)
    views = edition_views(told(editions_of(found.document)), around, found.path)
    talk = talk_of(comments, edition, found.path)
    context = {
        "about": next((each for each, _ in talk.marks if each.passage.pk == chosen.pk), None),
        "headline": edition.headline,
        "path": found.path,
        "passage": chosen,
        "whereabouts": whereabouts(chosen, views),
        "thread": thread_views(
            comments,
            zone=around.zone,
            path=found.path,
            talk=talk,
            proposals=proposals_in(comments),
        ),
        "here": found.document.section_id,
        "read_only": found.document.withdrawn_at is not None,
        "start": Utf16Offsets(chosen.edition.canonical_text).to_units(chosen.start),
    }
    response = page("paper/passage.html", context, around=around, path=f"{found.path}passage/{pk}/")
    response.headers["X-Robots-Tag"] = "noindex"
    return response
