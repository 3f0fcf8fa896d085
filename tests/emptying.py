"""Empty the database after a test that commits, as Django does it, but only where something is.

Django empties all of a hundred and more tables and then makes content types and permissions anew. On
PostgreSQL that takes a second, on SQLite half of one, and hundreds of tests commit. It leaves the same
each time; here the first time is Django's, and what it leaves is what every later time is to leave.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase

_left: dict[str, frozenset[tuple[object, ...]]] = {}
"""The rows that Django leaves, by their table; empty before the first time."""


def _rows(cursor: CursorWrapper, table: str) -> frozenset[tuple[object, ...]]:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
    return frozenset(cursor.fetchall())


def _filled(cursor: CursorWrapper, tables: Iterable[str]) -> list[str]:
    """Return the tables that have any rows."""
    named = ((table, connection.ops.quote_name(table)) for table in tables)
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quoted})" for table, quoted in named)
    cursor.execute(" UNION ALL ".join(asked))
    return [table for (table,) in cursor.fetchall()]


def _empty_what_was_filled(tables: list[str]) -> bool:
    """Delete what a test committed; false, and nothing is done, if it changed what is to be left."""
    quoted = ", ".join(map(connection.ops.quote_name, tables))
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # As TRUNCATE does: who is still writing, or forgot to end a transaction, is waited for.
            cursor.execute(f"LOCK TABLE {quoted} IN ACCESS EXCLUSIVE MODE")
        filled = _filled(cursor, tables)
        if any(_rows(cursor, table) != rows for table, rows in _left.items()):
            return False
        for table in set(filled) - set(_left):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
    ContentType.objects.clear_cache()
    return True


def empty_only_what_was_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests that commit be cleaned up after in this way."""
    as_django_does = TransactionTestCase._fixture_teardown

    def emptied(case: TransactionTestCase) -> None:
        assert case._databases_names(include_mirrors=False) == [DEFAULT_DB_ALIAS]
        assert case.available_apps is None and not case.serialized_rollback
        tables = connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        if _left and _empty_what_was_filled(tables):
            return
        as_django_does(case)
        with connection.cursor() as cursor:
            _left.clear()
            _left.update({table: _rows(cursor, table) for table in _filled(cursor, tables)})

    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
