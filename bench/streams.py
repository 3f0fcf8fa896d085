"""Many open streams on one story, and how soon the last reader has a comment.

Readers are connections of a client of our own, in a process beside the server: each asks for the
stream of one story and notes when the bytes of an event arrive. They come from as many addresses of
the loopback network as the server's bound for one address asks for, so nothing is switched off for
the measurement. A comment is posted as a reader posts it; the time runs from its answer, which is
given when the comment is durable, and beside it from the moment the request was sent.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import resource
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.servers import bound_to, broadsheet, processor_seconds, two_cores

STREAMS = [1, 1000, 10_000]
COMMENTS = 5
"""Comments whose delivery is measured at each number of streams."""
PER_ADDRESS = 20
"""Connections from one address: the server's default bound."""
AT_ONCE = 200
"""Connections that are opened together."""
OPEN_WITHIN = 120.0
ARRIVE_WITHIN = 30.0
"""Seconds."""
FILES_BESIDE = 200
"""Files that a process has open apart from its streams."""


class Reader(asyncio.Protocol):
    """One connection: asks for a stream, then waits for events."""

    def __init__(self, readers: Readers) -> None:
        self.readers = readers
        self.is_open = False
        self.tail = b""

    def connection_made(self, transport: Any) -> None:
        transport.write(self.readers.request)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if not self.is_open:
            self.is_open = True
            self.readers.opened(data)
        # An event may come in two parts; its end is a fixed word with the id of the comment.
        wanted = self.readers.wanted
        if wanted and wanted in self.tail + data:
            self.readers.arrived.append(now)
            self.readers.check()
        self.tail = data[-len(wanted) :] if wanted else b""

    def connection_lost(self, exc: Exception | None) -> None:
        self.readers.lost += 1


class Readers:
    """All connections of one measurement."""

    def __init__(self, origin: str, story: int) -> None:
        parts = urllib.parse.urlsplit(origin)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        lines = [
            f"GET /live/{story}/ HTTP/1.1",
            f"Host: {parts.netloc}",
            "Connection: keep-alive",
            'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"',
            'sec-ch-ua-platform: "Linux"',
            "sec-ch-ua-mobile: ?0",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/140.0.0.0 Safari/537.36",
            "Accept: text/event-stream",
            "Cache-Control: no-cache",
            "Sec-Fetch-Site: same-origin",
            "Sec-Fetch-Mode: cors",
            "Sec-Fetch-Dest: empty",
            f"Referer: {origin}/2026/09/a-story-of-the-bench/",
            "Accept-Encoding: gzip, deflate, br, zstd",
            "Accept-Language: en-GB,en;q=0.9",
        ]
        self.request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self.transports: list[asyncio.BaseTransport] = []
        self.wanted = b""
        self.arrived: list[float] = []
        self.count = 0
        self.lost = 0
        self.refused: list[bytes] = []
        self._opened = 0
        self._change = asyncio.Event()

    def opened(self, answer: bytes) -> None:
        if not answer.startswith(b"HTTP/1.1 200"):
            self.refused.append(answer.partition(b"\r\n")[0])
        self._opened += 1
        self.check()

    def check(self) -> None:
        if self._opened == self.count or len(self.arrived) >= self.count:
            self._change.set()

    async def open(self, count: int) -> None:
        """Open streams until there are ``count``; raises if the server refuses one."""
        loop = asyncio.get_running_loop()
        self.count = count
        self._change.clear()
        while len(self.transports) < count:
            numbers = range(len(self.transports), min(len(self.transports) + AT_ONCE, count))
            made = [
                loop.create_connection(
                    lambda: Reader(self), self.host, self.port, local_addr=(own_address(number), 0)
                )
                for number in numbers
            ]
            self.transports += [transport for transport, _ in await asyncio.gather(*made)]
        async with asyncio.timeout(OPEN_WITHIN):
            while self._opened < count:
                self._change.clear()
                await self._change.wait()
        if self.refused:
            raise RuntimeError(f"{len(self.refused)} streams refused: {self.refused[0]!r}")

    def expect(self, comment: bytes) -> None:
        self.wanted = comment
        self.arrived = []
        self._change.clear()

    async def all_arrived(self) -> None:
        async with asyncio.timeout(ARRIVE_WITHIN):
            while len(self.arrived) < self.count:
                self._change.clear()
                await self._change.wait()

    def close(self) -> None:
        for transport in self.transports:
            transport.abort()  # type: ignore[attr-defined]


def own_address(number: int) -> str:
    """Return the address that a reader comes from, from 127.0.1.0 on."""
    group = number // PER_ADDRESS
    return f"127.0.{1 + group // 254}.{1 + group % 254}"


def post(origin: str, path: str, text: str) -> tuple[float, float, int]:
    """Post a comment. Returns when it was sent, when it was answered, and the thread's count."""
    parts = urllib.parse.urlsplit(origin)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    with contextlib.closing(connection):
        body = urllib.parse.urlencode({"text": text, "name": "Lena Brookes"})
        sent = time.perf_counter()
        connection.request(
            "POST",
            f"{path}comment/",
            body,
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        )
        answer = connection.getresponse()
        said = answer.read()
        answered = time.perf_counter()
    if answer.status != 201:
        raise RuntimeError(f"the comment was answered {answer.status}: {said[:200]!r}")
    return sent, answered, int(json.loads(said)["count"])


