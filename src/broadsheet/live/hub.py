"""The streams of one process, and the one task that feeds them.

It watches a word of shared memory that is another one after every change (``press.counters``), asks
the source once for each channel whose mark changed, however many streams follow it, and sends every
stream the same bytes, made once. There is no work in the database for a client.

A reader is too slow when the server would have to wait before it can send: the operating system's
buffer is full, and the server's behind it. Nothing is kept for it here; it is dropped, and comes back
by the number of its last event.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from broadsheet import clock
from broadsheet.live.channels import BACKLOG, Channel, Send, Stream
from broadsheet.live.events import HEARTBEAT, Batch, Source, aside_frame, reset, retry
from broadsheet.press.counters import Counters, place

LOOK_EVERY = 0.05
"""Seconds between two looks at the marks: what a comment waits at most before it is asked for."""
LOOK_AGAIN = (0.1, 0.3, 1.0, 3.0)
"""Seconds after which a changed mark is looked at again that brought nothing: marks also change when
a transaction is still running, or is undone."""
RECHECK = 30.0
"""Seconds after which a channel is asked for though its mark is the same: a change that was not told
here (another machine's, while the database was away) is found no later."""
ASIDE_AFTER = 1.5
"""Seconds after a change until asides are asked for: many come together, and cost one question."""
ASIDE_MARGIN = 10.0
"""Seconds further back than necessary that asides are asked for: a transaction has its time from its
beginning, and is seen when it ends."""
BACK_OFF = (0.25, 10.0)
"""Seconds before the source is asked again after it failed: the first time, and at most."""
BEATS = 16
"""Seconds between two heartbeats of a stream; each second a part of the streams has its own."""
LIFE = 300.0
"""Seconds after which a stream ends, so that readers spread anew; a tenth more or less."""
RETRY = 5000
"""Milliseconds before a browser comes back, and at most as many more, by chance."""
AT_ONCE = 250
"""Streams that are written to before other requests have their turn."""
FAREWELL = 5.0
"""Seconds in which a reader that was too slow may still take its last event."""
IDLE_CHANNELS = 100
"""Channels that are remembered while nobody follows them, the last used ones."""

logger = logging.getLogger(__name__)


class NoRoom(Exception):
    """There are too many streams; ``by_address``: from this reader's address."""

    def __init__(self, *, by_address: bool) -> None:
        super().__init__("too many streams")
        self.by_address = by_address


class NotNow(Exception):
    """The source cannot say at present whether there is such a channel."""


class Hub:
    """All streams of this process. Not to be used from more than one event loop."""

    def __init__(
        self,
        source: Source,
        *,
        key_of: Callable[[int], str],
        aside_key_of: Callable[[int], str],
        counters: Callable[[], Counters],
        per_address: int,
        most: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self.key_of = key_of
        self.aside_key_of = aside_key_of
        self.per_address = per_address
        self.most = most
        self._counters = counters
        self._now = now
        self._channels: dict[int, Channel] = {}
        self._loading: dict[int, asyncio.Future[Channel | None]] = {}
        self._thread = ThreadPoolExecutor(1, "live-source")
        self._addresses: Counter[str] = Counter()
        self._beats: list[dict[Stream, None]] = [{} for _ in range(BEATS)]
        self._beat = 0
        self._joined = 0
        self._latest = 0
        self._rests_until = 0.0
        self._failures = 0
        self._farewells: set[asyncio.Task[None]] = set()
        self.is_stopping = False

    def __len__(self) -> int:
        """Return how many streams are open or about to be."""
        return self._addresses.total()

    # Coming and going

    def enter(self, address: str) -> None:
        """Count a reader in before anything is done for it. Raises :class:`NoRoom`."""
        if len(self) >= self.most or self.is_stopping:
            raise NoRoom(by_address=False)
        # Readers of whom no address is known cannot be told apart, so they are not held to account.
        if address and self._addresses[address] >= self.per_address:
            raise NoRoom(by_address=True)
        self._addresses[address] += 1

    def leave(self, address: str) -> None:
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]

    async def channel(self, number: int, after: int | None = None) -> Channel | None:
        """Return a channel as it stands, or ``None`` if there is none; loaded once for all who ask.

        It knows what happened up to ``after`` at least, if anything did. Raises :class:`NotNow`.
        """
        channel = self._channels.pop(number, None)
        if channel is None:
            return await self._load(number)
        self._channels[number] = channel  # the last used one stands last
        is_late = after is not None and after > channel.head
        if is_late or not channel.streams:
            age = self._now() - channel.asked_at
            if self._mark(channel) != channel.mark or age > (1.0 if is_late else RECHECK):
                try:
                    await self._ask(channel)
                except Exception as error:
                    raise NotNow from error
        return channel

    async def _load(self, number: int) -> Channel | None:
        loading = self._loading.get(number)
        if loading is None:
            loading = asyncio.ensure_future(self._first(number))
            self._loading[number] = loading
            loading.add_done_callback(lambda _: self._loading.pop(number, None))
        try:
            # One who leaves meanwhile takes nothing from the others who wait.
            return await asyncio.shield(loading)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise NotNow from error

    async def _first(self, number: int) -> Channel | None:
        channel = Channel(number, place(self.key_of(number)), place(self.aside_key_of(number)))
        channel.mark = self._mark(channel)
        batch = await self._in_thread(number, 0)
        if batch is None:
            return None
        channel.take(batch)
        channel.is_open = batch.is_open
        channel.asked_at = self._now()
        channel.due = channel.asked_at + RECHECK
        self._channels[number] = channel
        self._forget_idle()
        return channel

    def _forget_idle(self) -> None:
        idle = [each for each in self._channels.values() if not each.streams]
        for channel in idle[:-IDLE_CHANNELS]:
            del self._channels[channel.number]

    def join(self, channel: Channel, send: Send, after: int | None) -> Stream | None:
        """Begin a stream with what its reader missed after ``after``; ``None``: only what comes.

        The head of the answer was sent. Returns ``None`` if the reader takes nothing. Must be called
        without a pause after :meth:`channel`.
        """
        channel = self._channels.setdefault(channel.number, channel)
        now = self._now()
        chance = int.from_bytes(clock.random_bytes(2)) / 0x10000
        body = retry(RETRY + int(RETRY * chance))
        if after is not None:
            missed = channel.since(after)
            body += reset(channel.head) if missed is None else missed
        if not _push(send, _body(body)):
            return None
        task = asyncio.current_task()
        assert task is not None, "a stream is a task of its server"
        stream = Stream(
            channel,
            send,
            beat=self._joined % BEATS,
            ends_at=now + LIFE * (0.9 + 0.2 * chance),
            task=task,
        )
        self._joined += 1
        if not channel.streams:
            if self._mark(channel) != channel.mark:
                channel.due = now
            channel.aside_mark, channel.aside_at = self._aside_mark(channel), now
            channel.aside_due = None
        channel.streams[stream] = None
        self._beats[stream.beat][stream] = None
        return stream

    def part(self, stream: Stream) -> None:
        """Forget a stream whose reader left, or that ended."""
        stream.is_over = True
        stream.channel.streams.pop(stream, None)
        self._beats[stream.beat].pop(stream, None)

    # What comes

    async def run(self) -> None:
        """Feed the streams as long as there are any."""
        next_beat = self._now() + 1
        while len(self):
            await asyncio.sleep(LOOK_EVERY)
            await self.look()
            while self._now() >= next_beat:
                next_beat += 1
                self.beat()

    async def look(self) -> None:
        """Ask for the channels whose mark changed, and send what is new."""
        latest = self._counters().latest()
        now = self._now()
        followed = [each for each in self._channels.values() if each.streams]
        if latest != self._latest:
            self._latest = latest
            for channel in followed:
                if self._mark(channel) != channel.mark:
                    channel.due = now
                    channel.vain = 0
                if self._aside_mark(channel) != channel.aside_mark:
                    channel.aside_mark = self._aside_mark(channel)
                    channel.aside_due = channel.aside_due or now + ASIDE_AFTER
        if now < self._rests_until:
            return
        for channel in followed:
            try:
                if channel.due <= now:
                    await self._ask(channel)
                if channel.aside_due is not None and channel.aside_due <= now:
                    await self._ask_aside(channel)
            except Exception:
                # Streams stay: their readers cannot do anything about it.
                self._rest()
                return
        self._failures = 0

    def _rest(self) -> None:
        seconds = min(BACK_OFF[0] * 2 ** min(self._failures, 10), BACK_OFF[1])
        if not self._failures:
            logger.warning(
                "Streams have no news until their source answers again: it failed.", exc_info=True
            )
        self._failures += 1
        self._rests_until = self._now() + seconds

    async def _ask(self, channel: Channel) -> None:
        async with channel.lock:
            # Read before the source is asked, so that no change falls between.
            channel.mark = self._mark(channel)
            batch = await self._in_thread(channel.number, channel.head)
            now = channel.asked_at = self._now()
            if batch is None or batch.head <= channel.head:
                wait = LOOK_AGAIN[channel.vain] if channel.vain < len(LOOK_AGAIN) else RECHECK
                channel.vain += 1
                channel.due = now + wait
                return
            channel.vain = len(LOOK_AGAIN)
            channel.due = now + RECHECK
            await self._take(channel, batch)

    async def _ask_aside(self, channel: Channel) -> None:
        now = self._now()
        seconds = now - channel.aside_at + ASIDE_MARGIN
        loop = asyncio.get_running_loop()
        aside = await loop.run_in_executor(self._thread, self.source.aside, channel.number, seconds)
        channel.aside_at, channel.aside_due = now, None
        if aside is not None:
            await self._send_all(list(channel.streams), _body(aside_frame(aside)))

    async def _take(self, channel: Channel, batch: Batch) -> None:
        body = channel.take(batch)
        channel.is_open = batch.is_open
        # Who joins from here on stands at the new head already.
        streams = list(channel.streams)
        if body is None:
            body = reset(channel.head)
        if body:
            await self._send_all(streams, _body(body))
        if not batch.is_open:
            for stream in streams:
                self._end(stream)

    async def _send_all(self, streams: list[Stream], message: dict[str, object]) -> None:
        for begin in range(0, len(streams), AT_ONCE):
            for stream in streams[begin : begin + AT_ONCE]:
                if not stream.is_over and not _push(stream.send, message):
                    self._drop(stream)
            await asyncio.sleep(0)

    async def _in_thread(self, number: int, after: int) -> Batch | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self.source, number, after, BACKLOG)

    def _mark(self, channel: Channel) -> int:
        return self._counters().marks[channel.place]

    def _aside_mark(self, channel: Channel) -> int:
        return self._counters().marks[channel.aside_place]

    # What goes

    def beat(self) -> None:
        """Send a heartbeat to the streams whose turn it is, and end the old ones; once a second."""
        self._beat = (self._beat + 1) % BEATS
        now = self._now()
        message = _body(HEARTBEAT)
        for stream in list(self._beats[self._beat]):
            if now >= stream.ends_at:
                self._end(stream)
            elif not _push(stream.send, message):
                self._drop(stream)

    def _end(self, stream: Stream) -> None:
        """End an answer; its reader comes back, to whichever process has room for it."""
        if stream.is_over:
            return
        self.part(stream)
        if not _push(stream.send, _body(b"", more=False)):
            self._drop(stream)

    def _drop(self, stream: Stream) -> None:
        """Part with a reader that does not take what is sent, and tell it if that still can be."""
        self.part(stream)
        farewell = asyncio.get_running_loop().create_task(_farewell(stream))
        self._farewells.add(farewell)
        farewell.add_done_callback(self._farewells.discard)

    def stop(self) -> None:
        """End all streams and take no more: the process is about to stop."""
        self.is_stopping = True
        for streams in self._beats:
            for stream in list(streams):
                self._end(stream)

    def close(self) -> None:
        """Give up the thread and what the source holds open in it."""
        self._thread.submit(self.source.close)
        self._thread.shutdown()


def _body(body: bytes, *, more: bool = True) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": more}


def _push(send: Send, message: dict[str, object]) -> bool:
    """Send without waiting; ``False`` if the server would have to wait, or the reader is gone.

    An ASGI server takes what it is given at once as long as its buffer has room. It is run here by
    hand up to its first pause: a task for each of ten thousand streams would cost more than sending.
    """
    sending = send(message)
    try:
        sending.send(None)
    except StopIteration:
        return True
    except Exception:
        # What a server raises when it finds that the reader has left is its own affair.
        return False
    sending.close()
    return False


async def _farewell(stream: Stream) -> None:
    last = _body(reset(stream.channel.head), more=False)
    try:
        async with asyncio.timeout(FAREWELL):
            await stream.send(last)
    except Exception:
        # ASGI has no word for cutting a connection off, and a server that only closes it keeps what
        # waits for as long as its reader holds the line. uvicorn's transport can be asked.
        transport = getattr(getattr(stream.send, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()
        else:
            stream.task.cancel()
