"""Writing a comment, with and without scripts, and finding one again."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.shortcuts import get_object_or_404
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet import clock
from broadsheet.discussion.actions import CommentRefused, Draft, checked_draft, post_comment
from broadsheet.discussion.markdown import comment_html
from broadsheet.discussion.models import Comment
from broadsheet.discussion.queries import comment_counts, thread_comments
from broadsheet.discussion.threads import reading_order
from broadsheet.paper.presenters.form import CommentForm, errors_by_field
from broadsheet.paper.presenters.frame import Frame, frame, private_page
from broadsheet.paper.presenters.thread import CommentView, comment_view
from broadsheet.paper.views.me import writer_of
from broadsheet.paper.views.story import find_address, moved
from broadsheet.record.models import Address
from broadsheet.record.queries import current_path

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, path: str) -> HttpResponse:
    """Show the form by itself (``?to=`` a comment), show a preview, or post.

    The form on the story's page is the same for everybody and so carries no CSRF token. A guest's
    post rests on nothing that a browser sends by itself; where a session says who writes, the post
    must come from our own pages, by the browser's word or by a token.
    """
    found = find_address(path)
    if redirect := moved(found, below="comment/"):
        if request.method == "POST":
            # Keeps method and form: the words must not be lost on the way.
            redirect.status_code = 308
        return redirect
    if request.method == "POST":
        return _post(request, found)
    parent_id = _number(request.GET.get("to"))
    if (
        parent_id is not None
        and not Comment.objects.filter(document=found.document, pk=parent_id).exists()
    ):
        raise Http404("the comment to answer is not in this thread")
    return _form_page(
        request,
        found,
        CommentForm(action=f"{found.path}comment/", parent_id=parent_id, key=_new_key()),
    )


def _post(request: HttpRequest, found: Address) -> HttpResponse:
    data = request.POST
    account, author = writer_of(request)
    wants_preview = data.get("do") == "preview"
    draft = Draft(
        text=data.get("text", ""),
        name=data.get("name", ""),
        email=data.get("email", ""),
        parent_id=_number(data.get("parent")),
    )
    key = data.get("key", "")
    key = key if _KEY.fullmatch(key) else ""
    if not _is_from_here(request, by_session=account is not None):
        errors = {
            "text": "This form came from another page. Please look it over and send it again."
        }
        return _refused(request, found, draft, key, errors, status=403)
    try:
        if wants_preview:
            checked = checked_draft(draft, needs_name=False)
            return _preview(request, found, draft, key, comment_html(checked.text))
        comment = post_comment(
            document_id=found.document_id,
            draft=draft,
            account=account,
            author=author,
            submission_key=key,
        )
    except CommentRefused as refusal:
        return _refused(request, found, draft, key, errors_by_field(refusal.errors), status=422)
    if _wants_json(request):
        return _posted(comment, found)
    return HttpResponseRedirect(f"{found.path}#c-{comment.pk}", status=303)


def _is_from_here(request: HttpRequest, *, by_session: bool) -> bool:
    """Say whether the post may count as its writer's own will.

    Browsers say where a form was sent from (``Sec-Fetch-Site``, ``Origin``). Whoever says elsewhere
    is refused; who says nothing needs a CSRF token if a session is to speak for them.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    if origin is not None:
        return origin.partition("://")[2] == request.get_host()
    return not by_session or _has_token(request)


def _has_token(request: HttpRequest) -> bool:
    checker = CsrfViewMiddleware(lambda _: HttpResponse())
    checker.process_request(request)
    return checker.process_view(request, _protected, (), {}) is None


def _protected(request: HttpRequest) -> HttpResponse:
    """A view that is not exempt, for the check of a token."""
    return HttpResponse()


def _preview(
    request: HttpRequest, found: Address, draft: Draft, key: str, html: str
) -> HttpResponse:
    if _wants_json(request):
        return _private(JsonResponse({"html": html}))
    form = _filled(found, draft, key, errors={}, preview=html)
    return _form_page(request, found, form)


def _refused(
    request: HttpRequest,
    found: Address,
    draft: Draft,
    key: str,
    errors: dict[str, str],
    *,
    status: int,
) -> HttpResponse:
    if _wants_json(request):
        return _private(JsonResponse({"errors": errors}, status=status))
    form = _filled(found, draft, key, errors=errors)
    return _form_page(request, found, form, status=status)


def _filled(
    found: Address, draft: Draft, key: str, *, errors: dict[str, str], preview: str = ""
) -> CommentForm:
    """Return the form with all that was typed still in it."""
    return CommentForm(
        action=f"{found.path}comment/",
        text=draft.text,
        name=draft.name,
        email=draft.email,
        parent_id=draft.parent_id,
        key=key or _new_key(),
        errors=errors,
        # Made safe by broadsheet.discussion.markdown.
        preview=mark_safe(preview),
    )


def _form_page(
    request: HttpRequest, found: Address, form: CommentForm, *, status: int = 200
) -> HttpResponse:
    around = frame()
    account, author = writer_of(request)
    if account:
        writer = author.name if author else account.name
        form = replace(form, writer=writer, token=get_token(request))
    context = {
        "form": form,
        "parent": _shown_parent(found, form.parent_id, around),
        "edition": found.document.edition,
        "path": found.path,
    }
    return private_page("paper/write.html", context, around=around, path=form.action, status=status)


def _shown_parent(found: Address, parent_id: int | None, around: Frame) -> CommentView | None:
    """Return the comment that is answered, to stand above the form."""
    if parent_id is None:
        return None
    for placed in reading_order(thread_comments(found.document)):
        if placed.comment.pk == parent_id:
            return comment_view(placed, around.zone, f"{found.path}comment/")
    return None


def _posted(comment: Comment, found: Address) -> JsonResponse:
    """Return the new comment as it stands in the thread, for the script to put in place."""
    around = frame()
    placed = next(
        placed
        for placed in reading_order(thread_comments(found.document))
        if placed.comment.pk == comment.pk
    )
    view = comment_view(placed, around.zone, f"{found.path}comment/")
    answer: dict[str, Any] = {
        "id": comment.pk,
        "level": placed.level,
        "parent": comment.parent_id,
        "html": get_template("paper/comment.html").render({"comment": view}),
        "count": comment_counts([comment.document_id]).get(comment.document_id, 0),
    }
    return _private(JsonResponse(answer, status=201))


def _private(response: JsonResponse) -> JsonResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _number(value: str | None) -> int | None:
    """Return a comment's id from a form or an address; 0, which no comment has, for what is none."""
    if not value:
        return None
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


def _new_key() -> str:
    return clock.random_bytes(18).hex()


@require_safe
def permalink(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to a comment in its thread."""
    comment = get_object_or_404(Comment, pk=pk)
    path = current_path(comment.document_id)
    if path is None:
        raise Http404("the story of this comment is not published")
    return HttpResponseRedirect(f"{path}#c-{comment.pk}")
