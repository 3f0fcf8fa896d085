"""What somebody may do about one comment: the page that offers it, reactions, and the mark of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from broadsheet import clock
from broadsheet.discussion.enums import ReactionKind
from broadsheet.discussion.follows import FollowRefused
from broadsheet.discussion.interests import QuestionRefused
from broadsheet.discussion.models import Comment
from broadsheet.discussion.pages import one_comment, spot_of
from broadsheet.discussion.people import Person
from broadsheet.discussion.queries import is_closed
from broadsheet.discussion.questions import AnswerRefused, mark_answer, role_for, unmark_answer
from broadsheet.discussion.reactions import (
    ReactionRefused,
    TooManyReactions,
    open_reactions,
    react,
    take_back,
)
from broadsheet.moderation.enums import HeldKind, HeldState
from broadsheet.moderation.models import HeldComment
from broadsheet.paper.presenters.acts import Occasion, acts_on
from broadsheet.paper.presenters.frame import frame, private_page
from broadsheet.paper.presenters.thread import single_view, spot_path
from broadsheet.paper.views.asking import DONE, do_as_asked, key_in, what_can_be_asked
from broadsheet.paper.views.forms import FROM_ELSEWHERE, is_from_here, private, wants_json
from broadsheet.paper.views.people import acting_person, person_of
from broadsheet.readers.muting import MuteRefused
from broadsheet.record.models import Document
from broadsheet.record.queries import current_path

NO_PROBLEM: Mapping[str, str] = MappingProxyType({})
RETRY_AFTER = 600
"""Seconds that somebody waits who reacted too often."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def acts(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer what may be done about a comment by who asks; by POST, follow, mute or ask."""
    person = person_of(request)
    if request.method != "POST":
        return acts_page(request, pk, person)
    place(pk)
    comment = get_object_or_404(Comment.objects.select_related("document__edition"), pk=pk)
    problem: dict[str, str] = {}
    try:
        if not is_from_here(request, by_session=person.account is not None):
            problem = {"page": FROM_ELSEWHERE}
        else:
            return _led(request, pk, do_as_asked(request, comment, person.account))
    except FollowRefused as refusal:
        problem = {"follow": str(refusal)}
    except MuteRefused as refusal:
        problem = {"mute": str(refusal)}
    except QuestionRefused as refusal:
        problem = {"interest": str(refusal)}
    return acts_page(request, pk, person, problem=problem, status=422)


def _led(request: HttpRequest, pk: int, done: str) -> HttpResponse:
    key = key_in(request.POST)
    kept = f"&key={key}" if key else ""
    response = HttpResponseRedirect(f"/c/{pk}/acts/?done={done}{kept}", status=303)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def acts_page(
    request: HttpRequest,
    pk: int,
    person: Person,
    *,
    said: str = "",
    problem: Mapping[str, str] = NO_PROBLEM,
    status: int = 200,
) -> HttpResponse:
    """Return the page of what may be done about a comment; ``said`` is why something was not, and
    ``problem`` why a form of the page was refused, by its part."""
    document, path = place(pk)
    comment = one_comment(document, pk)
    if comment is None:
        raise Http404("there is no such comment")
    around = frame()
    thread = getattr(document, "thread", None)
    asked = comment.asked
    occasion = Occasion(
        comment=comment,
        person=person,
        path=path,
        is_open=document.withdrawn_at is None and not is_closed(thread, clock.now()),
        is_own=(is_own := person.wrote(comment)),
        waiting_edit=waiting_edit(comment) if is_own else None,
        given=frozenset(
            ReactionKind(kind)
            for kind in open_reactions(person)
            .filter(comment=comment)
            .values_list("kind", flat=True)
        ),
        marks_as=role_for(asked, document, person) if asked else None,
    )
    context = {
        "comment": single_view(document, comment, path=path, zone=around.zone),
        "acts": acts_on(occasion),
        "is_own": occasion.is_own,
        "said": said or problem.get("page", ""),
        "problem": problem,
        "done": "" if said or problem else DONE.get(request.GET.get("done", ""), ""),
        **what_can_be_asked(request, comment, person.account, around.zone),
        "edition": document.edition,
        "path": path,
        "back": spot_path(path, spot_of(comment), comment.pk),
        "token": get_token(request) if person.account else "",
    }
    response = private_page(
        "paper/acts.html", context, around=around, path=f"/c/{pk}/acts/", status=status
    )
    if status == 429:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def waiting_edit(comment: Comment) -> int | None:
    """Return which new words of a comment wait for a moderator. One statement."""
    waiting = HeldComment.objects.filter(
        comment=comment, kind=HeldKind.EDIT, state=HeldState.WAITING
    )
    return waiting.values_list("pk", flat=True).first()


