"""The least that an application can do: send one answer, always the same.

As ASGI and as RSGI. ``BENCH_ANSWER`` names a folder with ``headers.json`` (a list of pairs) and
``body``, the bytes as they go over the wire.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_folder = Path(os.environ["BENCH_ANSWER"])
_body = (_folder / "body").read_bytes()
_headers = [
    (str(name), str(value)) for name, value in json.loads((_folder / "headers.json").read_text())
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
