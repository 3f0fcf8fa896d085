"""What commands share: loading Django, progress, and answers for people and for programs."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, is_dataclass

import click


def set_up_django() -> None:
    """Load Django once; a fault in the operator's options is told in a line."""
    import django

    django.setup()


def require_store() -> None:
    """Load Django and stop unless the store is prepared."""
    from django.db.utils import DatabaseError

    set_up_django()
    from broadsheet.conf.prepare import migrations_pending

    try:
        pending = migrations_pending()
    except DatabaseError as error:
        raise click.ClickException(f"The database does not answer: {error}") from error
    if pending:
        raise click.ClickException("The store is not prepared: run “broadsheet init” first.")


def say(line: str) -> None:
    """Tell progress, apart from what a command answers."""
    click.echo(line, err=True)


def answer(result: object, *, as_json: bool, text: str) -> None:
    """Print what a command found, for people or, with --json, as one object."""
    if as_json:
        data = asdict(result) if is_dataclass(result) and not isinstance(result, type) else result
        click.echo(json.dumps(data, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))
    else:
        click.echo(text)


json_option = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
