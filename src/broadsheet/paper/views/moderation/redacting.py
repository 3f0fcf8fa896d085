"""Lawful redaction: the words of one comment are erased for good, after a page that says so."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from broadsheet.discussion.models import Comment, RemovedWords
from broadsheet.discussion.removal import ERASED_BY
from broadsheet.moderation.deciding import MAX_LAW, DecisionRefused, Ruling
from broadsheet.moderation.deciding import redact as erase_words
from broadsheet.moderation.enums import Ground, Measure
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
    ground = request.POST.get("ground", "")
    ruling = Ruling(
        measure=Measure.REDACTED,
        ground=Ground(ground) if ground in Ground.values else None,
        words=request.POST.get("words", "")[:MAX_WORDS],
        law=request.POST.get("law", "")[:MAX_WORDS],
    )
    try:
        if "sure" not in request.POST:
            raise DecisionRefused(UNSURE)
        erase_words(comment_id=pk, ruling=ruling, by=cast("Account", request.user))
    except DecisionRefused as refusal:
        return _shown(request, place, comment, problem=str(refusal), status=422)
    return HttpResponseRedirect(f"{place.base}comment/{pk}/redact/", status=303)


def _shown(
    request: HttpRequest, place: Place, comment: Comment, *, problem: str = "", status: int = 200
) -> HttpResponse:
    data, zone = request.POST, frame().zone
    kept = RemovedWords.objects.filter(comment=comment).first()
    versions = list(comment.versions.order_by("number").values_list("number", "text"))
    texts = [kept.texts.get(str(number), "") if kept else text for number, text in versions]
    quoting = _quoting(comment, texts)
    context = {
        "comment": comment,
        "name": (kept.name if kept else comment.name) or NO_NAME,
        "texts": texts,
        "is_done": comment.removed_by in ERASED_BY or (comment.removed_at and not kept),
        "removed": moment(comment.removed_at, zone) if comment.removed_at else None,
        "quoting": quoting[:SHOWN],
        "quoting_count": len(quoting),
        "ground_options": ground_options(data.get("ground", "law_privacy")),
        "words": data.get("words", "")[:MAX_WORDS],
        "law": data.get("law", "")[:MAX_WORDS],
        "problem": problem,
        "max_reason": MAX_REASON,
        "max_law": MAX_LAW,
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
