"""The story page with its thread, whole and as a 304, beside nginx and bare Python servers.

`broadsheet serve` answers with the page; nginx sends the same bytes from a file, uvicorn and Granian
send them from memory, whatever is asked. The page is asked for as browsers do, compressed as they can
take it. Where the shipped configuration of nginx is at hand, it stands before `broadsheet serve` too.
wrk asks all of them in turn, round after round, so that whatever else the machine does falls on all.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.figures import as_range, markdown_table, ratios, row, spread
from bench.fronting import Fronted, NoConfiguration, fronted
from bench.load import BROWSERS_ACCEPT, Asked, Question, costs, in_turn, own_tag, rates, summary
from bench.machine import say
from bench.parts import Bench, alone
from bench.servers import (
    Answer,
    Server,
    WrongAnswer,
    broadsheet,
    constant,
    fetch,
    file_path,
    nginx,
    plain,
)

NAME = "story_page"
TITLE = "The story page"
NEEDS = ("nginx", "wrk")

OURS, FRONTED, NGINX, UVICORN = "Broadsheet", "nginx before it", "nginx, file", "uvicorn"
BARE = {
    UVICORN: "uvicorn",
    "Granian ASGI": "granian-asgi",
    "Granian RSGI": "granian-rsgi",
}
"""Bare servers that send constant bytes; Granian's only where it is installed."""
MAX_ASSETS = 40 * 1024
"""Bytes of styles and scripts, compressed, that a story page may ask for."""
MAX_FIRST_PAGE = 60_000
"""Bytes, compressed, of the page of a story of any size."""
MAX_COST = 1.15
"""Times a bare server's processor time."""
MIN_RATIO = 0.4
MIN_FRONTED_RATIO = 0.9
MAX_COST_PER_BYTE = 1.2
"""Times that of the page with the fewest comments."""
MIN_GAIN = 1.2
"""Rate of 304 to that of 200."""

Key = tuple[str, int, int]
"""Who is asked, comments of the story, status of the answer."""


def measure(bench: Bench) -> dict[str, Any]:
    """Set all servers up, ask them in turn, and return all figures."""
    store, effort = bench.store(), bench.effort
    with contextlib.ExitStack() as stack:
        own = stack.enter_context(broadsheet(store, bench.serving)).server
        pages = {path: compressed_page(own, path) for path in store.stories.values()}
        servers = {OURS: own}
        servers[NGINX] = stack.enter_context(nginx(bench.folder, pages, bench.serving))
        front: Fronted | None = None
        without: list[str] = []
        try:
            front = stack.enter_context(fronted(bench, own))
            servers[FRONTED] = front.server
        except NoConfiguration as reason:
            without.append(f"nginx before Broadsheet: {reason}")
            say(f"Left out: {without[-1]}")
        questions = dict(page_questions(servers, store.stories, without))
        for name, module in BARE.items():
            if not importlib.util.find_spec(module.partition("-")[0]):
                without.append(f"{name}: not installed (pip install granian)")
                continue
            for count, path in store.stories.items():
                if name == UVICORN or count == min(store.stories):
                    bare = stack.enter_context(constant(module, pages[path], path, bench.serving))
                    questions[name, count, 200] = Question(bare, path)
        assets = page_assets(own, store.stories[min(store.stories)])
        asked = in_turn(questions, effort.rounds, effort.seconds, bench.cores)
    return {
        "rounds": effort.rounds,
        "seconds": effort.seconds,
        "connections": next(iter(questions.values())).connections,
        "seconds_to_make": {str(count): round(took, 1) for count, took in store.seconds.items()},
        "left_out": without,
        "pages": [page_report(pages[path], count) for count, path in store.stories.items()],
        "answers": [case_report(key, asked) for key in asked],
        "assets": assets,
    }


