"""A migrated store that is kept between runs: to migrate takes longer than most tests do.

On SQLite it is a file, on PostgreSQL a database that others are made from. Both are found by what the
migrations say. One process of a run makes it, the others wait for it.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

import psycopg
from django.apps import apps
from django.conf import settings as product
from django.db import connection
from django.db.backends.utils import CursorWrapper

TEMPLATE = f"broadsheet_migrated_{product.CHECKOUT}"
"""The kept database on PostgreSQL: one for each checkout, so that none are left lying about. A comment
on it says of which migrations it is; it is written last, so that a half-made one has none."""


@cache
def digest() -> str:
    """Return what tells these migrations from others."""
    said = hashlib.sha256(importlib.metadata.version("wagtail").encode())
    for app in apps.get_app_configs():
        for file in sorted((Path(app.path) / "migrations").glob("*.py")):
            said.update(file.read_bytes())
    return said.hexdigest()[:16]


def _beside_others(name: str) -> Path:
    return Path(tempfile.gettempdir()) / f"broadsheet-migrated-{os.getuid()}{name}"


def migrated() -> Path:
    """Return where the migrated database of these migrations is kept between runs."""
    return _beside_others(f"-{digest()}.sqlite3")


def is_kept() -> bool:
    if connection.vendor == "sqlite":
        return migrated().is_file() and migrated().stat().st_uid == os.getuid()
    with connection._nodb_cursor() as cursor:
        return is_kept_on(cursor)


def is_kept_on(cursor: CursorWrapper | psycopg.Cursor) -> bool:
    """Return whether a PostgreSQL server has the template of these migrations."""
    cursor.execute(
        "SELECT 1 FROM pg_database"
        " WHERE datname = %s AND shobj_description(oid, 'pg_database') = %s",
        [TEMPLATE, digest()],
    )
    return cursor.fetchone() is not None


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Let one process of this machine at a time prepare what is then kept."""
    with _beside_others(f"-{what}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def turn_to_migrate() -> IO[str] | None:
    """Wait until a migrated store is kept, or it is for this process to make one.

    In the latter case return what is to be closed when it is kept.
    """
    if is_kept():
        return None
    turn = _beside_others(".lock").open("w")
    fcntl.flock(turn, fcntl.LOCK_EX)
    if not is_kept():
        return turn
    turn.close()
    return None


def begin_with_what_is_kept() -> None:
    """Let the test database be made from the one that is kept; what is pending is applied as always."""
    if not is_kept():
        return
    if connection.vendor == "sqlite":
        Path(product.DATABASES["default"]["TEST"]["NAME"]).write_bytes(migrated().read_bytes())
    else:
        connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE


def keep() -> None:
    """Keep a copy of the test database for others; it appears as a whole or not at all."""
    if is_kept():
        return
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        part = migrated().with_suffix(f".{os.getpid()}")
        copy = sqlite3.connect(part)
        connection.connection.backup(copy)
        copy.close()
        part.replace(migrated())
        return
    # PostgreSQL copies only what nobody is connected to.
    connection.close()
    made = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{TEMPLATE}"')
        cursor.execute(f'CREATE DATABASE "{TEMPLATE}" TEMPLATE "{made}"')
        cursor.execute(f"COMMENT ON DATABASE \"{TEMPLATE}\" IS '{digest()}'")
