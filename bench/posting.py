"""How many comments a store takes, each acknowledged when it is on disk, and what one costs.

wrk plays guests who fill in the form of a story, as fast as they are answered: 16 at one story, then
16 spread over 100 stories; on one core (one web process, wrk on the other core) and on both (two web
processes); on SQLite with full sync and on PostgreSQL, if there is one. Then the same at half of that
rate, and one guest alone. Beside each, in the same minute: nginx sending a page from a file, and what
one durable write of 4 KB costs. After each run the comments in the store are counted: not one that
was acknowledged may be missing. At the end ``broadsheet verify`` checks every one of them.

The database server counts apart: its processes for this store are bound to the same core as the web
process, as far as the machine lets us.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psycopg
from bench.figures import as_median, as_range, spread
from bench.load import read_result
from bench.machine import Cores, bound_to, say, two_cores
from bench.parts import missing_programs, positive
from bench.servers import (
    TICKS,
    Answer,
    Server,
    WrongAnswer,
    fetch,
    file_path,
    nginx,
    processor_seconds,
    read_stat,
    wait_until_quiet,
)
from tests.site import command, environment, free_port, let_load_in, served

CLIENTS = 16
STORIES = 100
WARM_UP = 2
"""Seconds before the first round: code and statements are loaded on first use."""
ANSWER_WITHIN = 30
"""Seconds; an answer that takes longer has failed."""
REFERENCE_SECONDS = 1
PROBES = 50
"""Writes of which the median is taken."""
PUBLICATION = 'origin = "http://news.example"\ntrusted_proxies = "127.0.0.1"\n'
"""wrk says where each comment comes from, as a proxy would: rates are counted by address."""


@dataclass(frozen=True)
class Store:
    """A store with its stories, and how its comments are counted."""

    database: str
    data: Path
    url: str
    paths: list[str]
    comments: Callable[[], int]
    backends: Callable[[], list[int]]
    """The database server's processes that work for this store; none on SQLite."""


@dataclass
class Run:
    """What came of some seconds of posting."""

    rate: float
    p50: float
    """Milliseconds, as all times here."""
    p99: float
    longest: float
    cost: float | None
    """Microseconds of the web processes' processor time a comment."""
    database_cost: float | None
    """The same of the database server's processes."""


@dataclass
class Case:
    """A way to post, and a value for each round."""

    store: Store
    stories: int
    workers: int
    full: list[Run] = field(default_factory=list)
    half: list[Run] = field(default_factory=list)
    alone: list[Run] = field(default_factory=list)
    nginx: list[float] = field(default_factory=list)
    nginx_costs: list[float] = field(default_factory=list)
    """Microseconds of processor time for a page; they grow where other work shares the processor."""
    write: list[float] = field(default_factory=list)
    """Milliseconds for one durable write of 4 KB."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=positive, default=5, help="rounds (default 5)")
    parser.add_argument("--seconds", type=positive, default=4, help="of each kind in a round")
    parser.add_argument(
        "--postgresql",
        default=os.environ.get("TEST_DATABASE_URL", ""),
        metavar="URL",
        help="a server on which a database may be made and dropped (default: TEST_DATABASE_URL)",
    )
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database alone")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args()
    if missing := missing_programs(("nginx", "wrk")):
        print(f"Missing Debian packages: {' '.join(missing)} (apt install …)", file=sys.stderr)
        return 2
    # Ended by a signal, the servers are stopped as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    databases = [options.only] if options.only else ["sqlite", "postgresql"]
    if "postgresql" in databases and not options.postgresql:
        say("No PostgreSQL: give --postgresql or set TEST_DATABASE_URL.")
        databases.remove("postgresql")
    try:
        report = measure(options.rounds, options.seconds, databases, options.postgresql)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    print(json.dumps(report, indent=2) if options.json else as_text(report))
    return 0


def measure(rounds: int, seconds: int, databases: list[str], server_url: str) -> dict[str, Any]:
    """Set the stores up, post to them, and return all figures."""
    cores = two_cores()
    load = os.getloadavg()[0]
    cases: list[Case] = []
    for database in databases:
        with (
            tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as name,
            made_database(database, server_url) as url,
        ):
            store = prepared_store(Path(name), database, url)
            for workers in (1, 2):
                cases += measured(store, workers, rounds, seconds, cores)
            verify(store)
    return {
        "rounds": rounds,
        "seconds": seconds,
        "clients": CLIENTS,
        "cores": vars(cores) if cores else None,
        "load_average_before": round(load, 2),
        "cases": [case_report(case) for case in cases],
    }


@contextlib.contextmanager
def made_database(database: str, server_url: str) -> Iterator[str]:
    """Make a database for a while; yields its URL, empty for SQLite."""
    if database == "sqlite":
        yield ""
        return
    name = f"broadsheet_bench_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server_url.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def prepared_store(folder: Path, database: str, url: str) -> Store:
    say(f"Preparing a store with {STORIES} stories on {database} …")
    data = folder / "var"
    data.mkdir()
    (data / "broadsheet.toml").write_text(PUBLICATION, "utf-8")
    around = environment(data, free_port(), url)
    prepare = command("init", "--name", "The Bench")
    subprocess.run(prepare, env=around, check=True, stdout=subprocess.DEVNULL)
    let_load_in(data, url, rates=True)
    load = [sys.executable, __file__, "--load", str(STORIES)]
    loaded = subprocess.run(load, env=around, check=True, stdout=subprocess.PIPE, text=True)
    paths = json.loads(loaded.stdout)
    if not url:
        file = data / "broadsheet.sqlite3"

        def count() -> int:
            with contextlib.closing(sqlite3.connect(file)) as connection:
                return int(connection.execute(COUNT).fetchone()[0])

        return Store(database, data, url, paths, count, list)

    def ask(statement: str) -> list[Any]:
        with psycopg.connect(url) as connection:
            return [row[0] for row in connection.execute(statement)]

    return Store(
        database, data, url, paths, lambda: int(ask(COUNT)[0]), lambda: list(ask(BACKENDS))
    )


COUNT = "SELECT COUNT(*) FROM discussion_comment"
BACKENDS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid()"
)


def load_stories(number: int) -> list[str]:
    """Publish so many stories, each with twelve comments, in the store of this environment."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.conf.settings")
    django.setup()
    from broadsheet.sample.corpus import load_corpus

    return [load_corpus(12, seed=seed).path for seed in range(1, number + 1)]


