"""How fast and how large the story page is, with 12 and with 300 comments, beside nginx.

Two stories go into a new store through the product's own actions, ``broadsheet serve`` serves them,
and nginx serves the same bytes from files. wrk asks both in turn, round after round, so that whatever
else the machine does falls on both. Figures of single rounds say little on a shared machine; the
ratio to nginx and the processor time of a request hold better. Nothing fails for being slow; only
the weight of styles and scripts has a bound, for bytes do not depend on the machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.servers import (
    Answer,
    Cores,
    Server,
    bound_to,
    broadsheet,
    fetch,
    file_path,
    nginx,
    nginx_program,
    processor_seconds,
    two_cores,
    wait_until_quiet,
)

COMMENTS = [12, 300]
CONNECTIONS = 4
"""Enough to keep either server busy. More would only wait, and requests that wrk gives up at the end
of its time are worked on and not counted: at a slow page they would be most of them."""
WARM_UP = 1
"""Seconds for each page before the first round: templates and files are loaded on first use."""
MAX_ASSETS = 40 * 1024
"""Bytes of styles and scripts, compressed, that a story page may ask for."""
MAX_HEAD = 2048
"""Bytes of an answer without a body; every page is larger."""
ANSWER_WITHIN = 60
"""Seconds; a page that takes longer has failed."""


@dataclass
class Figures:
    """What was measured for one request at one server, a value for each round."""

    rates: list[float] = field(default_factory=list)
    """Requests per second."""
    costs: list[float] = field(default_factory=list)
    """Microseconds of processor time a request; empty where the kernel does not tell."""


@dataclass
class Side:
    """A request as one of the two servers gets it, and what came of it."""

    server: Server
    path: str
    tag: str
    """The server's own entity tag of the page."""
    figures: Figures = field(default_factory=Figures)


@dataclass
class Case:
    """One request, put to both servers."""

    comments: int
    sizes: tuple[int, int]
    """Bytes of the body: identity, gzip."""
    is_revalidation: bool
    ours: Side
    theirs: Side

    @property
    def ratios(self) -> list[float]:
        """Ours to nginx's in each round; the two were neighbours in time."""
        pairs = zip(self.ours.figures.rates, self.theirs.figures.rates, strict=True)
        return [mine / its for mine, its in pairs]


