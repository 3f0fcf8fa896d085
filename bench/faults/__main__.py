"""What befalls a publication under load, and whether it keeps what it promises.

    .venv/bin/python -m bench.faults                    # all, on SQLite and on PostgreSQL: six minutes
    .venv/bin/python -m bench.faults --short            # a worker and serve killed, on SQLite
    .venv/bin/python -m bench.faults --only clock --json

Readers ask for one story through nginx as it is shipped, writers comment on it, and then something is
killed, stopped, filled or lost. Promised is, each time: pages go on being served, an old one only
with a header that says so; every comment that was acknowledged is stored once, and none twice; the
service comes back by itself; nothing wrong stays pressed longer than the time limit; and
``broadsheet verify`` finds nothing. A broken promise ends the script with status 1, a fault that this
machine cannot have with 2. Everything runs on the loopback interface, in a temporary folder, and is
stopped at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.faults.load import Load, read_page
from bench.faults.machines import (
    START_WITHIN,
    Cluster,
    NotPossibleHere,
    Serving,
    clock_library,
    cluster,
    fill,
    small_disk,
    until,
)
from bench.servers import nginx_program
from tests.front import fronted
from tests.site import let_load_in

PRESS_SECONDS = 5
"""The press's time limit here; as short as makes sense, for each fault has to wait for it."""
BY_NGINX = 3
"""Seconds that the cache in front may add: a second of the page's own, counted in whole seconds, and
one more while the next page is fetched."""
UNDER_LOAD = 12
"""Comments acknowledged before the fault, and again after it."""
COMES_BACK_WITHIN = 60.0
"""Seconds until writers are answered again."""
ORIGIN = "http://news.example"
SETTINGS = {
    "BROADSHEET_PRESS_SECONDS": str(PRESS_SECONDS),
    "BROADSHEET_ORIGIN": ORIGIN,
    "BROADSHEET_SECRET_KEY": "the same on all machines, and of no use outside of this script",
}


@dataclass
class Stage:
    """Where a fault happens: what readers and writers use, and what can be taken from it."""

    serving: Serving
    """Where writers send to, and readers ask, unless there is a second one."""
    folder: Path
    other: Serving | None = None
    """A second machine on the same database, which readers ask."""
    cluster: Cluster | None = None
    clock: Path | None = None

    @property
    def readers(self) -> Serving:
        return self.other or self.serving


def worker_killed(stage: Stage) -> None:
    """One of two web processes is killed; serve starts another."""
    first, *rest = stage.serving.web_workers()
    _kill(first)
    until(
        lambda: len(left := stage.serving.web_workers()) > len(rest) and first not in left,
        "another web process",
        COMES_BACK_WITHIN,
    )


def task_worker_killed(stage: Stage) -> None:
    """The task worker is killed; serve starts another."""
    until(stage.serving.task_workers, "the task worker", COMES_BACK_WITHIN)
    [worker] = stage.serving.task_workers()
    _kill(worker)
    until(
        lambda: (left := stage.serving.task_workers()) and worker not in left,
        "another task worker",
        COMES_BACK_WITHIN,
    )


def serve_killed(stage: Stage) -> None:
    """All its processes are killed at once; it is started again, as a service manager does."""
    stage.serving.kill()
    _started_again(stage.serving)


def first_process_killed(stage: Stage) -> None:
    """Its first process is killed and started again; what that one started is left to itself."""
    stage.serving.kill(alone=True)
    _started_again(stage.serving)


def _started_again(serving: Serving) -> None:
    serving.start()
    until(
        lambda: len(serving.web_workers()) == serving.workers,
        "its web processes",
        COMES_BACK_WITHIN,
    )


def database_restarted(stage: Stage) -> None:
    """PostgreSQL loses its power, stays away for a while, and comes back."""
    assert stage.cluster
    stage.cluster.stop("immediate")
    # Long enough for what is pressed to run out of time.
    _pass(PRESS_SECONDS + BY_NGINX)
    stage.cluster.start()


def disk_full(stage: Stage) -> None:
    """Nothing more fits on the disk with the data; later there is room again."""
    ballast = fill(stage.serving.data)
    _pass(PRESS_SECONDS + BY_NGINX)
    ballast.unlink()


def clock_stepped_back(stage: Stage) -> None:
    """The machine's clock is set back by an hour."""
    assert stage.clock
    stage.clock.write_text("-1h\n", "utf-8")
    until(lambda: int(stage.serving.python(_SET_BACK)), "a comment of an hour ago", START_WITHIN)


