"""Live streams: how fast all readers have a comment, what a stream costs, and what a restart loses.

A process of its own (`stream_client.py`) holds the streams. A comment is posted, as readers post; time
counts from the answer to the post, which comes after the commit, until the first, the middle and the
last stream has the event. A bare server under uvicorn, which passes on what it is sent and does nothing
else, is measured the same way in the same rounds. For the restart the server is killed while
comments arrive and started again on its port: what the streams were sent in the end is compared with
what a reader is sent who comes late and asks for all.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.figures import as_range, markdown_table, row, spread
from bench.machine import bound_to, say
from bench.parts import Bench, alone
from bench.servers import (
    Server,
    Store,
    WrongAnswer,
    broadsheet,
    fetch,
    memory_bytes,
    new_store,
    processor_seconds,
    python_server,
    wait_until_quiet,
)
from bench.writer import Posted, Writer, writer
from tests.site import free_port

NAME = "streams"
TITLE = "Live streams"
NEEDS = ()

COMMENTS = 12
"""Of the story that is followed."""
PER_ADDRESS = 4
"""Streams from one address; the product bounds them."""
RESUMING = 100
"""Streams that are open when the server is killed."""
AROUND_RESTART = 20
"""Comments before the server is killed, and after it is back."""
SETTLES = 0.5
"""Seconds after opening, and after a comment, in which the server finishes what belongs to it."""
ANSWER_WITHIN = 200.0
"""Seconds for the process that holds the streams to answer a line."""
MAX_LAST = 0.5
"""Seconds until the last reader has a comment."""
MAX_MEMORY = 25_000
"""Bytes a stream."""
OURS, BARE = "Broadsheet", "bare uvicorn"


@dataclass
class Followers:
    """The process that holds streams open."""

    process: subprocess.Popen[str]

    def say(self, line: str) -> dict[str, Any]:
        """Give a command; return its answer."""
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], ANSWER_WITHIN)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            raise RuntimeError("the process that holds the streams does not answer")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextlib.contextmanager
def followers(server: Server, path: str, count: int, core: int | None) -> Iterator[Followers]:
    """Open streams in a process of their own; raises :class:`WrongAnswer` unless all are open."""
    script = Path(__file__).with_name("stream_client.py")
    port = str(urlsplit(server.origin).port)
    arguments = [port, path, str(count), "--per-address", str(PER_ADDRESS)]
    with bound_to(core):
        process = subprocess.Popen(
            [sys.executable, str(script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
    try:
        crowd = Followers(process)
        opened = crowd.hear()
        if opened["open"] != count:
            raise WrongAnswer(f"{opened['open']} of {count} streams are open: {opened['refused']}")
        yield crowd
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            # What was not written yet cannot be written any more.
            with contextlib.suppress(OSError):
                if pipe:
                    pipe.close()


def measure(bench: Bench) -> dict[str, Any]:
    """Measure fan-out and memory for each number of streams, then the restart."""
    store = new_store(bench.folder / "followed", [COMMENTS])
    found = [
        each
        for count in bench.effort.streams
        for each in (fan_out(bench, store, count), bare_fan_out(bench, count))
    ]
    say("  a restart under streams")
    return {"rounds": bench.effort.rounds, "streams": found, "restart": restart(bench, store)}


def fan_out(bench: Bench, store: Store, count: int) -> dict[str, Any]:
    story = store.stories[COMMENTS]
    with broadsheet(store, bench.serving) as process, writer(process.server.origin) as one:
        path = stream_path(process.server, story)
        with followers(process.server, path, 1, bench.asking):
            one.post(story, "The first one loads what is loaded once.")
        return measured(
            OURS,
            process.server,
            path,
            count,
            bench,
            lambda number: one.post(story, f"Comment {number} for all."),
        )


def bare_fan_out(bench: Bench, count: int) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder,
        python_server(
            "uvicorn", "bench.constant:streams", os.environ, Path(folder), bench.serving
        ) as process,
    ):
        return measured(
            BARE, process.server, "/", count, bench, lambda number: publish(process.server, number)
        )


def publish(server: Server, number: int) -> Posted:
    """Give the bare server something to pass on, for the so-manieth time."""
    parts = urlsplit(server.origin)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    with contextlib.closing(connection):
        began = time.monotonic()
        connection.request("POST", "/", b"news")
        connection.getresponse().read()
        now = time.monotonic()
    return Posted(number, "", now, now - began, "")


def measured(
    name: str,
    server: Server,
    path: str,
    count: int,
    bench: Bench,
    post: Callable[[int], Posted],
) -> dict[str, Any]:
    """Open the streams and post to them, once a round."""
    say(f"  {count} streams of {name}")
    wait_until_quiet(server.pid)
    before = memory_bytes(server.pid)
    waits: dict[str, list[float]] = {"first": [], "median": [], "last": []}
    costs: list[float] = []
    missing = 0
    with followers(server, path, count, bench.asking) as crowd:
        # A server with streams never rests: it looks for news and sends heartbeats.
        time.sleep(SETTLES)
        held = memory_bytes(server.pid)
        for number in range(1, bench.effort.rounds + 1):
            used = processor_seconds(server.pid)
            posted = post(number)
            arrived = crowd.say(f"wait {posted.comment}")
            time.sleep(SETTLES)
            used_after = processor_seconds(server.pid)
            missing += arrived["missing"]
            if arrived["first"] is None:
                raise WrongAnswer("a comment reached no stream")
            for which, values in waits.items():
                values.append(1000 * (arrived[which] - posted.acknowledged_at))
            if used is not None and used_after is not None:
                costs.append((used_after - used) * 1e6 / count)
        most = memory_bytes(server.pid)
    return {
        "server": name,
        "streams": count,
        "milliseconds": {which: spread(values) for which, values in waits.items()},
        "processor_microseconds": spread(costs) if costs else None,
        "missing": missing,
        "memory_before": before,
        "memory_with_streams": held,
        "memory_after_events": most,
        "bytes_per_stream": round((max(held, most) - before) / count),
    }


def stream_path(server: Server, story: str) -> str:
    """Return the address of a story's stream, by the number that its page tells."""
    page = fetch(server.origin, story, Accept_Encoding="identity").body
    if not (found := re.search(rb'data-document="(\d+)"', page)):
        raise WrongAnswer(f"{story} does not tell its document")
    return f"/live/{int(found[1])}/"