def compressed_page(server: Server, path: str) -> Answer:
    """Get the page as browsers do; raises :class:`WrongAnswer` unless it is the page, compressed."""
    identity = fetch(server.origin, path, Accept_Encoding="identity")
    compressed = fetch(server.origin, path, Accept_Encoding=BROWSERS_ACCEPT)
    encoding = compressed.headers.get("content-encoding")
    if identity.status != 200 or compressed.status != 200 or not encoding:
        raise WrongAnswer(f"{path} is not answered with 200, or not compressed")
    if plain(compressed) not in (None, identity.body):
        raise WrongAnswer(f"{path} is another page when it is compressed")
    return compressed


def page_questions(
    servers: dict[str, Server], stories: Mapping[int, str], without: list[str]
) -> Iterator[tuple[Key, Question]]:
    """Yield each page of each server, whole and asked for again with its tag."""
    for count, path in stories.items():
        for name, server in servers.items():
            asked = file_path(path) if name == NGINX else path
            yield (name, count, 200), Question(server, asked)
            try:
                tag = own_tag(server, asked)
            except WrongAnswer:
                # nginx answers for itself only where the page may be kept.
                if name != FRONTED:
                    raise
                without.append(f"{name}, {count} comments: it does not answer 304")
                continue
            yield (name, count, 304), Question(server, asked, tag)


def page_report(answer: Answer, count: int) -> dict[str, Any]:
    identity = plain(answer)
    return {
        "comments": count,
        "encoding": answer.headers["content-encoding"],
        "compressed_bytes": len(answer.body),
        "identity_bytes": len(identity) if identity is not None else None,
    }


