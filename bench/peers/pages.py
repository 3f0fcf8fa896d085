"""What is asked of all: the form of a comment, and the page from bare servers."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from bench import servers
from bench.peers.installing import NotInstallable
from bench.servers import Answer, Server
from bench.story_page import BARE

__all__ = ["BARE", "FORM", "JSON", "constant"]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@contextmanager
def constant(kind: str, page: Answer, path: str, core: int | None) -> Iterator[Server]:
    """Send a page from a bare Python server; raises :class:`NotInstallable`."""
    if not importlib.util.find_spec(kind.partition("-")[0]):
        raise NotInstallable("pip install 'broadsheet[bench]'")
    with servers.constant(kind, page, path, core) as server:
        yield server