def restart(bench: Bench, store: Store) -> dict[str, Any]:
    """Kill the server while comments arrive, start it again, and compare what readers have."""
    story = store.stories[COMMENTS]
    port = free_port()
    acknowledged: list[int] = []
    with contextlib.ExitStack() as running:
        with broadsheet(store, bench.serving, port=port) as process:
            path = stream_path(process.server, story)
            with writer(process.server.origin) as one:
                crowd = running.enter_context(
                    followers(process.server, path, RESUMING, bench.asking)
                )
                # Who was never sent anything has no number to come back with.
                acknowledged.append(one.post(story, "The first one.").comment)
                if crowd.say(f"wait {acknowledged[0]}")["missing"]:
                    raise WrongAnswer("a comment did not reach every stream")
                acknowledged += some_comments(one, story, "Before the fall")
            os.killpg(process.process.pid, signal.SIGKILL)
            process.process.wait()
        with broadsheet(store, bench.serving, port=port) as process:
            with writer(process.server.origin) as one:
                acknowledged += some_comments(one, story, "After it")
            crowd.say(f"wait {acknowledged[-1]}")
            told = crowd.say("told")
            first = told["sequences"][0][0][0]
            with followers(process.server, f"{path}?after={first - 1}", 1, bench.asking) as late:
                late.say(f"wait {acknowledged[-1]}")
                whole = late.say("told")["sequences"][0][0]
    return {
        "streams": RESUMING,
        "acknowledged": len(acknowledged),
        "in_the_record": len(whole),
        "came_back": told["broken"],
        **losses(told["sequences"], whole),
    }


def some_comments(one: Writer, story: str, words: str) -> list[int]:
    """Post comments; return their numbers once they are acknowledged."""
    return [one.post(story, f"{words}, {place}.").comment for place in range(AROUND_RESTART)]


def losses(sequences: list[Any], whole: list[int]) -> dict[str, int]:
    """Count, over all streams, events that were missed and events that came twice."""
    missed = twice = 0
    for ids, count in sequences:
        missed += count * len(set(whole) - set(ids))
        twice += count * (len(ids) - len(set(ids)))
    return {"missed": missed, "twice": twice}


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare with the goals, at the largest number of streams."""
    ours = [each for each in found["streams"] if each["server"] == OURS]
    most = max(ours, key=lambda each: each["streams"])
    last = most["milliseconds"]["last"]
    whole = most["memory_after_events"] / most["streams"]
    restart = found["restart"]
    what = f"{most['streams']:,} open streams"
    return [
        row(
            f"{what}, one comment: last reader has it after",
            f"{as_range(last)} ms",
            f"≤ {MAX_LAST} s",
            last["median"] <= 1000 * MAX_LAST and not most["missing"],
        ),
        row(
            f"{what}: memory of a stream",
            f"{most['bytes_per_stream'] / 1000:.1f} KB ({whole / 1000:.1f} with the server's own)",
            f"≤ {MAX_MEMORY / 1000:.0f} KB",
            most["bytes_per_stream"] <= MAX_MEMORY,
        ),
        row(
            f"kill -9 and start under {restart['streams']} streams:"
            f" of {restart['acknowledged']} acknowledged comments",
            f"{restart['missed']} missed, {restart['twice']} twice",
            "nothing lost",
            restart["missed"] == restart["twice"] == 0
            and restart["in_the_record"] >= restart["acknowledged"],
        ),
    ]


def tables(found: dict[str, Any]) -> str:
    """Lay the figures out."""
    table = markdown_table(
        [
            "streams",
            "server",
            "ms to the first reader",
            "to the middle one",
            "to the last",
            "CPU µs a delivery",
            "KB a stream",
        ],
        [
            [
                f"{each['streams']:,}",
                each["server"],
                *(as_range(each["milliseconds"][which]) for which in ("first", "median", "last")),
                as_range(each["processor_microseconds"]),
                f"{each['bytes_per_stream'] / 1000:.1f}",
            ]
            for each in found["streams"]
        ],
    )
    restart = found["restart"]
    return (
        f"One comment a round, {found['rounds']} rounds. CPU of Broadsheet includes the posting.\n\n"
        f"{table}\n\nOver the restart {restart['came_back']} streams came back;"
        f" {restart['in_the_record']} comments were in the record."
    )


if __name__ == "__main__":
    sys.exit(alone(sys.modules[__name__], __doc__))
