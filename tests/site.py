"""A publication served by the product's own command, for tests that need the whole of it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

START_WITHIN = 300.0
"""Seconds: a first start collects static files and loads the sample, perhaps beside other work."""


@dataclass
class Site:
    origin: str
    data: Path
    process: subprocess.Popen[str]
    email: str = ""
    password: str = ""


def environment(data: Path, port: int, database_url: str = "") -> dict[str, str]:
    """Return this process's environment with one store, and nothing that leads to another."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BROADSHEET_", "DJANGO_")) and name != "DATABASE_URL"
    }
    own = {"BROADSHEET_DATA": str(data), "PORT": str(port), "DATABASE_URL": database_url}
    return {**kept, **own}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "broadsheet.cli", *arguments]


def lend_what_is_prepared(data: Path) -> None:
    """Give a new store what an earlier run prepared: collected static files, and on SQLite the tables.

    To make them takes longer than most journeys. Both are found by digests of what they are made from,
    so they are never old ones.
    """
    # Here, since the benchmarks import this module without settings.
    from broadsheet.conf.prepare import release_stamp
    from tests.migrated import alone

    kept = Path(tempfile.gettempdir()) / f"broadsheet-static-{os.getuid()}-{release_stamp()[:16]}"
    with alone("static"):
        if not kept.is_dir():
            _keep_static_files(kept)
    if kept.stat().st_uid == os.getuid() and not (data / "static").is_dir():
        shutil.copytree(kept, data / "static", copy_function=os.link)
    _lend_tables(data)


def _keep_static_files(kept: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "var"
        made.mkdir()
        # Static files are what is wanted; to migrate would take many times as long.
        _lend_tables(made)
        subprocess.run(
            command("init", "--name", "Static files"),
            env=environment(made, free_port()),
            capture_output=True,
            check=True,
            timeout=START_WITHIN,
        )
        part = kept.with_suffix(f".{os.getpid()}")
        shutil.copytree(made / "static", part)
        part.rename(kept)


def _lend_tables(data: Path) -> None:
    from tests.migrated import migrated

    store, tables = data / "broadsheet.sqlite3", migrated()
    if tables.is_file() and tables.stat().st_uid == os.getuid() and not store.exists():
        shutil.copyfile(tables, store)


@contextlib.contextmanager
def database_of_its_own(name: str, *, is_lent: bool = True) -> Iterator[str]:
    """Make a database for a product in its own process, which cannot see a test's transaction.

    Gives its address; none on SQLite, where the data directory has it. If ``is_lent``, what a run
    migrated is in it already.
    """
    from tests.migrated import TEMPLATE, is_kept_on

    if os.environ.get("TESTS_ON") != "postgres":
        yield ""
        return
    url = os.environ["TEST_DATABASE_URL"]
    own = f"broadsheet_{name}_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server, server.cursor() as cursor:
        template = f"TEMPLATE {TEMPLATE}" if is_lent and is_kept_on(cursor) else ""
        cursor.execute(f"DROP DATABASE IF EXISTS {own}")
        cursor.execute(f"CREATE DATABASE {own} {template}")
        yield url.rpartition("/")[0] + f"/{own}"
        cursor.execute(f"DROP DATABASE {own} WITH (FORCE)")


_OPEN = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "broadsheet.conf.settings"
django.setup()
from broadsheet.moderation.options import as_data
from broadsheet.moderation.setting import rules_as_set, set_rule
def change(name, is_on=True, **options):
    set_rule(name=name, is_on=is_on, options=as_data(rules_as_set()[name].options) | options, by=None)
change("rates", is_on={rates}, story_minute=0)
change("filter", hold=1.0, refuse=1.0)
# One writer says the same again there, told apart by a number, which does not count.
change("duplicates", percent=100, others=1000, **({{}} if {rates} else {{"words": 200}}))
"""


def let_load_in(data: Path, database_url: str = "", *, rates: bool = False) -> None:
    """Set the rules of a store so that what a program writes, fast and much alike, is published.

    All rules are asked as ever. With ``rates`` those of writers and networks stay as they are: who
    posts says another address each time.
    """
    subprocess.run(
        [sys.executable, "-c", _OPEN.format(rates=rates)],
        env=environment(data, free_port(), database_url),
        check=True,
        capture_output=True,
        timeout=START_WITHIN,
    )


@contextlib.contextmanager
def served(data: Path, *options: str, database_url: str = "") -> Iterator[Site]:
    """Serve a store and stop it as Ctrl-C does; what it prints is in ``serve.log`` beside it."""
    port = free_port()
    log = data.parent / "serve.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command("serve", *options),
            env=environment(data, port, database_url),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    site = Site(f"http://localhost:{port}", data, process)
    try:
        wait_until_it_answers(site, log)
        printed = log.read_text()
        if found := re.search(r"Sign in as  (\S+)\n  Password    (\S+)", printed):
            site.email, site.password = found.groups()
        yield site
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(30)


def wait_until_it_answers(site: Site, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if site.process.poll() is not None:
            raise RuntimeError(f"serve ended at once:\n{log.read_text()}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{site.origin}/robots.txt", timeout=5).read()
            return
        time.sleep(0.1)
    raise RuntimeError(f"serve did not answer in {START_WITHIN} s:\n{log.read_text()}")
