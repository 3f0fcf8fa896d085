"""Streams as this process serves them: fed from the journals, ended before the server stops."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import Any

from django.conf import settings
from django.db import connection

from broadsheet.conf.headers import transport_headers
from broadsheet.discussion.keys import reactions_key
from broadsheet.discussion.wire import news, tallies
from broadsheet.live.asgi import LiveStreams
from broadsheet.live.events import Aside, Batch
from broadsheet.live.hub import Hub
from broadsheet.press.keys import counters
from broadsheet.record.keys import document_key


class Journals:
    """The source of streams, with one connection to the database for all of them."""

    def __call__(self, channel: int, after: int, limit: int) -> Batch | None:
        try:
            return news(channel, after, limit)
        except Exception:
            # A connection that failed is not used again.
            connection.close()
            raise

    def aside(self, channel: int, seconds: float) -> Aside | None:
        try:
            return tallies(channel, seconds)
        except Exception:
            connection.close()
            raise

    def close(self) -> None:
        connection.close()


class ServedStreams(LiveStreams):
    """Streams that end when the server is told to stop: it waits for answers to be complete."""

    _heeds_signals = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not self._heeds_signals:
            self._heeds_signals = True
            _before_the_end(self.hub, asyncio.get_running_loop())
        await super().__call__(scope, receive, send)


def live_streams() -> LiveStreams:
    """Return the application that serves the streams of documents."""
    hub = Hub(
        Journals(),
        key_of=document_key,
        aside_key_of=reactions_key,
        counters=counters,
        per_address=settings.OPTIONS.live_per_address,
        most=settings.OPTIONS.live_streams,
    )
    return ServedStreams(hub, guards=transport_headers())


def _before_the_end(hub: Hub, loop: asyncio.AbstractEventLoop) -> None:
    """End the streams when the process is told to stop, then do what the server does."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        servers = signal.getsignal(number)
        if not callable(servers):
            continue

        def stop(given: int, place: Any, servers: Any = servers) -> None:
            loop.call_soon_threadsafe(hub.stop)
            servers(given, place)

        signal.signal(number, stop)
