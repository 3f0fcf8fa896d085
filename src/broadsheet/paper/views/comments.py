"""Writing a comment, with and without scripts, and finding one again."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet import clock
from broadsheet.discussion.actions import (
    MAX_RAW_TEXT,
    ChangedMeanwhile,
    CommentRefused,
    Draft,
    ThreadNotOpen,
    TooSoon,
    checked_draft,
    prepared,
)
from broadsheet.discussion.intake import TRY_AGAIN_AFTER, IntakeBusy
from broadsheet.discussion.markdown import comment_html
from broadsheet.discussion.models import Comment, CommentVersion, Thread
from broadsheet.discussion.pages import one_comment, spot_of
from broadsheet.discussion.queries import comment_counts
from broadsheet.moderation.guests import AccountNeeded, ask_to_confirm, waits_for_mail
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.submission import RefusedByRule, submit
from broadsheet.paper.presenters.form import (
    CommentForm,
    PointedWords,
    change_views,
    errors_by_field,
)
from broadsheet.paper.presenters.frame import Frame, frame, private_page
from broadsheet.paper.presenters.moments import moment
from broadsheet.paper.presenters.openness import clock_time, openness_of
from broadsheet.paper.presenters.thread import CommentView, single_view, spot_path
from broadsheet.paper.views.account.common import take_for_letter
from broadsheet.paper.views.addresses import find_address, find_bare_address, moved
from broadsheet.paper.views.forms import (
    FROM_ELSEWHERE,
    form_key,
    is_from_here,
    new_key,
    number_of,
    pointed,
    pointer_of,
    private,
    wants_json,
    with_paragraph,
)
from broadsheet.paper.views.me import Guest, sender_of, writer_of
from broadsheet.readers.limits import TooMany
from broadsheet.record.models import Address
from broadsheet.record.placements import Pointer
from broadsheet.record.queries import current_path

KEPT_WORDS = "kept_words"
"""Where the session has what was written before signing in."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, path: str) -> HttpResponse:
    """Show the form by itself (``?to=`` a comment), show a preview, or post.

    The form on the story's page is the same for everybody and so carries no CSRF token. A guest's
    post rests on nothing that a browser sends by itself; where a session says who writes, the post
    must come from our own pages, by the browser's word or by a token.
    """
    found = find_bare_address(path) if request.method == "POST" else find_address(path)
    if redirect := moved(found, below="comment/"):
        if request.method == "POST":
            # Keeps method and form: the words must not be lost on the way.
            redirect.status_code = 308
        return redirect
    if request.method == "POST":
        return _post(request, found)
    parent_id = number_of(request.GET.get("to"))
    answered = None
    if parent_id is not None:
        answered = CommentVersion.objects.filter(
            comment__document=found.document, comment=parent_id, valid_to=None
        ).first()
        if answered is None:
            raise Http404("the comment to answer is not in this thread")
    form = CommentForm(
        action=f"{found.path}comment/",
        text=_kept_words(request, found),
        parent_id=parent_id,
        key=new_key(),
        pointer=pointed(found.document, request.GET),
        seen_version=answered.number if answered else None,
        seen_edition=found.document.edition.number if found.document.edition else None,
    )
    return _form_page(request, found, form)


