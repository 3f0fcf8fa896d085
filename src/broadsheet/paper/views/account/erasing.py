"""Erasing an account: asked for plainly, proved once more, done at once."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.paper.views.account.common import REFUSED, account_page, proved, redirect
from broadsheet.readers.actions import ErasureRefused, erase_account
from broadsheet.readers.models import Account


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def erase(request: HttpRequest, account: Account) -> HttpResponse:
    """Say what goes and what may stay; with the box ticked, do it."""
    choice = request.POST.get("words", "")
    error = ""
    if request.method == "POST":
        if choice not in ("keep", "take"):
            error = "Please choose what becomes of what you wrote."
        elif "sure" not in request.POST:
            error = "Please tick the box: this cannot be taken back."
        else:
            try:
                erase_account(account=account, keeps_words=choice == "keep")
            except ErasureRefused as refusal:
                error = str(refusal)
            else:
                logout(request)
                return redirect("/account/erased/")
    context = {"account": account, "choice": choice, "error": error}
    return account_page(request, "erase", context, status=REFUSED if error else 200)


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    return account_page(request, "erased", {})
