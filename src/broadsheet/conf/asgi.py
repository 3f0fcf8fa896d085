"""The ASGI application: files in front, then the press, and Django behind."""

from __future__ import annotations

import asyncio
import gc
import io
import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
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
from broadsheet.conf.headers import plain_headers, transport_headers
from broadsheet.conf.live import live_streams
from broadsheet.press.counters import EVERYTHING
from broadsheet.press.front import MAKING_AT_ONCE, Press, Rendered, Ways
from broadsheet.press.keys import counters
from broadsheet.press.notices import Listener

STATIC_MAX_AGE = 3600
MEDIA_MAX_AGE = 31_536_000
NAMED_BY_CONTENT = r"^/media/pictures/"
"""Addresses that never mean something else, so that a browser need not ask again even on reload."""

MAX_BODY = 512 * 1024
"""Bytes of a request to the paper; the longest comment is a tenth of it."""

SWITCH_EVERY = 0.0005
"""Seconds after which a thread that computes lets another one go on."""

MAX_UPLOAD = 5 * 1024 * 1024
"""Bytes of a request that brings a picture: the picture and what a form adds to it."""
UPLOADS = "/account/picture/"
"""Where readers send pictures of themselves."""

PUBLIC_MEDIA = ("pictures", "images", "readers")
"""Folders of the media store that are served: what the record keeps, what Wagtail made of uploads,
and readers' portraits. The uploads themselves and documents are not."""

PORTRAITS = "/media/readers/"
"""Where readers' portraits are served."""

MAX_PATH = 1024
"""Characters of a path; the longest address of the paper has a third of it."""

_django = Bridge(settings.OPTIONS.threads)


# Pages are made in threads of their own: they need not wait until those who write are answered.
_making = ThreadPoolExecutor(2 * MAKING_AT_ONCE, thread_name_prefix="press")


def _static_headers(headers: Headers, path: str, url: str) -> None:
    """A policy of its own would hold for a script that runs as a worker, so it says little."""
    _media_headers(headers, path, url)
    headers["Content-Security-Policy"] = (
        "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )


def _media_headers(headers: Headers, path: str, url: str) -> None:
    """Uploads are data, never pages: nothing in them runs, and nothing is guessed about them."""
    for name, value in plain_headers().items():
        headers[name] = value
    if url.startswith(PORTRAITS):
        # Whoever takes a picture back takes it from caches too: they ask each time.
        headers["Cache-Control"] = "public, no-cache"


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
        immutable_file_test=NAMED_BY_CONTENT,
        add_headers_function=_media_headers,
        allow_all_origins=False,
    )
    for folder in PUBLIC_MEDIA:
        (root / folder).mkdir(parents=True, exist_ok=True)
        media.add_files(root / folder, prefix=f"media/{folder}/")
    return media


def _parameters(path: str) -> frozenset[str] | None:
    """Return the query parameters of the view at a path; ``None``: its pages are not pressed."""
    return _parameters_of_view(path) if len(path) <= MAX_PATH else None


@lru_cache(maxsize=4096)
def _parameters_of_view(path: str) -> frozenset[str] | None:
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
    return await asyncio.get_running_loop().run_in_executor(_making, _rendered, scope)


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


async def _paper(scope: Any, receive: Any, send: Any) -> None:
    """Let Django answer a reader, whose requests are no larger than a form of the paper."""
    limit = MAX_UPLOAD if scope["path"] == UPLOADS else MAX_BODY
    await _django(scope, receive, send, max_body=limit)


_static = _static_files()
_media = _media_files()
_live = live_streams()
press = Press(
    app=_paper,
    ways=Ways(_parameters, _render),
    counters=counters(),
    limit=settings.OPTIONS.press_memory * 1024 * 1024,
    time_limit=settings.OPTIONS.press_seconds,
    threads=_making,
    guards=transport_headers(),
)


# While a thread makes a page or stores comments, the event loop waits for the interpreter's lock,
# and all readers with it: 5 ms each time by default, in which it could have answered two hundred.
sys.setswitchinterval(SWITCH_EVERY)

# What stands by now stays. To look through all of it for garbage takes a tenth of a second, in which
# nobody is answered.
resolve("/")
gc.collect()
gc.freeze()

# A process that starts may follow one that died between a commit and what follows it.
counters().change([EVERYTHING], withdraws=True)
listener = None
if connection.vendor == "postgresql":
    listener = Listener(connection.get_connection_params(), counters())
    listener.start()


def _end_with_parent() -> None:
    """End as if told to when the process that started this one is gone, by whatever it was ended.

    Left to itself a web process would keep the port, and ``serve`` could not be started again.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()


_end_with_parent()


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
    return await _paper(scope, receive, send)
