"""One passage of a story: its words, what became of them, and what is said about them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from broadsheet.discussion.keys import reactions_key
from broadsheet.discussion.models import Comment
from broadsheet.discussion.pages import passage_page
from broadsheet.paper.presenters.editions import edition_views, told
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.paper.presenters.passages import about_passage
from broadsheet.paper.presenters.thread import ThreadView, page_view
from broadsheet.paper.presenters.whereabouts import whereabouts
from broadsheet.paper.views.forms import number_of
from broadsheet.paper.views.story import find_address, moved
from broadsheet.passages import Utf16Offsets
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.keys import FRAME, document_key
from broadsheet.record.models import Passage
from broadsheet.record.queries import editions_of


@pressed("after")
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
    after = None
    if "after" in request.GET:
        cursor = number_of(request.GET["after"])
        after = get_object_or_404(Comment, pk=cursor, document=found.document)
    comments, total = passage_page(chosen, after=after)
    shown = page_view(found.document, comments, edition, path=found.path, zone=around.zone)
    own_path = f"{found.path}passage/{pk}/"
    views = edition_views(told(editions_of(found.document)), around, found.path)
    context = {
        "about": about_passage(chosen, edition, found.path),
        "headline": edition.headline,
        "path": found.path,
        "passage": chosen,
        "whereabouts": whereabouts(chosen, views),
        "count": total,
        "thread": ThreadView(
            shown,
            next_href=f"{own_path}?after={comments.next}" if comments.next else "",
            next_words="Newer comments",
        ),
        "here": found.document.section_id,
        "read_only": found.document.withdrawn_at is not None,
        "start": Utf16Offsets(chosen.edition.canonical_text).to_units(chosen.start),
    }
    response = page("paper/passage.html", context, around=around, path=own_path)
    response.headers["X-Robots-Tag"] = "noindex"
    keys = (FRAME, document_key(found.document_id), reactions_key(found.document_id))
    return made_from(response, *keys)
