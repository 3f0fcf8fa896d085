"""A ban, and all of the last day with it: what it takes is shown before it is done."""

from __future__ import annotations

import re
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_http_methods

from broadsheet.discussion.models import CommentVersion
from broadsheet.moderation.banning import (
    AT_ONCE,
    LENGTHS,
    Flood,
    Suspect,
    ban,
    flood_of,
    suspect_of,
    sweep,
)
from broadsheet.moderation.deciding import UNDO_WITHIN, DecisionRefused, Ruling, new_batch
from broadsheet.moderation.enums import BanKind, Ground, Measure
from broadsheet.moderation.models import QueueItem
from broadsheet.moderation.queries import judged_comment, judged_held
from broadsheet.paper.presenters.moderation import ground_options
from broadsheet.paper.views.moderation.places import Place, for_moderators
from broadsheet.readers.models import Account

SHOWN = 20
"""Of what is taken away; the number of all is said."""
MAX_WORDS = 2000
_BATCH = re.compile(r"[0-9a-f]{32}")


@for_moderators
@require_http_methods(["GET", "HEAD", "POST"])
def flood(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Show whom a ban would name and what the last day holds of them; or ban and take it away."""
    item = (
        QueueItem.objects.select_related(
            *("held__comment", "comment__source", "appeal__decision__held"),
            "appeal__decision__comment__source",
        )
        .filter(pk=pk)
        .first()
    )
    if item is None:
        return place.page(request, "gone", {}, status=404)
    suspect = suspect_of(judged_comment(item), judged_held(item))
    asked = request.POST if request.method == "POST" else request.GET
    found = flood_of(suspect, with_network="network" in asked)
    if request.method == "POST" and "preview" not in asked:
        return _act(request, place, item, suspect, found)
    return _shown(request, place, item, suspect, found, asked)


def _act(
    request: HttpRequest, place: Place, item: QueueItem, suspect: Suspect, found: Flood
) -> HttpResponse:
    data = request.POST
    ground = data.get("ground", "")
    ruling = Ruling(
        measure=Measure.BANNED,
        ground=Ground(ground) if ground in Ground.values else None,
        words=data.get("words", "")[:MAX_WORDS],
    )
    by = cast("Account", request.user)
    is_continued = bool(_BATCH.fullmatch(data.get("batch", "")))
    batch = data["batch"] if is_continued else new_batch()
    kinds = {kind for kind in BanKind if f"ban_{kind.value}" in data}
    try:
        if kinds and not is_continued:
            _, lasts = LENGTHS.get(data.get("lasts", ""), LENGTHS["week"])
            ban(suspect=suspect, kinds=kinds, lasts=lasts, ruling=ruling, by=by, batch=batch)
        if "sweep" in data:
            sweep(flood=found, ruling=ruling, by=by, batch=batch)
        elif not kinds:
            raise DecisionRefused("Choose what is done: a ban, the removal, or both.")
    except DecisionRefused as refusal:
        return _shown(request, place, item, suspect, found, data, problem=str(refusal), status=422)
    left = found.count if "sweep" in data else 0
    if left:
        return _shown(request, place, item, suspect, found, data, batch=batch)
    return HttpResponseRedirect(f"{place.base}?{urlencode({'done': batch})}", status=303)


def _shown(
    request: HttpRequest,
    place: Place,
    item: QueueItem,
    suspect: Suspect,
    found: Flood,
    data: QueryDict,
    *,
    problem: str = "",
    batch: str = "",
    status: int = 200,
) -> HttpResponse:
    comments = list(found.comments().values_list("pk", flat=True)[:SHOWN])
    texts = CommentVersion.objects.filter(comment__in=comments, valid_to=None)
    waiting = found.waiting().select_related("held")[:SHOWN]
    is_first = "ground" not in data
    context = {
        "item": item,
        "suspect": suspect,
        "kinds": [
            (kind.value, kind.label, _named(kind, suspect), is_first or f"ban_{kind.value}" in data)
            for kind in suspect.kinds()
        ],
        "lengths": [(name, words) for name, (words, _) in LENGTHS.items()],
        "lasts": data.get("lasts", "week"),
        "removes": found.comments().count(),
        "declines": found.waiting().count(),
        "shown": [
            *(text for text in texts.order_by("-comment").values_list("text", flat=True)),
            *(each.held.text for each in waiting if each.held),
        ][:SHOWN],
        "with_network": found.with_network,
        "may_widen": bool(suspect.network),
        "ground": data.get("ground", "spam"),
        "words": data.get("words", "")[:MAX_WORDS],
        "sweeps": is_first or "sweep" in data,
        "ground_options": ground_options(data.get("ground", "spam")),
        "at_once": AT_ONCE,
        "batch": batch,
        "problem": problem,
        "undo_minutes": UNDO_WITHIN.seconds // 60,
    }
    return place.page(request, "flood", context, status=status)


def _named(kind: BanKind, suspect: Suspect) -> str:
    if kind == BanKind.EMAIL:
        return suspect.email
    if kind == BanKind.ADDRESS:
        return suspect.network
    return ""
