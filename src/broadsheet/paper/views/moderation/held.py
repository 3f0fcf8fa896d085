"""What waits for a moderator, for who wrote it: to be looked at, and taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from broadsheet import clock
from broadsheet.discussion.markdown import comment_html
from broadsheet.discussion.models import Thread
from broadsheet.discussion.people import Person
from broadsheet.moderation.actions import AlreadyDecided
from broadsheet.moderation.enums import HeldKind, HeldState
from broadsheet.moderation.models import Decision, HeldComment
from broadsheet.moderation.statements import statement_path
from broadsheet.moderation.taking_back import held_by, take_back
from broadsheet.paper.presenters.form import CommentForm, PointedWords
from broadsheet.paper.presenters.frame import frame, private_page
from broadsheet.paper.presenters.moments import moment
from broadsheet.paper.presenters.openness import openness_of
from broadsheet.paper.views.forms import FROM_ELSEWHERE, is_from_here, new_key
from broadsheet.paper.views.people import person_of
from broadsheet.record.queries import current_path


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what waits and what became of it; by POST, take it back.

    The answer to that has the words in a form once more, for nothing keeps them any longer; so it is
    a page and leads nowhere. Asked again, it says that they were taken back.
    """
    person = person_of(request)
    found = held_by(person).select_related("document__edition").filter(pk=pk).first()
    if found is None:
        return _not_theirs(request)
    if request.method != "POST":
        return _shown(request, found, person)
    if not is_from_here(request, by_session=person.account is not None):
        return _shown(request, found, person, problem=FROM_ELSEWHERE, status=403)
    try:
        taken = take_back(held_id=pk, person=person)
    except AlreadyDecided as decided:
        return _shown(request, decided.held, person, is_late=True, status=409)
    except HeldComment.DoesNotExist:
        return _not_theirs(request)
    again: dict[str, Any] = {}
    if taken.draft and taken.held.kind == HeldKind.EDIT:
        again["words"] = taken.draft.text
    elif taken.draft:
        draft, pointer = taken.draft, taken.draft.pointer
        again["form"] = CommentForm(
            action=f"{current_path(found.document_id)}comment/",
            text=draft.text,
            name=draft.name,
            email=draft.email,
            disclosure=draft.disclosure,
            parent_id=draft.parent_id,
            key=new_key(),
            writer=draft.name if person.account else "",
            token=get_token(request) if person.account else "",
            pointer=PointedWords(
                pointer.edition,
                pointer.exact,
                "" if pointer.start is None else str(pointer.start),
                pointer.block,
            )
            if pointer
            else None,
            links_quotations=draft.links_quotations,
            is_question=draft.is_question,
        )
    return _shown(request, taken.held, person, **again)


def _not_theirs(request: HttpRequest) -> HttpResponse:
    """Say that there is nothing; for this person, so that no cache keeps it for others."""
    return private_page("paper/not_found.html", {}, around=frame(), path=request.path, status=404)


def _shown(
    request: HttpRequest,
    held: HeldComment,
    person: Person,
    *,
    problem: str = "",
    is_late: bool = False,
    status: int = 200,
    **again: Any,
) -> HttpResponse:
    around = frame()
    decision = (
        Decision.objects.filter(held=held, statement__isnull=False).order_by("-pk").first()
        if held.state == HeldState.DECLINED
        else None
    )
    context = {
        "held": held,
        "is_edit": held.kind == HeldKind.EDIT,
        "state": HeldState(held.state).value,
        "at": moment(held.held_at, around.zone),
        "decided_at": moment(held.decided_at, around.zone) if held.decided_at else None,
        # Made safe by broadsheet.discussion.markdown.
        "said": mark_safe(comment_html(held.text)),
        "edition": held.document.edition,
        "path": current_path(held.document_id),
        "statement": statement_path(decision) if decision else "",
        "open": openness_of(
            Thread.objects.filter(pk=held.document_id).first(), clock.now(), around.zone
        )
        if again
        else None,
        "problem": problem,
        "is_late": is_late,
        "token": get_token(request) if person.account else "",
        **again,
    }
    return private_page(
        "paper/moderation/held.html", context, around=around, path=request.path, status=status
    )
