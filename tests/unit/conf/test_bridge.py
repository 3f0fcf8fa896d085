"""Django behind ASGI: bodies, streams, clients that go away, and the bounds of all that."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from broadsheet.conf import bridge as module
from broadsheet.conf.bridge import IN_MEMORY, Bridge

View = Callable[[HttpRequest], Any]


class Bare(Bridge):
    """The bridge with one view in place of all addresses and middleware."""

    def __init__(self, view: View, threads: int = 2) -> None:
        self.view = view
        super().__init__(threads)

    def load_middleware(self, is_async: bool = False) -> None:
        self._middleware_chain = self.view


@pytest.fixture
def bridged() -> Iterator[Callable[[View], Bare]]:
    made: list[Bare] = []

    def make(view: View) -> Bare:
        made.append(Bare(view))
        return made[-1]

    yield make
    for each in made:
        each.pool.shutdown()


def ask(
    bridge: Bridge,
    *parts: bytes,
    leaves: bool = False,
    query: bytes = b"",
    headers: tuple[tuple[bytes, bytes], ...] = (),
    **options: int,
) -> list[dict[str, Any]]:
    """Return the messages of the answer; ``leaves``: the client goes before its body is complete."""
    return asyncio.run(_ask(bridge, parts, leaves, query, headers, options))


async def _ask(bridge, parts, leaves, query=b"", headers=(), options=None) -> list[dict[str, Any]]:
    parts = parts or (b"",)
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": part, "more_body": leaves or number < len(parts)}
        for number, part in enumerate(parts, 1)
    ]
    coming = iter([*messages, {"type": "http.disconnect"}])
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/é/",
        "query_string": query,
        "headers": [(b"host", b"localhost"), *headers],
    }

    async def receive() -> dict[str, Any]:
        return next(coming)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await bridge(scope, receive, send, **(options or {}))
    return sent


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.read())


@pytest.mark.parametrize(
    "parts",
    [
        (b"",),
        (b"one part",),
        (b"in ", b"", b"three"),
        (b"x" * IN_MEMORY, b"y"),
        tuple(bytes([number]) * 100_000 for number in range(30)),
    ],
)
def test_body_comes_through_whole(bridged, parts):
    start, body = ask(bridged(echo), *parts)

    assert start["status"] == 200
    assert body["body"] == b"".join(parts)


def test_request_is_what_was_asked(bridged):
    def view(request: HttpRequest) -> HttpResponse:
        said = [request.method, request.path, request.GET["a"], request.headers["X-Two"]]
        return HttpResponse("|".join(said))

    headers = ((b"x-two", b"1"), (b"x-two", b"2"))
    assert (
        ask(bridged(view), query=b"a=%C3%A9", headers=headers)[1]["body"]
        == "POST|/é/|é|1,2".encode()
    )


def test_headers_and_cookies_are_sent_as_bytes(bridged):
    def view(_: HttpRequest) -> HttpResponse:
        response = HttpResponse(b"x", headers={"X-Thing": "é"})
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        return response

    headers = ask(bridged(view))[0]["headers"]
    assert all(isinstance(part, bytes) for each in headers for part in each)
    assert [value for name, value in headers if name == b"set-cookie"] == [
        b"a=1; Path=/",
        b"b=2; Path=/",
    ]
    assert (b"x-thing", "é".encode("latin-1")) in headers


def test_body_of_the_longest_length_is_taken_and_one_byte_more_is_not(bridged):
    bridge = bridged(echo)
    assert (
        asyncio.run(_ask(bridge, (b"x" * 10,), False, options={"max_body": 10}))[0]["status"] == 200
    )
    too_long = asyncio.run(_ask(bridge, (b"x" * 5, b"x" * 6), False, options={"max_body": 10}))
    assert too_long[0]["status"] == 413


@pytest.mark.parametrize("length", [b"11", b"-1", b"1e3", b"", b"0x5", b"1, 2"])
def test_length_that_is_too_large_or_none_is_refused_unread(bridged, length):
    def unread(_: HttpRequest) -> HttpResponse:
        raise AssertionError("it is refused before")

    headers = ((b"content-length", length),)
    answer = asyncio.run(_ask(bridged(unread), (), False, b"", headers, {"max_body": 10}))
    assert answer[0]["status"] == 413
    assert (b"connection", b"close") in answer[0]["headers"]


def test_client_that_goes_away_is_answered_nothing(bridged):
    def unasked(_: HttpRequest) -> HttpResponse:
        raise AssertionError("nobody waits for it")

    bridge = bridged(unasked)
    assert ask(bridge, b"half", leaves=True) == []
    assert bridge.waiting == 0


def test_query_that_is_no_text_is_refused(bridged):
    answer = ask(bridged(echo), query=b"a=\xff")
    assert answer[0]["status"] == 400


def test_streaming_answer_is_sent_in_parts_and_closed(bridged):
    closed = threading.Event()

    def parts() -> Iterator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            closed.set()

    start, *rest = ask(bridged(lambda _: StreamingHttpResponse(parts())))
    assert start["status"] == 200
    assert [part["body"] for part in rest] == [b"one", b"two", b""]
    assert [part.get("more_body", False) for part in rest] == [True, True, False]
    assert closed.is_set()


def test_answer_is_closed_even_if_it_breaks_off(bridged):
    closed = threading.Event()

    class Breaking(StreamingHttpResponse):
        def close(self) -> None:
            super().close()
            closed.set()

    def parts() -> Iterator[bytes]:
        yield b"one"
        raise OSError("the file is gone")

    bridge = bridged(lambda _: Breaking(parts()))
    with pytest.raises(OSError, match="the file is gone"):
        ask(bridge)
    assert closed.is_set()
    assert bridge.waiting == 0


def test_requests_share_threads_and_never_use_more(bridged):
    used: set[str] = set()
    together = threading.Barrier(2)

    def view(_: HttpRequest) -> HttpResponse:
        used.add(threading.current_thread().name)
        together.wait(30)
        return HttpResponse()

    bridge = bridged(view)

    async def ten() -> None:
        await asyncio.gather(*(_ask(bridge, (), False) for _ in range(10)))

    asyncio.run(ten())
    assert len(used) == 2


def test_more_than_may_wait_are_refused_at_once(bridged, monkeypatch):
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    opened = threading.Event()

    def view(_: HttpRequest) -> HttpResponse:
        opened.wait(30)
        return HttpResponse()

    bridge = bridged(view)

    async def four() -> None:
        waiting = [asyncio.create_task(_ask(bridge, (), False)) for _ in range(3)]
        while bridge.waiting < 3:
            await asyncio.sleep(0)
        refused = await _ask(bridge, (), False)
        assert refused[0]["status"] == 503
        assert (b"retry-after", b"1") in refused[0]["headers"]
        opened.set()
        assert [each[0]["status"] for each in await asyncio.gather(*waiting)] == [200] * 3

    asyncio.run(four())
    assert bridge.waiting == 0
