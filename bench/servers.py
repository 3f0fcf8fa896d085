"""The servers that are compared, each bound to one core, and what they use of it.

nginx gets what our server answered, to the byte, and serves it from files: that is the least that an
answer of this size costs on this machine. Its configuration is the plain one for finished files
(``sendfile``, open files kept), with one worker, as we have one web process.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.machine import ROOT, bound_to, program
from tests.site import START_WITHIN, command, environment, free_port, let_load_in

STOP_WITHIN = 30.0
"""Seconds that a server has to finish what it works on."""

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
OWN_HEADERS = {"connection", "content-length", "content-type", "date", "etag", "last-modified"} | {
    "server",
    "transfer-encoding",
}
"""What nginx says for itself; all else it repeats from our answer."""
DECODERS = {
    "br": (("brotli", "decompress"),),
    "zstd": (("compression.zstd", "decompress"), ("zstandard", "decompress")),
}
"""Modules that decode what the standard library does not everywhere, and the function to call."""
UVICORN = ["--loop", "uvloop", "--http", "httptools", "--ws", "none", "--lifespan", "off"]
UVICORN += ["--no-access-log", "--no-server-header", "--log-level", "warning"]
GRANIAN = ["--workers", "1", "--runtime-threads", "1", "--loop", "uvloop", "--http", "1", "--no-ws"]
GRANIAN += ["--no-access-log", "--log-level", "warning"]
OF_THE_SERVER = {"connection", "date", "server", "transfer-encoding"}
"""Headers that a server adds by itself."""
INTERFACES = {"asgi": "asginl", "rsgi": "rsgi"}
"""Granian's names; ASGI without lifespan, as uvicorn is started."""


class WrongAnswer(RuntimeError):
    """A server did not answer what the benchmark is about."""


@dataclass(frozen=True)
class Server:
    """A server that runs: its origin on the loopback interface, and its first process."""

    origin: str
    pid: int
    behind: tuple[int, ...] = ()
    """The first processes of servers behind it, whose processor time counts too."""

    @property
    def pids(self) -> tuple[int, ...]:
        """The first processes of all that works on an answer."""
        return (self.pid, *self.behind)


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


def plain(answer: Answer) -> bytes | None:
    """Return the body decoded; ``None`` when nothing here can decode it."""
    encoding = answer.headers.get("content-encoding", "identity")
    if encoding == "identity":
        return answer.body
    if encoding == "gzip":
        return gzip.decompress(answer.body)
    for module, call in DECODERS.get(encoding, ()):
        with contextlib.suppress(ImportError):
            return bytes(getattr(importlib.import_module(module), call)(answer.body))
    return None


@dataclass(frozen=True)
class Process:
    """A process of ours that answers on a port; ``log`` is what it printed."""

    server: Server
    process: subprocess.Popen[bytes]
    log: Path


