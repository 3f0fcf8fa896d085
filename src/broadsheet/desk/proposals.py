"""The inbox of proposed corrections, and its decisions: each is one click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from broadsheet.corrections.actions import (
    DecisionRefused,
    ProposalDecided,
    decline,
    mark_duplicate,
)
from broadsheet.corrections.enums import ProposalState
from broadsheet.corrections.models import Proposal
from broadsheet.desk.acceptance import Acceptance, accept, page_for_editing
from broadsheet.desk.mending import CannotMend
from broadsheet.desk.proposal_entries import (
    TABS,
    Entry,
    counts,
    edit_url,
    entries,
    entry,
    proposals_in,
)
from broadsheet.desk.proposal_forms import AcceptForm, DeclineForm, DuplicateForm
from broadsheet.record.actions import AddressTaken, EditionRefused

PER_PAGE = 50
ON_FIRST_PAGE = 3
REFUSED = 422
"""The status of an answer that shows a form again with what was wrong."""


def may_decide(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("corrections.change_proposal"))


def waiting() -> int:
    return Proposal.objects.filter(state=ProposalState.OPEN).count()


@dataclass(frozen=True)
class Item:
    """An entry with its forms; ``opened`` names the one that was sent and refused."""

    entry: Entry
    accept_form: AcceptForm
    decline_form: DeclineForm
    duplicate_form: DuplicateForm
    opened: str = ""
    refusal: str = ""


def _item(shown: Entry, **sent: Any) -> Item:
    forms = {
        "accept_form": AcceptForm(shown),
        "decline_form": DeclineForm(shown),
        "duplicate_form": DuplicateForm(shown),
    }
    return Item(shown, **{**forms, **sent})


@require_GET
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Show what waits (``?state=open``), slips of the pen (``quiet``), or what was decided."""
    if not may_decide(request):
        raise PermissionDenied
    numbers = counts()
    tab = request.GET.get("state", "")
    if tab not in TABS:
        tab = "open" if numbers["open"] or not numbers["quiet"] else "quiet"
    page = Paginator(proposals_in(tab), PER_PAGE).get_page(request.GET.get("p"))
    found = entries(page.object_list, request.user)  # type: ignore[arg-type]
    context = {
        "items": [_item(shown) for shown in found],
        "page": page,
        "tab": tab,
        "tabs": [(name, label, numbers[name]) for name, (label, _) in TABS.items()],
        "next": request.get_full_path(),
    }
    return TemplateResponse(request, "desk/proposals.html", context)


@require_GET
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _item(_entry_or_404(request, pk)))


@require_POST
def proposal_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the proposal; where its words stand across markup, the editor opens with them marked."""
    shown = _entry_or_404(request, pk)
    form = AcceptForm(shown, request.POST if "kind" in request.POST else _as_proposed(shown))
    if not form.is_valid():
        return _shown(request, _item(shown, accept_form=form, opened="accept"))
    try:
        accepted = accept(proposal_id=pk, user=request.user, **form.decision())  # type: ignore[arg-type]
    except CannotMend as refusal:
        page = page_for_editing(shown.proposal.document)
        messages.warning(
            request,
            f"Nothing is published yet: {refusal} The words are marked below. Change them here and"
            " publish; then the proposal can be decided.",
        )
        return redirect(edit_url(page.pk, shown.proposal))
    except (ProposalDecided, DecisionRefused, EditionRefused, AddressTaken) as refusal:
        return _refused(request, pk, form, "accept", refusal)
    _report(request, accepted, shown)
    return redirect(_next(request))


def _as_proposed(shown: Entry) -> dict[str, Any]:
    """Return what the form says when nobody changed anything: a click outside of the inbox."""
    form = AcceptForm(shown)
    return {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}


def _report(request: HttpRequest, accepted: Acceptance, shown: Entry) -> None:
    context = {"accepted": accepted, "entry": shown}
    messages.success(request, render_to_string("desk/proposal_accepted.html", context))
    for draft in accepted.drafts:
        said = render_to_string("desk/proposal_draft.html", {"draft": draft, **context})
        (messages.info if draft.is_up_to_date else messages.warning)(request, said)


@require_POST
def proposal_decline(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _entry_or_404(request, pk)
    form = DeclineForm(shown, request.POST)
    if not form.is_valid():
        return _shown(request, _item(shown, decline_form=form, opened="decline"))
    try:
        decline(proposal_id=pk, by=str(request.user), reason=form.cleaned_data["reason"])
    except (ProposalDecided, DecisionRefused) as refusal:
        return _refused(request, pk, form, "decline", refusal)
    messages.success(
        request, "The proposal is declined. Its reader, and everybody, sees the reason."
    )
    return redirect(_next(request))


@require_POST
def proposal_duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _entry_or_404(request, pk)
    form = DuplicateForm(shown, request.POST)
    if not form.is_valid():
        return _shown(request, _item(shown, duplicate_form=form, opened="duplicate"))
    try:
        mark_duplicate(proposal_id=pk, of_id=form.cleaned_data["of"], by=str(request.user))
    except (ProposalDecided, DecisionRefused) as refusal:
        return _refused(request, pk, form, "duplicate", refusal)
    messages.success(request, "The proposal is marked as a duplicate.")
    return redirect(_next(request))


@require_POST
def proposal_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the story in the editor, with the words marked; a story without a page gets one."""
    shown = _entry_or_404(request, pk)
    try:
        page = page_for_editing(shown.proposal.document)
    except DecisionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk_proposal", pk)
    return redirect(edit_url(page.pk, shown.proposal))


def _entry_or_404(request: HttpRequest, pk: int) -> Entry:
    if not may_decide(request):
        raise PermissionDenied
    get_object_or_404(Proposal.objects.only("pk"), pk=pk)
    shown = entry(pk, request.user)  # type: ignore[arg-type]
    if shown is None:
        raise Http404
    return shown


def _refused(
    request: HttpRequest, pk: int, form: Any, name: str, refusal: Exception
) -> HttpResponse:
    """Show the entry as it is now, with the form as it was sent and what stood against it."""
    now = _entry_or_404(request, pk)
    item = _item(now, **{f"{name}_form": form}, opened=name, refusal=str(refusal))
    return _shown(request, item)


def _shown(request: HttpRequest, item: Item) -> HttpResponse:
    context = {"item": item, "next": request.POST.get("next") or request.GET.get("next", "")}
    status = REFUSED if item.opened else 200
    return TemplateResponse(request, "desk/proposal.html", context, status=status)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    return reverse("desk_proposals")


class ProposalMenuItem(MenuItem):
    """The inbox, with the number of proposals that wait."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_decide(request)

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        if number := waiting():
            component.label = f"{self.label} ({number})"
        return component


class ProposalsOnFirstPage(Component):
    """On the desk's first page, while something waits."""

    name = "proposals"
    template_name = "desk/proposals_first_page.html"
    order = 45

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        request = parent_context["request"]
        found = Proposal.objects.filter(state=ProposalState.OPEN)
        oldest = found.order_by("is_typographical", "proposed_at", "pk")[:ON_FIRST_PAGE]
        return {
            "entries": entries(oldest, request.user),
            "count": waiting(),
            "csrf_token": get_token(request),
            "next": request.path,
        }
