"""What the rules remember of earlier comments: asked for in one statement, written with the comment.

Everything that rates, repeated tries and duplicates need of the store is read at once, each part by
an index of its own and to a bound: what a flood has left behind costs no more than a bound's worth.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from broadsheet.discussion.actions import Posting
from broadsheet.moderation.enums import Passed
from broadsheet.moderation.models import Trace
from broadsheet.moderation.senders import Writer
from broadsheet.moderation.sketches import Sketch
from broadsheet.record.rows import Value, insert_rows
from broadsheet.statements import answers, planned

OF_A_BAND = 25
"""Earlier comments, the newest, with the same band of a sketch that are compared; there are four."""


@dataclass(frozen=True)
class Earlier:
    """One comment that was sent before."""

    at: dt.datetime
    passed: str
    form: int
    document_id: int
    account_id: int | None
    guest_key: str
    comment_id: int | None
    sketch: bytes


@dataclass(frozen=True)
class Left:
    """What goes with a comment to where it is stored, for its trace."""

    sketch: Sketch | None


@dataclass(frozen=True)
class Memory:
    """What is remembered that bears on a comment."""

    of_writer: Sequence[Earlier] = ()
    """The writer's own, the last one first."""
    of_network: Sequence[Earlier] = ()
    """Those from the same network, the writer's own among them, the last one first."""
    alike: Sequence[Earlier] = ()
    """Those whose sketches have a band in common, the last one first."""
    story_full_at: dt.datetime | None = None
    """When the last comment but ``story_limit`` was sent to the story."""


@dataclass(frozen=True)
class Wanted:
    """How far back is asked, and how much."""

    since: dt.datetime
    """For rates and tries."""
    alike_since: dt.datetime
    of_writer: int = 0
    of_network: int = 0
    story_limit: int = 0
    """0: the story's own rate is not asked for."""


_COLUMNS = "at, passed, form, document_id, account_id, guest_key, comment_id, sketch"


@cache
def _statement(
    by_account: bool, by_guest: bool, by_network: bool, story: bool, alike: bool
) -> tuple[str, Sequence[str]]:
    """Return the statement, and the types that its values have on PostgreSQL."""
    table = connection.ops.quote_name(Trace._meta.db_table)
    begin = f"SELECT {_COLUMNS} FROM {table} WHERE "  # noqa: S608 (the name of our own table)
    latest = " AND at > %s ORDER BY at DESC LIMIT %s"
    parts = []
    types: list[str] = []
    # SQLite takes an index of some rows only where the statement says in the same words which.
    if by_account:
        parts.append((0, f"{begin}account_id = %s{latest}"))
        types += ["bigint", "timestamptz", "int"]
    elif by_guest:
        parts.append((0, f"{begin}guest_key = %s AND NOT (guest_key = ''){latest}"))
        types += ["text", "timestamptz", "int"]
    if by_network:
        parts.append((1, f"{begin}network = %s AND NOT (network = ''){latest}"))
        types += ["text", "timestamptz", "int"]
    if story:
        parts.append((2, begin + "document_id = %s ORDER BY at DESC LIMIT 1 OFFSET %s"))
        types += ["bigint", "int"]
    if alike:
        bands = " UNION ".join(
            f"SELECT id FROM (SELECT id FROM {table} WHERE band_{number} = %s"  # noqa: S608
            f" ORDER BY id DESC LIMIT {OF_A_BAND}) AS band_{number}"
            for number in (1, 2, 3, 4)
        )
        parts.append((3, f"{begin}id IN ({bands}) AND at > %s ORDER BY at DESC"))
        types += ["int", "int", "int", "int", "timestamptz"]
    sql = " UNION ALL ".join(
        f"SELECT {number} AS part, {_COLUMNS} FROM ({sql}) AS part_{number}"  # noqa: S608
        for number, sql in parts
    )
    return sql, types


def remembered(
    writer: Writer, document_id: int, resembling: Sketch | None, wanted: Wanted
) -> Memory:
    """Return what is remembered that bears on a comment. One statement."""
    by_account = writer.account_id is not None and wanted.of_writer > 0
    by_guest = not by_account and bool(writer.guest_key) and wanted.of_writer > 0
    by_network = bool(writer.network) and wanted.of_network > 0
    has_story = wanted.story_limit > 0
    values: list[Any] = []
    since, alike_since = _adapted(wanted.since), _adapted(wanted.alike_since)
    if by_account or by_guest:
        who = writer.account_id if by_account else writer.guest_key
        values += [who, since, wanted.of_writer]
    if by_network:
        values += [writer.network, since, wanted.of_network]
    if has_story:
        values += [document_id, wanted.story_limit - 1]
    if resembling:
        values += [*resembling.bands, alike_since]
    if not values:
        return Memory()
    statement = _statement(by_account, by_guest, by_network, has_story, resembling is not None)
    [rows] = answers([(planned(*statement), values)])
    parts: tuple[list[Earlier], ...] = ([], [], [], [])
    for number, at, passed, form, document, account, guest, comment, drawn in rows:
        parts[number].append(
            Earlier(_instant(at), passed, form, document, account, guest, comment, bytes(drawn))
        )
    return Memory(parts[0], parts[1], parts[3], parts[2][0].at if parts[2] else None)


def _adapted(instant: dt.datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(instant)


def _instant(value: dt.datetime | str) -> dt.datetime:
    """Return an instant as the database gives it: SQLite has text, without a zone."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    return value if value.tzinfo else value.replace(tzinfo=dt.UTC)


def keep(traces: Sequence[Sequence[Value]]) -> None:
    """Write traces, made by :func:`trace`. One statement."""
    insert_rows(
        Trace,
        [
            "at",
            "passed",
            "form",
            "account",
            "guest_key",
            "network",
            "document",
            "comment",
            "sketch",
            "band_1",
            "band_2",
            "band_3",
            "band_4",
        ],
        traces,
    )


def trace(
    posting: Posting,
    passed: Passed,
    resembling: Sketch | None,
    *,
    at: dt.datetime,
    comment_id: int | None = None,
) -> tuple[Value, ...]:
    """Return the row of a comment that was sent."""
    writer = Writer.of(posting)
    bands: Sequence[int | None] = resembling.bands if resembling else (None, None, None, None)
    return (
        at,
        str(passed),
        form_number(posting),
        writer.account_id,
        writer.guest_key,
        writer.network,
        posting.document_id,
        comment_id,
        resembling.bins if resembling else b"",
        *bands,
    )


def form_number(posting: Posting) -> int:
    """Return what tells that the same form was sent before."""
    return number_of_key(posting.key)


def number_of_key(key: str) -> int:
    """Return 64 bits of the key of a form, signed."""
    return int.from_bytes(bytes.fromhex(key[:16]), "big", signed=True)
