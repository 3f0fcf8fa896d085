"""Following a story, a storyline or an author, confirming that one wants to, and stopping with one click."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from broadsheet.discussion.digests import wish_to_follow
from broadsheet.discussion.follows import (
    FollowRefused,
    Target,
    confirm_follow,
    follow,
    follow_of,
    stop_mail,
    unfollow,
)
from broadsheet.paper.presenters.frame import frame, private_page
from broadsheet.paper.views.asking import HOW_OFTEN, asked_address, bound
from broadsheet.paper.views.forms import FROM_ELSEWHERE, is_from_here
from broadsheet.paper.views.me import writer_of
from broadsheet.readers.mail import read_stop_token
from broadsheet.record.models import Author, Document, Storyline
from broadsheet.record.queries import current_path

DONE = {
    "follow": "You follow this now.",
    "unfollow": "You do not follow this any more.",
    "ask-to-follow": (
        "If this address is not confirmed yet, a mail is on its way to it. Open it and press the"
        " button; then you will be told."
    ),
}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a story, or stop to."""
    document = get_object_or_404(Document.objects.select_related("edition"), pk=pk)
    path = current_path(pk)
    if path is None or document.edition is None:
        raise Http404("this story is not published")
    return _page(
        request,
        Target(document=document),
        here=f"/follow/story/{pk}/",
        what=document.edition.headline,
        back=path,
        told="new comments, corrections, and whether it is confirmed, denied or withdrawn",
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def storyline(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a storyline, or stop to."""
    chosen = get_object_or_404(Storyline, pk=pk)
    return _page(
        request,
        Target(storyline=chosen),
        here=f"/follow/storyline/{pk}/",
        what=chosen.headline,
        back=chosen.path,
        told="stories that it goes on with, and of what is confirmed or denied in them",
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow an author, or stop to."""
    chosen = get_object_or_404(Author, slug=slug)
    return _page(
        request,
        Target(author=chosen),
        here=f"/follow/author/{slug}/",
        what=chosen.name,
        back=f"/by/{slug}/",
        told="new stories",
    )


def _page(
    request: HttpRequest, target: Target, *, here: str, what: str, back: str, told: str
) -> HttpResponse:
    account, _ = writer_of(request)
    problem: dict[str, str] = {}
    if request.method == "POST":
        try:
            if not is_from_here(request, by_session=account is not None):
                raise FollowRefused(FROM_ELSEWHERE)
            wanted = request.POST.get("do", "")
            if wanted == "ask-to-follow":
                bound(request, email=asked_address(request.POST))
                wish_to_follow(
                    email=request.POST.get("email", ""),
                    target=target,
                    digest=request.POST.get("digest", ""),
                )
            elif account is None:
                raise FollowRefused("Please give an e-mail address, or sign in.")
            elif wanted == "unfollow":
                if found := follow_of(account, target):
                    unfollow(account=account, follow_id=found.pk)
            else:
                wanted = "follow"
                follow(account=account, target=target)
            response = HttpResponseRedirect(f"{here}?done={wanted}", status=303)
            response.headers["Cache-Control"] = "private, no-store"
            return response
        except FollowRefused as refusal:
            problem = {"follow": str(refusal)}
    context: dict[str, Any] = {
        "what": what,
        "back": back,
        "told": told,
        "action": here,
        "is_story": target.document is not None,
        "is_storyline": target.storyline is not None,
        "account": account,
        "follow": follow_of(account, target) if account else None,
        "how_often": HOW_OFTEN,
        "given": request.POST,
        "problem": problem,
        "done": DONE.get(request.GET.get("done", ""), ""),
        "token": get_token(request) if account else "",
    }
    return private_page(
        "paper/follow.html", context, around=frame(), path=here, status=422 if problem else 200
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Let a guest say by a button that it was them; opening the page does nothing."""
    here = f"/follow/confirm/{pk}/{key}/"
    state = "asked"
    if request.method == "POST":
        # Nothing speaks for the reader but the key of the mail, so there is nothing to forge.
        state = "confirmed" if confirm_follow(follow_id=pk, key=key) else "unknown"
    return private_page(
        "paper/follow_confirm.html",
        {"state": state, "action": here},
        around=frame(),
        path=here,
        status=404 if state == "unknown" else 200,
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails that a link came with: at once for a mail program (RFC 8058), by a button for
    who opens the page."""
    stopped = read_stop_token(token)
    if stopped is None:
        raise Http404("this link is not one of ours")
    state = "asked"
    if request.method == "POST":
        stop_mail(*stopped)
        state = "stopped"
    return private_page(
        "paper/stop.html",
        {"state": state, "action": f"/stop/{token}/", "is_account": stopped[0] == "account"},
        around=frame(),
        path=f"/stop/{token}/",
    )
