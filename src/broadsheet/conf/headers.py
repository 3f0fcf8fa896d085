"""Headers of answers that Django does not make: files, and refusals in front of it."""

from __future__ import annotations

from functools import cache

from django.conf import settings

PERMISSIONS = "camera=(), geolocation=(), microphone=(), browsing-topics=()"
"""What no page of ours asks a browser for."""


@cache
def plain_headers() -> dict[str, str]:
    """Return what keeps an answer that is no page from being taken for one, or put into one."""
    headers = {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Permissions-Policy": PERMISSIONS,
    }
    if settings.IS_HTTPS:
        lasts = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
        headers["Strict-Transport-Security"] = lasts
    return headers
