"""The two servers that are compared, each bound to one core, and what they use of it.

nginx gets what our server answered, to the byte, and serves it from files: that is the least that an
answer of this size costs on this machine. Its configuration is the plain one for finished files
(``sendfile``, open files kept, ``gzip_static``), with one worker, as we have one web process.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.site import environment, free_port, served

NGINX_WITHIN = 10.0
"""Seconds to start, and to stop."""
FETCH_WITHIN = 60.0
"""Seconds for one page."""
QUIET_FOR = 0.25
"""Seconds without use of the processor after which a server is taken to be idle."""
QUIET_WITHIN = 30.0
"""Seconds to wait for that; a server that never rests is measured as it is."""
TICKS = os.sysconf("SC_CLK_TCK")
"""Of the kernel's clock in a second; what ``/proc/<pid>/stat`` counts in."""
ORIGIN = "http://news.example"
"""Written into the pages. With the free port in it, their size would differ from run to run."""
OWN_HEADERS = {"connection", "content-encoding", "content-length", "content-type", "date"} | {
    "etag",
    "last-modified",
    "server",
    "transfer-encoding",
}
"""What nginx says for itself; all else it repeats from our answer."""


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
    """Let processes that are started in here run on one core only."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True)
class Server:
    """A server that runs: its origin on the loopback interface, and its first process."""

    origin: str
    pid: int


@dataclass(frozen=True)
class Answer:
    """One answer as it came over the wire; the names of its headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch(origin: str, path: str, **headers: str) -> Answer:
    """Get one answer undecoded; underscores in names of headers stand for hyphens."""
    parts = urlsplit(origin)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=FETCH_WITHIN)
    with contextlib.closing(connection):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        response = connection.getresponse()
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, lower, response.read())


@contextlib.contextmanager
def broadsheet(
    folder: Path, counts: list[int], core: int | None
) -> Iterator[tuple[Server, dict[str, str]]]:
    """Serve a new store with one story for each count of comments; yields their paths too."""
    data = folder / "var"
    data.mkdir()
    (data / "broadsheet.toml").write_text(f'origin = "{ORIGIN}"\n', "utf-8")
    around = environment(data, free_port())
    prepare = [sys.executable, "-m", "broadsheet.cli", "init", "--name", "The Bench"]
    subprocess.run(prepare, env=around, check=True, stdout=subprocess.DEVNULL)
    load = [sys.executable, str(Path(__file__).with_name("stories.py")), *map(str, counts)]
    loaded = subprocess.run(load, env=around, check=True, stdout=subprocess.PIPE, text=True)
    paths = json.loads(loaded.stdout)
    with contextlib.ExitStack() as running:
        with bound_to(core):
            site = running.enter_context(served(data, "--no-task-worker"))
        # By address, as wrk asks: "localhost" may first be tried over IPv6.
        origin = site.origin.replace("localhost", "127.0.0.1")
        yield Server(origin, site.process.pid), paths


def nginx_program() -> str | None:
    """Return nginx, also where only administrators have its folder in their path."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@contextlib.contextmanager
def nginx(
    folder: Path, pages: Mapping[str, tuple[Answer, Answer]], core: int | None
) -> Iterator[Server]:
    """Serve the answers from files: ``{path: (identity, gzip)}``; see :func:`file_path`."""
    program = nginx_program()
    assert program, "the caller looks for it"
    port = free_port()
    root = folder / "nginx"
    root.mkdir()
    locations: list[str] = []
    for number, (path, (identity, compressed)) in enumerate(pages.items(), 1):
        file = root / f"page-{number}"
        file.write_bytes(identity.body)
        file.with_suffix(".gz").write_bytes(compressed.body)
        locations.append(location(file_path(path), file, identity.headers))
    configuration = root / "nginx.conf"
    configuration.write_text(nginx_configuration(root, port, locations), "utf-8")
    log = root / "error.log"
    with bound_to(core):
        process = subprocess.Popen(
            [program, "-p", str(root), "-e", str(log), "-c", str(configuration)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    try:
        _wait_for(port, process, lambda: log.read_text() if log.exists() else "")
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(NGINX_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], reason: Callable[[], str]) -> None:
    deadline = time.monotonic() + NGINX_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"nginx ended at once:\n{reason()}")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"nginx did not answer in {NGINX_WITHIN} s:\n{reason()}")


def file_path(path: str) -> str:
    """Return where nginx has a page: it takes what ends with a slash for a folder."""
    return path.rstrip("/")


def location(path: str, file: Path, headers: Mapping[str, str]) -> str:
    """Return nginx's block that answers ``path`` with a file and the headers of our answer."""
    kept = "".join(
        f"      add_header {name} {quoted(value)};\n"
        for name, value in headers.items()
        if name not in OWN_HEADERS
    )
    return (
        f"    location = {path} {{\n"
        f"      alias {quoted(str(file))};\n"
        f"      types {{ }}\n"
        f"      default_type {quoted(headers['content-type'])};\n"
        f"{kept}    }}\n"
    )


def quoted(value: str) -> str:
    """Return a string of nginx's configuration; it has no way to write a dollar sign."""
    if "$" in value:
        raise ValueError(f"nginx would take a variable from {value!r}")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def nginx_configuration(root: Path, port: int, locations: list[str]) -> str:
    # The worker of a master that root started would change to a user who cannot read our folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    scratch = "".join(
        f"  {kind}_temp_path {quoted(str(root / kind))};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""{user}daemon off;
worker_processes 1;
pid {quoted(str(root / "nginx.pid"))};
error_log {quoted(str(root / "error.log"))} error;
events {{ worker_connections 256; }}
http {{
{scratch}  access_log off;
  server_tokens off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=16 inactive=10m;
  gzip_static on;
  server {{
    listen 127.0.0.1:{port};
{"".join(locations)}  }}
}}
"""


def processor_seconds(pid: int) -> float | None:
    """Return what a process and all below it have used; ``None`` where the kernel does not say."""
    if not Path("/proc/self/stat").exists():
        return None
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            # It may end between the two calls.
            with contextlib.suppress(OSError):
                parents[int(entry.name)], used[int(entry.name)] = read_stat(
                    (entry / "stat").read_text()
                )
    ours = {pid}
    # Children have larger numbers than their parents except after a wrap-around, hence the loop.
    while more := {child for child, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(used.get(each, 0) for each in ours) / TICKS


def wait_until_quiet(pid: int) -> float | None:
    """Wait until a server has nothing to do any more; return what it has used until then.

    What one measurement leaves behind would be worked on during the next one, on the same core.
    """
    used = processor_seconds(pid)
    since = time.monotonic()
    deadline = since + QUIET_WITHIN
    while used is not None and time.monotonic() < min(since + QUIET_FOR, deadline):
        time.sleep(QUIET_FOR / 5)
        if (now := processor_seconds(pid)) != used:
            used, since = now, time.monotonic()
    return used


def read_stat(line: str) -> tuple[int, int]:
    """Return the parent, and the ticks in user and system mode, ended children included.

    The name in parentheses may hold anything, so fields count from the last parenthesis (proc(5)).
    """
    fields = line.rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15]))
