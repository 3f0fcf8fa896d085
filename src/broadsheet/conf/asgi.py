"""The ASGI application: static files and media in front, Django behind."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.conf.settings")

from django.core.asgi import get_asgi_application

_django = get_asgi_application()

from django.conf import settings
from servestatic import ServeStaticASGI

from broadsheet.conf.live import live_streams

STATIC_MAX_AGE = 3600
MEDIA_MAX_AGE = 31_536_000
"""Seconds; pictures are named by their content, so a name never means something else."""

MAX_BODY = 512 * 1024
"""Bytes of a request to the paper; the longest comment is a tenth of it."""

PUBLIC_MEDIA = ("pictures", "images")
"""Folders of the media store that are served: what the record keeps, and what Wagtail made of
uploads. The uploads themselves and documents are not."""


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


_static = _static_files()
_media = _media_files()
_live = live_streams()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer files from disk, everything else from Django."""
    if scope["type"] == "http":
        path = scope["path"]
        if path.startswith("/static/"):
            return await _static(scope, receive, send)
        if path.startswith("/media/"):
            return await _media(scope, receive, send)
        if _live.answers(path):
            return await _live(scope, receive, send)
        if not path.startswith("/desk/"):
            return await _bounded(scope, receive, send)
    return await _django(scope, receive, send)


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
