"""Showing once more who one is, before something that cannot be taken back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from broadsheet.paper.views.account.common import (
    REFUSED,
    account_page,
    next_of,
    redirect,
    signed_in,
    take_for_letter,
    take_for_try,
    too_many,
)
from broadsheet.paper.views.account.passkeys import has_passkey
from broadsheet.readers import letters, tickets
from broadsheet.readers.enums import Purpose
from broadsheet.readers.limits import TooMany
from broadsheet.readers.models import Account, Ticket
from broadsheet.readers.proof import note_proof
from broadsheet.readers.tickets import TicketInvalid

TICKET = "proof_ticket"
"""Where the session has the number of the ticket that this browser asked for."""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def proof(request: HttpRequest, account: Account) -> HttpResponse:
    """Send a code to the account's address (``do=send``) and take it (``do=check``)."""
    next_path = next_of(request) or reverse("account")
    try:
        if request.method == "POST" and request.POST.get("do") == "send":
            return _send(request, account, next_path)
        if request.method == "POST":
            return _check(request, account, next_path)
    except TooMany as refusal:
        return too_many(request, refusal)
    except TicketInvalid as error:
        return _page(request, account, next_path, error=str(error), status=REFUSED)
    return _page(request, account, next_path)


def _page(
    request: HttpRequest, account: Account, next_path: str, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "account": account,
        "next": next_path,
        "error": error,
        "is_sent": TICKET in request.session,
        "has_passkey": has_passkey(account),
    }
    return account_page(request, "proof", context, status=status)


def _send(request: HttpRequest, account: Account, next_path: str) -> HttpResponse:
    take_for_letter(request, account.email)
    ticket = letters.send_ticket(purpose=Purpose.PROOF, email=account.email, account=account)
    request.session[TICKET] = ticket.pk
    return _page(request, account, next_path)


def _check(request: HttpRequest, account: Account, next_path: str) -> HttpResponse:
    take_for_try(request)
    ticket = Ticket.objects.filter(
        pk=request.session.get(TICKET, 0), purpose=Purpose.PROOF, account=account
    ).first()
    if ticket is None:
        raise TicketInvalid("Please ask for a code first.")
    tickets.try_code(ticket, request.POST.get("code", ""))
    tickets.use_up(ticket)
    del request.session[TICKET]
    note_proof(request)
    return redirect(next_path)
