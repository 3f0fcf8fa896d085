"""Questions to servers, put by wrk in turn, and what each answer cost."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bench.figures import spread
from bench.machine import Cores, bound_to, say
from bench.servers import Server, WrongAnswer, fetch, processor_seconds, wait_until_quiet

CONNECTIONS = 16
"""At once; enough to keep any of the servers busy."""
BROWSERS_ACCEPT = "gzip, deflate, br, zstd"
"""What today's browsers send as ``Accept-Encoding`` over TLS."""
WARM_UP = 1
"""Seconds for each question before the first round: templates and files are loaded on first use."""
MAX_HEAD = 2048
"""Bytes of an answer without a body; every page is larger."""
ANSWER_WITHIN = 60
"""Seconds; a page that takes longer has failed."""

Name = TypeVar("Name", bound=Hashable)


class NoAnswer(WrongAnswer):
    """Nothing came in the time that there was."""


@dataclass(frozen=True)
class Question:
    """A request that is put to a server again and again."""

    server: Server
    path: str
    tag: str = ""
    """Entity tag that the reader's browser kept; with one, the answer must be 304."""
    connections: int = CONNECTIONS
    script: str = "wrk.lua"
    arguments: tuple[str, ...] = ()
    """For the script; without one of its own, a page is asked for."""


@dataclass(frozen=True)
class Asked:
    """What came of one question in one round."""

    rate: float
    """Answers per second."""
    cost: float | None
    """Microseconds of processor time of all processes of the server, an answer; ``None`` where the
    kernel does not tell."""
    size: float
    """Bytes of an answer, head included."""
    percentiles: Mapping[float, float]
    """Milliseconds that so many percent of the answers took at most: 1–99, 99.9, 100."""


def ask(question: Question, seconds: int, cores: Cores | None, *, is_alone: bool = True) -> Asked:
    """Let wrk ask for some seconds; raises :class:`WrongAnswer` when any answer was another.

    Where others ask the server meanwhile it never rests, and their cost is in the figure.
    """
    server, connections = question.server, question.connections
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={ANSWER_WITHIN}s"]
    command += ["-s", str(Path(__file__).parent / question.script)]
    command += ["-H", f"Accept-Encoding: {BROWSERS_ACCEPT}"]
    if question.tag:
        command += ["-H", f"If-None-Match: {question.tag}"]
    before = processor_seconds(*server.pids)
    with bound_to(cores.asking if cores else None):
        done = subprocess.run(
            [*command, server.origin + question.path, "--", *question.arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + 2 * ANSWER_WITHIN,
        )
    after = wait_until_quiet(*server.pids) if is_alone else processor_seconds(*server.pids)
    requests, microseconds, received, failed = read_result(done.stdout)
    if not failed and not requests:
        raise NoAnswer(f"{server.origin}{question.path} gave no answer in {seconds} s")
    if failed:
        raise WrongAnswer(f"{failed} of {requests} requests for {question.path} failed")
    size = received / requests
    # wrk counts any answer below 400; its bytes tell a page from a 304.
    if not question.arguments and (size > MAX_HEAD) == bool(question.tag):
        raise WrongAnswer(f"{server.origin}{question.path} came with {size:.0f} bytes a request")
    # When its time is over wrk hangs up, and the server finishes what it was asked on each connection.
    worked_on = requests + connections
    cost = None if before is None or after is None else (after - before) * 1e6 / worked_on
    return Asked(requests * 1e6 / microseconds, cost, size, read_latency(done.stdout))


def in_turn(
    questions: Mapping[Name, Question], rounds: int, seconds: int, cores: Cores | None
) -> dict[Name, list[Asked]]:
    """Put all questions round after round, so that what else the machine does falls on all."""
    for question in questions.values():
        ask(question, WARM_UP, cores)
    asked: dict[Name, list[Asked]] = {name: [] for name in questions}
    for number in range(1, rounds + 1):
        say(f"  round {number} of {rounds}")
        for name, question in questions.items():
            asked[name].append(ask(question, seconds, cores))
    return asked


def read_result(output: str) -> tuple[int, int, int, int]:
    """Return requests, microseconds, bytes and failures from the line that wrk.lua prints."""
    found = re.search(r"^result (\d+) (\d+) (\d+) (\d+)$", output, re.MULTILINE)
    if not found:
        raise WrongAnswer(f"wrk gave no result:\n{output}")
    requests, microseconds, received, failed = map(int, found.groups())
    return requests, microseconds, received, failed


def read_latency(output: str) -> dict[float, float]:
    """Return milliseconds by percentile from the other line."""
    found = re.search(r"^latency (.+)$", output, re.MULTILINE)
    if not found:
        raise WrongAnswer(f"wrk gave no latency:\n{output}")
    pairs = (pair.split(":") for pair in found[1].split())
    return {float(percent): int(microseconds) / 1000 for percent, microseconds in pairs}


def summary(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return the spreads of all rounds as plain values."""
    costs = [each.cost for each in asked if each.cost is not None]
    return {
        "requests_per_second": spread([each.rate for each in asked]),
        "processor_microseconds": spread(costs) if costs else None,
        "p50_milliseconds": spread([each.percentiles[50] for each in asked]),
        "p99_milliseconds": spread([each.percentiles[99] for each in asked]),
        "bytes": round(asked[-1].size),
    }


def rates(asked: Iterable[Asked]) -> list[float]:
    return [each.rate for each in asked]


def costs(asked: Iterable[Asked]) -> list[float]:
    """Return the cost in each round; raises :class:`WrongAnswer` where it is not known."""
    known = [each.cost for each in asked if each.cost is not None]
    if not known:
        raise WrongAnswer("this kernel does not tell processor time")
    return known


def own_tag(server: Server, path: str) -> str:
    """Return the entity tag of a page, once the server has answered 304 to it."""
    tag = fetch(server.origin, path, Accept_Encoding=BROWSERS_ACCEPT).headers.get("etag", "")
    again = fetch(server.origin, path, Accept_Encoding=BROWSERS_ACCEPT, If_None_Match=tag)
    if not tag or again.status != 304 or again.body:
        raise WrongAnswer(f"{server.origin}{path} does not answer 304 to its own tag")
    return tag
