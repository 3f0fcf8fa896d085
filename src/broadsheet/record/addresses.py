"""Addresses of the paper: human-readable, stable, lower case.

A story stands at ``/2011/02/slug/`` (year and month of its first publication in the publication's
time zone), a section at ``/slug/``; names that the paper or the desk use themselves are reserved.
"""

from __future__ import annotations

import datetime as dt
import re

from django.core.exceptions import ValidationError
from django.utils.text import slugify

RESERVED = frozenset(
    {
        *("a", "account", "admin", "ap", "api", "at", "by", "c", "changes", "comment"),
        *("corrections", "desk", "discussion", "documents", "embed", "feed", "follow", "id"),
        *("inbox", "login", "logout", "me"),
        *(
            "media",
            "moderation",
            "news-sitemap",
            "oembed",
            "proposal",
            "reader",
            "robots",
            "search",
            "sitemap",
            "static",
            "stop",
        ),
        *("story", "storyline", "tg", "topic", "u", "v", "webmention", "well-known"),
    }
)
"""First parts of a path that a section may not take."""

MAX_SLUG = 80
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,255}")
"""What a story's slug is made of."""
_YEAR = re.compile(r"\d{4}")


def check_section_slug(slug: str) -> None:
    """Refuse a section's slug that would hide another page of the paper."""
    if slug in RESERVED or _YEAR.fullmatch(slug):
        raise ValidationError(f"“{slug}” is used by the paper itself; choose another address.")


def story_path(*, slug: str, first_published_at: dt.datetime, zone: dt.tzinfo) -> str:
    """Return the path of a story, with both slashes: ``/2011/02/slug/``."""
    local = first_published_at.astimezone(zone)
    return f"/{local.year:04d}/{local.month:02d}/{slug}/"


def slug_for(headline: str) -> str:
    """Make a slug from a headline, cut at a word; ``story`` where nothing is left of it.

    >>> slug_for("Ballmer talks up Nokia")
    'ballmer-talks-up-nokia'
    """
    slug = slugify(headline)
    if len(slug) > MAX_SLUG:
        slug = slug[: MAX_SLUG + 1].rpartition("-")[0] or slug[:MAX_SLUG]
    return slug or "story"
