"""Readers of a story on which comments arrive, twenty a second: what they lose, how old a page they see.

wrk reads the page as fast as it can, in turn without and with writers. Writers post at a fixed pace,
roots and replies, follow the redirect and look for their own comment. All the while a prober reads the
page twenty times a second and compares the number of comments that it tells with the number that
were acknowledged before it asked: the first one that is missing makes the page that old.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import sys
import threading
import time
from bisect import bisect_left
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.figures import as_range, markdown_table, ratios, row, spread
from bench.load import CONNECTIONS, WARM_UP, Asked, Question, ask, rates, summary
from bench.machine import say
from bench.parts import Bench, alone
from bench.servers import (
    Answer,
    Server,
    WrongAnswer,
    broadsheet,
    fetch,
    file_path,
    new_store,
    nginx,
    wait_until_quiet,
)
from bench.story_page import compressed_page
from bench.writer import Posted, Writer, writer

from broadsheet.sample.invented import prose

NAME = "reads_under_writing"
TITLE = "Readers while comments arrive"
NEEDS = ("nginx", "wrk")

COMMENTS = 1_000
"""Of the story: its first page is full, so that it stays as large as it is."""
PACE = 20
"""Comments a second."""
WRITERS = 4
"""Connections that they come over; one that waits for its page does not hold up the next."""
PROBES = 20
"""Looks at the page a second."""
MIN_KEPT = 0.8
MAX_P99 = 3.0
"""Times that of quiet readers."""
MAX_AGE = 2.0
"""Seconds that a page may be old."""


@dataclass(frozen=True)
class Look:
    """The page as the prober saw it: when it asked, and how many comments it was told of."""

    asked_at: float
    count: int


@dataclass
class Period:
    """What came of the writers in one period."""

    posted: list[Posted] = field(default_factory=list)
    seen: int = 0
    """Writers who saw their own comment where they were sent."""
    late: int = 0
    """Posts that began more than one step of the pace late: the pace was not kept."""


def measure(bench: Bench) -> dict[str, Any]:
    """Measure readers without and with writers, round after round."""
    effort = bench.effort
    store = new_store(bench.folder / "written", [COMMENTS])
    path = store.stories[COMMENTS]
    quiet: list[Asked] = []
    written: list[Asked] = []
    beside: list[Asked] = []
    periods: list[Period] = []
    ages: list[float] = []
    with broadsheet(store, bench.serving) as process:
        server = process.server
        page: Answer = compressed_page(server, path)
        with nginx(bench.folder, {path: page}, bench.serving) as file:
            reading, static = Question(server, path), Question(file, file_path(path))
            ask(reading, WARM_UP, bench.cores)
            base = told_count(fetch(server.origin, path, Accept_Encoding="identity").body)
            for number in range(1, effort.rounds + 1):
                say(f"  round {number} of {effort.rounds}")
                beside.append(ask(static, effort.seconds, bench.cores))
                with Prober(server, path, bench.asking):
                    quiet.append(ask(reading, effort.seconds, bench.cores))
                with (
                    Prober(server, path, bench.asking) as prober,
                    Writing(server, path, bench.asking, seed=number) as writing,
                ):
                    written.append(ask(reading, effort.seconds, bench.cores, is_alone=False))
                wait_until_quiet(server.pid)
                periods.append(writing.period)
                acknowledged = sorted(each.acknowledged_at for each in writing.period.posted)
                ages += page_ages(prober.looks, acknowledged, base)
                base += len(acknowledged)
    posted = [each for period in periods for each in period.posted]
    return {
        "comments": COMMENTS,
        "pace": PACE,
        "rounds": effort.rounds,
        "seconds": effort.seconds,
        "connections": CONNECTIONS,
        "nginx": summary(beside),
        "quiet": summary(quiet),
        "under_writing": summary(written),
        "kept": ratios(rates(written), rates(quiet)),
        "p99_ratio": ratios(
            [each.percentiles[99] for each in written], [each.percentiles[99] for each in quiet]
        ),
        "percentiles": {
            "quiet": pooled(quiet),
            "under_writing": pooled(written),
        },
        "looks": len(ages),
        "oldest_page_seconds": round(max(ages), 3),
        "posted": len(posted),
        "late": sum(period.late for period in periods),
        "own_seen": sum(period.seen for period in periods),
        "post_milliseconds": spread([1000 * each.seconds for each in posted]),
    }


def told_count(page: bytes) -> int:
    """Return the number of comments that a story page tells; raises :class:`WrongAnswer`."""
    found = re.search(rb"data-count[^>]*>\s*([\d,.\s]+?)\s*comments?\b", page)
    if not found:
        raise WrongAnswer("the page does not say how many comments there are")
    return int(re.sub(rb"\D", b"", found[1]))


def page_ages(looks: Sequence[Look], acknowledged: Sequence[float], base: int) -> list[float]:
    """Return how many seconds old each look's page was.

    ``acknowledged`` is sorted; ``base`` comments were there before. A page that tells ``n`` more lacks
    the one that was acknowledged after the ``n``-th; it is as old as that one, if that was before the
    page was asked for.
    """
    ages = []
    for look in looks:
        due = bisect_left(acknowledged, look.asked_at)
        shown = max(look.count - base, 0)
        ages.append(look.asked_at - acknowledged[shown] if shown < due else 0.0)
    return ages


def pooled(asked: Sequence[Asked]) -> dict[str, float]:
    """Return the median of the rounds for each percentile, in milliseconds."""
    return {
        f"{percent:g}": spread([each.percentiles[percent] for each in asked])["median"]
        for percent in asked[0].percentiles
    }


class Prober:
    """Looks at the page again and again while the block runs."""

    def __init__(self, server: Server, path: str, core: int | None) -> None:
        self.looks: list[Look] = []
        self._origin, self._path, self._core = server.origin, path, core
        self._stopping = threading.Event()
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="prober", daemon=True)

    def __enter__(self) -> Prober:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopping.set()
        self._thread.join()
        if self._fault and not exception[0]:
            raise self._fault

    def _run(self) -> None:
        own_core(self._core)
        try:
            with writer(self._origin) as reader:
                while not self._stopping.wait(1 / PROBES):
                    asked_at = time.monotonic()
                    self.looks.append(Look(asked_at, told_count(reader.get(self._path))))
        except BaseException as fault:
            self._fault = fault


class Writing:
    """Posts comments at the pace while the block runs; those on their way are waited for."""

    def __init__(self, server: Server, path: str, core: int | None, seed: int) -> None:
        self.period = Period()
        self._server, self._path, self._core = server, path, core
        self._chance = random.Random(f"writing {seed}")
        self._stopping = threading.Event()
        self._own = threading.local()
        self._writers: list[Writer] = []
        self._pool = ThreadPoolExecutor(WRITERS, initializer=self._begin)
        self._thread = threading.Thread(target=self._run, name="pace", daemon=True)
        self._futures: list[Future[tuple[Posted, bool, bool]]] = []

    def __enter__(self) -> Writing:
        self._roots = root_comments(self._server, self._path)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._pool.shutdown()
        for one in self._writers:
            one.close()
        if exception[0]:
            return
        for future in self._futures:
            posted, is_seen, is_late = future.result()
            self.period.posted.append(posted)
            self.period.seen += is_seen
            self.period.late += is_late

    def _begin(self) -> None:
        own_core(self._core)
        self._own.writer = Writer(self._server.origin)
        self._writers.append(self._own.writer)

    def _run(self) -> None:
        began = time.monotonic()
        for number in itertools.count():
            due = began + number / PACE
            if self._stopping.wait(max(due - time.monotonic(), 0)):
                return
            # Two in five answer a root of the first page, which shows a bounded number of replies.
            parent = self._chance.choice(self._roots) if self._chance.random() < 0.4 else None
            text = prose(self._chance, self._chance.randint(90, 190))
            self._futures.append(self._pool.submit(self._post, text, parent, due))

    def _post(self, text: str, parent: int | None, due: float) -> tuple[Posted, bool, bool]:
        is_late = time.monotonic() - due > 1 / PACE
        one: Writer = self._own.writer
        posted = one.post(self._path, text, parent)
        return posted, one.sees(posted), is_late


def root_comments(server: Server, path: str) -> list[int]:
    """Return ids of comments on the first page that can be answered without going too deep."""
    page = fetch(server.origin, path, Accept_Encoding="identity").body
    found = [int(each) for each in re.findall(rb'data-reply="(\d+)"', page)]
    if not found:
        raise WrongAnswer(f"{path} shows no comment that could be answered")
    return found


def own_core(core: int | None) -> None:
    """Keep the calling thread off the servers' core."""
    if core is not None:
        os.sched_setaffinity(0, {core})


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare with the goals."""
    kept, p99, oldest = found["kept"], found["p99_ratio"], found["oldest_page_seconds"]
    what = f"while {found['pace']} comments/s arrive"
    return [
        row(f"{what}: reads keep", as_range(kept), f"≥ {MIN_KEPT}", kept["median"] >= MIN_KEPT),
        row(
            f"{what}: p99 to the quiet p99",
            f"× {as_range(p99)}",
            f"≤ {MAX_P99:.0f}",
            p99["median"] <= MAX_P99,
        ),
        row(
            f"{what}: oldest page seen",
            f"{oldest:.2f} s in {found['looks']} looks",
            f"≤ {MAX_AGE:.0f} s",
            oldest <= MAX_AGE,
        ),
        row(
            f"{what}: writers who saw the own comment at once",
            f"{found['own_seen']} of {found['posted']}",
            "all",
            found["own_seen"] == found["posted"] > 0,
        ),
    ]


def tables(found: dict[str, Any]) -> str:
    """Lay the figures out."""
    names = {"nginx": "nginx, file", "quiet": "Broadsheet, quiet", "under_writing": "under writing"}
    table = markdown_table(
        ["readers", "requests/s", "CPU µs", "p50 ms", "p99 ms"],
        [
            [
                words,
                as_range(found[name]["requests_per_second"]),
                as_range(found[name]["processor_microseconds"]),
                as_range(found[name]["p50_milliseconds"]),
                as_range(found[name]["p99_milliseconds"]),
            ]
            for name, words in names.items()
        ],
    )
    return (
        f"A story of {found['comments']:,} comments; {found['rounds']} rounds of {found['seconds']} s,"
        f" {found['connections']} connections. CPU includes what the comments cost.\n\n{table}\n\n"
        f"{found['posted']} comments were posted, {found['late']} of them later than the pace;"
        f" a post took {as_range(found['post_milliseconds'])} ms."
    )


if __name__ == "__main__":
    sys.exit(alone(sys.modules[__name__], __doc__))
