"""Statements, and how they travel to the database: each way there and back costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

_together: ContextVar[list[tuple[str, Sequence[Any]]] | None] = ContextVar("together", default=None)


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