class WrongAnswer(RuntimeError):
    """A server did not answer what the benchmark is about."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=positive, default=5, help="rounds (default 5)")
    parser.add_argument("--seconds", type=positive, default=3, help="of each request in a round")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args()
    if missing := missing_packages():
        print(f"Missing Debian packages: {' '.join(missing)} (apt install …)", file=sys.stderr)
        return 2
    # Ended by a signal, the servers are stopped as after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        report = measure(options.rounds, options.seconds)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    print(json.dumps(report, indent=2) if options.json else as_text(report))
    return 1 if report["assets"]["gzip_bytes"] > MAX_ASSETS else 0


def positive(given: str) -> int:
    number = int(given)
    if number < 1:
        raise ValueError
    return number


def missing_packages() -> list[str]:
    found = {"wrk": shutil.which("wrk"), "nginx": nginx_program()}
    return [name for name, program in found.items() if not program]


def measure(rounds: int, seconds: int) -> dict[str, Any]:
    """Set both servers up, ask them in turn, and return all figures."""
    cores = two_cores()
    load = os.getloadavg()[0]
    core = cores.serving if cores else None
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as name:
        folder = Path(name)
        say("Preparing a store with the stories …")
        with broadsheet(folder, COMMENTS, core) as (ours, paths):
            pages = {path: both_forms(ours, path) for path in paths.values()}
            assets = page_assets(ours, pages[paths[str(COMMENTS[-1])]][0], next(iter(pages)))
            with nginx(folder, pages, core) as theirs:
                cases = list(make_cases(ours, theirs, paths, pages))
                for case in cases:
                    for side in (case.ours, case.theirs):
                        ask(case, side, WARM_UP, cores)
                for number in range(1, rounds + 1):
                    say(f"Round {number} of {rounds} …")
                    for case in cases:
                        for side in (case.ours, case.theirs):
                            rate, cost = ask(case, side, seconds, cores)
                            side.figures.rates.append(rate)
                            side.figures.costs += [] if cost is None else [cost]
    return {
        "rounds": rounds,
        "seconds": seconds,
        "connections": CONNECTIONS,
        "cores": vars(cores) if cores else None,
        "load_average_before": round(load, 2),
        "pages": [case_report(case) for case in cases],
        "assets": assets,
    }


def both_forms(server: Server, path: str) -> tuple[Answer, Answer]:
    """Get the page as it is and compressed; both must be the same page."""
    identity = fetch(server.origin, path, Accept_Encoding="identity")
    compressed = fetch(server.origin, path, Accept_Encoding="gzip")
    if identity.status != 200 or compressed.headers.get("content-encoding") != "gzip":
        raise WrongAnswer(f"{path} is not answered with 200, or not compressed")
    if gzip.decompress(compressed.body) != identity.body:
        raise WrongAnswer(f"{path} is another page when it is compressed")
    return identity, compressed


def make_cases(
    ours: Server, theirs: Server, paths: dict[str, str], pages: dict[str, tuple[Answer, Answer]]
) -> Iterator[Case]:
    """Yield the page and its revalidation for each story, once nginx gives the same bytes."""
    for count, path in paths.items():
        identity, compressed = pages[path]
        copy = both_forms(theirs, file_path(path))
        if (copy[0].body, copy[1].body) != (identity.body, compressed.body):
            raise WrongAnswer(f"nginx serves other bytes for {path}")
        sizes = (len(identity.body), len(compressed.body))
        for is_revalidation in (False, True):
            yield Case(
                int(count),
                (0, 0) if is_revalidation else sizes,
                is_revalidation,
                Side(ours, path, own_tag(ours, path)),
                Side(theirs, file_path(path), own_tag(theirs, file_path(path))),
            )


def own_tag(server: Server, path: str) -> str:
    """Return the entity tag of a page, once the server has answered 304 to it."""
    tag = fetch(server.origin, path, Accept_Encoding="gzip").headers.get("etag", "")
    again = fetch(server.origin, path, Accept_Encoding="gzip", If_None_Match=tag)
    if again.status != 304 or again.body:
        raise WrongAnswer(f"{server.origin}{path} does not answer 304 to its own tag")
    return tag


def ask(case: Case, side: Side, seconds: int, cores: Cores | None) -> tuple[float, float | None]:
    """Let wrk ask for some seconds; return requests per second and µs of processor a request."""
    server = side.server
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", f"--timeout={ANSWER_WITHIN}s"]
    command += ["-s", str(Path(__file__).with_name("wrk.lua")), "-H", "Accept-Encoding: gzip"]
    if case.is_revalidation:
        command += ["-H", f"If-None-Match: {side.tag}"]
    before = processor_seconds(server.pid)
    with bound_to(cores.asking if cores else None):
        done = subprocess.run(
            [*command, server.origin + side.path],
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + 2 * ANSWER_WITHIN,
        )
    after = wait_until_quiet(server.pid)
    requests, microseconds, received, failed = read_wrk(done.stdout)
    if failed or not requests:
        raise WrongAnswer(f"{failed} of {requests} requests for {side.path} failed")
    # wrk counts any answer below 400; its bytes tell a page from a 304.
    if (received / requests > MAX_HEAD) == case.is_revalidation:
        raise WrongAnswer(f"{side.path} came with {received // requests} bytes a request")
    # When its time is over wrk hangs up, and the server finishes what it was asked on each connection.
    worked_on = requests + CONNECTIONS
    used = None if before is None or after is None else (after - before) * 1e6 / worked_on
    return requests * 1e6 / microseconds, used


def read_wrk(output: str) -> tuple[int, int, int, int]:
    """Return requests, microseconds, bytes and failures from the line that wrk.lua prints."""
    found = re.search(r"^result (\d+) (\d+) (\d+) (\d+)$", output, re.MULTILINE)
    if not found:
        raise WrongAnswer(f"wrk gave no result:\n{output}")
    requests, microseconds, received, failed = map(int, found.groups())
    return requests, microseconds, received, failed


class _Assets(HTMLParser):
    """Styles and scripts that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "link" and values.get("rel") in ("stylesheet", "modulepreload"):
            self.found.append(values.get("href") or "")
        if tag == "script" and values.get("src"):
            self.found.append(values["src"] or "")


