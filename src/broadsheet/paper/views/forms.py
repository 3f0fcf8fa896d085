"""What the forms of readers have in common: where they came from, and what they point at."""

from __future__ import annotations

import re
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware

from broadsheet import clock
from broadsheet.paper.presenters.form import PointedWords
from broadsheet.record.models import Document, Edition
from broadsheet.record.placements import MAX_PASSAGE, Pointer

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NOWHERE = 10**18
"""A place that no text has: 0, which is none of an id, is the first of a text."""
FROM_ELSEWHERE = "This form came from another page. Please look it over and send it again."


def form_key(data: QueryDict) -> str:
    """Return the key that a form carried; empty for what is none."""
    key = data.get("key", "")
    return key if _KEY.fullmatch(key) else ""


def is_from_here(request: HttpRequest, *, by_session: bool) -> bool:
    """Say whether the post may count as its writer's own will.

    Browsers say where a form was sent from (``Sec-Fetch-Site``, ``Origin``). Whoever says elsewhere
    is refused; who says nothing needs a CSRF token if a session is to speak for them.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    if origin is not None:
        return origin.partition("://")[2] == request.get_host()
    return not by_session or _has_token(request)


def _has_token(request: HttpRequest) -> bool:
    checker = CsrfViewMiddleware(lambda _: HttpResponse())
    checker.process_request(request)
    return checker.process_view(request, _protected, (), {}) is None


def _protected(request: HttpRequest) -> HttpResponse:
    """A view that is not exempt, for the check of a token."""
    return HttpResponse()


def private(response: JsonResponse) -> JsonResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def number_of(value: str | None) -> int | None:
    """Return a comment's id from a form or an address; 0, which no comment has, for what is none."""
    return _number(value, for_none=0)


def _number(value: str | None, *, for_none: int) -> int | None:
    if not value:
        return None
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else for_none


def new_key() -> str:
    return clock.random_bytes(18).hex()


def pointer_of(data: QueryDict) -> Pointer | None:
    """Return the words that a form points at; ``None`` when it points at none.

    What cannot be a number is one that no edition or place has, so it is refused with the rest.
    """
    if "edition" not in data or not data.get("exact", "").strip():
        return None
    return Pointer(
        edition=number_of(data.get("edition")) or 0,
        exact=data.get("exact", ""),
        start=_number(data.get("start"), for_none=_NOWHERE),
        block=data.get("block", "")[:200],
    )


def pointed(document: Document, data: QueryDict) -> PointedWords | None:
    """Return what an address points at (``?edition=2&block=…``), for a form to begin with.

    A paragraph alone means all of it, if that is not too long for a passage.
    """
    number = number_of(data.get("edition"))
    if number is None:
        return None
    words = PointedWords(
        edition=number,
        exact=data.get("exact", "")[: 4 * MAX_PASSAGE],
        start=data.get("start", "") if number_of(data.get("start")) is not None else "",
        block=data.get("block", "")[:200],
    )
    words = with_paragraph(document, words)
    if not words.exact and words.paragraph:
        words = replace(words, exact=words.paragraph if len(words.paragraph) <= MAX_PASSAGE else "")
    return words if words.exact or words.paragraph else None


def with_paragraph(document: Document, words: PointedWords) -> PointedWords:
    """Add the text of the paragraph that is named, for readers to take their words from."""
    if not words.block:
        return words
    edition = Edition.objects.filter(document=document, number=words.edition).first()
    if edition is None:
        return words
    for span in edition.content.canonical().blocks:
        if span.id == words.block:
            return replace(words, paragraph=edition.canonical_text[span.start : span.end])
    return words
