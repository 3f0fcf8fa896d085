"""What a publication would pick instead, measured the same way in the same rounds, beside nginx.

Each is installed into ``build/bench/peers``, from Python's index into an environment of its own or
from Debian's packages; one that cannot be installed is named with the reason. All have the same
invented discussions as our store. They are asked for a story with 12 comments by many clients, for
longer ones by one client, and given comments by many clients; servers on one core, wrk on the other.
The two that send JSON only leave the page to the reader's browser.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Mapping
from typing import Any

from bench.figures import Spread, as_range, markdown_table, ratios, spread
from bench.load import BROWSERS_ACCEPT, Asked, NoAnswer, Question, ask, rates, summary
from bench.machine import ROOT, Cores, say
from bench.parts import Bench, alone
from bench.peers import isso, pages, wordpress, xtd
from bench.peers.installing import NotInstallable, Peer
from bench.servers import broadsheet, fetch, file_path, new_store, nginx
from bench.story_page import NGINX, compressed_page

NAME = "peers"
TITLE = "Beside others"
NEEDS = ("nginx", "wrk")

FEW = 12
POSTED = 11
"""Comments of the story that all others are added to; the least, by which the peers know it."""
LONGER = {True: (1_000,), False: (1_000, 10_000)}
"""Comments of the longer stories, in a short run and in a whole one."""
WARM_UP = 6
LEAST_SECONDS = 3
"""Of a question: some answer a few times a second, and a first time after several."""
FOLDER = ROOT / "build" / "bench" / "peers"
PEERS = (isso, xtd, wordpress)


def measure(bench: Bench) -> dict[str, Any]:
    """Install and start what can be; ask all in turn."""
    effort = bench.effort
    longer = LONGER[len(effort.threads) < 3]
    counts = (POSTED, FEW, *longer)
    left_out: dict[str, str] = {}
    reading: dict[str, Question] = {}
    writing: dict[str, Question] = {}
    waits: dict[str, dict[int, list[float]]] = {}
    versions: dict[str, str] = {}
    peers: list[Peer] = []
    with contextlib.ExitStack() as stack:
        store = new_store(bench.folder / "ours", counts)
        own = stack.enter_context(broadsheet(store, bench.serving)).server
        path = store.stories[FEW]
        page = compressed_page(own, path)
        file = stack.enter_context(nginx(bench.folder, {path: page}, bench.serving))
        reading[NGINX] = Question(file, file_path(path))
        body = "name=Reader+@NUMBER@&do=post&text=@TEXT@&key=@KEY@"
        posted_to = f"{store.stories[POSTED]}comment/"
        peers.append(Peer("Broadsheet", "this", own, store.stories, posted_to, body, pages.FORM))
        for module in PEERS:
            say(f"  {module.NAME}: installing and filling …")
            folder = FOLDER / module.__name__.rpartition(".")[2]
            folder.mkdir(parents=True, exist_ok=True)
            try:
                peers += stack.enter_context(module.serve(folder, counts, bench.serving))
            except NotInstallable as reason:
                left_out[module.NAME] = str(reason)
                say(f"  left out: {module.NAME}: {reason}")
        for name, kind in pages.BARE.items():
            try:
                bare = stack.enter_context(pages.constant(kind, page, path, bench.serving))
                reading[name] = Question(bare, path)
            except NotInstallable as reason:
                left_out[name] = str(reason)
        for peer in peers:
            versions[peer.name] = peer.version
            reading[peer.name] = Question(peer.server, peer.stories[FEW])
            waits[peer.name] = {count: [] for count in longer}
            if peer.post:
                writing[peer.name] = peer.question()
        asked: dict[str, list[Asked]] = {name: [] for name in reading}
        posted: dict[str, list[Asked]] = {name: [] for name in writing}
        seconds = max(effort.seconds, LEAST_SECONDS)
        for question in (*reading.values(), *writing.values()):
            patient(question, WARM_UP, bench.cores)
        for number in range(1, effort.rounds + 1):
            say(f"  round {number} of {effort.rounds}")
            for name, question in reading.items():
                asked[name].append(patient(question, seconds, bench.cores))
            for name, question in writing.items():
                posted[name].append(patient(question, seconds, bench.cores))
            for peer in peers:
                for count in longer:
                    waits[peer.name][count].append(wait_for(peer, count))
    return {
        "rounds": effort.rounds,
        "seconds": seconds,
        "left_out": left_out,
        "versions": versions,
        "reading": {
            name: {**summary(each), "ratio_to_nginx": ratios(rates(each), rates(asked[NGINX]))}
            for name, each in asked.items()
        },
        "writing": {name: summary(each) for name, each in posted.items()},
        "one_client_milliseconds": {
            name: {str(count): spread(values) for count, values in by.items()}
            for name, by in waits.items()
        },
    }


def patient(question: Question, seconds: int, cores: Cores | None) -> Asked:
    """Ask for some seconds, and for four times as long where nobody was answered in that time."""
    try:
        return ask(question, seconds, cores)
    except NoAnswer:
        return ask(question, 4 * seconds, cores)


def wait_for(peer: Peer, count: int) -> float:
    """Return the milliseconds that one client waits for a story."""
    began = time.monotonic()
    answer = fetch(peer.server.origin, peer.stories[count], Accept_Encoding=BROWSERS_ACCEPT)
    if answer.status != 200:
        raise RuntimeError(f"{peer.name}: {peer.stories[count]} is answered with {answer.status}")
    return 1000 * (time.monotonic() - began)


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return nothing: the goals are about our own figures, these say what they stand beside."""
    return []


def tables(found: dict[str, Any]) -> str:
    """Lay the figures out."""
    longer = sorted(
        {int(count) for by in found["one_client_milliseconds"].values() for count in by}
    )
    head = ["", f"{FEW} comments: requests/s", "to nginx", "CPU µs", "bytes"]
    head += [f"{count:,}, one client: ms" for count in longer]
    head += ["comments accepted/s", "CPU µs a comment"]
    table = markdown_table(head, [line(name, found, longer) for name in found["reading"]])
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    left_out = "".join(
        f"\n\nLeft out: {name}: {reason}" for name, reason in found["left_out"].items()
    )
    return (
        f"{found['rounds']} rounds of {found['seconds']} s, 16 clients where nothing else is said."
        f" {versions}.\n\n{table}{left_out}"
    )


def line(name: str, found: Mapping[str, Any], longer: list[int]) -> list[str]:
    reading = found["reading"][name]
    waits: Mapping[str, Spread] = found["one_client_milliseconds"].get(name, {})
    writing = found["writing"].get(name)
    return [
        name,
        as_range(reading["requests_per_second"]),
        as_range(reading["ratio_to_nginx"]),
        as_range(reading["processor_microseconds"]),
        f"{reading['bytes']:,}",
        *(as_range(waits.get(str(count))) for count in longer),
        as_range(writing["requests_per_second"]) if writing else "–",
        as_range(writing["processor_microseconds"]) if writing else "–",
    ]


if __name__ == "__main__":
    sys.exit(alone(sys.modules[__name__], __doc__ or ""))
