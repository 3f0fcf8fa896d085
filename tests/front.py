"""nginx in front of a server, as ``deploy/nginx.conf`` sets it up, on a free port in a new folder."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from bench.servers import nginx_program

from tests.site import free_port

CONFIGURATION = Path(__file__).resolve().parent.parent / "deploy" / "nginx.conf"
WITHIN = 15.0
"""Seconds to start, and to stop."""


def localized(folder: Path, port: int, upstream: int) -> str:
    """Return the shipped site with this machine's places in it, and nothing else changed."""
    text = CONFIGURATION.read_text("utf-8")
    for shipped, here in (
        ("/var/cache/nginx/broadsheet", str(folder / "cache")),
        ("server 127.0.0.1:8000 ", f"server 127.0.0.1:{upstream} "),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("    listen [::]:80;\n", ""),
    ):
        if shipped not in text:
            raise ValueError(f"{CONFIGURATION.name} does not say “{shipped}” any more")
        text = text.replace(shipped, here)
    return text


def around(folder: Path, site: str) -> str:
    """Return what a distribution's ``nginx.conf`` has around a site, for one worker in ``folder``."""
    # The worker of a master that root started would change to a user who cannot read the folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    scratch = "".join(
        f'{kind}_temp_path "{folder / kind}";\n'
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f'{user}daemon off;\nworker_processes 1;\npid "{folder / "nginx.pid"}";\n'
        f'error_log "{folder / "error.log"}" error;\nevents {{ worker_connections 1024; }}\n'
        f"http {{\n{scratch}access_log off;\nkeepalive_requests 100000000;\n{site}}}\n"
    )


def written(folder: Path, port: int, upstream: int) -> list[str]:
    """Write the configuration into ``folder``; return the command that runs nginx with it."""
    program = nginx_program()
    if program is None:
        raise FileNotFoundError("nginx is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "nginx.conf"
    configuration.write_text(around(folder, localized(folder, port, upstream)), "utf-8")
    return [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(configuration)]


@contextlib.contextmanager
def fronted(folder: Path, upstream: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run nginx in front of a port of the loopback interface; yields its own port and its process."""
    port = free_port()
    process = subprocess.Popen(written(folder, port, upstream))
    try:
        deadline = time.monotonic() + WITHIN
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nginx did not start:\n{(folder / 'error.log').read_text()}")
            time.sleep(0.05)
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
