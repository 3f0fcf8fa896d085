"""Readers and writers on one story, bounded in number and rate, and a book of what they were told.

Each comment carries a token. A writer who is not answered sends the same form again until it is, as a
reader at a screen would; what was answered with 201 is acknowledged. A reader counts what the page
says that it holds: a page that says less than was acknowledged before it was asked for is old.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

WRITERS = 3
READERS = 3
READS_A_SECOND = 20.0
"""Of each reader."""
WRITES_A_SECOND = 4.0
"""Of each writer, when it is answered."""
ANSWER_WITHIN = 30.0
"""Seconds; longer is a failure."""
AGAIN_AFTER = 0.25
"""Seconds from a form that was not answered to its next sending."""
_OLD = re.compile("detail=application-unreachable|could not be made again")
"""How nginx and the press say that a page is an old one, served because there is no other."""
_COUNT = re.compile(rb"data-count>([\d,]+) comments?<")


@dataclass
class Words:
    """A comment as somebody wants to post it, and what became of it."""

    token: str
    sent: int = 0
    """How many times the form was sent."""
    acknowledged_at: float | None = None


@dataclass
class Read:
    """One page as a reader got it: when it was asked for, how long it took, and what it said."""

    asked_at: float
    took: float
    status: int
    comments: int
    is_marked: bool
    """Whether the page said that it is an old one, kept because no new one could be had."""


@dataclass
class Book:
    """What all readers and writers were told; times by the monotonic clock."""

    words: list[Words] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Answers to forms that were neither 201 nor a failure of the server."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> list[float]:
        """Return when each comment was acknowledged, in order."""
        return sorted(each.acknowledged_at for each in self.words if each.acknowledged_at)

    def ages(self, before: int) -> list[tuple[Read, float]]:
        """Return each good page with its age in seconds: since when a comment that it lacks was
        acknowledged. ``before`` is the number of comments that the story had at first."""
        times = self.acknowledged
        found = []
        for read in self.reads:
            if read.status == 200:
                known = read.comments - before
                lacks = 0 <= known < len(times) and times[known] < read.asked_at
                found.append((read, read.asked_at - times[known] if lacks else 0.0))
        return found

    def longest_gap(self) -> float:
        """Return the longest time in seconds that one good page was after the one before."""
        ends = sorted(read.asked_at + read.took for read in self.reads if read.status == 200)
        return max((late - early for early, late in itertools.pairwise(ends)), default=0.0)


def ask(
    port: int, path: str, method: str = "GET", body: str = "", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Send one request on a connection of its own; status 0 where no answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_WITHIN)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with contextlib.closing(connection):
        try:
            connection.request(method, path, body=body or None, headers=named)
            response = connection.getresponse()
            # Two caches may each say something: the application's press, and nginx.
            said = ", ".join(response.headers.get_all("Cache-Status", []))
            return response.status, {"cache-status": said}, response.read()
        except (OSError, http.client.HTTPException):
            return 0, {"cache-status": ""}, b""


def read_page(port: int, path: str) -> Read:
    """Read a story's page and count its comments; -1 where the page does not say."""
    asked_at = time.monotonic()
    status, headers, body = ask(port, path)
    took = time.monotonic() - asked_at
    found = _COUNT.search(body)
    count = int(found[1].replace(b",", b"")) if found else -1
    return Read(asked_at, took, status, count, bool(_OLD.search(headers["cache-status"])))


def post(port: int, path: str, token: str) -> tuple[int, bytes]:
    """Send the form of a comment once."""
    form = {"text": f"I was there too, and I say {token}.", "name": "Robin Reader", "key": token}
    status, _, body = ask(
        port,
        f"{path}comment/",
        "POST",
        urlencode(form),
        Content_Type="application/x-www-form-urlencoded",
        Accept="application/json",
    )
    return status, body


class Load:
    """Readers and writers that go on until they are told to stop."""

    def __init__(self, *, name: str, reads: int, writes: int, path: str) -> None:
        """``reads`` and ``writes`` are the ports to ask; ``name`` begins each token."""
        self.book = Book()
        self.name, self.path = name, path
        self.reads, self.writes = reads, writes
        self.stopping = threading.Event()
        """No new comment is begun; those that were are sent until they are acknowledged."""
        self.given_up = threading.Event()
        jobs: list[Callable[[int], None]] = [self._write] * WRITERS + [self._read] * READERS
        self.threads = [
            threading.Thread(target=job, args=(number,), daemon=True)
            for number, job in enumerate(jobs)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self, within: float) -> bool:
        """Let writers finish what they began; return whether all did within so many seconds."""
        self.stopping.set()
        deadline = time.monotonic() + within
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        finished = not any(thread.is_alive() for thread in self.threads)
        self.given_up.set()
        for thread in self.threads:
            thread.join(ANSWER_WITHIN + 1)
        return finished

    def _read(self, _: int) -> None:
        while not self.stopping.is_set():
            read = read_page(self.reads, self.path)
            with self.book.lock:
                self.book.reads.append(read)
            self.stopping.wait(max(0.0, 1 / READS_A_SECOND - read.took))

    def _write(self, number: int) -> None:
        said = 0
        while not self.stopping.is_set():
            said += 1
            words = Words(f"{self.name}-writer{number}-word{said:05}")
            with self.book.lock:
                self.book.words.append(words)
            began = time.monotonic()
            self._send(words)
            self.stopping.wait(max(0.0, 1 / WRITES_A_SECOND - (time.monotonic() - began)))

    def _send(self, words: Words) -> None:
        while not self.given_up.is_set():
            words.sent += 1
            status, body = post(self.writes, self.path, words.token)
            if status == 201 and "id" in json.loads(body):
                words.acknowledged_at = time.monotonic()
                return
            if status and status < 500:
                with self.book.lock:
                    self.book.refused.append(f"{status} {body[:200].decode(errors='replace')}")
                return
            self.given_up.wait(AGAIN_AFTER)
