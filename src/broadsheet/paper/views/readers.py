"""The public side of readers: a profile, for those who want one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from broadsheet.discussion.queries import comments_by
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.paper.presenters.moments import moment
from broadsheet.paper.presenters.readers import portrait_url, said_views
from broadsheet.press.marking import made_from, pressed
from broadsheet.readers.keys import reader_key
from broadsheet.readers.models import Account
from broadsheet.readers.portraits import initials_svg
from broadsheet.record.keys import FRAME, STORIES, document_key

PER_PAGE = 20
MAX_DIGITS = 15
"""Of a cursor; more is none of ours."""


def _shown(pk: int) -> Account:
    return get_object_or_404(Account, pk=pk, has_profile=True, is_active=True)


@pressed("before")
@require_safe
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who writes, and what; ``?before=`` continues after the comment of that number.

    One who wants no profile is not told from one who is not there.
    """
    account = _shown(pk)
    around = frame()
    before = _cursor(request)
    said = comments_by(account, before=before, limit=PER_PAGE + 1) if account.lists_comments else []
    older = f"?before={said[PER_PAGE - 1].pk}" if len(said) > PER_PAGE else ""
    path = f"/reader/{pk}/" + (f"?before={before}" if before else "")
    context = {
        "reader": account,
        "portrait": portrait_url(account),
        "since": moment(account.date_joined, around.zone),
        "said": said_views(said[:PER_PAGE], zone=around.zone),
        "older": older,
        "is_first": before is None,
    }
    response = page("paper/reader.html", context, around=around, path=path)
    if before:
        response.headers["X-Robots-Tag"] = "noindex"
    # Of its stories too: what is taken from one of them must not be seen here either.
    stories = {document_key(each.document_id) for each in said}
    return made_from(response, FRAME, STORIES, reader_key(pk), *sorted(stories))


def _cursor(request: HttpRequest) -> int | None:
    given = request.GET.get("before", "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= MAX_DIGITS):
        raise Http404("there is no such page of comments")
    return int(given)


@require_safe
def initials(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw the initials of a reader: for everybody if the profile is public, else for its owner."""
    account = get_object_or_404(Account, pk=pk)
    is_public = account.has_profile and account.is_active
    if not is_public and request.user != account:
        raise Http404("this reader has no profile")
    response = HttpResponse(initials_svg(account.name), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "private, no-cache"
    return response
