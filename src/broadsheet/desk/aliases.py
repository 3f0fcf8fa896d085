"""Names in imported threads that may be an author of the story: one click decides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin.ui.components import Component

from broadsheet.discussion.actions import decide_alias
from broadsheet.discussion.enums import AliasState
from broadsheet.discussion.models import AuthorAlias


def open_offers() -> list[AuthorAlias]:
    return list(
        AuthorAlias.objects.filter(state=AliasState.OFFERED)
        .select_related("author", "document__edition", "document__story_page")
        .order_by("-pk")
    )


def may_decide(request: HttpRequest) -> bool:
    return request.user.has_perm("discussion.change_authoralias")


@require_GET
def alias_list(request: HttpRequest) -> HttpResponse:
    if not may_decide(request):
        raise PermissionDenied
    return TemplateResponse(request, "desk/aliases.html", {"offers": open_offers()})


@require_POST
def alias_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide one offer; ``same`` in the form says that it is the author."""
    if not may_decide(request):
        raise PermissionDenied
    get_object_or_404(AuthorAlias, pk=pk)
    is_same = request.POST.get("same") == "yes"
    alias = decide_alias(alias_id=pk, is_same_person=is_same, decided_by=str(request.user))
    said = (
        f"are shown as written by {alias.author}" if is_same else "keep their name without a mark"
    )
    messages.success(request, f"Comments signed “{alias.name}” {said}.")
    return redirect("desk_aliases" if open_offers() else "wagtailadmin_home")


class AliasPanel(Component):
    """On the desk's first page, while there is something to decide."""

    name = "author_aliases"
    template_name = "desk/alias_panel.html"
    order = 90

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        offers = open_offers()
        # A component renders without the request, so the forms' token is handed to it.
        token = get_token(parent_context["request"]) if parent_context else ""
        return {"offers": offers[:5], "count": len(offers), "csrf_token": token}
