"""nginx before the product, as `deploy/` ships it: moved to a free port and a folder of its own."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.parts import Bench
from bench.servers import Server, nginx_with, quoted
from tests.site import free_port


class NoConfiguration(RuntimeError):
    """The shipped configuration is not there, or is another than this knows how to move."""


@dataclass(frozen=True)
class Fronted:
    """nginx with the product behind it; the processor time of both counts."""

    server: Server
    configuration: Path


@contextlib.contextmanager
def fronted(bench: Bench, own: Server) -> Iterator[Fronted]:
    """Put nginx before a server that runs; raises :class:`NoConfiguration`."""
    shipped = find(bench.nginx_configuration)
    root = bench.folder / "front"
    root.mkdir(exist_ok=True)
    port = free_port()
    site = moved(shipped.read_text("utf-8"), root, port, urlsplit(own.origin).port or 80)
    (root / "site.conf").write_text(site, "utf-8")
    configuration = root / "nginx.conf"
    configuration.write_text(around(root), "utf-8")
    with nginx_with(configuration, root, port, bench.serving) as server:
        yield Fronted(Server(server.origin, server.pid, own.pids), shipped)


def find(given: Path) -> Path:
    """Return the file that ships: the one named, or the one in the folder named."""
    if given.is_file():
        return given
    found = sorted(given.glob("*.conf")) if given.is_dir() else []
    if len(found) != 1:
        raise NoConfiguration(f"{given} is no configuration, nor a folder with one")
    return found[0]


def moved(text: str, root: Path, port: int, behind: int) -> str:
    """Return a site's configuration for other ports and another folder, and nothing else changed.

    Raises :class:`NoConfiguration` when it does not say what is to be moved.
    """
    changes = [
        (r"^(\s*)listen 80;$", rf"\1listen 127.0.0.1:{port};"),
        (r"^(\s*)server 127\.0\.0\.1:8000\b", rf"\1server 127.0.0.1:{behind}"),
        (r"(^\s*proxy_cache_path )\S+", lambda found: found[1] + quoted(str(root / "cache"))),
    ]
    # Not every machine that measures has IPv6.
    text = re.sub(r"^\s*listen \[::\]:80;\n", "", text, flags=re.MULTILINE)
    for pattern, written in changes:
        text, count = re.subn(pattern, written, text, flags=re.MULTILINE)
        if not count:
            raise NoConfiguration(f"it has nothing like {pattern}")
    return text


def around(root: Path) -> str:
    """Return the rest of nginx's configuration, with one worker, as bare nginx has beside it."""
    user = "user root;\n" if os.geteuid() == 0 else ""
    scratch = "".join(
        f"  {kind}_temp_path {quoted(str(root / kind))};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""{user}daemon off;
worker_processes 1;
pid {quoted(str(root / "nginx.pid"))};
error_log {quoted(str(root / "error.log"))} error;
worker_rlimit_nofile 16384;
events {{ worker_connections 4096; }}
http {{
{scratch}  access_log off;
  keepalive_requests 100000000;
  include {quoted(str(root / "site.conf"))};
}}
"""
