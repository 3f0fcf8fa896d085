"""A writer's own comment: changed, deleted; and the versions that it had, which are for everybody."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet import clock
from broadsheet.discussion.actions import CommentRefused, Draft, checked_draft
from broadsheet.discussion.editing import (
    EditedMeanwhile,
    EditRefused,
    check_may_edit,
    current_version,
    prepared_edit,
    window_closes_at,
)
from broadsheet.discussion.markdown import comment_html
from broadsheet.discussion.models import Comment, CommentVersion
from broadsheet.discussion.pages import one_comment, spot_of
from broadsheet.discussion.people import Person
from broadsheet.discussion.queries import discussion_settings
from broadsheet.discussion.removal import RemovalRefused, delete_comment
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.submission import RefusedByRule, submit_edit
from broadsheet.paper.presenters.form import ChangeView, errors_by_field
from broadsheet.paper.presenters.frame import frame, page, private_page
from broadsheet.paper.presenters.openness import clock_time
from broadsheet.paper.presenters.thread import single_view, spot_path
from broadsheet.paper.presenters.versions import version_views
from broadsheet.paper.views.acts import acts_page, back_to, not_done, place
from broadsheet.paper.views.forms import (
    FROM_ELSEWHERE,
    is_from_here,
    number_of,
    private,
    wants_json,
)
from broadsheet.paper.views.me import Guest, sender_of
from broadsheet.paper.views.people import person_of
from broadsheet.passages import align, difference
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.keys import FRAME, document_key


@dataclass(frozen=True)
class EditForm:
    """The form in which a writer changes a comment."""

    action: str
    text: str
    seen_version: int
    links_quotations: bool = True
    errors: dict[str, str] = field(default_factory=dict)
    preview: SafeString | str = ""
    changed: tuple[ChangeView, ...] = ()
    was_told: bool = False
    token: str = ""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the form with the words of a comment, show a preview, or give it new words."""
    person = person_of(request)
    comment = get_object_or_404(Comment, pk=pk)
    try:
        check_may_edit(comment, person)
    except EditRefused as refusal:
        return not_done(request, pk, person, str(refusal), status=403)
    if request.method == "POST":
        return _edit(request, comment, person)
    version = current_version(comment)
    form = EditForm(f"/c/{pk}/edit/", version.text, version.number)
    return _form_page(request, comment, person, form)


def _edit(request: HttpRequest, comment: Comment, person: Person) -> HttpResponse:
    data = request.POST
    form = EditForm(
        action=f"/c/{comment.pk}/edit/",
        text=data.get("text", ""),
        seen_version=number_of(data.get("seen_version")) or 0,
        links_quotations="quotes" not in data or "link_quotations" in data,
    )
    if not is_from_here(request, by_session=person.account is not None):
        return _refused(request, comment, person, form, {"text": FROM_ELSEWHERE}, status=403)
    try:
        if data.get("do") == "preview":
            draft = checked_draft(Draft(text=form.text), needs_name=False)
            return _preview(request, comment, person, form, comment_html(draft.text))
        posting = prepared_edit(
            comment=comment,
            text=form.text,
            person=person,
            seen_version=form.seen_version,
            links_quotations=form.links_quotations,
            sender=sender_of(request, None if person.account else Guest.known(request)),
        )
        outcome = submit_edit(posting, was_told="was_told" in data)
    except EditedMeanwhile as changed:
        return _changed(request, comment, person, form, changed)
    except RefusedByRule as refusal:
        return _not_taken(request, comment, person, form, refusal)
    except CommentRefused as refusal:
        errors = errors_by_field(refusal.errors)
        return _refused(request, comment, person, form, errors, status=422)
    if isinstance(outcome, HeldComment):
        return _held(request, comment, person, outcome)
    if wants_json(request):
        return _as_it_stands(comment.pk)
    return HttpResponseRedirect(back_to(comment.pk), status=303)


def _as_it_stands(pk: int) -> JsonResponse:
    """Return a comment as it stands in the thread, for the script to put in place."""
    document, path = place(pk)
    found = one_comment(document, pk)
    assert found is not None
    view = single_view(document, found, path=path, zone=frame().zone)
    html = get_template("paper/comment.html").render({"comment": view})
    return private(JsonResponse({"id": pk, "html": html}))


def _held(
    request: HttpRequest, comment: Comment, person: Person, held: HeldComment
) -> HttpResponse:
    if wants_json(request):
        # Made safe by broadsheet.discussion.markdown.
        context = {"held": held, "said": mark_safe(comment_html(held.text))}
        html = get_template("paper/held_told.html").render(context)
        return private(JsonResponse({"held": held.pk, "html": html}, status=202))
    return acts_page(request, comment.pk, person, status=202)


def _preview(
    request: HttpRequest, comment: Comment, person: Person, form: EditForm, html: str
) -> HttpResponse:
    if wants_json(request):
        return private(JsonResponse({"html": html}))
    # Made safe by broadsheet.discussion.markdown.
    return _form_page(request, comment, person, form, preview=mark_safe(html))


