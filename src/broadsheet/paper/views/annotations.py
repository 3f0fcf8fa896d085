"""Web Annotations of a story (W3C Web Annotation Protocol, 2017), to be read only.

The container is ``…/annotations/``; ``?page=0`` is its first page, ``?iris=1`` asks for addresses in
place of descriptions, as the ``Prefer`` header does.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseGone
from django.views.decorators.http import require_http_methods

from broadsheet.corrections.queries import proposals_by_comment
from broadsheet.discussion.models import Comment, Thread
from broadsheet.discussion.queries import comment_with_passages, comments_with_passages
from broadsheet.paper.presenters.annotations import (
    CONTEXT,
    PER_PAGE,
    Annotated,
    MarkedEdition,
    annotation_data,
    container_data,
    last_page,
    page_data,
)
from broadsheet.paper.presenters.cards import headline_of
from broadsheet.paper.views.story import find_address, moved
from broadsheet.record.content import EditionContent
from broadsheet.record.enums import EditionKind
from broadsheet.record.models import Document, Edition
from broadsheet.record.queries import current_path, publication

CONTENT_TYPE = f'application/ld+json; profile="{CONTEXT}"'
METHODS = ["GET", "HEAD", "OPTIONS"]
CONTAINER_LINKS = (
    '<http://www.w3.org/ns/ldp#BasicContainer>; rel="type",'
    ' <http://www.w3.org/TR/annotation-protocol/>; rel="http://www.w3.org/ns/ldp#constrainedBy"'
)
RESOURCE_LINK = '<http://www.w3.org/ns/ldp#Resource>; rel="type"'
MINIMAL = "http://www.w3.org/ns/ldp#PreferMinimalContainer"
IRIS = "http://www.w3.org/ns/oa#PreferContainedIRIs"
DESCRIPTIONS = "http://www.w3.org/ns/oa#PreferContainedDescriptions"
_INCLUDE = re.compile(r'return=representation\s*;\s*include="([^"]*)"')
_PAGE = re.compile(r"\d{1,9}")


@require_http_methods(METHODS)
def container(request: HttpRequest, path: str) -> HttpResponse:
    """Describe all annotations of a story, or one page of them.

    Nine statements at most. Pages have numbers, so an OFFSET over the index of the thread finds them.
    """
    found = find_address(path)
    query = f"?{urlencode(request.GET)}" if request.GET else ""
    if redirect := moved(found, below=f"annotations/{query}"):
        return redirect
    document = found.document
    if document.edition is None:
        raise Http404("this story is not published")
    thread = Thread.objects.filter(pk=document.pk).first()
    total = Comment.objects.filter(document=document, removed_at=None).count()
    iris = request.GET["iris"] == "1" if "iris" in request.GET else _wanted(request) == {IRIS}
    if "page" in request.GET:
        number = _page_number(request.GET["page"], total)
        comments = comments_with_passages(document, offset=number * PER_PAGE, limit=PER_PAGE)
        about = _annotated(document, found.path, [] if iris else comments)
        return _answer(
            request, page_data(about, comments, number=number, total=total, iris=iris), ""
        )
    first = None
    if MINIMAL not in _includes(request):
        first = comments_with_passages(document, offset=0, limit=PER_PAGE)
    about = _annotated(document, found.path, [] if iris else first or [])
    modified = thread.last_comment_at if thread else None
    data = container_data(about, total=total, modified=modified, iris=iris, first=first)
    response = _answer(request, data, CONTAINER_LINKS)
    response.headers["Content-Location"] = data["id"]
    return response


@require_http_methods(METHODS)
def annotation(request: HttpRequest, pk: int) -> HttpResponse:
    """Describe one annotation. Eight statements at most."""
    comment = comment_with_passages(pk)
    path = current_path(comment.document_id) if comment else None
    if comment is None or path is None:
        raise Http404("there is no such annotation")
    if comment.removed_at:
        gone = HttpResponseGone()
        gone.headers["X-Robots-Tag"] = "noindex"
        return gone
    about = _annotated(comment.document, path, [comment])
    return _answer(request, {"@context": CONTEXT, **annotation_data(comment, about)}, RESOURCE_LINK)


def _annotated(document: Document, path: str, comments: Sequence[Comment]) -> Annotated:
    """Load what describes the comments; for none of them only what their addresses need."""
    proposals = proposals_by_comment(comment.pk for comment in comments) if comments else {}
    marked = {link.passage.edition_id for comment in comments for link in comment.shown_passages}
    marked |= {proposal.passage.edition_id for proposal in proposals.values()}
    edition = document.edition
    headline = ""
    if edition:
        retracted = edition.kind == EditionKind.RETRACTION
        headline = headline_of(edition.content, is_retracted=retracted)
    return Annotated(
        origin=settings.ORIGIN,
        path=path,
        language=publication().language,
        headline=headline,
        proposals=proposals,
        editions=_marked(marked) if marked else {},
    )


def _marked(editions: Iterable[int]) -> dict[int, MarkedEdition]:
    """Return editions with the places of their blocks. One statement."""
    rows = Edition.objects.filter(pk__in=list(editions)).values_list(
        "pk", "number", "published_at", "content_data"
    )
    return {
        pk: MarkedEdition(number, published_at, EditionContent.from_data(data).canonical().blocks)
        for pk, number, published_at, data in rows
    }


def _includes(request: HttpRequest) -> set[str]:
    found = _INCLUDE.search(request.headers.get("Prefer", ""))
    return set(found[1].split()) if found else set()


def _wanted(request: HttpRequest) -> set[str]:
    """Return which of the two ways to list annotations is preferred; who asks for both, has none."""
    return _includes(request) & {IRIS, DESCRIPTIONS}


def _page_number(given: str, total: int) -> int:
    number = int(given) if _PAGE.fullmatch(given) and given.isascii() else -1
    if number < 0 or number > last_page(total):
        raise Http404("there is no such page of annotations")
    return number


def _answer(request: HttpRequest, data: dict[str, Any], link: str) -> HttpResponse:
    """Answer the same bytes to everybody who asks for the same, whatever the method."""
    body = json.dumps(data, ensure_ascii=False).encode()
    response = HttpResponse(b"" if request.method == "OPTIONS" else body, content_type=CONTENT_TYPE)
    response.headers["Allow"] = ", ".join(METHODS)
    response.headers["Cache-Control"] = "public, no-cache"
    # HEAD too names the tag, so it is not left to the middleware, which looks at GET alone.
    response.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response.headers["Vary"] = "Accept, Prefer" if link != RESOURCE_LINK else "Accept"
    response.headers["X-Robots-Tag"] = "noindex"
    if link:
        response.headers["Link"] = link
    return response
