"""Readers who say that an imported name is theirs: the editors decide, and the reader is told."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin.menu import MenuItem

from broadsheet.discussion.claims import ClaimRefused, decide_claim
from broadsheet.discussion.enums import AliasState, Origin
from broadsheet.discussion.models import Comment, NameClaim
from broadsheet.record.queries import publication

SHOWN = 50
"""Claims on the page; the next come when these are decided."""


def may_decide(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("discussion.change_nameclaim"))


def open_claims() -> list[NameClaim]:
    """Return what is to be decided, the oldest first, each with a comment of the name."""
    claims = list(
        NameClaim.objects.filter(state=AliasState.OFFERED)
        .select_related("account", "document__edition")
        .order_by("asked_at", "pk")[:SHOWN]
    )
    for claim in claims:
        claim.example = (  # type: ignore[attr-defined]
            Comment.objects.filter(
                document=claim.document_id, name=claim.name, origin=Origin.IMPORTED
            )
            .order_by("pk")
            .first()
        )
    return claims


class ClaimMenuItem(MenuItem):
    """Shown while there is something to decide."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_decide(request) and NameClaim.objects.filter(state=AliasState.OFFERED).exists()


@require_GET
def claim_list(request: HttpRequest) -> HttpResponse:
    if not may_decide(request):
        raise PermissionDenied
    context = {"claims": open_claims(), "zone": publication().zone}
    return TemplateResponse(request, "desk/claims.html", context)


@require_POST
def claim_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide one claim; ``same`` in the form says that it is the person."""
    if not may_decide(request):
        raise PermissionDenied
    get_object_or_404(NameClaim, pk=pk)
    is_same = request.POST.get("same") == "yes"
    try:
        claim = decide_claim(
            claim_id=pk,
            is_same_person=is_same,
            by=str(request.user),
            reason=request.POST.get("reason", ""),
        )
    except ClaimRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse("desk_claims"))
    said = "belong to the reader now" if is_same else "stay as they are"
    messages.success(request, f"Comments signed “{claim.name}” {said}. The reader is told.")
    return redirect(reverse("desk_claims"))
