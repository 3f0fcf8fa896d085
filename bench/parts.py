"""What all parts of the benchmark have in common: how much is measured, where, and how it is told.

A part is a module with ``NAME``, ``TITLE``, ``NEEDS`` (programs), ``measure(bench)``, which returns
plain values, ``rows(found)``, its lines of the table of goals, and ``tables(found)``, the rest in
Markdown.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bench.figures import markdown_table
from bench.machine import ROOT, Cores, allow_many_files, describe, in_words, program, say, two_cores
from bench.servers import Store, new_store

NGINX_CONFIGURATION = ROOT / "deploy" / "nginx.conf"
"""The configuration that is shipped for nginx."""


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    rounds: int
    seconds: int
    """Of each question in a round."""
    threads: tuple[int, ...]
    """Comments of the stories."""
    streams: tuple[int, ...]
    """Streams that are open at once."""
    pressed: int
    """Addresses that are asked for to fill the press."""


FULL = Effort(5, 3, (12, 1_000, 10_000, 100_000), (100, 1_000, 10_000), 10_000)
QUICK = Effort(2, 1, (12, 1_000), (100, 1_000), 1_500)


@dataclass
class Bench:
    """One run: its folder is emptied at the end, what it made is stopped."""

    effort: Effort
    folder: Path
    cores: Cores | None = field(default_factory=two_cores)
    postgresql: str = ""
    """Address of a server on which a database may be made and dropped; without it, SQLite alone."""
    nginx_configuration: Path = NGINX_CONFIGURATION
    _store: Store | None = None

    @property
    def serving(self) -> int | None:
        """The core for servers."""
        return self.cores.serving if self.cores else None

    @property
    def asking(self) -> int | None:
        """The core for those who ask."""
        return self.cores.asking if self.cores else None

    def store(self) -> Store:
        """Return the store that parts which only read share; it is made at first need."""
        if self._store is None:
            say(f"Making a store with threads of {', '.join(map(str, self.effort.threads))} …")
            self._store = new_store(self.folder / "read", self.effort.threads)
        return self._store


class Part(Protocol):
    """What a module must have to be measured."""

    NAME: str
    TITLE: str
    NEEDS: tuple[str, ...]

    def measure(self, bench: Bench) -> dict[str, Any]: ...

    def rows(self, found: dict[str, Any]) -> list[dict[str, Any]]: ...

    def tables(self, found: dict[str, Any]) -> str: ...


def missing_programs(names: Sequence[str]) -> list[str]:
    return [name for name in names if not program(name)]


def options(description: str) -> argparse.ArgumentParser:
    """Make the parser of the options that every part takes."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller threads")
    parser.add_argument("--rounds", type=positive, help=f"rounds (default {FULL.rounds})")
    parser.add_argument(
        "--seconds", type=positive, help=f"of each question (default {FULL.seconds})"
    )
    parser.add_argument(
        "--nginx-configuration",
        type=Path,
        default=NGINX_CONFIGURATION,
        metavar="PATH",
        help="the shipped configuration of nginx, or its folder",
    )
    parser.add_argument(
        "--postgresql",
        default=os.environ.get("TEST_DATABASE_URL", ""),
        metavar="URL",
        help="a server on which a database may be made and dropped (default: TEST_DATABASE_URL)",
    )
    return parser


def effort_of(given: argparse.Namespace) -> Effort:
    chosen = QUICK if given.quick else FULL
    return Effort(
        given.rounds or chosen.rounds,
        given.seconds or chosen.seconds,
        chosen.threads,
        chosen.streams,
        chosen.pressed,
    )


def positive(given: str) -> int:
    number = int(given)
    if number < 1:
        raise ValueError
    return number


@contextlib.contextmanager
def bench_of(given: argparse.Namespace) -> Iterator[Bench]:
    """Prepare a run; ended by a signal, the servers are stopped as after Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    allow_many_files()
    with tempfile.TemporaryDirectory(
        prefix="broadsheet-bench-", ignore_cleanup_errors=True
    ) as name:
        yield Bench(
            effort_of(given),
            Path(name),
            postgresql=given.postgresql,
            nginx_configuration=given.nginx_configuration,
        )


def alone(part: Part, description: str) -> int:
    """Measure one part from the command line; return the status to end with."""
    parser = options(description)
    parser.add_argument("--json", action="store_true", help="print one object")
    given = parser.parse_args()
    if missing := missing_programs(part.NEEDS):
        print(f"Missing Debian packages: {' '.join(missing)} (apt install …)", file=sys.stderr)
        return 2
    machine = describe()
    try:
        with bench_of(given) as bench:
            found = part.measure(bench)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    rows = part.rows(found)
    if given.json:
        print(json.dumps({"machine": machine, "goals": rows, part.NAME: found}, indent=2))
    else:
        print(f"{in_words(machine)}\n\n{goals(rows)}\n\n{part.tables(found)}")
    return 0


def goals(rows: Sequence[dict[str, Any]]) -> str:
    """Lay the table of goals out."""
    words = {True: "met", False: "MISSED", None: "–"}
    return markdown_table(
        ["what", "measured", "goal", ""],
        [[row["what"], row["measured"], row["goal"], words[row["is_met"]]] for row in rows],
    )
