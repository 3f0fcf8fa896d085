"""The whole application, driven as ASGI without a server, over rows that are committed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from broadsheet.press.front import Press

WAIT_AT_MOST = 60.0
"""Seconds until an answer that does not come is given up."""
Fields = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Answered:
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def header(self, name: bytes) -> bytes:
        return b", ".join(value for label, value in self.headers if label == name)

    @property
    def text(self) -> str:
        return self.body.decode()


class Paper:
    """Asks the application; ``press`` is new for each test, and what it makes is awaited."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self.asked: list[str] = []
        """What Django was asked for by the press."""

    def get(self, path: str, query: bytes = b"", *, headers: Fields = (), method: str = "GET"):
        return self.all([(method, path, query, headers, b"")])[0]

    def post(self, path: str, body: bytes, *, headers: Fields = ()) -> Answered:
        form = (b"content-type", b"application/x-www-form-urlencoded")
        return self.all([("POST", path, b"", [form, *headers], body)])[0]

    def all(self, requests: Sequence[tuple[str, str, bytes, Fields, bytes]]) -> list[Answered]:
        """Ask for several at once."""

        async def together() -> list[Answered]:
            async with asyncio.timeout(WAIT_AT_MOST):
                answers = await asyncio.gather(*(self._ask(*each) for each in requests))
                while self.press.flights:
                    await asyncio.gather(*self.press.flights.values())
                return answers

        return asyncio.run(together())

    async def _ask(
        self, method: str, path: str, query: bytes, headers: Fields, body: bytes
    ) -> Answered:
        from broadsheet.conf.asgi import application

        sent: list[dict[str, Any]] = []
        given = dict(headers)
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "root_path": "",
            "headers": [*([] if b"host" in given else [(b"host", b"localhost")]), *headers],
            "client": ("192.0.2.7", 4711),
            "server": ("127.0.0.1", 8000),
        }
        parts = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(parts, {"type": "http.disconnect"})

        async def send(message: Any) -> None:
            sent.append(dict(message))

        await application(scope, receive, send)
        body = b"".join(part.get("body", b"") for part in sent[1:])
        return Answered(sent[0]["status"], tuple(sent[0]["headers"]), body)


def close_connections(pool: ThreadPoolExecutor) -> None:
    """Let each thread of a pool close its connections to the database."""
    count = pool._max_workers
    barrier = threading.Barrier(count)

    def close(_: int) -> None:
        barrier.wait(WAIT_AT_MOST)
        connections.close_all()

    list(pool.map(close, range(count)))


@pytest.fixture(scope="session")
def application(django_db_setup) -> Iterator[Any]:
    """The module with the application, stopped before the database of the tests goes."""
    from broadsheet.conf import asgi

    yield asgi
    if asgi.listener:
        asgi.listener.stop()
    close_connections(asgi._django.pool)
    close_connections(asgi._making)
    if asgi.listener:
        asgi.listener.join(WAIT_AT_MOST)


@pytest.fixture
def paper(transactional_db, application, monkeypatch) -> Paper:
    ways = application.press.ways
    fresh = Press(
        app=application.press.app,
        ways=ways,
        counters=application.press.counters,
        limit=settings.OPTIONS.press_memory * 1024 * 1024,
        time_limit=settings.OPTIONS.press_seconds,
    )
    made = Paper(fresh)

    async def render(path: str, query: str) -> Any:
        made.asked.append(f"{path}?{query}" if query else path)
        return await ways.render(path, query)

    fresh.ways = type(ways)(ways.parameters, render)
    monkeypatch.setattr(application, "press", fresh)
    # Pages may be made as often as the tests ask.
    monkeypatch.setattr("broadsheet.press.front.BETWEEN", 0.0)
    return made
