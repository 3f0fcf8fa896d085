"""The rules that every comment passes, at the desk: as they are set, who is banned, what was refused,
and what they would say of some words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail.admin.menu import MenuItem

from broadsheet import clock
from broadsheet.desk.rule_forms import BanForm, RuleForm
from broadsheet.discussion.actions import CommentRefused, Draft, prepared
from broadsheet.discussion.markdown import MAX_TEXT
from broadsheet.moderation.bans import BanLifted, BanRefused, lift_ban, make_ban, standing_bans
from broadsheet.moderation.enums import BanKind, Outcome
from broadsheet.moderation.lessons import taught
from broadsheet.moderation.models import Ban, RefusedTry, RuleSetting
from broadsheet.moderation.options import OptionsRefused
from broadsheet.moderation.setting import Set, rules_as_set, set_rule
from broadsheet.moderation.verdicts import Verdict, judge
from broadsheet.paper import converters  # noqa: F401 (registers them)
from broadsheet.record.queries import publication

PER_PAGE = 50
REFUSED = 422
"""The status of an answer that shows a form again with what was wrong."""
TRIED = ("words", "links", "duplicates", "filter")
"""Rules that look at the words alone: these can be tried without being somebody."""


def may_set(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("moderation.change_rulesetting"))


def may_ban(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("moderation.change_ban"))


class RulesMenuItem(MenuItem):
    """Shown to those who may set rules or ban."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_set(request) or may_ban(request)


@dataclass(frozen=True)
class Row:
    """One rule in the list."""

    as_set: Set
    changed: RuleSetting | None


@require_http_methods(["GET", "HEAD", "POST"])
def rule_list(request: HttpRequest) -> HttpResponse:
    """List the rules in their order; a posted text is judged and not kept."""
    if not may_set(request):
        raise PermissionDenied
    changed = {each.rule: each for each in RuleSetting.objects.select_related("changed_by")}
    rows = [Row(each, changed.get(name)) for name, each in rules_as_set().items()]
    text = request.POST.get("text", "")
    verdict, problem = _tried(text) if request.method == "POST" else (None, "")
    context = {
        "rows": rows,
        "text": text[: 2 * MAX_TEXT],
        "verdict": verdict,
        "problem": problem,
        "becomes": _becomes(verdict),
        "taught": taught(),
        "may_ban": may_ban(request),
        "zone": publication().zone,
    }
    status = REFUSED if problem else 200
    return TemplateResponse(request, "desk/rules/list.html", context, status=status)


def _tried(text: str) -> tuple[Verdict | None, str]:
    """Return what the rules say of words that nobody sends, or why they cannot be judged."""
    try:
        posting = prepared(document_id=0, draft=Draft(text=text, name="Somebody"))
    except CommentRefused as refusal:
        return None, str(refusal)
    return judge(posting, was_told=True, only=TRIED), ""


def _becomes(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    return {
        Outcome.PUBLISH: "It would be published.",
        Outcome.HOLD: "It would wait for a moderator.",
        Outcome.REFUSE: "It would be refused.",
    }[verdict.outcome]


@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: HttpRequest, name: str) -> HttpResponse:
    """Show and set one rule."""
    if not may_set(request):
        raise PermissionDenied
    as_set = rules_as_set().get(name)
    if as_set is None:
        raise Http404("there is no such rule")
    form = RuleForm(as_set, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user: Any = request.user
        try:
            set_rule(name=name, is_on=form.cleaned_data["is_on"], options=form.options(), by=user)
        except OptionsRefused as refused:
            for field, words in refused.errors.items():
                form.add_error(field, words)
        else:
            messages.success(request, f"“{as_set.rule.title}” is set. It holds from now on.")
            return redirect("desk_rules")
    context = {"form": form, "rule": as_set.rule}
    status = REFUSED if form.errors else 200
    return TemplateResponse(request, "desk/rules/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def ban_list(request: HttpRequest) -> HttpResponse:
    """List who is banned, and ban somebody."""
    if not may_ban(request):
        raise PermissionDenied
    form = BanForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (ban := _banned(request, form)):
        messages.success(request, f"Banned: {ban.account or ban.value}.")
        return redirect("desk_bans")
    standing = standing_bans(clock.now(), with_people=True)
    page = Paginator(standing, PER_PAGE).get_page(request.GET.get("p"))
    context = {"form": form, "page": page, "zone": publication().zone}
    status = REFUSED if form.errors else 200
    return TemplateResponse(request, "desk/rules/bans.html", context, status=status)


def _banned(request: HttpRequest, form: BanForm) -> Ban | None:
    given = form.cleaned_data
    user: Any = request.user
    try:
        return make_ban(
            kind=BanKind(given["kind"]),
            account=form.account(),
            value=given["value"],
            reason=given["reason"],
            by=user,
            expires_at=clock.now() + dt.timedelta(days=given["days"]) if given["days"] else None,
        )
    except BanRefused as refused:
        form.add_error("value" if refused.field == "expires_at" else refused.field, str(refused))
        return None


@require_POST
def ban_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift a ban."""
    if not may_ban(request):
        raise PermissionDenied
    get_object_or_404(Ban, pk=pk)
    user: Any = request.user
    try:
        lift_ban(ban_id=pk, by=user)
    except BanLifted as lifted:
        messages.warning(request, str(lifted))
    else:
        messages.success(request, "The ban is lifted.")
    return redirect("desk_bans")


@require_GET
def refused_list(request: HttpRequest) -> HttpResponse:
    """List what was not taken, the last one first: a rule that is wrong shows here."""
    if not may_set(request):
        raise PermissionDenied
    tries = RefusedTry.objects.select_related("document__edition", "account").order_by("-at", "-id")
    page = Paginator(tries, PER_PAGE).get_page(request.GET.get("p"))
    context = {"page": page, "zone": publication().zone}
    return TemplateResponse(request, "desk/rules/refused.html", context)


urlpatterns = [
    path("rules/", rule_list, name="desk_rules"),
    path("rules/bans/", ban_list, name="desk_bans"),
    path("rules/bans/<number:pk>/lift/", ban_lift, name="desk_ban_lift"),
    path("rules/refused/", refused_list, name="desk_refused"),
    path("rules/set/<slug:name>/", rule_edit, name="desk_rule"),
]


def menu_item() -> MenuItem:
    return RulesMenuItem(
        "Moderation rules",
        reverse("desk_rules"),
        name="moderation-rules",
        icon_name="list-ol",
        order=120,
    )
