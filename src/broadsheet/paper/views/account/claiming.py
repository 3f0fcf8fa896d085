"""Taking comments as one's own that were written before there was an account."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from broadsheet.discussion.claims import ClaimRefused, ask_for_name, claim_comments
from broadsheet.paper.views.account.account import done, show
from broadsheet.paper.views.account.common import signed_in
from broadsheet.paper.views.forms import number_of
from broadsheet.readers.models import Account

_ADDRESS = re.compile(r"(?:.*/c/|.*#c-)?(\d{1,18})/?\s*")
MAX_ADDRESS = 500
"""Characters of the address of a comment, as it is copied from a page."""


@require_POST
@signed_in
def comments(request: HttpRequest, account: Account) -> HttpResponse:
    """Take the chosen comments that were written with the account's confirmed address."""
    chosen = [number_of(each) or 0 for each in request.POST.getlist("comment")]
    try:
        claim_comments(account=account, comment_ids=chosen)
    except ClaimRefused as refusal:
        return show(request, account, errors={"claim": str(refusal)})
    return done("claimed", "claims")


@require_POST
@signed_in
def name(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask the editors for the name of an imported comment."""
    address = request.POST.get("address", "")
    reason = request.POST.get("reason", "")
    found = _ADDRESS.fullmatch(address[:MAX_ADDRESS])
    try:
        ask_for_name(account=account, comment_id=int(found.group(1)) if found else 0, reason=reason)
    except ClaimRefused as refusal:
        values = {"address": address[:MAX_ADDRESS], "reason": reason[:4000]}
        return show(request, account, errors={"name_claim": str(refusal)}, values=values)
    return done("asked", "claims")
