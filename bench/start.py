"""From the command to the first page, on a store that exists: `broadsheet serve` started again and again."""

from __future__ import annotations

import contextlib
import sys
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.figures import as_range, row, spread
from bench.machine import say
from bench.parts import Bench, alone
from bench.servers import WrongAnswer, fetch, running, serve_command
from tests.site import START_WITHIN, environment, free_port

NAME = "start"
TITLE = "Start"
NEEDS = ()

MAX_SECONDS = 3.0
LOOK_EVERY = 0.01
"""Seconds between two attempts to get the page."""


def measure(bench: Bench) -> dict[str, Any]:
    """Start and stop; a first start is not counted, for it reads all files from disk."""
    store = bench.store()
    path = store.stories[max(store.stories)]
    taken: list[float] = []
    for number in range(bench.effort.rounds + 1):
        say(f"  start {number} of {bench.effort.rounds}")
        port = free_port()
        around = environment(store.data, port, store.database_url)
        log = bench.folder / "start.log"
        began = time.monotonic()
        with running(
            serve_command(), port=port, log=log, core=bench.serving, around=around
        ) as process:
            first_page(process.server.origin, path)
            taken.append(time.monotonic() - began)
    return {
        "rounds": bench.effort.rounds,
        "comments": max(store.stories),
        "seconds": spread(taken[1:]),
        "first_seconds": taken[0],
    }


def first_page(origin: str, path: str) -> None:
    """Return when the page has come; raises :class:`WrongAnswer` when it does not."""
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, HTTPException):
            if fetch(origin, path).status == 200:
                return
        time.sleep(LOOK_EVERY)
    raise WrongAnswer(f"{path} did not come in {START_WITHIN:.0f} s")


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare with the goal."""
    taken = found["seconds"]
    return [
        row(
            f"start to first page, a store with {found['comments']:,} comments under a story",
            f"{as_range(taken)} s",
            f"≤ {MAX_SECONDS:.0f} s",
            taken["median"] <= MAX_SECONDS,
        )
    ]


def tables(found: dict[str, Any]) -> str:
    """Tell what the goal's line does not."""
    return (
        f"{found['rounds']} starts took {as_range(found['seconds'])} s;"
        f" the one before them {found['first_seconds']:.1f} s."
    )


if __name__ == "__main__":
    sys.exit(alone(sys.modules[__name__], __doc__))