def _post(request: HttpRequest, found: Address) -> HttpResponse:
    data = request.POST
    account, author = writer_of(request)
    wants_preview = data.get("do") == "preview"
    draft = Draft(
        text=data.get("text", ""),
        name=data.get("name", ""),
        email=data.get("email", ""),
        disclosure=data.get("disclosure", ""),
        parent_id=number_of(data.get("parent")),
        pointer=pointer_of(data),
        links_quotations="quotes" not in data or "link_quotations" in data,
        seen_version=number_of(data.get("seen_version")),
        seen_edition=number_of(data.get("seen_edition")),
        is_question="is_question" in data,
    )
    key = form_key(data)
    guest = Guest.of(request) if account is None else None
    sender = sender_of(request, guest)
    if not is_from_here(request, by_session=account is not None):
        return _refused(request, found, draft, key, {"text": FROM_ELSEWHERE}, status=403)
    try:
        if wants_preview:
            checked = checked_draft(draft, needs_name=False)
            return _preview(request, found, draft, key, comment_html(checked.text))
        posting = prepared(
            document_id=found.document_id,
            draft=draft,
            account=account,
            author=author,
            submission_key=key,
            sender=sender,
        )
        confirmed = request.COOKIES.get(settings.CONFIRMED_COOKIE_NAME, "")[:64]
        outcome = submit(posting, was_told="was_told" in data, confirmed=confirmed)
        if isinstance(outcome, HeldComment) and waits_for_mail(outcome):
            take_for_letter(request, outcome.email)
            ask_to_confirm(outcome)
    except TooMany as refusal:
        message = "Too many mails were sent to this address. Please come back later."
        response = _refused(request, found, draft, key, {"email": message}, status=429)
        response.headers["Retry-After"] = str(refusal.retry_after)
        return response
    except AccountNeeded as refusal:
        return _sign_in_first(request, found, draft, key, refusal)
    except IntakeBusy as busy:
        response = _refused(request, found, draft, key, {"text": str(busy)}, status=503)
        response.headers["Retry-After"] = str(TRY_AGAIN_AFTER)
        return response
    except ChangedMeanwhile as changed:
        return _changed(request, found, draft, key, changed)
    except RefusedByRule as refusal:
        response = _not_taken(request, found, draft, key, refusal)
        if guest:
            guest.remember(response)
        return response
    except TooSoon as soon:
        errors = {"text": soon_words(soon)}
        response = _refused(request, found, draft, key, errors, status=429)
        response.headers["Retry-After"] = str(seconds_until(soon.at))
        return response
    except ThreadNotOpen as closed:
        return _refused(request, found, draft, key, {"text": closed_words(closed)}, status=422)
    except CommentRefused as refusal:
        return _refused(request, found, draft, key, errors_by_field(refusal.errors), status=422)
    if isinstance(outcome, HeldComment):
        response = _held(request, found, outcome)
    elif wants_json(request):
        response = _posted(outcome, found)
    else:
        # Others may be shown the page as it was for a moment; who wrote is not.
        seen = outcome.document.head_sequence
        where = spot_path(found.path, spot_of(outcome, lasting=True), outcome.pk, seen=seen)
        response = HttpResponseRedirect(where, status=303)
    if guest:
        guest.remember(response)
    return response


def soon_words(soon: TooSoon) -> str:
    """Say when the writer can post again, in the publication's time."""
    at = clock_time(soon.at + dt.timedelta(seconds=59), frame().zone)
    return f"{soon.pace.words} Next comment possible at {at}; your words are kept."


def seconds_until(instant: dt.datetime) -> int:
    return max(math.ceil((instant - clock.now()).total_seconds()), 1)


def closed_words(closed: ThreadNotOpen) -> str:
    """Say that a discussion is closed, and since when if that is known."""
    if closed.closed_at is None:
        return str(closed)
    since = moment(closed.closed_at, frame().zone).text
    return f"The discussion was closed on {since}; it can be read. Your words are kept here."


def _sign_in_first(
    request: HttpRequest, found: Address, draft: Draft, key: str, refusal: AccountNeeded
) -> HttpResponse:
    """Ask to sign in, and keep the words for the way back: without scripts they are nowhere else."""
    if not wants_json(request):
        words = {"text": draft.text[:MAX_RAW_TEXT], "parent": draft.parent_id}
        request.session[KEPT_WORDS] = {"path": found.path, **words}
    errors = errors_by_field(refusal.errors)
    if wants_json(request):
        return private(JsonResponse({"errors": errors}, status=403))
    answered = f"?to={draft.parent_id}" if draft.parent_id else ""
    form = _filled(found, draft, key, errors=errors)
    form = replace(form, back=f"{found.path}comment/{answered}")
    return _form_page(request, found, form, status=403)


def _kept_words(request: HttpRequest, found: Address) -> str:
    """Return what was written here before signing in, once."""
    kept = request.session.get(KEPT_WORDS)
    if not isinstance(kept, dict) or kept.get("path") != found.path:
        return ""
    del request.session[KEPT_WORDS]
    return str(kept.get("text", ""))


def _held(request: HttpRequest, found: Address, held: HeldComment) -> HttpResponse:
    """Tell the writer that the words wait, and why."""
    around = frame()
    context = {
        "held": held,
        # Made safe by broadsheet.discussion.markdown.
        "said": mark_safe(comment_html(held.text)),
        "edition": found.document.edition,
        "path": found.path,
    }
    if wants_json(request):
        html = get_template("paper/held_told.html").render(context)
        return private(JsonResponse({"held": held.pk, "html": html}, status=202))
    return private_page(
        "paper/held.html", context, around=around, path=f"{found.path}comment/", status=202
    )


def _preview(
    request: HttpRequest, found: Address, draft: Draft, key: str, html: str
) -> HttpResponse:
    if wants_json(request):
        return private(JsonResponse({"html": html}))
    form = _filled(found, draft, key, errors={}, preview=html)
    return _form_page(request, found, form)


