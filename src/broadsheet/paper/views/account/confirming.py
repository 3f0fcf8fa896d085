"""The page that a guest's mail leads to: it shows the comment, and its button publishes it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from broadsheet.discussion.actions import CommentRefused
from broadsheet.discussion.markdown import comment_html
from broadsheet.discussion.models import Comment
from broadsheet.discussion.pages import spot_of
from broadsheet.moderation.guests import confirm, held_of_ticket, proof_of
from broadsheet.paper.presenters.thread import spot_path
from broadsheet.paper.views.account.common import (
    account_page,
    redirect,
    take_for_try,
    too_many,
)
from broadsheet.readers import tickets
from broadsheet.readers.enums import Purpose
from broadsheet.readers.limits import TooMany
from broadsheet.readers.tickets import TicketInvalid
from broadsheet.record.queries import current_path

KEPT_FOR = 365 * 24 * 3600
"""Seconds in which a guest need not confirm the same address with the same browser again."""
GONE = "This comment does not wait any more: it was published or taken back."


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is about to be published; programs that open links of mails do no more than that."""
    try:
        if request.method == "POST":
            take_for_try(request)
        ticket = tickets.find_by_token(token, Purpose.COMMENT)
        if request.method == "POST":
            return _publish(request, ticket)
        held = held_of_ticket(ticket)
    except TooMany as refusal:
        return too_many(request, refusal)
    except (TicketInvalid, CommentRefused) as error:
        return account_page(request, "confirm", {"error": str(error)}, status=410)
    if held is None:
        return account_page(request, "confirm", {"error": GONE}, status=410)
    # Made safe by broadsheet.discussion.markdown.
    context = {"held": held, "said": mark_safe(comment_html(held.text))}
    return account_page(request, "confirm", context)


def _publish(request: HttpRequest, ticket: tickets.Ticket) -> HttpResponse:
    outcome = confirm(ticket)
    if outcome is None:
        return account_page(request, "confirm", {"error": GONE}, status=410)
    if isinstance(outcome, Comment):
        path = current_path(outcome.document_id) or "/"
        seen = outcome.document.head_sequence
        response = redirect(spot_path(path, spot_of(outcome, lasting=True), outcome.pk, seen=seen))
    else:
        response = account_page(request, "confirm", {"still_waits": True})
    response.set_cookie(
        settings.CONFIRMED_COOKIE_NAME,
        proof_of(ticket.email),
        max_age=KEPT_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
