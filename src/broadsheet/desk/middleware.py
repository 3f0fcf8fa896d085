"""Say in words why the desk refused something, wherever in Wagtail it was asked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from broadsheet.desk.deletion import PublishedStoryIsKept
from broadsheet.record.actions import AddressTaken, EditionRefused

REFUSALS = (EditionRefused, AddressTaken, PublishedStoryIsKept)


class RefusalMiddleware:
    """Turn a refusal that no form could foresee into a message; the transaction is undone by then."""

    def __init__(self, get_response):  # type: ignore[no-untyped-def]
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, REFUSALS) or not request.path.startswith("/desk/"):
            return None
        messages.error(request, str(error))
        back = request.headers.get("Referer", "")
        if request.method == "POST" and back.startswith(
            f"{request.scheme}://{request.get_host()}/"
        ):
            return redirect(back)
        return redirect("wagtailadmin_home")