def _refused(
    request: HttpRequest,
    found: Address,
    draft: Draft,
    key: str,
    errors: dict[str, str],
    *,
    status: int,
) -> HttpResponse:
    if wants_json(request):
        return private(JsonResponse({"errors": errors}, status=status))
    form = _filled(found, draft, key, errors=errors)
    return _form_page(request, found, form, status=status)


def _not_taken(
    request: HttpRequest, found: Address, draft: Draft, key: str, refusal: RefusedByRule
) -> HttpResponse:
    """Say why a comment is not taken; after a nudge, the same form says that its writer was told."""
    errors = errors_by_field(refusal.errors)
    status = 422 if refusal.retry_after is None else 429
    if wants_json(request):
        answer = {"errors": errors, "was_told": refusal.is_nudge}
        response: HttpResponse = private(JsonResponse(answer, status=status))
    else:
        form = replace(_filled(found, draft, key, errors=errors), was_told=refusal.is_nudge)
        response = _form_page(request, found, form, status=status)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _changed(
    request: HttpRequest, found: Address, draft: Draft, key: str, changed: ChangedMeanwhile
) -> HttpResponse:
    """Show what changed while the reader wrote; the words stay in the form, ready to be sent."""
    errors = errors_by_field(changed.errors)
    changes = change_views(changed.changes)
    if wants_json(request):
        html = get_template("paper/changed.html").render({"changed": changes})
        answer = {
            "errors": errors,
            "changed": html,
            "seen_version": changed.version,
            "seen_edition": changed.edition,
        }
        return private(JsonResponse(answer, status=409))
    seen = replace(draft, seen_version=changed.version, seen_edition=changed.edition)
    form = replace(_filled(found, seen, key, errors=errors), changed=changes)
    return _form_page(request, found, form, status=409)


def _filled(
    found: Address, draft: Draft, key: str, *, errors: dict[str, str], preview: str = ""
) -> CommentForm:
    """Return the form with all that was typed still in it."""
    return CommentForm(
        action=f"{found.path}comment/",
        text=draft.text,
        name=draft.name,
        email=draft.email,
        disclosure=draft.disclosure,
        parent_id=draft.parent_id,
        key=key or new_key(),
        errors=errors,
        # Made safe by broadsheet.discussion.markdown.
        preview=mark_safe(preview),
        pointer=_as_sent(found, draft.pointer),
        seen_version=draft.seen_version,
        seen_edition=draft.seen_edition,
        links_quotations=draft.links_quotations,
        is_question=draft.is_question,
    )


def _as_sent(found: Address, pointer: Pointer | None) -> PointedWords | None:
    if pointer is None:
        return None
    start = "" if pointer.start is None else str(pointer.start)
    return with_paragraph(
        found.document, PointedWords(pointer.edition, pointer.exact, start, pointer.block)
    )


def _form_page(
    request: HttpRequest, found: Address, form: CommentForm, *, status: int = 200
) -> HttpResponse:
    around = frame()
    account, author = writer_of(request)
    if account:
        writer = author.name if author else account.name
        form = replace(form, writer=writer, token=get_token(request))
    parent = _shown(found, form.parent_id, around)
    thread = Thread.objects.filter(pk=found.document_id).first()
    context = {
        "form": form,
        "parent": parent,
        "open": openness_of(
            thread,
            clock.now(),
            around.zone,
            root_number=parent.placed.comment.root_number if parent else None,
        ),
        "edition": found.document.edition,
        "path": found.path,
    }
    return private_page("paper/write.html", context, around=around, path=form.action, status=status)


def _shown(found: Address, comment_id: int | None, around: Frame) -> CommentView | None:
    """Return a comment as it stands in the thread."""
    if comment_id is None:
        return None
    comment = one_comment(found.document, comment_id)
    if comment is None or found.document.edition is None:
        return None
    return single_view(found.document, comment, path=found.path, zone=around.zone)


def _posted(comment: Comment, found: Address) -> JsonResponse:
    """Return the new comment as it stands in the thread, for the script to put in place."""
    view = _shown(found, comment.pk, frame())
    assert view is not None
    answer: dict[str, Any] = {
        "id": comment.pk,
        "level": view.placed.level,
        "parent": comment.parent_id,
        "html": get_template("paper/comment.html").render({"comment": view}),
        "url": spot_path(found.path, spot_of(comment, lasting=True), comment.pk),
        "count": comment_counts([comment.document_id]).get(comment.document_id, 0),
    }
    return private(JsonResponse(answer, status=201))


@require_safe
def permalink(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to a comment in its thread."""
    comment = get_object_or_404(Comment, pk=pk)
    path = current_path(comment.document_id)
    if path is None:
        raise Http404("the story of this comment is not published")
    return HttpResponseRedirect(spot_path(path, spot_of(comment), comment.pk))
