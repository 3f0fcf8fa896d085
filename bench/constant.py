"""The least that an application can do: send one answer, always the same; pass an event on.

As ASGI and as RSGI. ``BENCH_ANSWER`` names a folder with ``headers.json`` (a list of pairs) and
``body``, the bytes as they go over the wire. The streams are ASGI only: whatever is posted goes to all
who are listening, in the form of a comment's event.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

_start: dict[str, Any] = {}
_rest: dict[str, Any] = {}
_headers: list[tuple[str, str]] = []
_body = b""
if "BENCH_ANSWER" in os.environ:
    _folder = Path(os.environ["BENCH_ANSWER"])
    _body = (_folder / "body").read_bytes()
    _headers = [
        (str(name), str(value))
        for name, value in json.loads((_folder / "headers.json").read_text())
    ]
    _start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in _headers],
    }
    _rest = {"type": "http.response.body", "body": _body}


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    await send(_start)
    await send(_rest)


async def rsgi(scope: Any, protocol: Any) -> None:
    protocol.response_bytes(200, _headers, _body)


_listening: set[asyncio.Queue[bytes]] = set()
_told = 0


async def streams(scope: Any, receive: Any, send: Any) -> None:
    """Hold a stream open for a GET; pass an event on to all of them for a POST."""
    if scope["method"] == "POST":
        await _publish(receive, send)
        return
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    _listening.add(queue)
    part = {"type": "http.response.body", "more_body": True}
    try:
        await send({**part, "body": b"retry: 5000\n\n"})
        while True:
            await send({**part, "body": await queue.get()})
    finally:
        _listening.discard(queue)


async def _publish(receive: Any, send: Any) -> None:
    global _told
    _told += 1
    await receive()
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})
    event = f'id: {_told}\nevent: comment\ndata: {{"comment":{_told},"count":{_told}}}\n\n'
    for queue in _listening:
        queue.put_nowait(event.encode())
