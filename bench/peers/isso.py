"""Isso under gunicorn, as its documentation shows; its server sends the comments as JSON.

Its guard against many comments from one address is switched off, or nothing could be measured. It
keeps two levels: a reply to a reply stands under the first comment of its branch.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from bench.peers.installing import Peer, environment_with, said, version_in
from bench.peers.pages import JSON
from bench.servers import running
from tests.site import free_port

NAME = "Isso"
SETTINGS = """[general]
dbpath = {folder}/comments.db
host = http://127.0.0.1:{port}/
notify =
[guard]
enabled = false
"""


@contextmanager
def serve(folder: Path, counts: Sequence[int], core: int | None) -> Iterator[list[Peer]]:
    """Install it, serve it, and put the discussions into its database."""
    # It asks for pkg_resources, which newer setuptools have no more.
    python = environment_with(folder, ["isso", "gunicorn", "setuptools<81"])
    port = free_port()
    settings = folder / "isso.cfg"
    settings.write_text(SETTINGS.format(folder=folder, port=port), "utf-8")
    database = folder / "comments.db"
    for name in ("comments.db", "comments.db-wal", "comments.db-shm"):
        (folder / name).unlink(missing_ok=True)
    arguments = [str(python.parent / "gunicorn"), "-b", f"127.0.0.1:{port}", "-w", "4", "--preload"]
    around = {**os.environ, "ISSO_SETTINGS": str(settings)}
    with running(
        [*arguments, "isso.run"], port=port, log=folder / "isso.log", core=core, around=around
    ) as process:
        fill(database, counts)
        stories = {count: f"/?uri=/t{count}" for count in counts}
        body = (
            '{"text":"@TEXT@","author":"Reader @NUMBER@","email":null,"website":null,'
            '"parent":null,"title":"Story"}'
        )
        yield [
            Peer(
                f"{NAME} (JSON)",
                version_in(python, "isso"),
                process.server,
                stories,
                f"/new?uri=/t{min(counts)}",
                body,
                JSON,
            )
        ]


def fill(database: Path, counts: Sequence[int]) -> None:
    """Write the discussions as its own insert would."""
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        base = 0
        for count in counts:
            thread = connection.execute(
                "INSERT INTO threads(uri, title) VALUES(?, ?)", (f"/t{count}", f"Story {count}")
            ).lastrowid
            roots: dict[int, int] = {}
            rows = []
            for number, one in said(count):
                root = None if one.parent is None else roots[one.parent + 1]
                roots[number] = root or number
                parent = base + root if root else None
                at = one.at.timestamp()
                rows.append((thread, base + number, parent, at, one.text, one.name, bytes(256)))
            connection.executemany(
                "INSERT INTO comments(tid, id, parent, created, mode, remote_addr, text, author,"
                " voters, notification) VALUES(?, ?, ?, ?, 1, '127.0.0.0', ?, ?, ?, 0)",
                rows,
            )
            base += count
        connection.commit()