@csrf_exempt
@require_POST
def reaction(request: HttpRequest, pk: int, kind: ReactionKind) -> HttpResponse:
    """Say something of a comment without words (``do=give``) or take it back (``do=take``).

    The buttons on public pages are the same for everybody and say neither: they give.
    """
    person, guest = acting_person(request)
    comment = get_object_or_404(Comment.objects.only("pk"), pk=pk)
    if not is_from_here(request, by_session=person.account is not None):
        return not_done(request, pk, person, FROM_ELSEWHERE, status=403)
    is_taken = request.POST.get("do") == "take"
    try:
        if is_taken:
            changed = take_back(comment_id=comment.pk, kind=kind, person=person)
        else:
            address = request.META.get("REMOTE_ADDR") or None
            changed = react(comment_id=comment.pk, kind=kind, person=person, address=address)
    except TooManyReactions as refusal:
        return not_done(request, pk, person, str(refusal), status=429)
    except ReactionRefused as refusal:
        return not_done(request, pk, person, str(refusal), status=422)
    if wants_json(request):
        comment = Comment.objects.only("thanks_count", "answers_count").get(pk=pk)
        count = comment.thanks_count if kind == ReactionKind.THANKS else comment.answers_count
        response: HttpResponse = private(JsonResponse({"given": not is_taken, "count": count}))
    elif not changed and not is_taken:
        # Pressed a second time on a page that cannot know of the first: here it can be taken back.
        response = HttpResponseRedirect(f"/c/{pk}/acts/", status=303)
    else:
        response = HttpResponseRedirect(back_to(pk), status=303)
    if guest and not is_taken:
        guest.remember(response)
    return response


@csrf_exempt
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a reply as the answer to the question above it, or take the mark away (``do=unmark``)."""
    person = person_of(request)
    get_object_or_404(Comment.objects.only("pk"), pk=pk)
    if not is_from_here(request, by_session=person.account is not None):
        return not_done(request, pk, person, FROM_ELSEWHERE, status=403)
    act = unmark_answer if request.POST.get("do") == "unmark" else mark_answer
    try:
        question = act(reply_id=pk, person=person)
    except AnswerRefused as refusal:
        return not_done(request, pk, person, str(refusal), status=403)
    if wants_json(request):
        return private(JsonResponse({"question": question.pk, "answer": question.answer_id}))
    return HttpResponseRedirect(back_to(pk), status=303)


def not_done(
    request: HttpRequest, pk: int, person: Person, words: str, *, status: int
) -> HttpResponse:
    if wants_json(request):
        return private(JsonResponse({"errors": {"text": words}}, status=status))
    return acts_page(request, pk, person, said=words, status=status)


def place(pk: int) -> tuple[Document, str]:
    """Return the story of a comment, with its edition and thread, and where it stands."""
    document = Document.objects.filter(comments=pk).select_related("edition", "thread").first()
    path = current_path(document.pk) if document else None
    if document is None or path is None or document.edition is None:
        raise Http404("there is no such comment on a story that is published")
    return document, path


def back_to(pk: int) -> str:
    """Return where a comment stands, on a page that knows all of its journal."""
    comment = Comment.objects.select_related("document").get(pk=pk)
    path = current_path(comment.document_id)
    if path is None:
        raise Http404("the story of this comment is not published")
    seen = comment.document.head_sequence
    return spot_path(path, spot_of(comment, lasting=True), pk, seen=seen)