def measured(
    store: Store, workers: int, rounds: int, seconds: int, cores: Cores | None
) -> list[Case]:
    """Post to a store that is served by so many processes, in rounds."""
    cases = [Case(store, stories, workers) for stories in (1, STORIES)]
    # One process has the core that wrk leaves it; two have both, and wrk finds its time between.
    core = cores.serving if cores and workers == 1 else None
    asking = cores.asking if cores and workers == 1 else None
    # The machine's speed is asked for in the same way for both, or it could not be scaled by.
    beside = cores.serving if cores else None
    beside_asking = cores.asking if cores else None
    options = ("--no-task-worker", "--workers", str(workers))
    with contextlib.ExitStack() as running:
        with bound_to(core):
            site = running.enter_context(served(store.data, *options, database_url=store.url))
        server = Server(site.origin.replace("localhost", "127.0.0.1"), site.process.pid)
        page = store.paths[-1]
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        file = running.enter_context(nginx(folder, {page: whole(server, page)}, beside))
        for case in cases:
            post(case, server, WARM_UP, asking)
        for number in range(1, rounds + 1):
            say(f"{store.database}, {workers} of web processes, round {number} of {rounds} …")
            for case in cases:
                bind(store, core)
                case.write.append(durable_write(store.data))
                sent, sent_cost = reference(file, file_path(page), beside_asking)
                case.nginx.append(sent)
                case.nginx_costs += [] if sent_cost is None else [sent_cost]
                case.full.append(post(case, server, seconds, asking))
                rate = case.full[-1].rate
                case.half.append(post(case, server, seconds, asking, rate=rate / 2))
                case.alone.append(post(case, server, seconds, asking, clients=1))
    return cases


def post(
    case: Case,
    server: Server,
    seconds: int,
    core: int | None,
    *,
    clients: int = CLIENTS,
    rate: float | None = None,
) -> Run:
    """Let guests post for some seconds, as fast as they can or at a rate; nothing may be lost."""
    store = case.store
    arguments = [f"path={path}comment/" for path in store.paths[: case.stories]]
    if rate:
        usual = case.alone[-1].p50 if case.alone else 4.0
        arguments.append(f"delay={max(1, round(clients / rate * 1000 - usual))}")
    wrk = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", f"--timeout={ANSWER_WITHIN}s"]
    wrk += ["-s", str(Path(__file__).with_suffix(".lua")), server.origin, "--", *arguments]
    stored = store.comments()
    used, database_used = processor_seconds(server.pid), backend_seconds(store)
    with bound_to(core):
        done = subprocess.run(
            wrk, capture_output=True, text=True, check=True, timeout=seconds + 2 * ANSWER_WITHIN
        )
    used_after = wait_until_quiet(server.pid)
    database_used_after = backend_seconds(store)
    new = store.comments() - stored
    try:
        found = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        raise WrongAnswer(f"wrk gave no result:\n{done.stdout}") from None
    if found["failed"] or not found["answered"]:
        raise WrongAnswer(f"{found['failed']} of {found['answered']} comments failed")
    # When its time is over wrk hangs up: what it had sent is stored and not counted.
    if not found["answered"] <= new <= found["answered"] + clients:
        raise WrongAnswer(f"{found['answered']} comments were acknowledged and {new} stored")
    return Run(
        rate=found["answered"] * 1e6 / found["microseconds"],
        p50=found["p50"] / 1000,
        p99=found["p99"] / 1000,
        longest=found["max"] / 1000,
        cost=None if used is None or used_after is None else (used_after - used) * 1e6 / new,
        database_cost=(database_used_after - database_used) * 1e6 / new if store.url else None,
    )


