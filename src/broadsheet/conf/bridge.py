"""Django behind ASGI, in a bounded pool of threads that keep their database connections.

Django's own ASGI handler gives each request a thread that ends with it, and with the thread goes its
connection to the database: opening one costs more than most pages. Here requests share threads, so
connections stay open, there are never more than threads, and no request runs in the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import select
import tempfile
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from broadsheet.conf.headers import plain_headers

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

IN_MEMORY = 1024 * 1024
"""Bytes of a request's body that are kept in memory; more of it goes to a temporary file."""
MAX_BODY = 100 * 1024 * 1024
"""Bytes of a request's body, unless it is told otherwise: the largest upload at the desk."""
MAX_WAITING = 1000
"""Requests that wait for a thread or have one. More would wait longer than anybody stays."""

log = logging.getLogger("broadsheet.bridge")


class ClientGone(Exception):
    """The client went away before its request was complete."""


class BodyTooLarge(Exception):
    """A request has a larger body than it may have."""


class Bridge(BaseHandler):
    """An ASGI application that runs Django's synchronous handler in threads."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self.load_middleware(is_async=False)
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="django")
        self.waiting = 0
        """Requests that are complete and not answered."""

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send, *, max_body: int = MAX_BODY
    ) -> None:
        """Answer one request; one with a body of more than ``max_body`` bytes is refused (413)."""
        try:
            _check_length(scope, max_body)
            body = await _read_body(receive, max_body)
        except ClientGone:
            return
        except BodyTooLarge:
            await _refuse(send, 413, b"This is too much for one form.\n")
            return
        with body:
            if self.waiting >= MAX_WAITING:
                await _refuse(send, 503, b"Too much is asked at once. Please try again.\n")
                return
            self.waiting += 1
            try:
                await self._answer(scope, body, send)
            finally:
                self.waiting -= 1

    async def _answer(self, scope: Scope, body: IO[bytes], send: Send) -> None:
        loop = asyncio.get_running_loop()
        response = await loop.run_in_executor(self.pool, self._respond_whole, scope, body)
        try:
            await self._send(response, send)
        finally:
            if response.streaming:
                await loop.run_in_executor(self.pool, response.close)

    def _respond_whole(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        """Return Django's answer, and end the request: signals, files, and what hangs on them.

        Where all of the answer is there, it ends at once: to enter a thread once more costs as much as
        many a view.
        """
        response = self.respond(scope, body)
        if not response.streaming:
            response.close()
        return response

    def respond(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        """Return Django's answer; to be called in one of the pool's threads."""
        set_script_prefix("/")
        request_started.send(sender=self.__class__, scope=scope)
        _look_at_connection()
        try:
            request = ASGIRequest(scope, body)
        except UnicodeDecodeError:
            log.warning("bad request: its address is not UTF-8")
            return HttpResponse(
                "This address cannot be read.",
                status=400,
                content_type="text/plain; charset=utf-8",
                headers=plain_headers(),
            )
        response = self.get_response(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        return response

    @staticmethod
    def headers_of(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
        """Return the headers of an answer, cookies among them, as ASGI sends them."""
        headers = [
            (name.encode("ascii").lower(), value.encode("latin-1"))
            for name, value in response.items()
        ]
        return headers + [
            (b"set-cookie", cookie.output(header="").strip().encode("ascii"))
            for cookie in response.cookies.values()
        ]

    async def _send(self, response: HttpResponseBase, send: Send) -> None:
        headers = self.headers_of(response)
        await send(
            {"type": "http.response.start", "status": response.status_code, "headers": headers}
        )
        if not response.streaming:
            await send({"type": "http.response.body", "body": response.content})  # type: ignore[attr-defined]
            return
        loop = asyncio.get_running_loop()
        parts: Iterator[bytes] = iter(response)
        while (part := await loop.run_in_executor(self.pool, next, parts, None)) is not None:
            await send({"type": "http.response.body", "body": bytes(part), "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _look_at_connection() -> None:
    """See whether the server has hung up, in place of the statement that Django would ask it with.

    An open connection between two transactions has nothing to say: if there is something to read, it
    is that it ends. Then Django finds out as it always does.
    """
    kept = connection.connection
    if kept is None or connection.vendor != "postgresql" or kept.closed:
        return
    waiting = select.poll()
    waiting.register(kept.fileno(), select.POLLIN | select.POLLPRI)
    connection.health_check_done = not waiting.poll(0)  # type: ignore[attr-defined]


def _check_length(scope: Scope, max_body: int) -> None:
    """Raise :class:`BodyTooLarge` if the body is announced to be; nothing of it is read then."""
    for name, value in scope["headers"]:
        if name == b"content-length" and (not value.isdigit() or int(value) > max_body):
            raise BodyTooLarge


async def _read_body(receive: Receive, max_body: int) -> IO[bytes]:
    """Return the whole body. Raises :class:`ClientGone` and :class:`BodyTooLarge`."""
    body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, mode="w+b")  # noqa: SIM115
    try:
        taken = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            part = message.get("body", b"")
            taken += len(part)
            if taken > max_body:
                raise BodyTooLarge
            body.write(part)
            if not message.get("more_body", False):
                body.seek(0)
                return body
    except BaseException:
        body.close()
        raise


async def _refuse(send: Send, status: int, words: bytes) -> None:
    """Answer without Django."""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(words)).encode()),
        *((name.lower().encode(), value.encode()) for name, value in plain_headers().items()),
        (b"connection", b"close"),
    ]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})
