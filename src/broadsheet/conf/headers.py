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
    return headers | {name.decode(): value.decode() for name, value in transport_headers()}


def transport_headers() -> list[tuple[bytes, bytes]]:
    """Return what every answer of a site says whose address is https: that it has no other."""
    if not settings.IS_HTTPS:
        return []
    lasts = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
    return [(b"strict-transport-security", lasts.encode())]
