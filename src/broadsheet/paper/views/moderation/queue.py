"""The queue: what waits, in context, and the decisions, each of them one click."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.views.decorators.http import require_POST, require_safe

from broadsheet import clock
from broadsheet.discussion.models import Comment
from broadsheet.moderation.claims import CLAIMED_FOR, ClaimedByAnother, claim, release
from broadsheet.moderation.deciding import (
    UNDO_WITHIN,
    CannotUndo,
    DecisionRefused,
    ItemGone,
    Ruling,
    check_held_redactable,
    decide,
    new_batch,
    undo,
    undoable,
)
from broadsheet.moderation.enums import Ground, HeldState, ItemKind
from broadsheet.moderation.models import HeldComment, QueueItem
from broadsheet.moderation.permissions import may_redact
from broadsheet.moderation.queries import (
    QueueCounts,
    QueueFilters,
    comments_lately,
    decisions_about,
    gone_items,
    judged_comment,
    judged_held,
    queue_counts,
    queue_page,
    waiting_item,
    waiting_items,
)
from broadsheet.paper.presenters.frame import frame
from broadsheet.paper.presenters.moderation import (
    DONE,
    MEASURES,
    TABS,
    ItemView,
    decision_line,
    ground_options,
    item_view,
    reason_label,
    refused,
)
from broadsheet.paper.presenters.moments import moment
from broadsheet.paper.views.forms import number_of, private, wants_json
from broadsheet.paper.views.moderation.places import Place, for_moderators
from broadsheet.readers.models import Account

MAX_AT_ONCE = 100
"""Things that one form decides."""
MAX_WORDS = 2000
"""Characters of a moderator's words that are read at all; the action says how many are allowed."""
MAX_SHOWN = 200
"""Things of one open page that are asked after."""
GONE = {
    HeldState.WITHDRAWN: "Its writer took it back.",
    "": "It does not wait any more: another moderator decided it.",
}
_CURSOR = re.compile(r"(-?\d{1,18})-(\d{1,18})", re.ASCII)
_NAME = re.compile(r"[a-z0-9_-]{1,60}", re.ASCII)
_BATCH = re.compile(r"[0-9a-f]{32}")


def _filters(given: QueryDict) -> QueueFilters:
    """Read what is asked for; what cannot be is left out."""
    kind, reason = given.get("kind", ""), given.get("reason", "")
    story = number_of(given.get("story"))
    return QueueFilters(
        kind=kind if kind in ItemKind.values else "",
        reason=reason if _NAME.fullmatch(reason) else "",
        document_id=story or None,
        is_urgent="urgent" in given,
    )


def _query(filters: QueueFilters, **more: str) -> str:
    asked = {
        "kind": filters.kind,
        "reason": filters.reason,
        "story": str(filters.document_id or ""),
        "urgent": "1" if filters.is_urgent else "",
        **more,
    }
    return urlencode({name: value for name, value in asked.items() if value})


def _cursor(given: str) -> tuple[dt.datetime, int] | None:
    found = _CURSOR.fullmatch(given)
    if found is None:
        return None
    try:
        return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=int(found[1])), int(
            found[2]
        )
    except OverflowError:
        return None


def _as_cursor(place: tuple[dt.datetime, int]) -> str:
    since = place[0] - dt.datetime.fromtimestamp(0, dt.UTC)
    return f"{since // dt.timedelta(microseconds=1)}-{place[1]}"


def _account(request: HttpRequest) -> Account:
    return cast("Account", request.user)


@for_moderators
@require_safe
def queue(request: HttpRequest, place: Place) -> HttpResponse:
    """List what waits, what is needed most first; ``?after=`` continues, ``?done=`` tells of what was
    decided a moment ago."""
    filters = _filters(request.GET)
    return _listed(request, place, filters, after=_cursor(request.GET.get("after", "")))


