"""Rows read and written with as little between us and the database as there can be.

For the few statements that a comment waits for. The ORM builds a statement anew each time it is
asked, at ten times the cost of running it; here the text is put together from names of our own
tables, and values go separately. Fields are those of the models; what the ORM does beside (defaults,
signals, conversions by field) does not happen, except that instants are written as each database has
them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, JSONField, Model

from broadsheet.statements import answers, send, update_each

MAX_VALUES = 999
"""Values of one statement; what every SQLite takes."""

ModelT = TypeVar("ModelT", bound=Model)
Value: TypeAlias = int | str | bytes | memoryview | dt.datetime | None


@dataclass(frozen=True)
class Wanted(Generic[ModelT]):
    """Rows whose field has one of the values, in the order of that field.

    With ``lock`` they are locked until the running transaction ends (on SQLite that holds the only
    lock there is).
    """

    model: type[ModelT]
    field: str
    values: Collection[int | str]
    lock: bool = False

    def statement(self) -> str:
        vendor = connection.vendor
        _, columns, _ = _reading(self.model, vendor)
        column = _column(self.model, self.field, vendor)
        sql = (
            f"SELECT {columns} FROM {_table(self.model, vendor)}"  # noqa: S608
            f" WHERE {column} IN ({_places(len(self.values))}) ORDER BY {column}"
        )
        return (
            f"{sql} FOR UPDATE" if self.lock and connection.features.has_select_for_update else sql
        )

    def made(self, rows: Iterable[Sequence[Any]]) -> list[ModelT]:
        names, _, converting = _reading(self.model, connection.vendor)
        found = [list(row) for row in rows]
        for row in found:
            for number, convert in converting:
                row[number] = convert(row[number])
        return [self.model.from_db(DEFAULT_DB_ALIAS, names, row) for row in found]


def rows_with(
    model: type[ModelT], field: str, values: Collection[int | str], *, lock: bool = False
) -> list[ModelT]:
    """Return the rows that are :class:`Wanted`. One statement."""
    found: list[ModelT] = rows_together(Wanted(model, field, values, lock))[0]
    return found


def rows_together(*wanted: Wanted[Any]) -> list[list[Any]]:
    """Return the rows that are wanted, in turn: those that come later see what was locked before.

    One statement for each of them, sent together; none where there are no values.
    """
    asked = [each for each in wanted if each.values]
    rows = iter(answers([(each.statement(), list(each.values)) for each in asked]))
    return [each.made(next(rows)) if each.values else [] for each in wanted]


def insert_objects(objects: Sequence[Model]) -> None:
    """Insert unsaved objects of one model, as they are, and give them their keys.

    One statement, or several where the database bounds one.
    """
    if not objects:
        return
    model = type(objects[0])
    vendor = connection.vendor
    fields = _own_fields(model)
    key = model._meta.pk
    assert key is not None
    end = f" RETURNING {_column(model, key.name, vendor)}"
    rows = [
        [_prepared(field, getattr(each, field.attname)) for field in fields] for each in objects
    ]
    inserted: list[int] = []
    with connection.cursor() as cursor:
        for sql, values in _inserting(model, [field.name for field in fields], rows, end):
            cursor.execute(sql, values)
            inserted += [row[0] for row in cursor.fetchall()]
    for each, pk in zip(objects, inserted, strict=True):
        each.pk = pk
        each._state.adding, each._state.db = False, DEFAULT_DB_ALIAS


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
    end = ""
    if or_replace:
        vendor = connection.vendor
        columns = [_column(model, field, vendor) for field in fields]
        kept = _column(model, or_replace, vendor)
        new = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns if name != kept)
        end = f" ON CONFLICT ({kept}) DO UPDATE SET {new}"
    for sql, values in _inserting(model, fields, rows, end):
        send(sql, values)


def update_rows(
    model: type[Model], fields: Sequence[str], key: Sequence[str], rows: Sequence[Sequence[Value]]
) -> None:
    """Set the fields of rows that are found by a key; a row gives first these, then that.

    One prepared statement, once for each row: ``bulk_update`` builds a condition for each row and
    field, and takes twenty times as long.
    """
    vendor = connection.vendor
    assigned = ", ".join(f"{_column(model, field, vendor)} = %s" for field in fields)
    condition = " AND ".join(f"{_column(model, field, vendor)} = %s" for field in key)
    sql = f"UPDATE {_table(model, vendor)} SET {assigned} WHERE {condition}"  # noqa: S608
    update_each(sql, [_written(row) for row in rows])


def _inserting(
    model: type[Model], fields: Sequence[str], rows: Sequence[Sequence[Value]], end: str
) -> Iterable[tuple[str, list[Any]]]:
    """Yield statements that insert the rows, with their values."""
    begin, place = _insertion(model, tuple(fields), connection.vendor)
    at_once = MAX_VALUES // len(fields)
    for first in range(0, len(rows), at_once):
        part = rows[first : first + at_once]
        values = _written([value for row in part for value in row])
        yield begin + ", ".join([place] * len(part)) + end, values


@cache
def _insertion(model: type[Model], fields: tuple[str, ...], vendor: str) -> tuple[str, str]:
    """Return how a statement begins that inserts rows, and the places for the values of one."""
    columns = ", ".join(_column(model, field, vendor) for field in fields)
    begin = f"INSERT INTO {_table(model, vendor)} ({columns}) VALUES "  # noqa: S608
    return begin, f"({_places(len(fields))})"


@cache
def _table(model: type[Model], vendor: str) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def _column(model: type[Model], field: str, vendor: str) -> str:
    found = model._meta.get_field(field)
    assert isinstance(found, Field)
    assert found.column
    return connection.ops.quote_name(found.column)


@cache
def _own_fields(model: type[Model]) -> list[Field[Any, Any]]:
    """Return the fields that are written; the key comes from the database."""
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@cache
def _reading(
    model: type[Model], vendor: str
) -> tuple[list[str], str, list[tuple[int, Callable[[Any], Any]]]]:
    """Return the names of a model's values, its columns, and what makes values of what is in some."""
    names, columns, converting = [], [], []
    for number, field in enumerate(model._meta.concrete_fields):
        names.append(field.attname)
        columns.append(_column(model, field.name, vendor))
        column = field.get_col(model._meta.db_table)
        of_database = connection.ops.get_db_converters(column)
        if every := of_database + field.get_db_converters(connection):
            converting.append((number, _converter(every, column)))
    return names, ", ".join(columns), converting


def _converter(every: Sequence[Callable[..., Any]], column: object) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        for each in every:
            value = each(value, column, connection)
        return value

    return convert


def _prepared(field: Field[Any, Any], value: Any) -> Any:
    """Return a value as :func:`insert_rows` takes it: only what is none of those is converted."""
    if value is None or (
        isinstance(value, (int, str, bytes, dt.datetime)) and not isinstance(field, JSONField)
    ):
        return value
    return field.get_db_prep_save(value, connection=connection)


def _places(number: int) -> str:
    return ", ".join(["%s"] * number)


def _written(values: Sequence[Value]) -> list[Any]:
    """Return values as the database has them."""
    adapt = connection.ops.adapt_datetimefield_value
    return [adapt(value) if isinstance(value, dt.datetime) else value for value in values]
