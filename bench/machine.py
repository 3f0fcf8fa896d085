"""The machine that is measured on: described for the report, two of its processors set apart."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("django", "wagtail", "uvicorn", "granian", "httptools", "uvloop", "psycopg")
ADMINISTRATORS = "/usr/sbin:/usr/local/sbin"
"""Folders of programs that not everybody has in the path."""


@dataclass(frozen=True)
class Cores:
    """Numbers of the two processors to use: one serves, the other asks."""

    serving: int
    asking: int


def two_cores() -> Cores | None:
    """Return two processors that this process may use; ``None`` where binding is not possible."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    usable = sorted(os.sched_getaffinity(0))
    return Cores(usable[0], usable[1]) if len(usable) > 1 else None


@contextlib.contextmanager
def bound_to(core: int | None) -> Iterator[None]:
    """Let this thread, and processes that are started in here, run on one core only."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def program(name: str) -> str | None:
    """Return a program, also where only administrators have its folder in their path."""
    return shutil.which(name) or shutil.which(name, path=ADMINISTRATORS)


def allow_many_files() -> int:
    """Raise the number of files that this process and its children may hold open; return it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def describe() -> dict[str, Any]:
    """Return what a reader of the figures must know of this machine, as it is before the run."""
    cores = two_cores()
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "bound": vars(cores) if cores else None,
        "memory_gigabytes": round(
            os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1
        ),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {
            **{name: found for name in PACKAGES if (found := version(name))},
            "sqlite": sqlite3.sqlite_version,
            "nginx": _said("nginx", "-v"),
            "wrk": _said("wrk", "-v"),
        },
        "commit": _commit(),
        "load_average_before": round(os.getloadavg()[0], 2),
    }


def in_words(machine: dict[str, Any]) -> str:
    """Write the description in two sentences."""
    bound = machine["bound"]
    where = (
        f"servers on core {bound['serving']}, those who ask on core {bound['asking']}"
        if bound
        else "NOT bound to cores: servers and those who ask compete"
    )
    versions = ", ".join(f"{name} {found}" for name, found in machine["versions"].items() if found)
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gigabytes']} GB;"
        f" {where}. Load average before: {machine['load_average_before']}."
        f" {machine['kernel']}, Python {machine['python']}, {versions};"
        f" commit {machine['commit'] or 'unknown'}."
    )


def version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _said(name: str, option: str) -> str | None:
    """Return the version in the first line that a program prints about itself."""
    found = program(name)
    if not found:
        return None
    done = subprocess.run([found, option], capture_output=True, text=True, timeout=10)
    first = (done.stdout + done.stderr).partition("\n")[0]
    return next(
        (word.rpartition("/")[2] for word in first.split() if any(map(str.isdigit, word))), None
    )


def _commit() -> str | None:
    done = (
        subprocess.run(
            ["git", "-C", str(ROOT), "describe", "--always", "--dirty"],
            capture_output=True,
            text=True,
        )
        if shutil.which("git")
        else None
    )
    return done.stdout.strip() or None if done else None


def say(line: str) -> None:
    """Tell progress, apart from the result."""
    print(line, file=sys.stderr, flush=True)
