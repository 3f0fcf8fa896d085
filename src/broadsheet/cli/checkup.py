"""What `doctor` looks at."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.utils import DatabaseError

from broadsheet.conf.options import options_file
from broadsheet.conf.prepare import migrations_pending

State = Literal["ok", "warning", "failure"]

MIN_FREE = 1_000_000_000
"""Bytes that should be free where the data is kept."""
MIN_SQLITE = (3, 37)
MIN_POSTGRESQL = 150_000


@dataclass
class Finding:
    state: State
    what: str
    detail: str


def examine() -> list[Finding]:
    """Look at everything; one part that cannot be looked at does not hide the others."""
    findings: list[Finding] = []
    for part in (_options, _data, _database, _migrations, _store, _system):
        findings.extend(_safely(part))
    return findings


def _safely(part: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from part()
    except (DatabaseError, OSError) as error:
        yield Finding("failure", part.__name__.strip("_"), str(error).strip())


def _options() -> Iterator[Finding]:
    path = options_file(Path(settings.DATA))
    yield Finding(
        "ok", "options", f"from {path} and the environment" if path else "from the environment"
    )
    yield Finding("ok", "origin", settings.ORIGIN)
    if not settings.IS_HTTPS and settings.OPTIONS.bind not in ("127.0.0.1", "localhost", "::1"):
        yield Finding("warning", "origin", "readers elsewhere need https, through a proxy")
    if settings.DEBUG:
        yield Finding(
            "warning", "debug", "errors are shown to everybody; never on a public machine"
        )


def _data() -> Iterator[Finding]:
    data = Path(settings.DATA)
    if not os.access(data, os.W_OK):
        yield Finding("failure", "data directory", f"{data} cannot be written")
        return
    free = shutil.disk_usage(data).free
    state: State = "ok" if free > MIN_FREE else "warning"
    yield Finding(state, "data directory", f"{data}, {free / 1e9:.1f} GB free")


def _database() -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        version = sqlite3.sqlite_version_info
        state: State = "ok" if version >= MIN_SQLITE else "failure"
        yield Finding(state, "database", f"SQLite {sqlite3.sqlite_version}")
        with connection.cursor() as cursor:
            mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
            sync = cursor.execute("PRAGMA synchronous").fetchone()[0]
            problem = cursor.execute("PRAGMA quick_check(1)").fetchone()[0]
        yield Finding("ok" if mode == "wal" else "failure", "journal mode", mode)
        yield Finding(
            "ok" if sync == 2 else "failure", "synchronous", "full" if sync == 2 else str(sync)
        )
        yield Finding("ok" if problem == "ok" else "failure", "database file", problem)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, version()")
            number, version_text = cursor.fetchone()
        state = "ok" if number >= MIN_POSTGRESQL else "failure"
        yield Finding(state, "database", version_text.split(",")[0])


def _migrations() -> Iterator[Finding]:
    if migrations_pending():
        yield Finding("failure", "store", "not prepared for this release: run “broadsheet init”")
    else:
        yield Finding("ok", "store", "prepared for this release")


def _store() -> Iterator[Finding]:
    from broadsheet.discussion.models import Comment
    from broadsheet.readers.models import Account
    from broadsheet.record.models import Document

    yield Finding(
        "ok",
        "content",
        f"{Document.objects.count()} documents, {Comment.objects.count()} comments",
    )
    if not Account.objects.filter(is_superuser=True, is_active=True).exists():
        yield Finding("warning", "accounts", "nobody can sign in: broadsheet init --admin-email …")
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        yield Finding("failure", "styles", "not collected: run “broadsheet init”")


def _system() -> Iterator[Finding]:
    problems = [item for item in checks.run_checks() if item.level >= checks.WARNING]
    for problem in problems:
        state: State = "failure" if problem.level >= checks.ERROR else "warning"
        yield Finding(state, str(problem.id), str(problem.msg))
    if not problems:
        yield Finding("ok", "system checks", "no problem")