def page_assets(server: Server, page: Answer, path: str) -> dict[str, Any]:
    """Fetch the styles and scripts of a page as a browser does, imported modules and all."""
    parser = _Assets()
    parser.feed(page.body.decode())
    queue = list(dict.fromkeys(urljoin(path, found) for found in parser.found))
    sizes: dict[str, int] = {}
    while queue:
        asset = queue.pop(0)
        if asset in sizes:
            continue
        compressed = fetch(server.origin, asset, Accept_Encoding="gzip")
        if compressed.status != 200:
            raise WrongAnswer(f"the page names {asset}, which is answered with {compressed.status}")
        sizes[asset] = len(compressed.body)
        if asset.endswith(".js"):
            text = fetch(server.origin, asset, Accept_Encoding="identity").body.decode()
            queue += [urljoin(asset, name) for name in imported(text)]
    files = {urlsplit(asset).path.rpartition("/")[2]: size for asset, size in sizes.items()}
    return {"gzip_bytes": sum(sizes.values()), "bound_bytes": MAX_ASSETS, "files": files}


def imported(script: str) -> list[str]:
    """Return the files that a module imports, written as ``import … from "./name.js"``."""
    return re.findall(r"""\bimport\b[^;"']*["'](\.[^"']+)["']""", script)


def case_report(case: Case) -> dict[str, Any]:
    identity, compressed = case.sizes
    return {
        "comments": case.comments,
        "answer": 304 if case.is_revalidation else 200,
        "identity_bytes": identity,
        "gzip_bytes": compressed,
        "broadsheet": figures_report(case.ours.figures),
        "nginx": figures_report(case.theirs.figures),
        "ratio_to_nginx": spread(case.ratios),
    }


def figures_report(figures: Figures) -> dict[str, Any]:
    return {
        "requests_per_second": spread(figures.rates),
        "processor_microseconds": spread(figures.costs) if figures.costs else None,
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def as_text(report: dict[str, Any]) -> str:
    """Lay the report out for people."""
    cores = report["cores"]
    where = (
        f"servers on core {cores['serving']}, wrk on core {cores['asking']}"
        if cores
        else "NOT bound to cores (this machine has one, or cannot bind): servers and wrk compete"
    )
    lines = [
        f"Story page: {report['rounds']} rounds of {report['seconds']} s each,"
        f" {report['connections']} connections, gzip; {where}.",
        f"Load average before: {report['load_average_before']}. Median (min–max) of the rounds.",
        "",
        f"{'':<18}{'bytes of body':>15}  {'requests/s':>40}  {'CPU µs a request':>18}  {'ratio':>7}",
        f"{'comments, answer':<18}{'identity':>8}{'gzip':>7}  {'Broadsheet':>18}{'nginx':>22}"
        f"  {'Broadsheet':>11}{'nginx':>7}  {'to nginx':>8}",
    ]
    for page in report["pages"]:
        ours, theirs = page["broadsheet"], page["nginx"]
        lines.append(
            f"{page['comments']:>8}, {page['answer']:<8}"
            f"{page['identity_bytes']:>8}{page['gzip_bytes']:>7}"
            f"  {as_range(ours['requests_per_second']):>18}"
            f"{as_range(theirs['requests_per_second']):>22}"
            f"  {as_median(ours['processor_microseconds']):>11}"
            f"{as_median(theirs['processor_microseconds']):>7}"
            f"  {page['ratio_to_nginx']['median']:>8.4f}"
        )
    assets = report["assets"]
    files = ", ".join(f"{name} {size}" for name, size in assets["files"].items())
    verdict = "within" if assets["gzip_bytes"] <= assets["bound_bytes"] else "OVER"
    lines += [
        "",
        f"Styles and scripts of the page, gzip: {assets['gzip_bytes']} bytes, {verdict} the bound"
        f" of {assets['bound_bytes']} ({files}).",
    ]
    return "\n".join(lines)


def as_range(values: dict[str, float]) -> str:
    places = 1 if values["max"] < 1000 else 0
    median, least, most = (f"{values[name]:.{places}f}" for name in ("median", "min", "max"))
    return f"{median} ({least}–{most})"


def as_median(values: dict[str, float] | None) -> str:
    return f"{values['median']:.0f}" if values else "–"


def say(line: str) -> None:
    """Tell progress, apart from the result."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
