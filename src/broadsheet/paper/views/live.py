"""What the page of a story asks while it is read: how things stand, and the comments that arrived."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from broadsheet.discussion.pages import arrivals as arrived
from broadsheet.paper.presenters.cards import headline_of
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.paper.presenters.thread import single_views
from broadsheet.paper.views.addresses import find_address, moved
from broadsheet.paper.views.story import of_document
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.enums import EditionKind
from broadsheet.record.keys import document_key


@pressed()
@require_safe
def state(request: HttpRequest, path: str) -> HttpResponse:
    """How a story stands: the number of its journal, its comments, the edition in force.

    The same for everybody; asked every half minute by pages that have no stream, mostly with the
    entity tag of the answer before.
    """
    found = find_address(path)
    if redirect := moved(found, below="live/"):
        return redirect
    document = found.document
    if document.edition is None:
        raise Http404("this story is not published")
    thread = getattr(document, "thread", None)
    response = JsonResponse(
        {
            "sequence": document.head_sequence,
            "comments": thread.comment_count if thread else 0,
            "edition": document.edition.number,
            "kind": document.edition.kind,
            "is_withdrawn": document.withdrawn_at is not None,
        }
    )
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return made_from(response, document_key(document.pk), sequence=document.head_sequence)


@pressed()
@require_safe
def arrivals(request: HttpRequest, path: str, after: int, until: int) -> HttpResponse:
    """The comments between two numbers of the journal, a hundred at most, in order of arrival.

    A stretch and not an open end: what it holds does not change by what is said later, so that a
    cache that is behind has no less than what an event told of.
    """
    found = find_address(path)
    if redirect := moved(found, below=f"discussion/since/{after}/{until}/"):
        return redirect
    document = found.document
    if document.edition is None:
        raise Http404("this story is not published")
    if not after < until <= document.head_sequence:
        raise Http404("there is no such stretch of the discussion")
    around = frame()
    shown = arrived(document, after=after, until=until)
    is_retracted = document.edition.kind == EditionKind.RETRACTION
    context = {
        "headline": headline_of(document.edition.content, is_retracted=is_retracted),
        "path": found.path,
        "comments": single_views(document, shown.comments, path=found.path, zone=around.zone),
        "next": shown.next,
        "read_only": document.withdrawn_at is not None,
        "here": document.section_id,
    }
    own = f"{found.path}discussion/since/{after}/{until}/"
    response = page("paper/arrivals.html", context, around=around, path=own)
    response.headers["X-Robots-Tag"] = "noindex"
    return of_document(response, document, has_thread=True)
