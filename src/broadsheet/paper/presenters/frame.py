"""What stands around every page: name, sections, foot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import get_template

from broadsheet.press.kept import kept
from broadsheet.record.keys import FRAME
from broadsheet.record.models import Publication, Section
from broadsheet.record.queries import publication, sections


@dataclass(frozen=True)
class Frame:
    """The publication as each page needs it."""

    publication: Publication
    sections: Sequence[Section]
    origin: str

    @property
    def zone(self) -> dt.tzinfo:
        return self.publication.zone

    @property
    def locale(self) -> str:
        """The language as Open Graph writes it: ``en_GB``."""
        return self.publication.language.replace("-", "_")


def frame() -> Frame:
    """Return the frame, loaded by two statements when it was changed."""
    return kept(FRAME, lambda: Frame(publication(), list(sections()), settings.ORIGIN))


def page(
    template: str,
    context: Mapping[str, Any],
    *,
    around: Frame,
    path: str,
    status: int = 200,
    content_type: str = "text/html; charset=utf-8",
) -> HttpResponse:
    """Render a public page: the same bytes for everybody, so no request reaches the template.

    Caches may keep it and ask whether it is still true (its ETag) before they show it.
    """
    own = {"frame": around, "url": around.origin + path, "at_path": path}
    body = get_template(template).render({**context, **own})
    response = HttpResponse(body, status=status, content_type=content_type)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def private_page(
    template: str,
    context: Mapping[str, Any],
    *,
    around: Frame,
    path: str,
    status: int = 200,
) -> HttpResponse:
    """Render a page for one reader; no cache may keep it and no search engine list it."""
    response = page(template, context, around=around, path=path, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
