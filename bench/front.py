"""The story page through the shipped nginx configuration, beside nginx sending a file of the same bytes.

``broadsheet serve`` has a story with 12 comments, ``deploy/nginx.conf`` runs in front of it, and another
nginx has the page as a file with the same headers: the least that such an answer costs. The three are
bound to one core, wrk asks the two nginx in turn from another, round after round. While it asks the
front, a second client looks at the page of a story under comments and says how old it was at most.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.servers import Server, bound_to, broadsheet, fetch, file_path, nginx, two_cores
from bench.story_page import (
    CONNECTIONS,
    WARM_UP,
    Case,
    Side,
    WrongAnswer,
    as_median,
    as_range,
    ask,
    both_forms,
    figures_report,
    missing_packages,
    own_tag,
    positive,
    say,
    spread,
)
from tests.front import fronted

COMMENTS = 12
KEPT_WITHIN = 10.0
"""Seconds until the page comes from the cache; it is kept for at least one."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=positive, default=5, help="rounds (default 5)")
    parser.add_argument("--seconds", type=positive, default=3, help="of each request in a round")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args()
    if missing := missing_packages():
        print(f"Missing Debian packages: {' '.join(missing)} (apt install …)", file=sys.stderr)
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
    """Start all three servers, ask the two nginx in turn, and return all figures."""
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
        upstream = urlsplit(own.origin).port
        assert upstream is not None
        with bound_to(core):
            port, process = running.enter_context(fronted(folder / "front", upstream))
        front = Server(f"http://127.0.0.1:{port}", process.pid)
        page = both_forms(front, path)
        check_kept(front, path)
        file = running.enter_context(nginx(folder, {path: page}, core))
        sizes = (len(page[0].body), len(page[1].body))
        cases = [
            Case(
                COMMENTS,
                (0, 0) if is_revalidation else sizes,
                is_revalidation,
                Side(front, path, own_tag(front, path)),
                Side(file, file_path(path), own_tag(file, file_path(path))),
            )
            for is_revalidation in (False, True)
        ]
        sides = [(case, side) for case in cases for side in (case.ours, case.theirs)]
        for case, side in sides:
            ask(case, side, WARM_UP, cores)
        for number in range(1, rounds + 1):
            say(f"Round {number} of {rounds} …")
            for case, side in sides:
                rate, cost = ask(case, side, seconds, cores)
                side.figures.rates.append(rate)
                side.figures.costs += [] if cost is None else [cost]
    return {
        "rounds": rounds,
        "seconds": seconds,
        "cores": vars(cores) if cores else None,
        "load_average_before": round(load, 2),
        "pages": [
            {
                "answer": 304 if case.is_revalidation else 200,
                "gzip_bytes": case.sizes[1],
                "front": figures_report(case.ours.figures),
                "file": figures_report(case.theirs.figures),
                "ratio_to_nginx": spread(case.ratios),
            }
            for case in cases
        ],
    }


def check_kept(front: Server, path: str) -> None:
    """Ask until the page comes from nginx's cache, or fail: without that there is nothing to measure."""
    deadline = time.monotonic() + KEPT_WITHIN
    while time.monotonic() < deadline:
        answer = fetch(front.origin, path, Accept_Encoding="gzip")
        if answer.headers.get("cache-status") == "nginx; hit":
            return
    said = answer.headers.get("cache-control")
    raise WrongAnswer(f"nginx does not keep the page; the application says “{said}”")


def as_text(report: dict[str, Any]) -> str:
    """Lay the report out for people, as a table of Markdown."""
    cores = report["cores"]
    where = (
        f"servers on core {cores['serving']}, wrk on core {cores['asking']}"
        if cores
        else "NOT bound to cores"
    )
    lines = [
        f"{report['rounds']} rounds of {report['seconds']} s, {CONNECTIONS} connections, gzip;"
        f" {where}; load average before: {report['load_average_before']}. Median (min–max).",
        "",
        "| answer | bytes | front requests/s | file requests/s | CPU µs front | file | ratio |",
        "|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for page in report["pages"]:
        front, file, ratio = page["front"], page["file"], page["ratio_to_nginx"]
        lines.append(
            f"| {page['answer']} | {page['gzip_bytes'] or '–'}"
            f" | {as_range(front['requests_per_second'])} | {as_range(file['requests_per_second'])}"
            f" | {as_median(front['processor_microseconds'])}"
            f" | {as_median(file['processor_microseconds'])}"
            f" | {ratio['median']:.2f} ({ratio['min']:.2f}–{ratio['max']:.2f}) |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