def notification_lost(stage: Stage) -> None:
    """What tells the readers' machine of changes is cut off, over and over, while others write."""
    assert stage.cluster
    ended = 0
    deadline = time.monotonic() + 2 * PRESS_SECONDS
    while time.monotonic() < deadline:
        # The listener's application has no name of its own; its last statement gives it away, and
        # of two machines both lose it.
        rows = stage.cluster.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid IN (SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() AND (query ILIKE 'LISTEN%' OR query = 'SELECT 1'))"
        )
        ended += len(rows)
        _pass(0.05)
    if not ended:
        raise RuntimeError("no process listens to the database")


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _pass(seconds: float) -> None:
    """Let time pass with the fault in place; the load goes on meanwhile."""
    time.sleep(seconds)


@dataclass(frozen=True)
class Fault:
    """What happens, on which database, and what it needs."""

    name: str
    database: str
    befall: Callable[[Stage], None]
    machines: int = 1


FAULTS = [
    Fault("worker killed", "SQLite", worker_killed),
    Fault("task worker killed", "SQLite", task_worker_killed),
    Fault("serve killed", "SQLite", serve_killed),
    Fault("first process killed", "SQLite", first_process_killed),
    Fault("disk full", "SQLite", disk_full),
    Fault("clock stepped back", "SQLite", clock_stepped_back),
    Fault("worker killed", "PostgreSQL", worker_killed),
    Fault("serve killed", "PostgreSQL", serve_killed),
    Fault("disk full", "PostgreSQL", disk_full),
    Fault("database restarted", "PostgreSQL", database_restarted),
    Fault("notification lost", "PostgreSQL", notification_lost, machines=2),
]
SHORT = [FAULTS[0], FAULTS[2]]


@dataclass
class Outcome:
    """What was counted for one fault; times in seconds."""

    fault: str
    database: str
    reads: int = 0
    failed_reads: int = 0
    marked_reads: int = 0
    """Old pages that say so."""
    longest_gap: float = 0.0
    """From one good page to the next."""
    oldest_page: float = 0.0
    """Of those that do not say that they are old."""
    acknowledged: int = 0
    sent_again: int = 0
    """Forms that were sent more than once, because no answer came."""
    lost: int = 0
    twice: int = 0
    settled_after: float = 0.0
    """From the last writer's end until every process had the right page."""
    broken: list[str] = field(default_factory=list)
    """Promises that were not kept."""
    not_possible: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="two faults on SQLite, a minute")
    parser.add_argument("--only", metavar="WORDS", help="faults whose name or database has these")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.add_argument(
        "--data", type=Path, help="a folder in which a store may be prepared already"
    )
    options = parser.parse_args()
    if not nginx_program():
        print("Missing Debian package: nginx (apt install …)", file=sys.stderr)
        return 2
    chosen = [
        fault
        for fault in (SHORT if options.short else FAULTS)
        if not options.only or options.only.lower() in f"{fault.name} {fault.database}".lower()
    ]
    if not chosen:
        parser.error(f"there is no fault “{options.only}”")
    # Ended by a signal, all that was started is stopped as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="broadsheet-faults-") as name:
        try:
            print("Preparing a store with a story …", file=sys.stderr, flush=True)
            prepared = prepared_store(Path(name), options.data)
            for fault in chosen:
                print(f"{fault.name}, {fault.database} …", file=sys.stderr, flush=True)
                outcomes.append(outcome_of(fault, prepared))
        except KeyboardInterrupt:
            print("Stopped.", file=sys.stderr)
            return 130
    print(json.dumps([*map(asdict, outcomes)], indent=2) if options.json else as_text(outcomes))
    if any(outcome.broken for outcome in outcomes):
        return 1
    return 2 if any(outcome.not_possible for outcome in outcomes) else 0


@dataclass(frozen=True)
class Prepared:
    """A store on SQLite with one story, to be copied for each fault."""

    data: Path
    path: str
    """Of the story."""


def prepared_store(folder: Path, data: Path | None) -> Prepared:
    serving = Serving(data or folder / "var", folder / "serve.log", extra=SETTINGS)
    return Prepared(serving.data, _story(serving))


