"""Readers who follow live streams, thousands of them in one process, told what to do line by line.

It opens the streams, says so, and then answers commands on its standard input with one JSON object
each: ``wait N`` when every stream has the comment of that number, with the instants at which the
first, the one in the middle and the last had it (of the monotonic clock, which is one for all
processes of a machine); and ``told`` with the ids of the events that the streams were sent, counted by
how many streams got the same. It ends with its input. A stream that breaks is opened again by the id
of its last event, as browsers do, though sooner.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import sys
import time
from collections import Counter, deque
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import uvloop
from bench.machine import allow_many_files

EVENT = re.compile(rb"id: (\d+)\nevent: ([\w.-]+)\ndata: ([^\n]*)\n\n")
BROWSER = """Connection: keep-alive
sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"
sec-ch-ua-platform: "Linux"
sec-ch-ua-mobile: ?0
User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36
Accept: text/event-stream
Cache-Control: no-cache
Sec-Fetch-Site: same-origin
Sec-Fetch-Mode: cors
Sec-Fetch-Dest: empty
Referer: http://news.example/2026/09/a-story-with-12-comments/
Accept-Encoding: gzip, deflate, br, zstd
Accept-Language: en-GB,en;q=0.9
""".replace("\n", "\r\n")
"""What a browser sends with it: a server may keep it as long as the stream is open."""
AT_ONCE = 100
"""Streams that are being opened at the same time."""
OPEN_WITHIN = 120.0
WAIT = 60.0
"""Seconds for an event to reach every stream."""
COME_BACK = 0.2
"""Seconds before a broken stream is opened again; browsers wait as long as the stream said."""
MAX_PENDING = 64 * 1024
"""Bytes that may be held of what is no whole event yet."""


class Reader(asyncio.Protocol):
    """One stream: what it was sent, and where it resumes."""

    __slots__ = ("crowd", "events", "is_open", "opened", "pending", "source", "transport")

    def __init__(self, crowd: Crowd, source: str) -> None:
        self.crowd = crowd
        self.source = source
        self.events: list[int] = []
        self.pending = b""
        self.is_open = False
        self.opened: asyncio.Future[None] | None = None
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:  # uvloop's are none of asyncio's classes
        self.transport, self.pending = transport, b""
        last = f"Last-Event-ID: {self.events[-1]}\r\n" if self.events else ""
        transport.write(
            f"GET {self.crowd.path} HTTP/1.1\r\nHost: localhost\r\n{BROWSER}{last}\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.pending += data
        if not self.is_open:
            head, end, rest = self.pending.partition(b"\r\n\r\n")
            if not end:
                return
            status = int(head.split(b" ", 2)[1])
            if status != 200:
                self.crowd.refused[status] += 1
                self._answered()
                self.transport.abort()
                return
            if not rest:
                return  # open when its first line has come, with the server's own buffers in place
            self.pending, self.is_open = rest, True
            self._answered()
        read = 0
        # The server writes events whole, so that the lengths of chunks stand between them.
        for found in EVENT.finditer(self.pending):
            read = found.end()
            if found[2] == b"comment":
                self.events.append(int(found[1]))
                self.crowd.note(json.loads(found[3])["comment"], now)
            else:
                self.crowd.others[found[2].decode()] += 1
        self.pending = self.pending[read:][-MAX_PENDING:]

    def connection_lost(self, exception: Exception | None) -> None:
        was_open, self.is_open = self.is_open, False
        self._answered()
        if was_open and self.crowd.is_following:
            self.crowd.broken += 1
            self.crowd.come_back(self)

    def _answered(self) -> None:
        if self.opened and not self.opened.done():
            self.opened.set_result(None)


class Crowd:
    """All streams of this process."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self.host, self.port, self.path = host, port, path
        self.readers: list[Reader] = []
        self.arrivals: dict[int, list[float]] = {}
        self.refused: Counter[int] = Counter()
        self.others: Counter[str] = Counter()
        self.broken = 0
        self.is_following = True
        self.news = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def note(self, comment: int, now: float) -> None:
        arrived = self.arrivals.setdefault(comment, [])
        arrived.append(now)
        if len(arrived) >= len(self.readers):
            self.news.set()

    async def open(self, count: int, per_address: int) -> dict[str, Any]:
        """Open so many streams, no more than so many from one address of the loopback network."""
        waiting = deque(Reader(self, source(n // per_address)) for n in range(count))
        self.readers = list(waiting)

        async def some() -> None:
            while waiting:
                await self.connect(waiting.popleft())

        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(
                asyncio.gather(*(some() for _ in range(AT_ONCE))), timeout=OPEN_WITHIN
            )
        return {"open": self.open_count(), "refused": dict(self.refused)}

    def open_count(self) -> int:
        return sum(reader.is_open for reader in self.readers)

    async def connect(self, reader: Reader) -> None:
        reader.opened = asyncio.get_running_loop().create_future()
        await asyncio.get_running_loop().create_connection(
            lambda: reader, self.host, self.port, local_addr=(reader.source, 0)
        )
        await reader.opened

    def come_back(self, reader: Reader) -> None:
        task = asyncio.get_running_loop().create_task(self._again(reader))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _again(self, reader: Reader) -> None:
        while self.is_following and not reader.is_open:
            await asyncio.sleep(COME_BACK)
            with contextlib.suppress(OSError):
                await self.connect(reader)

    async def wait(self, comment: int) -> dict[str, Any]:
        """Wait until every stream has a comment; tell when they had it."""
        deadline = time.monotonic() + WAIT
        arrived = self.arrivals.setdefault(comment, [])
        while len(arrived) < len(self.readers) and time.monotonic() < deadline:
            self.news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), 0.5)
        times = sorted(arrived)
        return {
            "missing": len(self.readers) - len(times),
            "first": times[0] if times else None,
            "median": times[len(times) // 2] if times else None,
            "last": times[-1] if times else None,
        }

    def told(self) -> dict[str, Any]:
        """Return what the streams were sent: each different sequence of ids, and how many got it."""
        sequences = Counter(tuple(reader.events) for reader in self.readers)
        return {
            "open": self.open_count(),
            "broken": self.broken,
            "others": dict(self.others),
            "sequences": [[list(ids), count] for ids, count in sequences.most_common()],
        }


def source(number: int) -> str:
    """Return one of the addresses of the loopback network, for who counts streams by address."""
    number += 2
    return f"127.{1 + number // 65536}.{number // 256 % 256}.{number % 256}"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("count", type=int)
    parser.add_argument("--per-address", type=int, default=4)
    given = parser.parse_args()
    allow_many_files()
    crowd = Crowd("127.0.0.1", given.port, given.path)
    print(json.dumps(await crowd.open(given.count, given.per_address)), flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    while line := (await lines.readline()).decode().split():
        answer = await crowd.wait(int(line[1])) if line[0] == "wait" else crowd.told()
        print(json.dumps(answer), flush=True)
    crowd.is_following = False


if __name__ == "__main__":
    # The loop is faster than the server's work, so that what is timed is the server.
    with (
        contextlib.suppress(KeyboardInterrupt),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(main())
