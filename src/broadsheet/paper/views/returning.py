"""Leading a reader back to where they were, and never to anywhere else."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from django.utils.http import url_has_allowed_host_and_scheme

MAX_PATH = 1024
"""Characters; the longest address of ours with its query has a third of it."""


def safe_path(given: str) -> str:
    """Return a path of ours, with query and fragment, or nothing.

    What browsers read otherwise than it looks is refused: backslashes count as slashes for them, tabs
    and line ends are left out, and two slashes begin a host.
    """
    if not given.startswith("/") or len(given) > MAX_PATH or "\\" in given:
        return ""
    if any(unicodedata.category(character)[0] in "CZ" for character in given):
        return ""
    try:
        parts = urlsplit(given)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or parts.path.startswith("//"):
        return ""
    return given if url_has_allowed_host_and_scheme(given, allowed_hosts=set()) else ""