def _changed(
    request: HttpRequest,
    comment: Comment,
    person: Person,
    form: EditForm,
    changed: EditedMeanwhile,
) -> HttpResponse:
    """Show what the comment says now; sent again, the words stand in its place."""
    now = changed.version.text
    view = ChangeView(
        "Your words, and what the comment says now",
        difference(align(form.text, now), form.text, now),
    )
    errors = errors_by_field(changed.errors)
    if wants_json(request):
        html = get_template("paper/changed.html").render({"changed": [view]})
        answer = {
            "errors": errors,
            "changed": html,
            "seen_version": changed.version.number,
            "seen_edition": None,
        }
        return private(JsonResponse(answer, status=409))
    seen = EditForm(form.action, form.text, changed.version.number, form.links_quotations)
    return _form_page(request, comment, person, seen, errors=errors, changed=(view,), status=409)


def _refused(
    request: HttpRequest,
    comment: Comment,
    person: Person,
    form: EditForm,
    errors: dict[str, str],
    *,
    status: int,
) -> HttpResponse:
    if wants_json(request):
        return private(JsonResponse({"errors": errors}, status=status))
    return _form_page(request, comment, person, form, errors=errors, status=status)


def _not_taken(
    request: HttpRequest,
    comment: Comment,
    person: Person,
    form: EditForm,
    refusal: RefusedByRule,
) -> HttpResponse:
    """Say why new words are not taken; after a nudge, the same form says that its writer was told."""
    errors = errors_by_field(refusal.errors)
    status = 422 if refusal.retry_after is None else 429
    if wants_json(request):
        answer = {"errors": errors, "was_told": refusal.is_nudge}
        response: HttpResponse = private(JsonResponse(answer, status=status))
    else:
        told = replace(form, was_told=refusal.is_nudge)
        response = _form_page(request, comment, person, told, errors=errors, status=status)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _form_page(
    request: HttpRequest,
    comment: Comment,
    person: Person,
    form: EditForm,
    *,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    around = frame()
    document, path = place(comment.pk)
    closes_at = window_closes_at(comment)
    is_quiet = closes_at is not None and clock.now() <= closes_at
    context = {
        "form": replace(form, token=get_token(request) if person.account else "", **shown),
        "comment_id": comment.pk,
        "quiet_until": clock_time(closes_at, around.zone) if closes_at and is_quiet else "",
        "edit_minutes": discussion_settings().edit_minutes,
        "edition": document.edition,
        "path": path,
        "back": spot_path(path, spot_of(comment), comment.pk),
    }
    return private_page("paper/edit.html", context, around=around, path=form.action, status=status)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a writer means it, and take the words away for good."""
    person = person_of(request)
    comment = get_object_or_404(Comment, pk=pk)
    if not person.wrote(comment):
        return not_done(request, pk, person, "Only its writer can delete a comment.", status=403)
    if request.method != "POST":
        return _ask(request, comment, person)
    if not is_from_here(request, by_session=person.account is not None):
        return not_done(request, pk, person, FROM_ELSEWHERE, status=403)
    try:
        delete_comment(comment_id=pk, person=person)
    except RemovalRefused as refusal:
        return not_done(request, pk, person, str(refusal), status=422)
    if wants_json(request):
        return _as_it_stands(pk)
    return HttpResponseRedirect(back_to(pk), status=303)


def _ask(request: HttpRequest, comment: Comment, person: Person) -> HttpResponse:
    around = frame()
    document, path = place(comment.pk)
    found = one_comment(document, comment.pk)
    assert found is not None
    context = {
        "comment": single_view(document, found, path=path, zone=around.zone),
        "has_replies": Comment.objects.filter(parent=comment).exists(),
        "token": get_token(request) if person.account else "",
        "edition": document.edition,
        "path": path,
        "back": spot_path(path, spot_of(comment), comment.pk),
    }
    return private_page(
        "paper/delete.html", context, around=around, path=f"/c/{comment.pk}/delete/"
    )


@pressed()
@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """All texts that a comment had, each with what changed; of a removed one none."""
    document, path = place(pk)
    comment = one_comment(document, pk)
    assert comment is not None
    around = frame()
    found = (
        []
        if comment.removed_at
        else list(CommentVersion.objects.filter(comment=comment).order_by("number"))
    )
    context = {
        "comment": single_view(document, comment, path=path, zone=around.zone),
        "versions": version_views(found, around.zone),
        "edition": document.edition,
        "path": path,
        "here": document.section_id,
    }
    status = 410 if comment.removed_at else 200
    response = page(
        "paper/versions.html", context, around=around, path=f"/c/{pk}/versions/", status=status
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return made_from(response, FRAME, document_key(document.pk), sequence=document.head_sequence)
