"""uvicorn's protocol with a shorter way for pressed pages.

For each request uvicorn makes a scope, a task and two messages, which costs twice what sending the
answer does. A plain request for a page that is held ready needs none of it: the bytes that come in
are looked at, and the bytes that go out are written. Whatever is not as plain as
:func:`plain_request` asks goes uvicorn's way, byte for byte as it came; so what this module cannot
read, it cannot read wrongly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from broadsheet.press.front import Press

_LINE = re.compile(rb"GET (/[A-Za-z0-9/_.~-]*) HTTP/1\.1\r\n")
_UNUSUAL = re.compile(
    rb"\r\n(?:[ \t]"  # a field that goes on in the next line
    rb"|(?:content-length|transfer-encoding|expect|upgrade|range|accept-datetime)[ \t]*:"
    rb"|connection[ \t]*:(?![ \t]*keep-alive[ \t]*\r\n))",
    re.IGNORECASE,
)
_ACCEPTED = re.compile(rb"\r\naccept-encoding:[ \t]*([^\r\n]*)", re.IGNORECASE)
_NONE_MATCH = re.compile(rb"\r\nif-none-match:[ \t]*([^\r\n]*)", re.IGNORECASE)
_END = b"\r\n\r\n"
LONGEST = 8192
"""Bytes of a request that is looked at here."""
_STATUS = {200: b"HTTP/1.1 200 OK\r\n", 304: b"HTTP/1.1 304 Not Modified\r\n"}


def plain_request(data: bytes) -> tuple[str, bytes, bytes] | None:
    """Return path, ``Accept-Encoding`` and ``If-None-Match`` of one whole and plain GET request.

    ``None`` for all else: other methods and versions, a query, an escaped path, a body or the sign
    of one, ranges, several requests at once, a part of one, a connection that is to be closed.
    """
    if len(data) > LONGEST or not data.endswith(_END) or data.find(_END) != len(data) - 4:
        return None
    lines = data.count(b"\r\n")
    if data.count(b"\n") != lines or data.count(b"\r") != lines or b"\0" in data:
        # What others on the way may take for the end of a line, or of a field.
        return None
    line = _LINE.match(data)
    if line is None or _UNUSUAL.search(data):
        return None
    accepted = _ACCEPTED.search(data)
    none_match = _NONE_MATCH.search(data)
    return (
        line[1].decode("ascii"),
        accepted[1] if accepted else b"",
        none_match[1] if none_match else b"",
    )


class PressProtocol(HttpToolsProtocol):
    """Answers plain requests for pressed pages as they come in."""

    _press: Press
    _is_within = False
    """Whether a request has begun that is not complete."""
    _served_at = 0.0
    """When a page was last answered here, on the loop's clock."""
    _common: list[tuple[bytes, bytes]] | None = None
    _head: dict[int, bytes]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Imported when uvicorn has: the application must not be set up before its process is.
        from broadsheet.conf.asgi import press

        self._press = press
        self._head = {}

    def data_received(self, data: bytes) -> None:
        """Answer at once what can be, and leave the rest to uvicorn."""
        if (
            not self._is_within
            and (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and (asked := plain_request(data)) is not None
            and (answer := self._press.at_once(*asked)) is not None
        ):
            common = self.server_state.default_headers
            if common is not self._common:
                # uvicorn makes a new list each second, for the date.
                self._common = common
                fields = b"".join([name + b": " + value + b"\r\n" for name, value in common])
                self._head = {status: line + fields for status, line in _STATUS.items()}
            self.transport.write(
                b"".join((self._head[answer.status], answer.fields, b"\r\n", answer.body))
            )
            self._served_at = self.loop.time()
            self.server_state.total_requests += 1
            if self.timeout_keep_alive_task is None:
                self._wait_for_more(self.timeout_keep_alive)
            return
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._is_within = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._is_within = False
        super().on_message_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing came for a while; the timer is not set anew for each
        page that is answered here, so it may be early."""
        idle = self.loop.time() - self._served_at
        if idle < self.timeout_keep_alive:
            self._wait_for_more(self.timeout_keep_alive - idle)
        else:
            super().timeout_keep_alive_handler()

    def _wait_for_more(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )
