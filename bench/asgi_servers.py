"""What the server under the application costs: uvicorn and Granian, with nginx beside.

First each sends one answer that is always the same: the story page with 12 comments, as Broadsheet
compressed it, headers and all. That is the bound for any application on that server. Then Broadsheet's
own application renders the page under both. One worker each, bound to one core; wrk asks from the
other, all in turn, round after round. nginx serves the same bytes from a file.

Granian is none of the product's dependencies: install it for this (``pip install granian``).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.servers import Cores, Server, bound_to, broadsheet, fetch, file_path, nginx, two_cores
from bench.story_page import (
    WARM_UP,
    Case,
    Side,
    WrongAnswer,
    as_range,
    ask,
    both_forms,
    missing_packages,
    positive,
    say,
    spread,
)
from tests.site import environment, free_port

ROOT = Path(__file__).resolve().parent.parent
COMMENTS = 12
START_WITHIN = 60.0
"""Seconds; Django is loaded under some of them."""
STOP_WITHIN = 20.0
OF_THE_SERVER = {"connection", "date", "server", "transfer-encoding"}
"""Headers that a server adds by itself."""
UVICORN = ["--loop", "uvloop", "--http", "httptools", "--ws", "none", "--lifespan", "off"]
UVICORN += ["--no-access-log", "--no-server-header", "--log-level", "warning"]
GRANIAN = ["--workers", "1", "--runtime-threads", "1", "--loop", "uvloop", "--http", "1", "--no-ws"]
GRANIAN += ["--no-access-log", "--log-level", "warning"]
PACKAGES = ("uvicorn", "httptools", "uvloop", "granian", "django")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=positive, default=7, help="rounds (default 7)")
    parser.add_argument("--seconds", type=positive, default=3, help="of each server in a round")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args()
    if missing := missing_packages():
        print(f"Missing Debian packages: {' '.join(missing)} (apt install …)", file=sys.stderr)
        return 2
    if not importlib.util.find_spec("granian"):
        print("Missing: Granian (pip install granian).", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        report = measure(options.rounds, options.seconds)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    print(json.dumps(report, indent=2) if options.json else as_text(report))
    return 0


def measure(rounds: int, seconds: int) -> dict[str, Any]:
    """Start all servers, ask them in turn, and return all figures."""
    cores = two_cores()
    core = cores.serving if cores else None
    load = os.getloadavg()[0]
    with contextlib.ExitStack() as running:
        folder = Path(
            running.enter_context(tempfile.TemporaryDirectory(prefix="broadsheet-bench-"))
        )
        say("Preparing a store with the story …")
        own, paths = running.enter_context(broadsheet(folder, [COMMENTS], core))
        path = paths[str(COMMENTS)]
        identity, compressed = both_forms(own, path)
        file = running.enter_context(nginx(folder, {path: (identity, compressed)}, core))
        keep_answer(folder, compressed.headers, compressed.body)
        constant = {**os.environ, "BENCH_ANSWER": str(folder), "PYTHONPATH": python_path()}
        store = {**environment(folder / "var", free_port()), "PYTHONPATH": python_path()}
        application = "broadsheet.conf.asgi:application"
        # uvicorn serves the application as `broadsheet serve` starts it.
        started = {
            "uvicorn, constant": ("uvicorn", [*UVICORN, "bench.constant:asgi"], constant),
            "Granian RSGI, constant": (
                "granian",
                [*GRANIAN, "--interface", "rsgi", "bench.constant:rsgi"],
                constant,
            ),
            "Granian ASGI, constant": (
                "granian",
                [*GRANIAN, "--interface", "asginl", "bench.constant:asgi"],
                constant,
            ),
            "Granian ASGI, Broadsheet": (
                "granian",
                [*GRANIAN, "--interface", "asginl", application],
                store,
            ),
        }
        servers = {"nginx, file": file, "uvicorn, Broadsheet": own}
        for name, (module, arguments, around) in started.items():
            servers[name] = running.enter_context(serving(module, arguments, around, core))
        sizes = (len(identity.body), len(compressed.body))
        cases = {}
        for name, server in servers.items():
            side = Side(server, file_path(path) if name.startswith("nginx") else path, "")
            check_same(server, side.path, compressed.body, name)
            cases[name] = Case(COMMENTS, sizes, False, side, side)
            ask(cases[name], side, WARM_UP, cores)
        for number in range(1, rounds + 1):
            say(f"Round {number} of {rounds} …")
            for case in cases.values():
                measured(case, seconds, cores)
    reference = cases["nginx, file"].ours.figures.rates
    return {
        "rounds": rounds,
        "seconds": seconds,
        "cores": vars(cores) if cores else None,
        "load_average_before": round(load, 2),
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "python": sys.version.split()[0],
        "gzip_bytes": sizes[1],
        "servers": {name: figures(case, reference) for name, case in cases.items()},
    }


def measured(case: Case, seconds: int, cores: Cores | None) -> None:
    rate, cost = ask(case, case.ours, seconds, cores)
    case.ours.figures.rates.append(rate)
    case.ours.figures.costs += [] if cost is None else [cost]


def figures(case: Case, reference: list[float]) -> dict[str, Any]:
    own = case.ours.figures
    ratios = [rate / its for rate, its in zip(own.rates, reference, strict=True)]
    return {
        "requests_per_second": spread(own.rates),
        "processor_microseconds": spread(own.costs) if own.costs else None,
        "ratio_to_nginx": spread(ratios),
    }


def keep_answer(folder: Path, headers: Mapping[str, str], body: bytes) -> None:
    """Write what ``bench/constant.py`` is to send."""
    kept = [(name, value) for name, value in headers.items() if name not in OF_THE_SERVER]
    (folder / "headers.json").write_text(json.dumps(kept), "utf-8")
    (folder / "body").write_bytes(body)


def python_path() -> str:
    """Return the path of modules with this folder's above it, and what this process was given."""
    return os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])


def check_same(server: Server, path: str, body: bytes, name: str) -> None:
    answer = fetch(server.origin, path, Accept_Encoding="gzip")
    if (answer.status, answer.body) != (200, body):
        raise WrongAnswer(f"{name} sends something else than the page")


@contextlib.contextmanager
def serving(
    module: str, arguments: list[str], around: Mapping[str, str], core: int | None
) -> Iterator[Server]:
    """Run a server's module on a free port until it is no longer needed."""
    port = free_port()
    command = [sys.executable, "-m", module, "--host", "127.0.0.1", "--port", str(port), *arguments]
    with bound_to(core), tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=around, cwd=ROOT, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + START_WITHIN
            while not answers(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    raise RuntimeError(f"{module} did not start:\n{log.read().decode()}")
                time.sleep(0.1)
        except BaseException:
            process.kill()
            raise
    try:
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def as_text(report: dict[str, Any]) -> str:
    """Lay the report out for people, as a table of Markdown."""
    cores = report["cores"]
    where = (
        f"servers on core {cores['serving']}, wrk on core {cores['asking']}"
        if cores
        else "NOT bound to cores"
    )
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines = [
        f"{report['gzip_bytes']} bytes of body; {report['rounds']} rounds of {report['seconds']} s,"
        f" {where}; load average before: {report['load_average_before']}.",
        f"Python {report['python']}, {versions}. Median (min–max).",
        "",
        "| server | requests/s | CPU µs a request | ratio to nginx |",
        "|---|--:|--:|--:|",
    ]
    for name, found in report["servers"].items():
        cost = found["processor_microseconds"]
        ratio = found["ratio_to_nginx"]
        lines.append(
            f"| {name} | {as_range(found['requests_per_second'])}"
            f" | {as_range(cost) if cost else '–'}"
            f" | {ratio['median']:.3f} ({ratio['min']:.3f}–{ratio['max']:.3f}) |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