def memory(pid: int) -> int:
    """Return the bytes of memory that a process holds, its share of what is shared."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"nothing is known of the memory of process {pid}")


def story_number(origin: str, path: str) -> int:
    """Return the number of a story, as its page says."""
    parts = urllib.parse.urlsplit(origin)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", path)
        page = connection.getresponse().read().decode()
    return int(page.partition('data-document="')[2].partition('"')[0])


async def _measure(origin: str, path: str, pid: int, streams: int, comments: int) -> dict[str, Any]:
    readers = Readers(origin, story_number(origin, path))
    before = memory(pid)
    begun = time.perf_counter()
    await readers.open(streams)
    opened_in = time.perf_counter() - begun
    full = memory(pid)
    # The first is not measured; its answer says how many there are.
    _, _, count = await asyncio.to_thread(post, origin, path, f"Before {streams} streams.")
    last, median_reader, since_sent, costs = [], [], [], []
    for number in range(comments):
        count += 1
        readers.expect(f'"n":{count}}}'.encode())
        used = processor_seconds(pid)
        posted = asyncio.to_thread(post, origin, path, f"Comment {number} with {streams} streams.")
        sent, answered, said = await posted
        if said != count:
            raise RuntimeError(f"somebody else comments here: {said} comments, not {count}")
        await readers.all_arrived()
        costs.append(1e6 * (processor_seconds(pid) - used) / streams)
        arrived = sorted(readers.arrived)
        last.append(max(arrived[-1] - answered, 0.0))
        median_reader.append(max(arrived[len(arrived) // 2] - answered, 0.0))
        since_sent.append(arrived[-1] - sent)
    lost = readers.lost
    after = memory(pid)
    readers.close()
    return {
        "streams": streams,
        "comments": comments,
        "opened_per_second": round(streams / opened_in),
        "last_reader_seconds": _spread(last),
        "median_reader_seconds": _spread(median_reader),
        "last_reader_since_sent_seconds": _spread(since_sent),
        "delivery_cpu_microseconds": _spread(costs),
        "memory_before_bytes": before,
        "memory_open_bytes": full,
        "memory_after_comments_bytes": after,
        "memory_per_stream_bytes": round(after / streams),
        "memory_added_per_stream_bytes": round((after - before) / streams),
        "streams_lost": lost,
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(median(values), 4),
        "least": round(min(values), 4),
        "most": round(max(values), 4),
    }


def measure(
    origin: str, path: str, pid: int, *, streams: int, comments: int = COMMENTS
) -> dict[str, Any]:
    """Open streams on the story at ``path`` of a running server and post comments there.

    ``pid`` is the process that serves. Returns seconds and bytes as plain numbers; each time is
    ``{median, least, most}`` over the comments. The memory of a stream is that of the whole process,
    divided. Raises :class:`RuntimeError` where a stream is refused or this process may not open as
    many files.
    """
    allow_open_files(streams + FILES_BESIDE)
    return _run(_measure(origin, path, pid, streams, comments))


def _run(main: Any) -> dict[str, Any]:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)  # type: ignore[no-any-return]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)  # type: ignore[no-any-return]


def allow_open_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise RuntimeError(f"this system lets a process open {hard} files, not {count}")
    if soft == resource.RLIM_INFINITY or soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def measure_new_store(counts: Sequence[int], comments: int) -> list[dict[str, Any]]:
    """Measure on a store of its own, server and readers each on one processor, if there are two."""
    cores = two_cores()
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-streams-") as folder,
        broadsheet(Path(folder), [12], cores.serving if cores else None) as (server, paths),
        bound_to(cores.asking if cores else None),
    ):
        path = next(iter(paths.values()))
        return [
            measure(server.origin, path, server.pid, streams=count, comments=comments)
            for count in counts
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, nargs="+", default=STREAMS)
    parser.add_argument("--comments", type=int, default=COMMENTS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    results = measure_new_store(given.streams, given.comments)
    if given.json:
        print(json.dumps(results, indent=2))
        return
    for result in results:
        print(words(result))


def words(result: Mapping[str, Any]) -> str:
    last, cost = result["last_reader_seconds"], result["delivery_cpu_microseconds"]
    return (
        f"{result['streams']:>6} streams: last reader {1000 * last['median']:.0f} ms after the answer"
        f" ({1000 * last['least']:.0f}–{1000 * last['most']:.0f}),"
        f" {cost['median']:.1f} µs of the server's processor a delivery,"
        f" {result['memory_per_stream_bytes'] / 1024:.1f} KB a stream, all memory divided"
        f" ({result['memory_added_per_stream_bytes'] / 1024:.1f} KB more than before it),"
        f" {result['streams_lost']} lost"
    )


if __name__ == "__main__":
    main()
