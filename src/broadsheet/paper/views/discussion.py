"""The further pages of a thread, and the replies to one of its comments; now and at past moments."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from broadsheet import clock
from broadsheet.discussion.models import Comment
from broadsheet.discussion.pages import (
    Sort,
    ThreadPage,
    branch_page,
    comment_count,
    thread_page,
)
from broadsheet.discussion.questions import thread_questions
from broadsheet.paper.memento import compact
from broadsheet.paper.presenters.cards import headline_of
from broadsheet.paper.presenters.form import CommentForm
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.paper.presenters.moments import moment as when
from broadsheet.paper.presenters.openness import openness_of, openness_then
from broadsheet.paper.presenters.thread import page_view, thread_view
from broadsheet.paper.views.addresses import find_address, moved
from broadsheet.paper.views.story import of_document
from broadsheet.press.marking import pressed
from broadsheet.record.enums import EditionKind
from broadsheet.record.models import Address, Edition
from broadsheet.record.queries import edition_at

MAX_DIGITS = 15
"""Of a cursor; more is none of ours."""


@pressed("sort", "after", "below")
@require_safe
def discussion(request: HttpRequest, path: str, at: dt.datetime | None = None) -> HttpResponse:
    """A page of the thread: ``?sort=`` an order; ``?after=`` a root's number, in the order of the best
    with ``?below=`` its score."""
    found = find_address(path)
    below = _below(at)
    query = request.META["QUERY_STRING"]
    if redirect := moved(found, below=f"{below}discussion/{f'?{query}' if query else ''}"):
        return redirect
    if at is not None and at > clock.now():
        return HttpResponseRedirect(f"{found.path}discussion/")
    edition = _edition(found, at)
    try:
        sort = Sort(request.GET.get("sort", Sort.OLDEST))
    except ValueError as error:
        raise Http404("there is no such order of comments") from error
    after = _cursor(request)
    below_score = _cursor(request, "below") if sort is Sort.BEST else None
    if sort is Sort.BEST and (after is None) != (below_score is None):
        raise Http404("there is no such page of comments")
    shown = thread_page(found.document, at=_end(at), sort=sort, after=after, below=below_score)
    return _page(request, found, edition, shown, at=at, sort=sort, is_first=after is None)


@pressed("after")
@require_safe
def replies(
    request: HttpRequest, path: str, pk: int, at: dt.datetime | None = None
) -> HttpResponse:
    """What answers one root, a hundred at once; ``?after=`` the id of the reply before."""
    found = find_address(path)
    query = request.META["QUERY_STRING"]
    below = f"{_below(at)}discussion/{pk}/{f'?{query}' if query else ''}"
    if redirect := moved(found, below=below):
        return redirect
    if at is not None and at > clock.now():
        return HttpResponseRedirect(f"{found.path}discussion/{pk}/")
    edition = _edition(found, at)
    root = get_object_or_404(Comment, pk=pk, document=found.document, parent=None)
    cursor = _cursor(request)
    after = None
    if cursor is not None:
        after = get_object_or_404(
            Comment, pk=cursor, document=found.document, root_number=root.root_number
        )
    shown = branch_page(root, at=_end(at), after=after)
    return _page(request, found, edition, shown, at=at, root=root, is_first=after is None)


def _page(
    request: HttpRequest,
    found: Address,
    edition: Edition,
    shown: ThreadPage,
    *,
    at: dt.datetime | None,
    is_first: bool,
    sort: Sort = Sort.OLDEST,
    root: Comment | None = None,
) -> HttpResponse:
    around = frame()
    document = found.document
    below, end = _below(at), _end(at)
    views = page_view(
        document, shown, edition, path=found.path, zone=around.zone, at=end, below=below
    )
    thread = getattr(document, "thread", None)
    now = thread.comment_count if thread else 0
    count = comment_count(document, end) if end else now
    base = f"{found.path}{below}"
    own = f"{base}discussion/{f'{root.pk}/' if root else ''}"
    query = request.META["QUERY_STRING"]
    earlier, words = "", ""
    if root:
        earlier = own if not is_first else _page_of(root, base)
        words = "The first replies" if not is_first else "All comments"
    elif not is_first:
        earlier = base + "#discussion" if sort is Sort.OLDEST else f"{own}?sort={sort}"
        words = "The newest comments" if sort is Sort.NEWEST else "The first comments"
    is_retracted = edition.kind == EditionKind.RETRACTION
    context = {
        "headline": headline_of(edition.content, is_retracted=is_retracted),
        "path": found.path,
        "back": f"{base}#discussion",
        "canonical": f"{own}{f'?{query}' if query and not is_first else ''}",
        "is_first": is_first and root is None and sort is Sort.OLDEST and at is None,
        "moment": when(at, around.zone) if at else None,
        "document_id": document.pk,
        "sequence": document.head_sequence,
        "count": count,
        "root": root,
        "thread": thread_view(
            views,
            shown,
            path=found.path,
            below=below,
            sort=sort,
            with_orders=root is None,
            questions=thread_questions(document, end) if is_first and root is None else None,
        ),
        "open": openness_of(
            thread,
            clock.now(),
            around.zone,
            root_number=root.root_number if root else None,
        ),
        "then": openness_then(document, end, around.zone) if end else None,
        "earlier": earlier,
        "earlier_words": words,
        "read_only": at is not None or document.withdrawn_at is not None,
        "form": CommentForm(action=f"{found.path}comment/"),
        "here": document.section_id,
    }
    response = page("paper/discussion.html", context, around=around, path=own)
    if not context["is_first"]:
        response.headers["X-Robots-Tag"] = "noindex"
    return of_document(response, document, has_thread=at is None)


def _page_of(root: Comment, base: str) -> str:
    return f"{base}discussion/?after={root.root_number - 1}#c-{root.pk}"


def _below(at: dt.datetime | None) -> str:
    return f"at/{compact(at)}/" if at else ""


def _end(at: dt.datetime | None) -> dt.datetime | None:
    """Return the end of a second: all that happened within it belongs to it."""
    return at + dt.timedelta(seconds=1) - dt.timedelta(microseconds=1) if at else None


def _edition(found: Address, at: dt.datetime | None) -> Edition:
    edition = edition_at(found.document, _end(at)) if found.document.edition else None
    if edition is None:
        raise Http404("this story is not published")
    return edition


def _cursor(request: HttpRequest, name: str = "after") -> int | None:
    if name not in request.GET:
        return None
    given = request.GET[name]
    if not (given.isascii() and given.isdigit() and len(given) <= MAX_DIGITS):
        raise Http404("there is no such page of comments")
    return int(given)
