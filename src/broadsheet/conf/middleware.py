"""Security headers, one strict policy for the paper and a weaker one for the desk; compression."""

from __future__ import annotations

from functools import cache

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

DESK_PREFIX = "/desk/"


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
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()"
        )
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