def case_report(key: Key, asked: dict[Key, list[Asked]]) -> dict[str, Any]:
    name, count, status = key
    own = asked[key]
    report = {"server": name, "comments": count, "answer": status, **summary(own)}
    beside = asked[NGINX, count, status]
    report["ratio_to_nginx"] = ratios(rates(own), rates(beside))
    if status == 304:
        report["ratio_to_200"] = ratios(rates(own), rates(asked[name, count, 200]))
    if name in (OURS, FRONTED) and status == 200:
        report["cost_ratio"] = {
            other: ratios(costs(own), costs(asked[other, count, 200]))
            for other in BARE
            if (other, count, 200) in asked
        }
    fewest = min(other for _, other, _ in asked)
    if name == OURS and status == 200:
        per_byte = [cost / each.size for cost, each in zip(costs(own), own, strict=True)]
        first = asked[name, fewest, 200]
        its = [cost / each.size for cost, each in zip(costs(first), first, strict=True)]
        report["nanoseconds_per_byte"] = spread([1000 * each for each in per_byte])
        report["cost_per_byte_to_fewest"] = ratios(per_byte, its)
    return report


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare with the goals."""
    by = {(each["server"], each["comments"], each["answer"]): each for each in found["answers"]}
    counts = sorted({count for _, count, _ in by})
    fewest = counts[0]
    ours = by[OURS, fewest, 200]
    # The fastest of them is the one beside which we look dearest.
    fastest, cost = max(ours["cost_ratio"].items(), key=lambda pair: pair[1]["median"])
    ratio = ours["ratio_to_nginx"]
    lines = [
        row(
            f"story page, {fewest} comments: CPU a request beside {fastest} sending constant bytes",
            f"× {as_range(cost)}",
            f"≤ {MAX_COST}",
            cost["median"] <= MAX_COST,
        ),
        row(
            "the same: requests/s beside nginx",
            as_range(ratio),
            f"≥ {MIN_RATIO}",
            ratio["median"] >= MIN_RATIO,
        ),
    ]
    if front := by.get((FRONTED, fewest, 200)):
        ratio = front["ratio_to_nginx"]
        lines.append(
            row(
                "the same with the shipped nginx configuration in front",
                as_range(ratio),
                f"≥ {MIN_FRONTED_RATIO}",
                ratio["median"] >= MIN_FRONTED_RATIO,
            )
        )
    sizes = {page["comments"]: page["compressed_bytes"] for page in found["pages"]}
    for count in counts:
        ours = by[OURS, count, 200]
        lines.append(
            row(
                f"first page of {count:,} comments, compressed",
                f"{sizes[count]:,} bytes",
                f"≤ {MAX_FIRST_PAGE:,}",
                sizes[count] <= MAX_FIRST_PAGE,
            )
        )
        if count != fewest:
            ratio = ours["cost_per_byte_to_fewest"]
            lines.append(
                row(
                    f"the same: CPU per byte beside the page with {fewest}",
                    f"× {as_range(ratio)}",
                    f"≤ {MAX_COST_PER_BYTE}",
                    ratio["median"] <= MAX_COST_PER_BYTE,
                )
            )
    gain = by[OURS, fewest, 304]["ratio_to_200"]
    lines.append(
        row(
            "304 beside the 200, requests/s",
            f"× {as_range(gain)}",
            f"≥ {MIN_GAIN}",
            gain["median"] >= MIN_GAIN,
        )
    )
    if (took := found["seconds_to_make"].get("100000")) is not None:
        lines.append(
            row("a story with 100,000 comments made", f"{took:.0f} s", "≤ 60 s", took <= 60)
        )
    return lines


def tables(found: dict[str, Any]) -> str:
    """Lay all figures out."""
    pages = markdown_table(
        ["comments", "encoding", "bytes compressed", "bytes plain"],
        [
            [
                f"{page['comments']:,}",
                page["encoding"],
                f"{page['compressed_bytes']:,}",
                f"{page['identity_bytes']:,}" if page["identity_bytes"] else "–",
            ]
            for page in found["pages"]
        ],
    )
    answers = markdown_table(
        ["comments", "answer", "server", "requests/s", "CPU µs", "to nginx", "p50 ms", "p99 ms"],
        [
            [
                f"{each['comments']:,}",
                each["answer"],
                each["server"],
                as_range(each["requests_per_second"]),
                as_range(each["processor_microseconds"]),
                as_range(each["ratio_to_nginx"]),
                as_range(each["p50_milliseconds"]),
                as_range(each["p99_milliseconds"]),
            ]
            for each in sorted(
                found["answers"], key=lambda each: (each["comments"], each["answer"])
            )
        ],
    )
    assets = found["assets"]
    verdict = "within" if assets["compressed_bytes"] <= assets["bound_bytes"] else "OVER"
    files = ", ".join(f"{name} {size:,}" for name, size in assets["files"].items())
    left_out = "".join(f"\n\nLeft out: {reason}." for reason in found["left_out"])
    return (
        f"{found['rounds']} rounds of {found['seconds']} s, {found['connections']} connections;"
        f" median (least–most).\n\n{pages}\n\n{answers}\n\nStyles and scripts of the page, compressed:"
        f" {assets['compressed_bytes']:,} bytes, {verdict} the bound of {assets['bound_bytes']:,}"
        f" ({files}).{left_out}"
    )


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


def page_assets(server: Server, path: str) -> dict[str, Any]:
    """Fetch the styles and scripts of a page as a browser does, imported modules and all."""
    parser = _Assets()
    parser.feed(fetch(server.origin, path, Accept_Encoding="identity").body.decode())
    queue = list(dict.fromkeys(urljoin(path, found) for found in parser.found))
    sizes: dict[str, int] = {}
    while queue:
        asset = queue.pop(0)
        if asset in sizes:
            continue
        compressed = fetch(server.origin, asset, Accept_Encoding=BROWSERS_ACCEPT)
        if compressed.status != 200:
            raise WrongAnswer(f"the page names {asset}, which is answered with {compressed.status}")
        sizes[asset] = len(compressed.body)
        if asset.endswith(".js"):
            text = fetch(server.origin, asset, Accept_Encoding="identity").body.decode()
            queue += [urljoin(asset, name) for name in imported(text)]
    files = {urlsplit(asset).path.rpartition("/")[2]: size for asset, size in sizes.items()}
    return {"compressed_bytes": sum(sizes.values()), "bound_bytes": MAX_ASSETS, "files": files}


def imported(script: str) -> list[str]:
    """Return the files that a module imports, written as ``import … from "./name.js"``."""
    return re.findall(r"""\bimport\b[^;"']*["'](\.[^"']+)["']""", script)


if __name__ == "__main__":
    sys.exit(alone(sys.modules[__name__], __doc__))