@contextlib.contextmanager
def running(
    arguments: list[str],
    *,
    port: int,
    log: Path,
    core: int | None,
    around: Mapping[str, str] | None = None,
    within: float = START_WITHIN,
    folder: Path = ROOT,
) -> Iterator[Process]:
    """Run a server until it is no longer needed; yields once its port is open.

    It gets a group of its own, so that Ctrl-C reaches it through us alone, once.
    """
    with bound_to(core), log.open("ab") as output:
        process = subprocess.Popen(
            arguments,
            env=around,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
        )
    try:
        wait_for_port(port, process, lambda: log.read_text(errors="replace"), within)
        yield Process(Server(f"http://127.0.0.1:{port}", process.pid), process, log)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server as its administrator would; what does not end is killed, children and all."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    # Whatever it left behind is in its group.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def wait_for_port(
    port: int, process: subprocess.Popen[bytes], reason: Callable[[], str], within: float
) -> None:
    """Return when the port is open; raises :class:`RuntimeError` with what the server printed."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended at once:\n{reason()}")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} did not answer in {within} s:\n{reason()}")


def serve_command(*options: str) -> list[str]:
    return command("serve", "--no-task-worker", *options)


@dataclass(frozen=True)
class Store:
    """A store on disk; ``stories`` has the paths of those it was made with, by their comments."""

    data: Path
    stories: Mapping[int, str]
    seconds: Mapping[int, float]
    """That each story took to make."""
    database_url: str = ""


def new_store(folder: Path, counts: Sequence[int], database_url: str = "") -> Store:
    """Make a store with one story for each number of comments, by the product's own commands."""
    data = folder / "var"
    data.mkdir(parents=True)
    (data / "broadsheet.toml").write_text(f'origin = "{ORIGIN}"\n', "utf-8")
    around = environment(data, free_port(), database_url)
    prepare = command("init", "--name", "The Bench")
    subprocess.run(prepare, env=around, check=True, stdout=subprocess.DEVNULL)
    let_load_in(data, database_url)
    stories: dict[int, str] = {}
    seconds: dict[int, float] = {}
    for count in counts:
        began = time.monotonic()
        made = subprocess.run(
            command("sample", "--thread", str(count), "--json"),
            env=around,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        seconds[count] = time.monotonic() - began
        told = json.loads(made.stdout)
        if told["comments"] != count:
            raise WrongAnswer(f"asked for {count} comments, {told['comments']} were made")
        stories[count] = urlsplit(told["address"]).path
    return Store(data, stories, seconds, database_url)


@contextlib.contextmanager
def broadsheet(
    store: Store, core: int | None, *options: str, port: int | None = None, **settings: str
) -> Iterator[Process]:
    """Serve a store with one web process; ``settings`` are variables of the environment."""
    port = port or free_port()
    around = {**environment(store.data, port, store.database_url), **settings}
    with running(
        serve_command(*options),
        port=port,
        log=store.data.parent / "serve.log",
        core=core,
        around=around,
    ) as process:
        answer = fetch(process.server.origin, "/robots.txt")
        if answer.status != 200:
            raise WrongAnswer(f"/robots.txt is answered with {answer.status}")
        yield process


@contextlib.contextmanager
def python_server(
    name: str, application: str, around: Mapping[str, str], folder: Path, core: int | None
) -> Iterator[Process]:
    """Serve an application with ``uvicorn``, ``granian-asgi`` or ``granian-rsgi``."""
    module, _, interface = name.partition("-")
    own = UVICORN if module == "uvicorn" else [*GRANIAN, "--interface", INTERFACES[interface]]
    port = free_port()
    arguments = [sys.executable, "-m", module, "--host", "127.0.0.1", "--port", str(port), *own]
    log = folder / f"{name}-{port}.log"
    path = os.pathsep.join([str(ROOT), *filter(None, [around.get("PYTHONPATH")])])
    with running(
        [*arguments, application],
        port=port,
        log=log,
        core=core,
        around={**around, "PYTHONPATH": path},
    ) as process:
        yield process


@contextlib.contextmanager
def constant(name: str, answer: Answer, path: str, core: int | None) -> Iterator[Server]:
    """Send one answer, to the byte, from a bare Python server, whatever is asked."""
    application = "bench.constant:rsgi" if name.endswith("rsgi") else "bench.constant:asgi"
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as temporary:
        folder = Path(temporary)
        kept = [(key, value) for key, value in answer.headers.items() if key not in OF_THE_SERVER]
        (folder / "headers.json").write_text(json.dumps(kept), "utf-8")
        (folder / "body").write_bytes(answer.body)
        around = {**os.environ, "BENCH_ANSWER": temporary}
        with python_server(name, application, around, folder, core) as process:
            check_same(process.server, path, answer)
            yield process.server


def check_same(server: Server, path: str, answer: Answer) -> None:
    """Raise :class:`WrongAnswer` unless a server sends the same bytes, said to be the same."""
    found = fetch(server.origin, path, Accept_Encoding="gzip, deflate, br, zstd")
    encodings = [each.headers.get("content-encoding") for each in (found, answer)]
    if (found.status, found.body) != (200, answer.body) or encodings[0] != encodings[1]:
        raise WrongAnswer(f"{server.origin}{path} is something else than the page")


def nginx_program() -> str | None:
    """Return nginx, also where only administrators have its folder in their path."""
    return program("nginx")


@contextlib.contextmanager
def nginx(folder: Path, pages: Mapping[str, Answer], core: int | None) -> Iterator[Server]:
    """Serve answers from files, encoded as they are; see :func:`file_path` for their addresses."""
    root = Path(tempfile.mkdtemp(prefix="nginx-", dir=folder))
    locations: list[str] = []
    for number, (path, answer) in enumerate(pages.items(), 1):
        file = root / f"page-{number}"
        file.write_bytes(answer.body)
        locations.append(location(file_path(path), file, answer.headers))
    port = free_port()
    configuration = root / "nginx.conf"
    configuration.write_text(nginx_configuration(root, port, locations), "utf-8")
    with nginx_with(configuration, root, port, core) as server:
        for path, answer in pages.items():
            check_same(server, file_path(path), answer)
        yield server


@contextlib.contextmanager
def nginx_with(configuration: Path, root: Path, port: int, core: int | None) -> Iterator[Server]:
    """Run nginx with a whole configuration that says ``daemon off``."""
    found = nginx_program()
    assert found, "the caller looks for it"
    arguments = [found, "-p", str(root), "-e", str(root / "error.log"), "-c", str(configuration)]
    log = root / "printed.log"
    with running(arguments, port=port, log=log, core=core, within=NGINX_WITHIN) as process:
        yield process.server


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
  server {{
    listen 127.0.0.1:{port};
{"".join(locations)}  }}
}}
"""


def processor_seconds(*pids: int) -> float | None:
    """Return what processes and all below them have used; ``None`` where the kernel does not say."""
    if not Path("/proc/self/stat").exists():
        return None
    used = _processes()
    return sum(used[each][1] for each in family(pids, used)) / TICKS


def family(pids: Iterable[int], processes: Mapping[int, tuple[int, int]]) -> set[int]:
    """Return the processes that run, and all below them."""
    ours = {pid for pid in pids if pid in processes}
    # Children have larger numbers than their parents except after a wrap-around, hence the loop.
    while more := {each for each, (parent, _) in processes.items() if parent in ours} - ours:
        ours |= more
    return ours


def _processes() -> dict[int, tuple[int, int]]:
    """Return the parent and the ticks of every process."""
    found: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            # It may end between the two calls.
            with contextlib.suppress(OSError):
                found[int(entry.name)] = read_stat((entry / "stat").read_text())
    return found


def memory_bytes(*pids: int) -> int:
    """Return what processes and all below them hold; pages that several share count once in all.

    Where the kernel does not tell shares (``Pss``), each counts with all that it has in memory.
    """
    total = 0
    for pid in family(pids, _processes()):
        with contextlib.suppress(OSError):
            total += _memory(pid)
    return total


def _memory(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    if rollup.exists():
        for line in rollup.read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return resident * os.sysconf("SC_PAGE_SIZE")


def wait_until_quiet(*pids: int) -> float | None:
    """Wait until servers have nothing to do any more; return what they have used until then.

    What one measurement leaves behind would be worked on during the next one, on the same core.
    """
    used = processor_seconds(*pids)
    since = time.monotonic()
    deadline = since + QUIET_WITHIN
    while used is not None and time.monotonic() < min(since + QUIET_FOR, deadline):
        time.sleep(QUIET_FOR / 5)
        if (now := processor_seconds(*pids)) != used:
            used, since = now, time.monotonic()
    return used


def read_stat(line: str) -> tuple[int, int]:
    """Return the parent, and the ticks in user and system mode, ended children included.

    The name in parentheses may hold anything, so fields count from the last parenthesis (proc(5)).
    """
    fields = line.rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15]))
