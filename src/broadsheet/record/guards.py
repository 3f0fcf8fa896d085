"""Database triggers that keep what was published as it was written.

Django has no constraint for "never changes", so this is SQL of each database. Four changes are
allowed: erasing the salt of a journal entry, changing an edition, its notes, its passages and where it
is from while an erasure of its words by law is open (see record/erasure.py), saying anew where a
passage stands in the edition in force, and saying until when a story stood on a storyline, once.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_MESSAGES = {
    "record_edition": "an edition never changes",
    "record_journalentry": "a journal entry never changes",
    "record_passage": "what a passage marks never changes",
    "record_noterevision": "a note is superseded, never changed",
    "record_reconstruction": "what an edition was reconstructed from never changes",
    "record_storylineplace": "where a story stood on a storyline never changes",
}
TABLES = tuple(_MESSAGES)
FIRST_TABLES = TABLES[:2]
"""Those that the first guards were made for, when there were no others."""
LATER_TABLES = TABLES[2:5]
STORYLINE_TABLES = TABLES[5:]

_FIXED = {
    "record_journalentry": (
        *("document_id", "sequence", "at", "kind", "reference", "content_digest", "digest"),
    ),
    "record_passage": (
        *("document_id", "edition_id", "start", "end", "exact", "prefix", "suffix"),
    ),
    "record_storylineplace": ("storyline_id", "document_id", "since"),
}
"""Columns that are fixed in tables whose other columns may change; elsewhere all are."""


_EDITION_OF = {
    "record_edition": "id",
    "record_passage": "edition_id",
    "record_noterevision": "edition_id",
    "record_reconstruction": "edition_id",
}
"""The column that says which edition must be open for a change."""


def _is_closed(table: str) -> str:
    """Return the condition under which no erasure of the edition is open; empty where none can be."""
    if table not in _EDITION_OF:
        return ""
    return (
        "NOT EXISTS (SELECT 1 FROM record_erasure"  # noqa: S608 (names of our own tables)
        f' WHERE edition_id = OLD."{_EDITION_OF[table]}" AND is_open)'
    )


def _change_condition(table: str, differs: str) -> str:
    """Return the condition under which an UPDATE is refused."""
    if table not in _FIXED:
        return ""
    changed = " OR ".join(f'NEW."{name}" {differs} OLD."{name}"' for name in _FIXED[table])
    if table == "record_journalentry":
        changed += " OR NEW.salt IS NOT NULL"
    if table == "record_storylineplace":
        changed += ' OR OLD."until" IS NOT NULL'
    return f"({changed})"


def install(
    schema_editor: BaseDatabaseSchemaEditor,
    *,
    tables: Iterable[str] = TABLES,
    deletes: bool = True,
    erasable: bool = True,
) -> None:
    """Create the triggers; without ``deletes`` only those against changes. Without ``erasable`` they
    know of no erasures by law, as before there was a table of these."""
    vendor = schema_editor.connection.vendor
    for table in tables:
        message = _MESSAGES[table]
        for event in ("UPDATE", "DELETE") if deletes else ("UPDATE",):
            name = f"{table}_{event.lower()}_guard"
            closed = _is_closed(table) if erasable and event == "UPDATE" else ""
            if vendor == "sqlite":
                changes = _change_condition(table, "IS NOT") if event == "UPDATE" else ""
                conditions = " AND ".join(filter(None, (changes, closed)))
                condition = f"WHEN {conditions}" if conditions else ""
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition}"
                    f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
                )
            elif vendor == "postgresql":
                changes = _change_condition(table, "IS DISTINCT FROM") if event == "UPDATE" else ""
                condition = f"WHEN {changes}" if changes else ""
                # The condition of a trigger can ask no table here; its function can.
                refusal = f"RAISE EXCEPTION '{message}';"
                if closed:
                    refusal = f"IF {closed} THEN {refusal} END IF; RETURN NEW;"
                schema_editor.execute(
                    f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                    f" $$ BEGIN {refusal} END $$"
                )
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition}"
                    f" EXECUTE FUNCTION {name}()"
                )


def remove(schema_editor: BaseDatabaseSchemaEditor, *, tables: Iterable[str] = TABLES) -> None:
    """Drop the triggers, as a later change of these tables on SQLite needs."""
    vendor = schema_editor.connection.vendor
    for table in tables:
        for event in ("update", "delete"):
            name = f"{table}_{event}_guard"
            if vendor == "sqlite":
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
            elif vendor == "postgresql":
                schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
