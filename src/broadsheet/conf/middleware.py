"""Security headers, one strict policy for the paper and a weaker one for the desk; compression."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from broadsheet.conf.headers import PERMISSIONS

DESK_PREFIX = "/desk/"


READ_AS = {"utf-8", "utf8", "us-ascii"}
"""The encodings in which forms are taken, as browsers name them."""
MAX_LOOKED_FOR = 4096
"""Characters of one value in the query of an address of the desk."""


class EncodingMiddleware:
    """Take what is sent in UTF-8 alone, and at the desk no search for what no text has, or without end.

    Django reads addresses and forms in whatever encoding a request names, and Python knows some that
    make of plain bytes what no database can hold (UTF-7), or that are none of text at all. Wagtail hands
    on what somebody looks for as it is; PostgreSQL takes no text with the character NUL, and SQLite none
    of more than 50,000 bytes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        named = (request.content_params or {}).get("charset", "utf-8")
        if named.strip("\"' ").lower() not in READ_AS:
            raise BadRequest("Forms are taken in UTF-8 alone.")
        if request.path.startswith(DESK_PREFIX):
            for name, values in request.GET.lists():
                if any("\0" in each for each in (name, *values)):
                    raise BadRequest("Nothing can be looked for with the character NUL.")
                if any(len(each) > MAX_LOOKED_FOR for each in values):
                    raise BadRequest(
                        f"Nothing longer than {MAX_LOOKED_FOR} characters can be looked for."
                    )
        return self.get_response(request)


class StableGZipMiddleware(GZipMiddleware):
    """Compress without random padding: public pages are the same bytes for everybody.

    The padding hides the length of secrets (BREACH); public pages have none, and Django masks the one
    that the desk's forms carry anew in each answer.
    """

    max_random_bytes = 0


class PolicyMiddleware(CSPMiddleware):
    """Send a Content-Security-Policy with every response, chosen by what the address belongs to."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if request.path.startswith(DESK_PREFIX):
            response._csp_config = settings.DESK_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        elif not settings.DEBUG:
            # Always the same words: put together anew they cost more than the rest of some answers.
            response.headers.setdefault(HEADER, _paper_policy())
            return response
        return super().process_response(request, response)


@cache
def _paper_policy() -> str:
    return build_policy()
