"""What the press holds: memory of the server while thousands of different pages are asked for.

Each page is asked for once, in both of its usual forms; then the first ones again, which may have had
to make room. The addresses are those of the replies to each root of a long thread.
"""

from __future__ import annotations

import contextlib
import re
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.figures import markdown_table, row
from bench.load import BROWSERS_ACCEPT
from bench.machine import say
from bench.parts import Bench, alone
from bench.servers import (
    FETCH_WITHIN,
    WrongAnswer,
    broadsheet,
    fetch,
    memory_bytes,
    new_store,
    wait_until_quiet,
)

NAME = "pressed_memory"
TITLE = "Memory of pressed pages"
NEEDS = ()

SETTING = "press_memory"
"""The option that bounds it, in megabytes a process."""
SMALL = 8
"""Megabytes in the second run: the pages do not fit, so the oldest unused must go."""
STEPS = 10
"""At which memory is looked at."""
OVERHEAD = 1.5
"""Times the bound: what keeping pages may cost beside their bytes."""


def measure(bench: Bench) -> dict[str, Any]:
    """Ask for the pages of a server as it comes, and of one that may keep little."""
    pages = bench.effort.pressed
    # Three in five comments are roots.
    comments = pages * 2
    store = new_store(bench.folder / "pressed", [comments])
    runs = []
    for bound in (None, SMALL):
        settings = {} if bound is None else {f"BROADSHEET_{SETTING.upper()}": str(bound)}
        say(f"  {pages} pages, {SETTING} {bound or 'as it comes'}")
        with broadsheet(store, bench.serving, **settings) as process:
            origin = process.server.origin
            paths = reply_pages(origin, store.stories[comments], pages)
            wait_until_quiet(process.server.pid)
            memory = [memory_bytes(process.server.pid)]
            size = 0
            began = time.monotonic()
            with asker(origin) as ask:
                for place in range(STEPS):
                    part = paths[place * pages // STEPS : (place + 1) * pages // STEPS]
                    size += sum(ask(path) for path in part)
                    memory.append(memory_bytes(process.server.pid))
                taken = time.monotonic() - began
                # The last ones are the youngest, so they are there; the first are if all fit.
                first = timed(ask, paths[:50])
                last = timed(ask, paths[-50:])
        runs.append(
            {
                "bound_megabytes": bound,
                "pages": pages,
                "compressed_bytes": size,
                "memory_bytes": memory,
                "seconds": round(taken, 1),
                "first_again_milliseconds": first,
                "last_again_milliseconds": last,
            }
        )
    return {"setting": SETTING, "runs": runs}


def reply_pages(origin: str, story: str, wanted: int) -> list[str]:
    """Return so many addresses of replies to one comment, read off the thread's pages."""
    paths: list[str] = []
    page: str | None = f"{story}discussion/"
    while page and len(paths) < wanted:
        answer = fetch(origin, page, Accept_Encoding="identity")
        if answer.status != 200:
            raise WrongAnswer(f"{page} is answered with {answer.status}")
        paths += [f"{story}discussion/{number}/" for number in root_ids(answer.body)]
        page = next_page(page, answer.body)
    if len(paths) < wanted:
        raise WrongAnswer(f"the thread has {len(paths)} roots, {wanted} are wanted")
    return paths[:wanted]


def root_ids(page: bytes) -> list[int]:
    """Return the ids of the comments on a page that answer no other one."""
    articles = re.findall(rb'<article class="comment[^>]*id="c-(\d+)".*?</h3>', page, re.DOTALL)
    heads = re.findall(rb'<article class="comment[^>]*id="c-\d+".*?</h3>', page, re.DOTALL)
    return [
        int(number)
        for number, head in zip(articles, heads, strict=True)
        if b"replying to" not in head
    ]


def next_page(page: str, body: bytes) -> str | None:
    """Return the address of the page after this one."""
    numbers = [int(each) for each in re.findall(rb'discussion/\?(?:[^"]*&amp;)?after=(\d+)', body)]
    here = int(urlsplit(page).query.rpartition("=")[2] or 0)
    after = max(numbers, default=0)
    return urljoin(page, f"?after={after}") if after > here else None


@contextlib.contextmanager
def asker(origin: str) -> Iterator[Any]:
    """Give a function that gets a page over one connection and returns the bytes it came with."""
    parts = urlsplit(origin)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=FETCH_WITHIN)

    def ask(path: str) -> int:
        connection.request("GET", path, headers={"Accept-Encoding": BROWSERS_ACCEPT})
        response = connection.getresponse()
        size = len(response.read())
        if response.status != 200:
            raise WrongAnswer(f"{path} is answered with {response.status}")
        return size

    with contextlib.closing(connection):
        yield ask


def timed(ask: Any, paths: list[str]) -> float:
    """Return the milliseconds that one of the pages takes."""
    began = time.monotonic()
    for path in paths:
        ask(path)
    return 1000 * (time.monotonic() - began) / len(paths)


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare with the goal: the bound holds, and the youngest stay."""
    lines = []
    for run in found["runs"]:
        if (bound := run["bound_megabytes"]) is None:
            continue
        memory = run["memory_bytes"]
        grown = (memory[-1] - memory[0]) / 1e6
        lines.append(
            row(
                f"memory with {run['pages']:,} pages, {found['setting']} = {bound}",
                f"+ {grown:.0f} MB for {run['compressed_bytes'] / 1e6:.0f} MB of pages",
                f"≤ {OVERHEAD} × {bound} MB",
                grown <= OVERHEAD * bound,
            )
        )
    return lines


def tables(found: dict[str, Any]) -> str:
    """Lay the figures out."""
    return markdown_table(
        [
            found["setting"],
            "pages",
            "MB of pages",
            "MB before",
            "MB after",
            "of the first again, ms",
            "of the last, ms",
        ],
        [
            [
                run["bound_megabytes"] or "as it comes",
                f"{run['pages']:,}",
                f"{run['compressed_bytes'] / 1e6:.1f}",
                f"{run['memory_bytes'][0] / 1e6:.0f}",
                f"{run['memory_bytes'][-1] / 1e6:.0f}",
                f"{run['first_again_milliseconds']:.1f}",
                f"{run['last_again_milliseconds']:.1f}",
            ]
            for run in found["runs"]
        ],
    )


if __name__ == "__main__":
    sys.exit(alone(sys.modules[__name__], __doc__))
