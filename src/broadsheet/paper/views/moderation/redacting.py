"""Lawful redaction: words of one comment, or that wait to be one, are erased for good, after a page that
says so."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from broadsheet.discussion.models import Comment, RemovedWords
from broadsheet.discussion.removal import ERASED_BY
from broadsheet.moderation.deciding import MAX_LAW, DecisionRefused, Ruling, check_held_redactable
from broadsheet.moderation.deciding import redact as erase_words
from broadsheet.moderation.deciding import redact_held as erase_held
from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.permissions import may_redact
from broadsheet.moderation.statements import MAX_REASON
from broadsheet.paper.presenters.frame import frame
from broadsheet.paper.presenters.moderation import ground_options
from broadsheet.paper.presenters.moments import moment
from broadsheet.paper.presenters.thread import NO_NAME
from broadsheet.paper.views.moderation.places import Place, guarded
from broadsheet.readers.models import Account

MAX_WORDS = 2000
"""Characters that are read at all; the action says how many are allowed."""
SHOWN = 20
"""Comments that quote it and are named; the number of all is said."""
LEAST_QUOTED = 12
"""Characters of a quoted line that tell whose it is."""
UNSURE = "Tick the box: you know that nobody can bring the words back."


@guarded(may_redact, "You may not erase words for good.")
@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Show what is erased and what else has words of it; or erase it."""
    comment = Comment.objects.filter(pk=pk).first()
    if comment is None:
        raise Http404("there is no such comment")
    if request.method != "POST":
        return _shown(request, place, comment)
    try:
        erase_words(comment_id=pk, ruling=_ruling(request), by=cast("Account", request.user))
    except DecisionRefused as refusal:
        return _shown(request, place, comment, problem=str(refusal), status=422)
    return HttpResponseRedirect(f"{place.base}comment/{pk}/redact/", status=303)


@guarded(may_redact, "You may not erase words for good.")
@require_http_methods(["GET", "HEAD", "POST"])
def redact_held(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Show the words that wait, or were declined, and erase them for good."""
    held = HeldComment.objects.filter(pk=pk).first()
    if held is None:
        raise Http404("there is no such held comment")
    if request.method != "POST":
        return _shown_held(request, place, held)
    try:
        erase_held(held_id=pk, ruling=_ruling(request), by=cast("Account", request.user))
    except DecisionRefused as refusal:
        return _shown_held(request, place, held, problem=str(refusal), status=422)
    return HttpResponseRedirect(f"{place.base}held/{pk}/redact/", status=303)


def _ruling(request: HttpRequest) -> Ruling:
    """Return what the form says. Raises :class:`DecisionRefused` where its box is not ticked."""
    if "sure" not in request.POST:
        raise DecisionRefused(UNSURE)
    ground = request.POST.get("ground", "")
    return Ruling(
        measure=Measure.REDACTED,
        ground=Ground(ground) if ground in Ground.values else None,
        words=request.POST.get("words", "")[:MAX_WORDS],
        law=request.POST.get("law", "")[:MAX_WORDS],
    )


def _shown_held(
    request: HttpRequest, place: Place, held: HeldComment, *, problem: str = "", status: int = 200
) -> HttpResponse:
    try:
        check_held_redactable(held)
    except DecisionRefused as refusal:
        is_done, done_words = True, held.decision_reason or str(refusal)
    else:
        is_done, done_words = False, ""
    if is_done and held.text and held.comment_id:
        return HttpResponseRedirect(f"{place.base}comment/{held.comment_id}/redact/", status=303)
    context = {
        "subject": f"held/{held.pk}",
        "is_held": True,
        "name": held.name or NO_NAME,
        "texts": [held.text],
        "is_done": is_done,
        "done_words": done_words,
        "removed": moment(held.decided_at, frame().zone) if held.decided_at else None,
        **_typed(request),
        "problem": problem,
    }
    return place.page(request, "redact", context, status=status)


def _typed(request: HttpRequest) -> dict[str, Any]:
    """Return what stands in the form."""
    data = request.POST
    return {
        "ground_options": ground_options(data.get("ground", "law_privacy")),
        "words": data.get("words", "")[:MAX_WORDS],
        "law": data.get("law", "")[:MAX_WORDS],
        "max_reason": MAX_REASON,
        "max_law": MAX_LAW,
    }


def _shown(
    request: HttpRequest, place: Place, comment: Comment, *, problem: str = "", status: int = 200
) -> HttpResponse:
    zone = frame().zone
    kept = RemovedWords.objects.filter(comment=comment).first()
    versions = list(comment.versions.order_by("number").values_list("number", "text"))
    texts = [kept.texts.get(str(number), "") if kept else text for number, text in versions]
    quoting = _quoting(comment, texts)
    context = {
        "comment": comment,
        "subject": f"comment/{comment.pk}",
        "done_words": "In their place stands: "
        + (comment.removal_reason or "Deleted by its writer"),
        "name": (kept.name if kept else comment.name) or NO_NAME,
        "texts": texts,
        "is_done": comment.removed_by in ERASED_BY or (comment.removed_at and not kept),
        "removed": moment(comment.removed_at, zone) if comment.removed_at else None,
        "quoting": quoting[:SHOWN],
        "quoting_count": len(quoting),
        **_typed(request),
        "problem": problem,
    }
    return place.page(request, "redact", context, status=status)


def _quoting(comment: Comment, texts: list[str]) -> list[int]:
    """Return the comments of the thread after this one that repeat a line of it. One statement."""
    lines = {
        line
        for text in texts
        for raw in text.splitlines()
        if len(line := _bare(raw)) >= LEAST_QUOTED
    }
    if not lines:
        return []
    later = Comment.objects.filter(
        document=comment.document_id, sequence__gt=comment.sequence, removed_at=None
    )
    found = later.values_list("pk", "versions__text").order_by("pk")
    return list(
        dict.fromkeys(
            pk
            for pk, text in found.iterator()
            if text and any(line in _bare(text) for line in lines)
        )
    )


def _bare(text: str) -> str:
    """Return words as they are compared: without marks of quotation, in one line, in small letters."""
    return " ".join(text.replace(">", " ").split()).casefold()
