"""A reader who writes: posts comments as the form without scripts does, and looks for the own one."""

from __future__ import annotations

import contextlib
import http.client
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from bench.servers import FETCH_WITHIN, WrongAnswer


@dataclass(frozen=True)
class Posted:
    """A comment that was acknowledged."""

    comment: int
    where: str
    """Path of the page that the writer is sent to."""
    acknowledged_at: float
    """Of the monotonic clock, in seconds."""
    seconds: float
    cookie: str
    """What the answer asks the writer's browser to send along, if anything."""


class Writer:
    """One connection to a server, kept open; not to be shared by threads."""

    def __init__(self, origin: str) -> None:
        parts = urlsplit(origin)
        self.connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=FETCH_WITHIN
        )

    def post(self, story: str, text: str, parent: int | None = None) -> Posted:
        """Post a comment; raises :class:`WrongAnswer` unless it was taken."""
        fields = {"text": text, "name": "Bench Writer", "do": "post", "key": uuid.uuid4().hex}
        if parent is not None:
            fields["parent"] = str(parent)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        began = time.monotonic()
        status, told, body = self._ask("POST", f"{story}comment/", urlencode(fields), headers)
        acknowledged_at = time.monotonic()
        location = urlsplit(told.get("location") or "")
        if status != 303 or not (found := re.fullmatch(r"c-(\d+)", location.fragment)):
            raise WrongAnswer(f"a comment is answered with {status}: {body[:200]!r}")
        where = location.path + (f"?{location.query}" if location.query else "")
        cookie = (told.get("set-cookie") or "").partition(";")[0]
        return Posted(int(found[1]), where, acknowledged_at, acknowledged_at - began, cookie)

    def sees(self, posted: Posted) -> bool:
        """Say whether the page that the writer is sent to shows the comment."""
        headers = {"Cookie": posted.cookie} if posted.cookie else {}
        status, _, body = self._ask("GET", posted.where, None, headers)
        if status != 200:
            raise WrongAnswer(f"{posted.where} is answered with {status}")
        return f'id="c-{posted.comment}"'.encode() in body

    def get(self, path: str) -> bytes:
        status, _, body = self._ask("GET", path, None, {})
        if status != 200:
            raise WrongAnswer(f"{path} is answered with {status}")
        return body

    def close(self) -> None:
        self.connection.close()

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        # A server may close a connection that was idle just when the next request is on its way. A
        # comment that was sent twice for that has the same key, and is stored once.
        for attempt in range(2):
            try:
                self.connection.request(method, path, body, headers)
                response = self.connection.getresponse()
                return response.status, response.headers, response.read()
            except ConnectionError:
                self.connection.close()
                if attempt:
                    raise
        raise AssertionError("the loop returns or raises")


@contextlib.contextmanager
def writer(origin: str) -> Iterator[Writer]:
    """Give a writer whose connection is closed at the end."""
    one = Writer(origin)
    try:
        yield one
    finally:
        one.close()