def outcome_of(fault: Fault, prepared: Prepared) -> Outcome:
    """Take a new store, let the fault befall it under load, and count."""
    outcome = Outcome(fault.name, fault.database)
    try:
        with tempfile.TemporaryDirectory(prefix="broadsheet-fault-") as name:
            _befallen(outcome, fault, prepared, Path(name))
    except NotPossibleHere as reason:
        outcome.not_possible = str(reason)
    return outcome


def _befallen(outcome: Outcome, fault: Fault, prepared: Prepared, folder: Path) -> None:
    with contextlib.ExitStack() as running:
        stage = running.enter_context(made_stage(fault, prepared, folder))
        path = _story(stage.serving) if stage.cluster else prepared.path
        for serving in filter(None, (stage.serving, stage.other)):
            running.callback(serving.stop)
            serving.start()
        reads, _ = running.enter_context(fronted(folder / "nginx-reads", stage.readers.port))
        writes = reads
        if stage.other:
            writes, _ = running.enter_context(fronted(folder / "nginx", stage.serving.port))
        before = read_page(reads, path).comments
        load = Load(name="fault", reads=reads, writes=writes, path=path)
        load.start()
        try:
            _more_acknowledged(load)
            fault.befall(stage)
            _more_acknowledged(load)
        except (TimeoutError, RuntimeError) as late:
            outcome.broken.append(f"it did not come back: {late}")
        if not load.stop(COMES_BACK_WITHIN):
            outcome.broken.append("some forms were never answered")
        _settle(outcome, stage, path, before + len(load.book.acknowledged))
        _count(outcome, load, before)
        _check_store(outcome, stage, load, path)
        log = stage.serving.log.read_text()
        if outcome.broken:
            print(f"The end of what serve said:\n{log[-3000:]}", file=sys.stderr)


@contextlib.contextmanager
def made_stage(fault: Fault, prepared: Prepared, folder: Path) -> Iterator[Stage]:
    """Prepare what a fault needs; nothing is served yet."""
    with contextlib.ExitStack() as running:
        stage = Stage(Serving(folder / "var", folder / "serve.log", extra=SETTINGS), folder)
        if fault.database == "PostgreSQL":
            stage.cluster = running.enter_context(cluster(folder / "postgresql"))
            stage.serving.database_url = stage.cluster.url
        if fault.befall is disk_full:
            running.enter_context(small_disk(folder / "var"))
        if stage.cluster:
            # Styles and scripts are the same whatever the database is.
            shutil.copytree(prepared.data / "static", folder / "var" / "static")
        else:
            shutil.copytree(prepared.data, folder / "var", dirs_exist_ok=True)
        if fault.befall is clock_stepped_back:
            stage.clock = folder / "clock"
            stage.clock.write_text("+0\n", "utf-8")
            stage.serving.served_with = {
                "LD_PRELOAD": clock_library(),
                "FAKETIME_TIMESTAMP_FILE": str(stage.clock),
                "FAKETIME_NO_CACHE": "1",
                # Only the clock on the wall is set; what measures durations is not.
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "DONT_FAKE_MONOTONIC": "1",
            }
        if fault.machines == 2:
            stage.other = Serving(
                folder / "var2", folder / "serve2.log", stage.serving.database_url, extra=SETTINGS
            )
            shutil.copytree(prepared.data / "static", folder / "var2" / "static")
        yield stage


def _story(serving: Serving) -> str:
    """Prepare the store with one story; return its path."""
    for words in (("init", "--name", "The Faults"), ("sample", "--thread", "12", "--json")):
        done = serving.run(*words)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
    let_load_in(serving.data, serving.database_url)
    address: str = json.loads(done.stdout)["address"]
    return address.removeprefix(ORIGIN)


def _more_acknowledged(load: Load) -> None:
    """Wait until the load runs: some more comments are acknowledged, and some more pages are read."""
    words, reads = len(load.book.acknowledged), len(load.book.reads)
    until(
        lambda: (
            len(load.book.acknowledged) >= words + UNDER_LOAD
            and len(load.book.reads) >= reads + UNDER_LOAD
        ),
        "answers to readers and writers",
        COMES_BACK_WITHIN,
    )


