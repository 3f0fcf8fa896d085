"""The ASGI application: files in front, then the press, and Django behind."""

from __future__ import annotations

import asyncio
import io
import os
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from wsgiref.headers import Headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.conf.settings")

import django

django.setup(set_prefix=False)

from django.conf import settings
from django.db import connection
from django.urls import Resolver404, resolve
from servestatic import ServeStaticASGI

from broadsheet.conf.bridge import Bridge
from broadsheet.conf.live import live_streams
from broadsheet.press.counters import EVERYTHING
from broadsheet.press.front import Press, Rendered, Ways
from broadsheet.press.keys import counters
from broadsheet.press.notices import Listener

STATIC_MAX_AGE = 3600
MEDIA_MAX_AGE = 31_536_000
"""Seconds; pictures are named by their content, so a name never means something else."""

MAX_BODY = 512 * 1024
"""Bytes of a request to the paper; the longest comment is a tenth of it."""

PUBLIC_MEDIA = ("pictures", "images")
"""Folders of the media store that are served: what the record keeps, and what Wagtail made of
uploads. The uploads themselves and documents are not."""

_django = Bridge(settings.OPTIONS.threads)


def _static_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def _media_headers(headers: Headers, path: str, url: str) -> None:
    """Uploads are data, never pages: nothing in them runs, and nothing is guessed about them."""
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    headers["X-Content-Type-Options"] = "nosniff"


def _static_files() -> ServeStaticASGI:
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return ServeStaticASGI(
        _django,
        root=root,
        prefix="static/",
        max_age=STATIC_MAX_AGE,
        add_headers_function=_static_headers,
        allow_all_origins=False,
    )


def _media_files() -> ServeStaticASGI:
    root = Path(settings.MEDIA_ROOT)
    media = ServeStaticASGI(
        _django,
        autorefresh=True,
        max_age=MEDIA_MAX_AGE,
        add_headers_function=_media_headers,
        allow_all_origins=False,
    )
    for folder in PUBLIC_MEDIA:
        (root / folder).mkdir(parents=True, exist_ok=True)
        media.add_files(root / folder, prefix=f"media/{folder}/")
    return media


@lru_cache(maxsize=4096)
def _parameters(path: str) -> frozenset[str] | None:
    """Return the query parameters of the view at a path; ``None``: its pages are not pressed."""
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    found: frozenset[str] | None = getattr(view, "press_parameters", None)
    return found


_origin = urlsplit(settings.ORIGIN)
_host = _origin.netloc.encode("ascii")


async def _render(path: str, query: str) -> Rendered:
    """Ask Django for a page, as nobody in particular."""
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": _origin.scheme,
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", _host)],
        "client": None,
        "server": None,
    }
    return await asyncio.get_running_loop().run_in_executor(_django.pool, _rendered, scope)


def _rendered(scope: dict[str, Any]) -> Rendered:
    response = _django.respond(scope, io.BytesIO())
    try:
        body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    finally:
        response.close()
    made = getattr(response, "press", None)
    return Rendered(
        response.status_code,
        Bridge.headers_of(response),
        body,
        keys=made.keys if made and not response.cookies else (),
        sequence=made.sequence if made else 0,
    )


_static = _static_files()
_media = _media_files()
_live = live_streams()
press = Press(
    app=_django,
    ways=Ways(_parameters, _render),
    counters=counters(),
    limit=settings.OPTIONS.press_memory * 1024 * 1024,
    time_limit=settings.OPTIONS.press_seconds,
)


# A process that starts may follow one that died between a commit and what follows it.
counters().change([EVERYTHING])
if connection.vendor == "postgresql":
    Listener(connection.get_connection_params(), counters()).start()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer files from disk, pages from the press, everything else from Django."""
    path = scope["path"]
    if path.startswith("/static/"):
        return await _static(scope, receive, send)
    if path.startswith("/media/"):
        return await _media(scope, receive, send)
    if path.startswith("/desk/"):
        return await _django(scope, receive, send)
    if _live.answers(path):
        return await _live(scope, receive, send)
    if scope["method"] in ("GET", "HEAD"):
        return await press(scope, receive, send)
    return await _bounded(scope, receive, send)


async def _bounded(scope: Any, receive: Any, send: Any) -> None:
    """Pass a request on unless its body is larger than any form of the paper."""
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if not length.isdigit() or int(length) > MAX_BODY:
        start = {"type": "http.response.start", "status": 413, "headers": []}
        await send({**start, "headers": [(b"content-type", b"text/plain; charset=utf-8")]})
        await send({"type": "http.response.body", "body": b"This is too much for one form.\n"})
        return
    taken = 0

    async def bounded_receive() -> Any:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        # A body without a length: beyond the bound its sender is taken for gone.
        return message if taken <= MAX_BODY else {"type": "http.disconnect"}

    await _django(scope, bounded_receive, send)
