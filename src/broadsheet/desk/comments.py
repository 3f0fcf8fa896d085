"""The latest comments at the desk, each with the form that removes it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin.menu import MenuItem

from broadsheet.discussion.enums import CommentKind
from broadsheet.discussion.models import Comment, CommentVersion
from broadsheet.moderation.deciding import DecisionRefused, Ruling, new_batch, remove
from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.permissions import may_redact
from broadsheet.paper.presenters.moderation import LAWS, RULES
from broadsheet.readers.models import Account
from broadsheet.record.queries import publication

PER_PAGE = 50
MAX_WORDS = 200
"""Characters that are looked for; nobody remembers more of a comment."""
MAX_READ = 2000
"""Characters of a reason that are read at all."""
REFUSED = 422
"""The status of an answer that shows a form again with what was wrong."""


def may_remove(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("discussion.change_comment"))


class CommentMenuItem(MenuItem):
    """Shown to those who may remove comments."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_remove(request)


@require_GET
def comment_list(request: HttpRequest) -> HttpResponse:
    """List comments, the last one first; ``?q=`` a number, a name, or words of one."""
    if not may_remove(request):
        raise PermissionDenied
    return _listed(request)


@require_POST
def comment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one comment, with the reason that readers see."""
    if not may_remove(request):
        raise PermissionDenied
    comment = get_object_or_404(Comment, pk=pk)
    ground = request.POST.get("ground", "")
    ruling = Ruling(
        measure=Measure.REMOVED,
        ground=Ground(ground) if ground in Ground.values else Ground.RULES,
        words=request.POST.get("reason", "")[:MAX_READ],
    )
    try:
        remove(
            comment_id=comment.pk,
            ruling=ruling,
            by=cast("Account", request.user),
            batch=new_batch(),
        )
    except DecisionRefused as refusal:
        return _listed(request, refused=pk, refusal=str(refusal))
    messages.success(request, f"Comment {pk} was removed. Its place and the reason stay.")
    query = request.GET.get("q", "")
    return redirect(reverse("desk_comments") + (f"?{urlencode({'q': query})}" if query else ""))


def _listed(request: HttpRequest, *, refused: int | None = None, refusal: str = "") -> HttpResponse:
    query = request.GET.get("q", "").strip()[:MAX_WORDS]
    found = _found(query) if refused is None else _comments().filter(pk=refused)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
    context = {
        "page": page,
        "query": query,
        "refused": refused,
        "refusal": refusal,
        "reason": request.POST.get("reason", "")[:MAX_READ],
        "ground": request.POST.get("ground", ""),
        "rules": RULES,
        "laws": LAWS,
        "proposal": CommentKind.PROPOSAL,
        "may_redact": may_redact(request.user),
        "zone": publication().zone,
    }
    status = 200 if refused is None else REFUSED
    return TemplateResponse(request, "desk/comments.html", context, status=status)


def _found(query: str) -> QuerySet[Comment]:
    if not query:
        return _comments()
    wanted = Q(name__icontains=query) | Q(
        pk__in=CommentVersion.objects.filter(text__icontains=query).values("comment")
    )
    number = query.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        wanted |= Q(pk=int(number))
    return _comments().filter(wanted)


def _comments() -> QuerySet[Comment]:
    """Return all comments, the last one first, each with its words and its story."""
    versions = CommentVersion.objects.filter(valid_to=None)
    return (
        Comment.objects.select_related("author", "removed_words", "document__edition")
        .defer(
            "document__edition__body_html",
            "document__edition__canonical_text",
            "document__edition__content_data",
        )
        .prefetch_related(Prefetch("versions", queryset=versions, to_attr="shown_versions"))  # type: ignore[no-redef]
        .order_by("-pk")
    )
