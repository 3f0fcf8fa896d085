"""What on the public page of a story is somebody's own: asked by a script, for this person alone."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from broadsheet.discussion.markdown import comment_html
from broadsheet.discussion.models import Comment
from broadsheet.discussion.people import Person
from broadsheet.discussion.reactions import open_reactions
from broadsheet.discussion.visits import last_visit, note_visit
from broadsheet.moderation.enums import HeldKind, HeldState
from broadsheet.moderation.models import HeldComment
from broadsheet.paper.views.addresses import find_address
from broadsheet.paper.views.forms import is_from_here, number_of, private
from broadsheet.paper.views.people import person_of
from broadsheet.record.models import Document

MAX_OWN = 500
"""Comments, and as many reactions, that are told of one story; the latest."""
MAX_HELD = 20


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, path: str) -> HttpResponse:
    """Say what is one's own in the discussion of a story; by POST, up to where it was read."""
    person = person_of(request)
    found = find_address(path)
    document = found.document
    if request.method == "POST":
        return _visited(request, document, person)
    if not person.is_known:
        return private(JsonResponse({"comments": [], "given": {}, "held": [], "marks": []}))
    given: dict[int, list[str]] = {}
    said = open_reactions(person).filter(document=document).order_by("-pk")[:MAX_OWN]
    for comment, kind in said.values_list("comment", "kind"):
        given.setdefault(comment, []).append(kind)
    own = Comment.objects.filter(person.own(), document=document)
    rows = list(own.order_by("-sequence").values_list("pk", "is_question", "removed_at")[:MAX_OWN])
    marks_all = person.is_author_of(document) or person.is_staff
    visit = last_visit(person.account, document) if person.account else None
    return private(
        JsonResponse(
            {
                "signed_in": person.account is not None,
                "comments": [pk for pk, _, removed in rows if removed is None],
                "given": given,
                "held": _held(document, person),
                "marks": "all"
                if marks_all
                else [pk for pk, asks, gone in rows if asks and not gone],
                "visit": {"sequence": visit.sequence, "comments": visit.comments}
                if visit
                else None,
            }
        )
    )


def _held(document: Document, person: Person) -> list[dict[str, object]]:
    """Return one's own comments that wait, as the page tells of them."""
    whose = Q(account=person.account) if person.account else Q(guest_key=person.guest_key)
    waiting = HeldComment.objects.filter(
        whose, document=document, kind=HeldKind.COMMENT, state=HeldState.WAITING
    )
    told = get_template("paper/held_told.html")
    return [
        {
            "id": held.pk,
            "parent": held.parent_id,
            # Made safe by broadsheet.discussion.markdown.
            "html": told.render({"held": held, "said": mark_safe(comment_html(held.text))}),
        }
        for held in waiting.order_by("-pk")[:MAX_HELD]
    ]


def _visited(request: HttpRequest, document: Document, person: Person) -> HttpResponse:
    if person.account is None:
        return private(JsonResponse({"kept": False}))
    if not is_from_here(request, by_session=True):
        return private(JsonResponse({"kept": False}, status=403))
    sequence = number_of(request.POST.get("sequence")) or 0
    comments = number_of(request.POST.get("comments")) or 0
    note_visit(
        account=person.account,
        document=document,
        sequence=min(sequence, document.head_sequence),
        comments=min(comments, sequence),
    )
    return private(JsonResponse({"kept": True}))