def _listed(
    request: HttpRequest,
    place: Place,
    filters: QueueFilters,
    *,
    after: tuple[dt.datetime, int] | None = None,
    refusals: Sequence[ItemView] = (),
    problem: str = "",
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    by, now, zone = _account(request), clock.now(), frame().zone
    page = queue_page(filters, after=after)
    corrected = {view.pk: view for view in refusals}
    shown = [item_view(each, zone=zone, by=by, now=now) for each in page.waiting]
    first = [view for view in refusals if view.pk not in {each.pk for each in shown}]
    batch = done or request.GET.get("done", "")
    undoables = list(undoable(batch, by)) if _BATCH.fullmatch(batch) else []
    next_query = _query(filters, after=_as_cursor(page.next)) if page.next else ""
    context = {
        **_around(queue_counts(), filters, place),
        "items": [*first, *(corrected.get(view.pk, view) for view in shown)],
        "next_href": f"{place.base}?{next_query}" if next_query else "",
        "is_continued": after is not None,
        "done": [(str(each.pk), DONE[each.measure]) for each in undoables],  # type: ignore[index]
        "batch": batch if undoables else "",
        "problem": problem,
    }
    if wants_json(request):
        html = get_template("paper/moderation/items.html").render(
            {**context, "base": place.base, "token": get_token(request)}
        )
        return private(JsonResponse({"html": html, "next": context["next_href"]}))
    return place.page(request, "queue", context, status=status)


def _around(counts: QueueCounts, filters: QueueFilters, place: Place) -> dict[str, Any]:
    by_kind = [(kind.value, TABS[kind], counts.by_kind.get(kind.value, 0)) for kind in ItemKind]
    tabs = [("", "All", counts.total), *by_kind]
    return {
        "tabs": [
            (f"{place.base}?kind={kind}" if kind else place.base, kind, label, count)
            for kind, label, count in tabs
        ],
        "filters": filters,
        "filter_query": _query(filters),
        "reasons": sorted(
            (name, reason_label(name), count) for name, count in counts.by_reason.items()
        ),
        "urgent": counts.urgent,
        "ground_options": ground_options(""),
        "undo_minutes": UNDO_WITHIN.seconds // 60,
    }


@for_moderators
@require_safe
def item(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Show one thing with all that is known about it."""
    waiting = waiting_item(pk)
    if waiting is None:
        return place.page(request, "gone", {}, status=404)
    zone = frame().zone
    comment, held = judged_comment(waiting.item), judged_held(waiting.item)
    context = {
        **_around(queue_counts(), QueueFilters(), place),
        "item": item_view(waiting, zone=zone, by=_account(request), now=clock.now()),
        "lately": [
            (said.comment, said.text, moment(said.comment.posted_at, zone))
            for said in comments_lately(waiting.person, but=comment.pk if comment else None)
            if said.comment.posted_at
        ],
        "decisions": [decision_line(each, zone) for each in decisions_about(comment, held)],
        "versions": comment.versions.order_by("number") if comment else (),
        "redact": _redactable(comment, held) if may_redact(request.user) else "",
        "is_alone": True,
    }
    return place.page(request, "item", context)


def _redactable(comment: Comment | None, held: HeldComment | None) -> str:
    """Return what of a thing can be erased for good, as its address names it; empty where nothing."""
    if held is not None:
        try:
            check_held_redactable(held)
        except DecisionRefused:
            pass
        else:
            return f"held/{held.pk}"
    return f"comment/{comment.pk}" if comment else ""


@for_moderators
@require_POST
def decide_items(request: HttpRequest, place: Place) -> HttpResponse:
    """Decide one thing or several; each by itself, so that one refusal leaves the others decided."""
    data = request.POST
    filters = _filters(data)
    measure = MEASURES.get(data.get("do", ""))
    wanted = [pk for each in data.getlist("item") if (pk := number_of(each))][:MAX_AT_ONCE]
    if measure is None or not wanted:
        problem = "Select what you decide, and say what is decided."
        if wants_json(request):
            return private(JsonResponse({"error": problem}, status=422))
        return _listed(request, place, filters, problem=problem, status=422)
    ground = data.get("ground", "")
    ruling = Ruling(
        measure=measure,
        ground=Ground(ground) if ground in Ground.values else None,
        words=data.get("words", "")[:MAX_WORDS],
        law=data.get("law", "")[:MAX_WORDS],
    )
    batch = new_batch()
    done: list[int] = []
    refusals: dict[int, str] = {}
    for pk in dict.fromkeys(wanted):
        try:
            decide(
                item_id=pk,
                ruling=ruling,
                by=_account(request),
                batch=batch,
                take_over="take_over" in data,
            )
            done.append(pk)
        except (DecisionRefused, ClaimedByAnother) as refusal:
            refusals[pk] = str(refusal)
    if wants_json(request):
        return _answer(batch, DONE[measure], done, refusals)
    if refusals:
        return _refusals(request, place, filters, refusals, done, batch)
    query = _query(filters, done=batch)
    return HttpResponseRedirect(f"{place.base}?{query}", status=303)


def _answer(batch: str, words: str, done: Sequence[int], refusals: dict[int, str]) -> JsonResponse:
    answer = {
        "batch": batch if done else "",
        "words": words,
        "done": done,
        "refused": {str(pk): message for pk, message in refusals.items()},
        "counts": _counts_data(),
    }
    return private(JsonResponse(answer, status=200 if done else 422))


def _refusals(
    request: HttpRequest,
    place: Place,
    filters: QueueFilters,
    refusals: dict[int, str],
    done: Sequence[int],
    batch: str,
) -> HttpResponse:
    """Show what could not be decided with the reason and all that was typed, before the rest."""
    zone, by, data = frame().zone, _account(request), request.POST
    views = [
        refused(
            item_view(each, zone=zone, by=by, now=clock.now()),
            do=data.get("do", ""),
            ground=data.get("ground", ""),
            words=data.get("words", "")[:MAX_WORDS],
            problem=refusals[each.item.pk],
        )
        for each in waiting_items(refusals)
    ]
    gone = len(refusals) - len(views)
    told = []
    if done:
        told.append(f"{len(done)} decided.")
    if views:
        told.append(f"{len(views)} not decided: see below.")
    if gone:
        told.append(f"{gone} did not wait any more: decided meanwhile, or taken back.")
    return _listed(
        request,
        place,
        filters,
        refusals=views,
        problem=" ".join(told),
        done=batch if done else "",
        status=422,
    )


@for_moderators
@require_POST
def undo_batch(request: HttpRequest, place: Place) -> HttpResponse:
    """Take back what was decided together."""
    batch = request.POST.get("batch", "")
    try:
        undone = undo(batch=batch if _BATCH.fullmatch(batch) else "-", by=_account(request))
    except CannotUndo as refusal:
        if wants_json(request):
            return private(JsonResponse({"error": str(refusal)}, status=409))
        return _listed(request, place, _filters(request.POST), problem=str(refusal), status=409)
    if wants_json(request):
        return private(JsonResponse({"undone": len(undone), "counts": _counts_data()}))
    query = _query(_filters(request.POST))
    return HttpResponseRedirect(f"{place.base}{f'?{query}' if query else ''}", status=303)


@for_moderators
@require_POST
def claim_item(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Say that one is looking at it; ``take_over`` takes it from who said so before."""
    by = _account(request)
    try:
        if "release" in request.POST:
            release(item_id=pk, by=by)
        else:
            claim(item_id=pk, by=by, take_over="take_over" in request.POST)
    except QueueItem.DoesNotExist:
        if wants_json(request):
            gone = ItemGone("This does not wait any more.")
            return private(JsonResponse({"error": str(gone)}, status=404))
        return place.page(request, "gone", {}, status=404)
    except ClaimedByAnother as refusal:
        if wants_json(request):
            return private(JsonResponse({"error": str(refusal)}, status=409))
        return HttpResponseRedirect(f"{place.base}{pk}/", status=303)
    if wants_json(request):
        return private(JsonResponse({"seconds": CLAIMED_FOR.seconds}))
    back = place.base if "release" in request.POST else f"{place.base}{pk}/"
    return HttpResponseRedirect(back, status=303)


@for_moderators
@require_safe
def counts(request: HttpRequest, place: Place) -> HttpResponse:
    """Say how much waits, for pages that are open, and which of the ``items`` they show do not wait
    any more. One statement for these."""
    given = request.GET.get("items", "").split("-")[:MAX_SHOWN]
    shown = [pk for each in given if (pk := number_of(each))]
    gone = {str(pk): GONE[why] for pk, why in gone_items(shown).items()}
    return private(JsonResponse({**_counts_data(), "gone": gone}))


def _counts_data() -> dict[str, Any]:
    found = queue_counts()
    return {
        "total": found.total,
        "urgent": found.urgent,
        "kinds": {kind.value: found.by_kind.get(kind.value, 0) for kind in ItemKind},
    }
