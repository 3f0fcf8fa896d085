"""Database triggers that keep editions and journal entries as they were written.

Django has no constraint for "never changes", so this is SQL of each database. Erasing the salt of a
journal entry (lawful erasure) is the one change allowed.
"""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_TABLES = {
    "record_edition": "an edition never changes",
    "record_journalentry": "a journal entry never changes",
}
_FIXED_IN_JOURNAL = (
    "document_id",
    "sequence",
    "at",
    "kind",
    "reference",
    "content_digest",
    "digest",
)


def _change_condition(table: str, differs: str) -> str:
    """Return the condition under which an UPDATE is refused."""
    if table == "record_edition":
        return ""
    changed = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in _FIXED_IN_JOURNAL)
    return f"WHEN ({changed} OR NEW.salt IS NOT NULL)"


def install(schema_editor: BaseDatabaseSchemaEditor, *, deletes: bool = True) -> None:
    """Create the triggers; without ``deletes`` only those against changes."""
    vendor = schema_editor.connection.vendor
    for table, message in _TABLES.items():
        for event in ("UPDATE", "DELETE") if deletes else ("UPDATE",):
            name = f"{table}_{event.lower()}_guard"
            if vendor == "sqlite":
                condition = _change_condition(table, "IS NOT") if event == "UPDATE" else ""
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition}"
                    f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
                )
            elif vendor == "postgresql":
                condition = (
                    _change_condition(table, "IS DISTINCT FROM") if event == "UPDATE" else ""
                )
                schema_editor.execute(
                    f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                    f" $$ BEGIN RAISE EXCEPTION '{message}'; END $$"
                )
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition}"
                    f" EXECUTE FUNCTION {name}()"
                )


def remove(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers, as a later change of these tables on SQLite needs."""
    vendor = schema_editor.connection.vendor
    for table in _TABLES:
        for event in ("update", "delete"):
            name = f"{table}_{event}_guard"
            if vendor == "sqlite":
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
            elif vendor == "postgresql":
                schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
