"""Reporting a comment, signed in or not, with and without scripts."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from broadsheet.discussion.models import Comment
from broadsheet.discussion.pages import one_comment
from broadsheet.moderation.enums import ReportKind
from broadsheet.moderation.models import Report
from broadsheet.moderation.reporting import (
    ReportDraft,
    ReportRefused,
    TooManyReports,
    file_report,
)
from broadsheet.moderation.statements import report_path
from broadsheet.paper.presenters.form import errors_by_field
from broadsheet.paper.presenters.frame import frame, private_page
from broadsheet.paper.presenters.moderation import LAWS, RULES
from broadsheet.paper.presenters.thread import single_view
from broadsheet.paper.views.forms import (
    FROM_ELSEWHERE,
    form_key,
    is_from_here,
    new_key,
    number_of,
)
from broadsheet.paper.views.me import Guest, sender_of, writer_of
from broadsheet.record.queries import current_path

MAX_FIELD = 10_000
"""Characters of one field that are read at all; the action says how many are allowed."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form, with two ways: against our rules, or illegal; or take a report in.

    A guest's report rests on nothing that a browser sends by itself, as a guest's comment.
    """
    comment = get_object_or_404(Comment.objects.select_related("document__edition"), pk=pk)
    path = current_path(comment.document_id)
    if path is None or comment.document.edition is None:
        raise Http404("the story of this comment is not published")
    if comment.removed_at:
        return _page(request, comment, path, _empty(comment), {}, "", status=410)
    if request.method != "POST":
        draft = _empty(comment)
        if request.GET.get("kind") == ReportKind.ILLEGAL:
            draft = replace(draft, kind=ReportKind.ILLEGAL)
        return _page(request, comment, path, draft, {}, new_key())
    return _post(request, comment, path)


def _post(request: HttpRequest, comment: Comment, path: str) -> HttpResponse:
    account, _ = writer_of(request)
    draft, key = _draft(request, comment), form_key(request.POST) or new_key()
    if not is_from_here(request, by_session=account is not None):
        errors = {"words": FROM_ELSEWHERE}
        return _page(request, comment, path, draft, errors, key, status=403)
    guest = Guest.of(request) if account is None else None
    try:
        made = file_report(
            comment_id=comment.pk,
            draft=draft,
            key=hashlib.sha256(f"{comment.pk} {key}".encode()).hexdigest(),
            account=account,
            sender=sender_of(request, guest),
        )
    except TooManyReports as refusal:
        errors = errors_by_field(refusal.errors)
        response = _page(request, comment, path, draft, errors, key, status=429)
        response.headers["Retry-After"] = str(refusal.seconds)
        return response
    except ReportRefused as refusal:
        errors = errors_by_field(refusal.errors)
        return _page(request, comment, path, draft, errors, key, status=422)
    answer = HttpResponseRedirect(report_path(made), status=303)
    answer.headers["Cache-Control"] = "private, no-store"
    if guest:
        guest.remember(answer)
    return answer


def _empty(comment: Comment) -> ReportDraft:
    version = comment.versions.filter(valid_to=None).values_list("number", flat=True).first()
    url = f"{frame().origin}/c/{comment.pk}/"
    return ReportDraft(kind=ReportKind.RULES, ground="", url=url, version=version or 1)


def _draft(request: HttpRequest, comment: Comment) -> ReportDraft:
    data = {name: request.POST.get(name, "")[:MAX_FIELD] for name in request.POST}
    is_notice = data.get("kind") == ReportKind.ILLEGAL
    return ReportDraft(
        kind=ReportKind.ILLEGAL if is_notice else ReportKind.RULES,
        ground=data.get("ground", ""),
        words=data.get("words", ""),
        law=data.get("law", "") if is_notice else "",
        url=data.get("url", "").strip() or f"{frame().origin}/c/{comment.pk}/",
        name=data.get("name", "") if is_notice else "",
        email=data.get("email", ""),
        is_in_good_faith="is_in_good_faith" in data,
        version=number_of(data.get("version")) or 0,
    )


def _page(
    request: HttpRequest,
    comment: Comment,
    path: str,
    draft: ReportDraft,
    errors: dict[str, str],
    key: str,
    *,
    status: int = 200,
) -> HttpResponse:
    around = frame()
    account, _ = writer_of(request)
    shown = one_comment(comment.document, comment.pk)
    context = {
        "comment": single_view(comment.document, shown, path=path, zone=around.zone)
        if shown
        else None,
        "is_gone": bool(comment.removed_at),
        "edition": comment.document.edition,
        "path": path,
        "draft": draft,
        "errors": errors,
        "is_notice": draft.kind == ReportKind.ILLEGAL,
        "rules": RULES,
        "laws": LAWS,
        "max_words": Report.MAX_WORDS,
        "key": key,
        "writer": (account.name or account.email) if account else "",
        "token": get_token(request) if account else "",
    }
    own = f"/c/{comment.pk}/report/"
    return private_page(
        "paper/moderation/report.html", context, around=around, path=own, status=status
    )
