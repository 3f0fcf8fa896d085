"""What the faults befall: the product as it is served, a database of its own, a disk of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from tests.site import command, environment, free_port

START_WITHIN = 120.0
COMMAND_WITHIN = 600.0
"""Seconds for a command; a new store takes a quarter of a minute on a machine that is not busy."""
STOP_WITHIN = 40.0
DISK = 64
"""Megabytes of the small disk: a new store takes about 30."""


class NotPossibleHere(Exception):
    """This machine cannot do what a fault needs; the message says what is missing."""


def until(state: Callable[[], object], what: str, within: float) -> None:
    """Wait for a state; raises :class:`TimeoutError` that names it."""
    deadline = time.monotonic() + within
    while not state():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {within:.0f} s")
        time.sleep(0.05)


@dataclass
class Serving:
    """``broadsheet serve`` on one store and one port; can be killed and started again."""

    data: Path
    log: Path
    database_url: str = ""
    workers: int = 2
    extra: Mapping[str, str] = field(default_factory=dict)
    """More of the environment."""
    served_with: Mapping[str, str] = field(default_factory=dict)
    """Still more of it, for what serves alone and not for commands."""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    _started: list[int] = field(default_factory=list)

    @property
    def around(self) -> dict[str, str]:
        return {**environment(self.data, self.port, self.database_url), **self.extra}

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command("serve", "--workers", str(self.workers)),
                env={**self.around, **self.served_with},
                stdout=log,
                stderr=log,
                # A group of its own, so that nothing of it can be left over.
                start_new_session=True,
            )
        self._started.append(self.process.pid)
        until(self._answers, "an answer after the start", START_WITHIN)

    def _answers(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            raise RuntimeError(f"serve ended at once:\n{self.log.read_text()[-2000:]}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/robots.txt", timeout=5).read()
            return True
        return False

    def children(self) -> dict[int, str]:
        """Return the command lines of the processes that it started."""
        assert self.process
        found = {}
        for task in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                for pid in task.read_text().split():
                    line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
                    found[int(pid)] = line.decode(errors="replace")
        return found

    def web_workers(self) -> list[int]:
        """Return the web processes that it started."""
        return sorted(
            pid
            for pid, line in self.children().items()
            if line and "broadsheet.cli worker" not in line and "resource_tracker" not in line
        )

    def task_workers(self) -> list[int]:
        return sorted(
            pid for pid, line in self.children().items() if "broadsheet.cli worker" in line
        )

    def kill(self, *, alone: bool = False) -> None:
        """Kill all its processes at once, or the first one ``alone``, as when memory runs out."""
        assert self.process
        family = [] if alone else list(self.children())
        for pid in (self.process.pid, *family):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stop it as the service manager does; what is left of it after that is killed."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_WITHIN)
        for group in self._started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        if self.process:
            self.process.wait()

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the product on its store."""
        return self._run(command(*words))

    def python(self, code: str) -> str:
        """Run code with the product's models on its store; return what it prints."""
        done = self._run([sys.executable, "-c", _SET_UP + code])
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return done.stdout

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, env=self.around, capture_output=True, text=True, timeout=COMMAND_WITHIN
        )


_SET_UP = """
import os
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "broadsheet.conf.settings"
django.setup()
"""


@dataclass
class Cluster:
    """A PostgreSQL server of our own, in a folder, on a free port; nobody else uses it."""

    folder: Path
    programs: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def control(self, *words: str) -> None:
        """Run ``pg_ctl``."""
        self._as_user([str(self.programs / "pg_ctl"), "-D", str(self.folder / "data"), *words])

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}"
        self.control("start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def stop(self, mode: str) -> None:
        """``immediate`` is as if its power was cut; ``fast`` lets it close its files."""
        self.control("stop", "-w", "-m", mode)

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as connection:
            return connection.execute(statement).fetchall()

    def make(self) -> None:
        self._as_user(
            [
                *(str(self.programs / "initdb"), "-D", str(self.folder / "data")),
                *("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"),
            ]
        )

    def _as_user(self, words: list[str]) -> None:
        # PostgreSQL refuses to run as root.
        if os.geteuid() == 0:
            words = ["runuser", "-u", "postgres", "--", *words]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stderr or done.stdout}")


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Make and start a PostgreSQL server in a new folder; stop it at the end."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise NotPossibleHere("PostgreSQL's server programs are not installed (postgresql)")
    programs = found[-1].parent if found else Path(str(on_path)).resolve().parent
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        # It has to reach its folder through ours.
        for above in list(folder.parents)[:2]:
            if above != Path("/tmp"):
                above.chmod(above.stat().st_mode | 0o011)
    made = Cluster(folder, programs, free_port())
    made.make()
    made.start()
    try:
        yield made
    finally:
        # It may be down: the fault may have failed half-way.
        with contextlib.suppress(RuntimeError):
            made.stop("immediate")


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of :data:`DISK` megabytes, in memory."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK}m,mode=0700", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(words, capture_output=True, text=True, timeout=10)
    except FileNotFoundError:
        raise NotPossibleHere("there is no `mount`") from None
    if mounted.returncode:
        raise NotPossibleHere(f"no disk can be mounted: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False, timeout=10)


def fill(disk: Path) -> Path:
    """Write a file until nothing more fits on a disk; return it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    return ballast


def clock_library() -> str:
    """Return libfaketime, through which a process sees another time."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise NotPossibleHere("libfaketime is not installed (faketime)")
    return str(found[-1])
