"""Pages held ready: each in the encodings that were asked for, within a bound of memory."""

from __future__ import annotations

import gzip
import hashlib
import math
import re
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

import brotli

from broadsheet.press.counters import EVERYTHING, Snapshot, place

Headers = list[tuple[bytes, bytes]]

CACHE_CONTROL = b"public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=86400"
"""For caches between us and readers: a second, another one while they ask again; so that no reader
sees what is older than two seconds. A day if we are down. Browsers always ask."""
BROTLI_QUALITY = 5
"""Of 11: nearly the size of the highest at a fiftieth of its time."""
GZIP_LEVEL = 6
USUAL_ENCODING = "br"
"""What all browsers of today ask for."""
_QUALITY = re.compile(r"[01](?:\.[0-9]{0,3})?")
_MAX_ACCEPTED = 256
"""Bytes of ``Accept-Encoding``: a longer one is kept by nobody, and answered as it is."""
SMALLEST = 256
"""Bytes below which compressing gains nothing."""
_TEXT = (
    b"text/",
    b"application/json",
    b"application/ld+json",
    b"application/rss+xml",
    b"application/atom+xml",
    b"application/link-format",
    b"image/svg+xml",
)
_REPLACED = frozenset({b"content-length", b"content-encoding", b"etag", b"vary", b"cache-control"})
_TOLD_AGAIN = frozenset({b"content-location", b"expires"})
"""What a 304 tells besides what is replaced (RFC 9110, section 15.4.5); the server adds the date."""
_PAGE_COST = 4096
"""Bytes that a page takes beside its bodies, roughly."""


class Answer:
    """One answer, ready to be sent by ASGI messages or as the bytes that go on the wire."""

    __slots__ = ("body", "fields", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.fields = b"".join([name + b": " + value + b"\r\n" for name, value in headers])


class Page:
    """A page, and the marks of what it was made from, read before it was made."""

    __slots__ = (
        "answers",
        "body",
        "compresses",
        "etag",
        "failed_at",
        "headers",
        "key",
        "keys",
        "latest",
        "made_at",
        "marks",
        "not_modified",
        "places",
        "sequence",
        "size",
        "status",
        "tag",
        "took",
        "true_at",
        "varies_in_time",
        "withdrawals",
    )

    def __init__(
        self,
        *,
        key: str,
        status: int,
        headers: Headers,
        body: bytes,
        keys: Sequence[str],
        sequence: int,
        marks: Snapshot,
        made_at: float,
        took: float = 0.0,
    ) -> None:
        self.key = key
        self.keys = tuple(keys)
        self.places = tuple(place(name) for name in (EVERYTHING, *keys))
        self.latest = marks.latest
        self.marks = marks.read(self.places)
        self.withdrawals = marks.read_withdrawals(self.places)
        self.sequence = sequence
        self.made_at = self.true_at = made_at
        self.took = took
        """Seconds that it took to make it."""
        self.failed_at = -math.inf
        """When it could last not be made again."""
        self.status = status
        self.body = body
        self.tag = b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
        self.etag = b"W/" + self.tag
        media = dict(headers).get(b"content-type", b"")
        self.compresses = len(body) >= SMALLEST and media.startswith(_TEXT)
        varies = [b"Accept-Encoding"]
        for name, value in headers:
            if name == b"vary":
                varies += [
                    each.strip()
                    for each in value.split(b",")
                    if each.strip().lower() != b"accept-encoding"
                ]
        self.varies_in_time = b"accept-datetime" in [each.lower() for each in varies]
        # A view that says how long a page may be kept, as none that changes does, is believed.
        given = dict(headers).get(b"cache-control", b"")
        caching: Headers = [
            (b"cache-control", given if b"max-age" in given else CACHE_CONTROL),
            (b"etag", self.etag),
            (b"vary", b", ".join(varies)),
        ]
        self.headers = [
            *((name, value) for name, value in headers if name not in _REPLACED),
            *caching,
            (b"accept-ranges", b"none"),
            (b"surrogate-key", " ".join(keys).encode()),
        ]
        told = [(name, value) for name, value in headers if name in _TOLD_AGAIN]
        self.not_modified = Answer(304, [*told, *caching], b"")
        self.answers: dict[str, Answer] = {}
        self.size = len(body) + _PAGE_COST

    def answer(self, encoding: str) -> Answer:
        """Return the page in an encoding, made once."""
        found = self.answers.get(encoding)
        if found is None:
            found = self.add(encoding, self.encoded(encoding))
        return found

    def encoded(self, encoding: str) -> bytes:
        """Return the body in an encoding. This is what takes time, and it changes nothing."""
        return _encoded(self.body, encoding) if self.compresses else self.body

    def add(self, encoding: str, body: bytes) -> Answer:
        """Keep the answer in an encoding; what was kept meanwhile stays."""
        if encoding in self.answers:
            return self.answers[encoding]
        headers = list(self.headers)
        if encoding and self.compresses:
            headers.append((b"content-encoding", encoding.encode()))
        headers.append((b"content-length", str(len(body)).encode()))
        answer = self.answers[encoding] = Answer(self.status, headers, body)
        # The body as it is, is counted already.
        self.size += len(answer.fields) + (len(body) if body is not self.body else 0)
        return answer


def _encoded(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return brotli.compress(body, quality=BROTLI_QUALITY)
    if encoding == "gzip":
        return gzip.compress(body, GZIP_LEVEL, mtime=0)
    return body


def chosen_encoding(accepted: bytes) -> str:
    """Return ``br``, ``gzip`` or, for neither, the empty string (RFC 9110, section 12.5.3)."""
    return _chosen(accepted) if len(accepted) <= _MAX_ACCEPTED else ""


@lru_cache(maxsize=1024)
def _chosen(accepted: bytes) -> str:
    weights: dict[str, float] = {}
    for part in accepted.decode("latin-1").lower().split(","):
        name, *parameters = (each.strip() for each in part.split(";"))
        weights[name] = _weight(parameters)
    others = weights.get("*", 0.0)
    plain = weights.get("identity", 0.0)
    best = max(("br", "gzip"), key=lambda encoding: weights.get(encoding, others))
    weight = weights.get(best, others)
    return best if weight > 0 and weight >= plain else ""


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
    return 1.0


class Store:
    """Pages by address, the one used longest ago first; within a bound of bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.pages: OrderedDict[str, Page] = OrderedDict()

    def get(self, key: str) -> Page | None:
        """Return a page and count it as used."""
        page = self.pages.get(key)
        if page is not None:
            self.pages.move_to_end(key)
        return page

    def keep(self, page: Page) -> None:
        """Keep a page in place of the one before; the longest unused go until all fit. One that
        does not fit by itself is not kept."""
        self.drop(page.key)
        if page.size > self.limit:
            return
        self.pages[page.key] = page
        self.size += page.size
        self.trim()

    def drop(self, key: str) -> None:
        page = self.pages.pop(key, None)
        if page is not None:
            self.size -= page.size

    def grown(self, page: Page, before: int) -> None:
        """Count what a kept page has grown by since it had ``before`` bytes."""
        if self.pages.get(page.key) is page:
            self.size += page.size - before
            self.trim()

    def trim(self) -> None:
        while self.size > self.limit and self.pages:
            _, page = self.pages.popitem(last=False)
            self.size -= page.size