def _count(outcome: Outcome, load: Load, before: int) -> None:
    """Count what readers and writers were told, and hold it against what is promised."""
    book = load.book
    ages = book.ages(before)
    outcome.reads = len(book.reads)
    outcome.failed_reads = sum(read.status != 200 for read in book.reads)
    outcome.marked_reads = sum(read.is_marked for read, _ in ages)
    outcome.longest_gap = round(book.longest_gap(), 2)
    outcome.oldest_page = round(max((a for read, a in ages if not read.is_marked), default=0), 2)
    outcome.acknowledged = len(book.acknowledged)
    outcome.sent_again = sum(words.sent > 1 for words in book.words)
    if outcome.failed_reads:
        seen = sorted({read.status for read in book.reads if read.status != 200})
        outcome.broken.append(f"{outcome.failed_reads} pages were not served (status {seen})")
    if outcome.oldest_page > PRESS_SECONDS + BY_NGINX:
        outcome.broken.append(f"a page was {outcome.oldest_page} s old and did not say so")
    if any(read.comments < 0 for read, _ in ages):
        outcome.broken.append("a page did not say how many comments it has")
    for refusal in book.refused[:3]:
        outcome.broken.append(f"a form was refused: {refusal}")


def _check_store(outcome: Outcome, stage: Stage, load: Load, path: str) -> None:
    """Hold the store against what was acknowledged, and every process's page against the store."""
    tokens = {words.token: words.acknowledged_at is not None for words in load.book.words}
    total, stored = json.loads(stage.serving.python(_STORED))
    outcome.lost = sum(
        is_acknowledged and token not in stored for token, is_acknowledged in tokens.items()
    )
    outcome.twice = sum(stored.get(token, 0) > 1 for token in tokens)
    if outcome.lost:
        outcome.broken.append(f"{outcome.lost} acknowledged comments are lost")
    if outcome.twice:
        outcome.broken.append(f"{outcome.twice} comments are there twice")
    if not _all_say(stage, path, range(total, total + 1)):
        outcome.broken.append(f"a page does not say {total} comments at the end")
    verified = stage.serving.run("verify")
    if verified.returncode:
        outcome.broken.append(f"verify: {verified.stdout[-300:]}{verified.stderr[-300:]}")


def _settle(outcome: Outcome, stage: Stage, path: str, least: int) -> None:
    """Wait until no process has a page any more that lacks what was acknowledged."""
    last = time.monotonic()
    try:
        enough = range(least, sys.maxsize)
        until(lambda: _all_say(stage, path, enough), "pages as they are", COMES_BACK_WITHIN)
    except TimeoutError as late:
        outcome.broken.append(str(late))
    outcome.settled_after = round(time.monotonic() - last, 2)
    if outcome.settled_after > PRESS_SECONDS + BY_NGINX:
        outcome.broken.append(f"pages were wrong for {outcome.settled_after} s after the last word")


def _all_say(stage: Stage, path: str, counts: range) -> bool:
    """Say whether the page has so many comments, asked often enough to meet every process."""
    return all(
        read_page(serving.port, path).comments in counts
        for serving in filter(None, (stage.serving, stage.other))
        for _ in range(12)
    )


_STORED = """
import collections, json, re
from broadsheet.discussion.models import Comment, CommentVersion
texts = CommentVersion.objects.filter(text__contains="and I say fault-").values_list("text", flat=True)
stored = collections.Counter(re.search(r"I say (\\S+)\\.$", text)[1] for text in texts)
print(json.dumps([Comment.objects.count(), stored]))
"""
_SET_BACK = """
import datetime as dt
from broadsheet import clock
from broadsheet.discussion.models import Comment
newest = Comment.objects.order_by("-sequence").first()
print(int(newest.posted_at < clock.now() - dt.timedelta(minutes=30)))
"""


def as_text(outcomes: list[Outcome]) -> str:
    """Lay the outcomes out for people, as a table of Markdown."""
    lines = [
        "| fault | database | reads | failed | old, marked | longest gap s | oldest unmarked s"
        " | comments | sent again | lost | twice | right after s | promises |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for each in outcomes:
        if each.not_possible:
            lines.append(f"| {each.fault} | {each.database} |{' |' * 10} {each.not_possible} |")
            continue
        verdict = "; ".join(each.broken).replace("|", "/").replace("\n", " ") or "kept"
        lines.append(
            f"| {each.fault} | {each.database} | {each.reads} | {each.failed_reads}"
            f" | {each.marked_reads} | {each.longest_gap} | {each.oldest_page}"
            f" | {each.acknowledged} | {each.sent_again} | {each.lost} | {each.twice}"
            f" | {each.settled_after} | {verdict} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