def bind(store: Store, core: int | None) -> None:
    """Bind the database server's processes to the core of the web process."""
    if core is not None:
        for pid in store.backends():
            with contextlib.suppress(OSError):
                os.sched_setaffinity(pid, {core})


def backend_seconds(store: Store) -> float:
    """Return the processor time of the database server's processes; they stay from run to run."""
    ticks = 0
    for pid in store.backends():
        with contextlib.suppress(OSError):
            ticks += read_stat(Path(f"/proc/{pid}/stat").read_text())[1]
    return ticks / TICKS


def reference(server: Server, path: str, core: int | None) -> tuple[float, float | None]:
    """Return how many pages a second nginx sends in this minute, and what one costs it."""
    script = str(Path(__file__).with_name("wrk.lua"))
    wrk = ["wrk", "-t1", "-c4", f"-d{REFERENCE_SECONDS}s", "-s", script]
    wrk += ["-H", "Accept-Encoding: identity", server.origin + path]
    used = processor_seconds(server.pid)
    with bound_to(core):
        done = subprocess.run(wrk, capture_output=True, text=True, check=True)
    after = processor_seconds(server.pid)
    requests, microseconds, *_ = read_result(done.stdout)
    cost = None if used is None or after is None else (after - used) * 1e6 / requests
    return requests * 1e6 / microseconds, cost


def whole(server: Server, path: str) -> Answer:
    """Get the page as it is, uncompressed: that is what the other systems were measured beside."""
    answer = fetch(server.origin, path, Accept_Encoding="identity")
    if answer.status != 200:
        raise WrongAnswer(f"{path} is answered with {answer.status}")
    return answer


def durable_write(folder: Path) -> float:
    """Return the median time of one write of 4 KB that is on disk when it is done."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(PROBES):
            begun = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return spread(times)["median"]


def verify(store: Store) -> None:
    """Have the product check every comment and entry that is in the store by now."""
    say("Verifying the store …")
    around = environment(store.data, free_port(), store.url)
    done = subprocess.run(command("verify"), env=around, capture_output=True, text=True)
    if done.returncode:
        raise WrongAnswer(f"the store is not whole:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def case_report(case: Case) -> dict[str, Any]:
    reference = case.nginx
    return {
        "database": case.store.database,
        "stories": case.stories,
        "workers": case.workers,
        "nginx_per_second": spread(reference),
        "nginx_processor_microseconds": spread(case.nginx_costs) if case.nginx_costs else None,
        "ratio_to_nginx": spread(
            [run.rate / its for run, its in zip(case.full, reference, strict=True)]
        ),
        "durable_write_ms": spread(case.write),
        "full": runs_report(case.full),
        "half": runs_report(case.half),
        "one_client": runs_report(case.alone),
    }


def runs_report(runs: list[Run]) -> dict[str, Any]:
    costs = [run.cost for run in runs if run.cost is not None]
    database = [run.database_cost for run in runs if run.database_cost is not None]
    return {
        "comments_per_second": spread([run.rate for run in runs]),
        "p50_ms": spread([run.p50 for run in runs]),
        "p99_ms": spread([run.p99 for run in runs]),
        "max_ms": spread([run.longest for run in runs]),
        "processor_microseconds": spread(costs) if costs else None,
        "database_processor_microseconds": spread(database) if database else None,
    }


def as_text(report: dict[str, Any]) -> str:
    """Lay the report out for people, as a table of Markdown."""
    lines = [
        f"Comments stored durably; {report['rounds']} rounds of {report['seconds']} s,"
        f" {report['clients']} clients; load average before: {report['load_average_before']}.",
        "Median (min–max). Times in milliseconds, CPU in microseconds a comment.",
        "",
        "| database, stories, web processes | comments/s | CPU | of the database | p99"
        " | at half: comments/s, p99 | one client: p50, p99 | nginx: pages/s, CPU | a durable write |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for case in report["cases"]:
        full, half, one = case["full"], case["half"], case["one_client"]
        cost, database = (
            as_range(full[name]) if full[name] else "–"
            for name in ("processor_microseconds", "database_processor_microseconds")
        )
        lines.append(
            f"| {case['database']}, {case['stories']}, {case['workers']}"
            f" | {as_range(full['comments_per_second'])} | {cost} | {database}"
            f" | {as_range(full['p99_ms'])}"
            f" | {half['comments_per_second']['median']:.0f}, {as_range(half['p99_ms'])}"
            f" | {as_range(one['p50_ms'])}, {as_range(one['p99_ms'])}"
            f" | {case['nginx_per_second']['median']:.0f},"
            f" {as_median(case['nginx_processor_microseconds'])}"
            f" | {case['durable_write_ms']['median']:.2f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--load"]:
        print(json.dumps(load_stories(int(sys.argv[2]))))
        sys.exit()
    sys.exit(main())
