"""A press before a printer of the test's own, on a clock that the test moves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from broadsheet.press.counters import Counters
from broadsheet.press.front import Press, Rendered, Ways

HTML = (b"content-type", b"text/html; charset=utf-8")
WAIT_AT_MOST = 30.0
"""Seconds until a state that does not come is given up."""


@dataclass
class Clock:
    now: float = 1000.0

    def ticks(self) -> float:
        return self.now


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose timers go by the test's clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        super().__init__()

    def time(self) -> float:
        return self.clock.now


@dataclass
class Printer:
    """Makes pages that say which printing they are; ``gate`` holds each back until it is open."""

    keys: tuple[str, ...] = ("document:1",)
    sequence: int = 1
    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=lambda: [HTML])
    error: Exception | None = None
    gate: asyncio.Event | None = None
    size: int = 400
    asked: list[tuple[str, str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def render(self, path: str, query: str) -> Rendered:
        self.asked.append((path, query))
        words = f"{path} printing {len(self.asked)} ".encode().ljust(self.size, b".")
        sequence = self.sequence
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.gate is not None:
                await self.gate.wait()
        finally:
            self.at_once -= 1
        if self.error is not None:
            raise self.error
        return Rendered(self.status, self.headers, words, self.keys, sequence)


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def printing(self) -> int:
        """Which printing it is; for bodies that are not compressed."""
        return int(self.body.split(b" printing ")[1].split()[0])


@dataclass
class House:
    """The press with all around it."""

    clock: Clock
    printer: Printer
    marks: Counters
    press: Press
    passed_on: list[dict[str, Any]]

    def run(self, scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
        with asyncio.Runner(loop_factory=lambda: Loop(self.clock)) as runner:
            runner.run(scenario())

    async def get(
        self,
        path: str = "/story/",
        query: bytes = b"",
        *,
        method: str = "GET",
        headers: list[tuple[bytes, bytes]] | None = None,
        **fields: str,
    ) -> Answered:
        """Ask; ``fields`` are headers with underscores."""
        sent: list[dict[str, Any]] = []
        given = [
            (name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()
        ]
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query,
            "headers": [*(headers or []), *given],
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(dict(message))

        await self.press(scope, receive, send)
        names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answered(sent[0]["status"], names, b"".join(part["body"] for part in sent[1:]))

    async def until(self, reached: Callable[[], bool], what: str) -> None:
        """Let everything else run until a state is reached."""
        deadline = time.monotonic() + WAIT_AT_MOST
        while not reached():
            assert time.monotonic() < deadline, f"waited in vain until {what}"
            await asyncio.sleep(0)

    async def landed(self) -> None:
        """Wait until nothing is being made any more."""
        await self.until(lambda: not self.press.flights, "all pages are made")

    async def settled(self) -> None:
        """Let what can go on without more time go on: pages are made, or wait for their turn."""
        for _ in range(100):
            await asyncio.sleep(0)
        await self.until(lambda: not self.printer.at_once, "what was begun is made")

    async def patiently(self, answer: Awaitable[Answered]) -> Answered:
        """Wait for an answer and let time go on meanwhile."""
        waits = asyncio.ensure_future(answer)
        deadline = time.monotonic() + WAIT_AT_MOST
        while not waits.done():
            assert time.monotonic() < deadline, "waited in vain for an answer"
            self.clock.now += 0.001
            await asyncio.sleep(0)
        return await waits


PARAMETERS = frozenset({"before", "kind"})


@pytest.fixture
def clock(monkeypatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr("broadsheet.clock.ticks", moved.ticks)
    return moved


@pytest.fixture
def house(clock) -> House:
    """Pages below ``/desk/`` are not pressed; the others read ``before`` and ``kind``."""
    printer = Printer()
    passed_on: list[dict[str, Any]] = []

    async def app(
        scope: Any,
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        passed_on.append(scope)
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b"of the application"})

    marks = Counters()
    press = Press(
        app=app,
        ways=Ways(lambda path: None if path.startswith("/desk/") else PARAMETERS, printer.render),
        counters=marks,
        limit=1024 * 1024,
        time_limit=30.0,
    )
    return House(clock, printer, marks, press, passed_on)
