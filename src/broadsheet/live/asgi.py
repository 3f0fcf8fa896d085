"""The address of streams: ``/live/<number>/``, answered before Django is entered.

Answers: 200 and a stream; 204 where there is nothing to stream any more, which tells a browser to
stop; 400, 404 and 405 for what is not a stream; 429 and 503 with ``Retry-After`` where there is no
room.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Sequence
from typing import Any

from broadsheet.live.hub import Hub, NoRoom, NotNow

PREFIX = "/live/"
_ADDRESS = re.compile(r"/live/([1-9][0-9]{0,17})/")
_NUMBER = re.compile(rb"[0-9]{1,18}")
_AFTER = re.compile(rb"(?:^|&)after=([^&]*)")
RETRY_AFTER = 30
"""Seconds after which it is worth trying again when there was no room."""

_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_GUARDS = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
]
_COMMON = [(b"cache-control", b"no-store"), *_GUARDS]
_STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
    *_GUARDS,
]


class LiveStreams:
    """An ASGI application for the streams of a hub; ``guards`` are headers of all its answers."""

    def __init__(self, hub: Hub, *, guards: Sequence[tuple[bytes, bytes]] = ()) -> None:
        self.hub = hub
        self._stream = [*_STREAM, *guards]
        self._guards = guards
        self._running: asyncio.Task[None] | None = None

    def answers(self, path: str) -> bool:
        """Say whether a path is of streams; ``/live/`` itself may be a section of the publication."""
        return path.startswith(PREFIX) and path != PREFIX

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != "GET":
            return await self._refuse(
                send, 405, "A stream is asked for with GET.", (b"allow", b"GET")
            )
        found = _ADDRESS.fullmatch(scope["path"])
        if found is None:
            return await self._refuse(send, 404, "Streams stand at /live/ and a number.")
        try:
            after = position(scope["headers"], scope["query_string"])
        except ValueError as error:
            return await self._refuse(send, 400, str(error))
        address = address_of(scope.get("client"))
        try:
            self.hub.enter(address)
        except NoRoom as full:
            status = 429 if full.by_address else 503
            return await self._no_room(send, status, "There are too many streams already.")
        try:
            return await self._serve(int(found[1]), after, scope, receive, send)
        finally:
            self.hub.leave(address)

    async def _serve(
        self, number: int, after: int | None, scope: Any, receive: Any, send: Any
    ) -> None:
        try:
            channel = await self.hub.channel(number, after)
        except NotNow:
            return await self._no_room(send, 503, "It cannot be said now what happens there.")
        if channel is None:
            return await self._refuse(send, 404, "There is nothing of this number.")
        if not channel.is_open:
            return await self._answer(send, 204, [], b"")
        # The server keeps the scope as long as the answer lasts; most of it are these.
        scope["headers"].clear()
        await send({"type": "http.response.start", "status": 200, "headers": self._stream})
        stream = self.hub.join(channel, send, after)
        if stream is None:
            return None
        self._keep_running()
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            if not stream.is_over:
                raise
        finally:
            self.hub.part(stream)
        return None

    async def _no_room(self, send: Any, status: int, words: str) -> None:
        await self._refuse(send, status, words, (b"retry-after", str(RETRY_AFTER).encode()))

    async def _refuse(
        self, send: Any, status: int, words: str, *headers: tuple[bytes, bytes]
    ) -> None:
        await self._answer(send, status, [_TEXT, *headers], f"{words}\n".encode())

    async def _answer(
        self, send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        headers = [*_COMMON, *self._guards, *headers]
        if status != 204:
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _keep_running(self) -> None:
        if self._running is None or self._running.done():
            self._running = asyncio.get_running_loop().create_task(self.hub.run())


def position(headers: list[tuple[bytes, bytes]], query: bytes) -> int | None:
    """Return the number after which a reader goes on: its last event id, or else ``?after=``.

    A browser that comes back sends the id and still asks the address that it began with. Raises
    :class:`ValueError` for what is no number.
    """
    given = next((value for name, value in headers if name == b"last-event-id"), None)
    if given is None:
        asked = _AFTER.search(query)
        given = asked[1] if asked else None
    if given is None:
        return None
    if not _NUMBER.fullmatch(given):
        raise ValueError("Last-Event-ID and after are numbers of events.")
    return int(given)


def address_of(client: tuple[str, int] | None) -> str:
    """Return what tells readers apart, or nothing. Of an IPv6 address the first half: the second is
    any reader's own choice."""
    if not client or not client[0]:
        return ""
    try:
        address = ipaddress.ip_address(client[0].partition("%")[0])
    except ValueError:
        return client[0]
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return address.packed[:8].hex()
    return str(address)
