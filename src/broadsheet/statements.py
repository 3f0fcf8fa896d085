"""Statements, and how they travel to the database: each way there and back costs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_together: ContextVar[list[tuple[str, Sequence[Any]]] | None] = ContextVar("together", default=None)

_planned: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
"""What stands for the statements that a connection to PostgreSQL has planned."""


def send(sql: str, values: Sequence[Any]) -> None:
    """Run a statement whose result nobody asks for; within :func:`together` with the others."""
    waiting = _together.get()
    if waiting is not None:
        waiting.append((sql, values))
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def answers(asked: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Sequence[Any]]]:
    """Return the rows of statements that are run in their order; PostgreSQL is sent them at once."""
    if not asked:
        return []
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return [cursor.execute(sql, values).fetchall() for sql, values in asked]
        cursor.execute(
            "; ".join(sql for sql, _ in asked), [value for _, values in asked for value in values]
        )
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
        return found


def planned(sql: str, types: Sequence[str]) -> str:
    """Return a statement that stands for ``sql``, with the same values, and is planned once.

    To plan a statement of many parts takes PostgreSQL several times as long as to run it, and it
    does so each time, unless the statement is prepared: for a connection, with the types that its
    values have there. SQLite keeps what it has prepared by itself. There must be no ``%`` in ``sql``
    but in its places (``%s``). One statement more when a connection is asked for the first time.
    """
    if connection.vendor != "postgresql":
        return sql
    connection.ensure_connection()
    known = _planned.setdefault(connection.connection, {})
    if sql not in known:
        name = f"planned_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
        first, *others = sql.split("%s")
        numbered = first + "".join(f"${number}{part}" for number, part in enumerate(others, 1))
        with connection.wrap_database_errors:
            connection.connection.execute(f"PREPARE {name} ({', '.join(types)}) AS {numbered}")
        # It stays if the transaction is rolled back.
        known[sql] = f"EXECUTE {name} ({', '.join(['%s'] * len(types))})"
    return known[sql]


@contextmanager
def together() -> Iterator[None]:
    """Let statements that nobody waits for travel to PostgreSQL at once, in their order, at the end.

    Each way to the server and back costs more than most of these statements. psycopg puts values into
    the text itself (Django's default), so that one message can hold several. SQLite is no way off:
    there they are run as they come. What is read within the block does not see them.
    """
    if connection.vendor != "postgresql" or _together.get() is not None:
        yield
        return
    statements: list[tuple[str, Sequence[Any]]] = []
    token = _together.set(statements)
    try:
        yield
    finally:
        _together.reset(token)
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(
                "; ".join(sql for sql, _ in statements),
                [value for _, values in statements for value in values],
            )


def update_each(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement for each row of values."""
    if len(rows) == 1 or _together.get() is not None:
        for row in rows:
            send(sql, row)
    else:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)
