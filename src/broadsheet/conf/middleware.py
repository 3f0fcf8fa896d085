"""Security headers: one strict policy for the paper, a weaker one for Wagtail's admin."""

from __future__ import annotations

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

DESK_PREFIX = "/desk/"


class PolicyMiddleware(CSPMiddleware):
    """Send a Content-Security-Policy with every response, chosen by what the address belongs to."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path.startswith(DESK_PREFIX):
            response._csp_config = settings.DESK_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
            # The desk shows its previews of the paper in a frame of its own.
            response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()"
        )
        return super().process_response(request, response)
