"""Rows read and written with as little between us and the database as there can be.

For the few statements that a comment waits for. The ORM builds a statement anew each time it is
asked, at ten times the cost of running it; here the text is put together from names of our own
tables, and values go separately. Fields are those of the models; what the ORM does beside (defaults,
signals, conversions by field) does not happen, except that instants are written as each database has
them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

from django.db import connection
from django.db.models import Field, Model

from broadsheet.statements import send, update_each

MAX_VALUES = 999
"""Values of one statement; what every SQLite takes."""

ModelT = TypeVar("ModelT", bound=Model)
Value: TypeAlias = int | str | bytes | memoryview | dt.datetime | None


def rows_with(
    model: type[ModelT], field: str, values: Collection[object], *, lock: bool = False
) -> list[ModelT]:
    """Return the rows whose field has one of the values, in the order of that field.

    With ``lock`` they are locked until the running transaction ends (on SQLite that holds the only
    lock there is). One statement.
    """
    column = _column(model, field)
    sql = (
        f"SELECT * FROM {_table(model)} WHERE {column} IN ({_places(len(values))})"  # noqa: S608
        f" ORDER BY {column}"
    )
    if lock and connection.features.has_select_for_update:
        sql += " FOR UPDATE"
    return list(model._default_manager.raw(sql, list(values))) if values else []


def insert_rows(
    model: type[Model],
    fields: Sequence[str],
    rows: Sequence[Sequence[Value]],
    *,
    or_replace: str = "",
) -> None:
    """Insert rows that have values for the fields, in their order.

    A row that has the same value as an old one in the field ``or_replace`` takes its place. One
    statement, or several where the database bounds one.
    """
    columns = [_column(model, field) for field in fields]
    begin = f"INSERT INTO {_table(model)} ({', '.join(columns)}) VALUES "  # noqa: S608
    end = ""
    if or_replace:
        kept = _column(model, or_replace)
        new = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name != kept)
        end = f" ON CONFLICT ({kept}) DO UPDATE SET {new}"
    place = f"({_places(len(fields))})"
    at_once = MAX_VALUES // len(fields)
    for first in range(0, len(rows), at_once):
        part = rows[first : first + at_once]
        values = [value for row in part for value in _written(row)]
        send(begin + ", ".join([place] * len(part)) + end, values)


def update_rows(
    model: type[Model], fields: Sequence[str], key: Sequence[str], rows: Sequence[Sequence[Value]]
) -> None:
    """Set the fields of rows that are found by a key; a row gives first these, then that.

    One prepared statement, once for each row: ``bulk_update`` builds a condition for each row and
    field, and takes twenty times as long.
    """
    assigned = ", ".join(f"{_column(model, field)} = %s" for field in fields)
    condition = " AND ".join(f"{_column(model, field)} = %s" for field in key)
    sql = f"UPDATE {_table(model)} SET {assigned} WHERE {condition}"  # noqa: S608
    update_each(sql, [list(_written(row)) for row in rows])


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(model: type[Model], field: str) -> str:
    found = model._meta.get_field(field)
    assert isinstance(found, Field)
    assert found.column
    return connection.ops.quote_name(found.column)


def _places(number: int) -> str:
    return ", ".join(["%s"] * number)


def _written(row: Sequence[Value]) -> Iterator[Any]:
    """Yield values as the database has them."""
    for value in row:
        if isinstance(value, dt.datetime):
            yield connection.ops.adapt_datetimefield_value(value)
        else:
            yield value
