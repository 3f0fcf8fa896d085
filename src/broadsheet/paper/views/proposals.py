"""Proposing a correction, with and without scripts, and what came of one."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.template.loader import get_template
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from broadsheet.corrections.actions import (
    DecisionRefused,
    Made,
    ProposalDecided,
    located,
    may_withdraw,
    withdraw,
)
from broadsheet.corrections.drafts import ProposalDraft, checked_replacement
from broadsheet.corrections.models import Proposal
from broadsheet.discussion.actions import CommentRefused
from broadsheet.moderation.submission import RefusedByRule, submit_proposal
from broadsheet.paper.presenters.form import PointedWords, ProposalForm, errors_by_field
from broadsheet.paper.presenters.frame import frame, page, private_page
from broadsheet.paper.presenters.passages import in_context
from broadsheet.paper.presenters.proposals import proposal_view
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
from broadsheet.paper.views.story import find_address, moved
from broadsheet.passages import align, difference
from broadsheet.record.models import Address
from broadsheet.record.placements import Pointer
from broadsheet.record.queries import current_path


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def propose_correction(request: HttpRequest, path: str) -> HttpResponse:
    """Show the form (``?edition=2&block=…``, or the words themselves), show a preview, or propose."""
    found = find_address(path)
    if redirect := moved(found, below="propose/"):
        if request.method == "POST":
            # Keeps method and form: the words must not be lost on the way.
            redirect.status_code = 308
        return redirect
    if request.method == "POST":
        return _post(request, found)
    edition = found.document.edition
    if edition is None:
        raise Http404("this story is not published")
    words = pointed(found.document, request.GET) or PointedWords(edition.number)
    form = ProposalForm(
        action=f"{found.path}propose/", pointer=words, replacement=words.exact, key=new_key()
    )
    return _form_page(request, found, form)


def _post(request: HttpRequest, found: Address) -> HttpResponse:
    data = request.POST
    account, author = writer_of(request)
    pointer = pointer_of(data) or Pointer(number_of(data.get("edition")) or 0, "")
    draft = ProposalDraft(
        pointer=pointer,
        replacement=data.get("replacement", ""),
        reason=data.get("reason", ""),
        source_url=data.get("source_url", ""),
        is_typographical="is_typographical" in data,
        name=data.get("name", ""),
        email=data.get("email", ""),
        wants_credit="wants_credit" in data,
    )
    key = form_key(data)
    if not is_from_here(request, by_session=account is not None):
        return _refused(request, found, draft, key, {"reason": FROM_ELSEWHERE}, status=403)
    try:
        if data.get("do") == "preview":
            return _preview(request, found, draft, key)
        made = submit_proposal(
            document_id=found.document_id,
            draft=draft,
            account=account,
            author=author,
            submission_key=key,
            sender=sender_of(request, Guest.known(request) if account is None else None),
        )
    except RefusedByRule as refusal:
        errors = errors_by_field(refusal.errors)
        wait = refusal.retry_after
        response = _refused(request, found, draft, key, errors, status=422 if wait is None else 429)
        if wait is not None:
            response.headers["Retry-After"] = str(wait)
        return response
    except CommentRefused as refusal:
        return _refused(request, found, draft, key, errors_by_field(refusal.errors), status=422)
    address = _address(made)
    if wants_json(request):
        return private(JsonResponse({"url": address}, status=201))
    return HttpResponseRedirect(address, status=303)


def _address(made: Made) -> str:
    """Lead to the proposal's own page; with the key that lets its writer withdraw it."""
    key = f"?key={made.key}" if made.key else ""
    return f"/proposal/{made.proposal.pk}/{key}"


def _preview(request: HttpRequest, found: Address, draft: ProposalDraft, key: str) -> HttpResponse:
    edition, start, end = located(found.document, draft.pointer)
    before = edition.canonical_text[start:end]
    after = checked_replacement(draft.replacement)
    change = difference(align(before, after), before, after)
    if wants_json(request):
        html = get_template("paper/difference_words.html").render({"change": change})
        return private(JsonResponse({"html": html}))
    return _form_page(request, found, replace(_filled(found, draft, key, {}), preview=change))


def _refused(
    request: HttpRequest,
    found: Address,
    draft: ProposalDraft,
    key: str,
    errors: dict[str, str],
    *,
    status: int,
) -> HttpResponse:
    if wants_json(request):
        return private(JsonResponse({"errors": errors}, status=status))
    return _form_page(request, found, _filled(found, draft, key, errors), status=status)


def _filled(found: Address, draft: ProposalDraft, key: str, errors: dict[str, str]) -> ProposalForm:
    """Return the form with all that was typed still in it."""
    pointer = draft.pointer
    start = "" if pointer.start is None else str(pointer.start)
    words = PointedWords(pointer.edition, pointer.exact, start, pointer.block)
    return ProposalForm(
        action=f"{found.path}propose/",
        pointer=with_paragraph(found.document, words),
        replacement=draft.replacement,
        reason=draft.reason,
        source_url=draft.source_url,
        is_typographical=draft.is_typographical,
        wants_credit=draft.wants_credit,
        name=draft.name,
        email=draft.email,
        key=key or new_key(),
        errors=errors,
    )


def _form_page(
    request: HttpRequest, found: Address, form: ProposalForm, *, status: int = 200
) -> HttpResponse:
    account, author = writer_of(request)
    if account:
        writer = author.name if author else account.name
        form = replace(form, writer=writer, token=get_token(request))
    context = {
        "form": form,
        "edition": found.document.edition,
        "path": found.path,
        "withdrawn": found.document.withdrawn_at,
    }
    return private_page(
        "paper/propose.html", context, around=frame(), path=form.action, status=status
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a proposal and what was decided; who made it can withdraw it here.

    The page is public, but for what the key in the address or a session adds to it.
    """
    chosen = get_object_or_404(
        Proposal.objects.select_related("passage__edition", "edition", "document__edition"), pk=pk
    )
    path = current_path(chosen.document_id)
    if path is None:
        raise Http404("the story of this proposal is not published")
    account, _ = writer_of(request)
    key = request.GET.get("key", "") or request.POST.get("key", "")
    problem = ""
    if request.method == "POST":
        # A key that opens something is proof enough; any other leaves it to the session, and then
        # whoever made the form must have been us.
        if not is_from_here(request, by_session=not may_withdraw(chosen, key=key)):
            problem = FROM_ELSEWHERE
        else:
            try:
                withdraw(proposal_id=pk, key=key, account=account)
                return HttpResponseRedirect(f"/proposal/{pk}/", status=303)
            except (DecisionRefused, ProposalDecided) as refusal:
                problem = str(refusal)
    around = frame()
    is_own = may_withdraw(chosen, key=key, account=account)
    if chosen.comment_id is None and chosen.edition_id is None and not is_own:
        raise Http404("a typographical proposal is between its writer and the desk")
    passage = chosen.passage
    context = {
        "view": proposal_view(chosen, zone=around.zone, path=path),
        "context": in_context(passage.edition, passage.start, passage.end),
        "headline": passage.edition.headline,
        "path": path,
        "problem": problem,
        "may_withdraw": chosen.is_open and is_own,
        "is_own": is_own,
        "key": key if is_own else "",
        "token": get_token(request) if account and is_own else "",
    }
    show = private_page if account or key or problem else page
    response = show(
        "paper/proposal.html",
        context,
        around=around,
        path=f"/proposal/{pk}/",
        status=422 if problem else 200,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response
