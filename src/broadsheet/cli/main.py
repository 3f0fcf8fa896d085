"""The command group and what all commands share: the data directory, Django, plain errors."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import click

from broadsheet.conf.options import OptionInvalid


class Group(click.Group):
    """Says what went wrong in a line; a traceback is for faults of ours."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OptionInvalid as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="BROADSHEET_DATA",
    default=Path("var"),
    show_default=True,
    help="Directory that holds the database, pictures, and keys (or set BROADSHEET_DATA).",
)
@click.version_option(package_name="broadsheet")
def main(data: Path) -> None:
    """Run a news publication whose stories, discussions and corrections are one public history.

    Options are read from the environment and from broadsheet.toml; see docs/operators/settings.md.
    """
    os.environ["BROADSHEET_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.conf.settings")


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


from broadsheet.cli import imports, setup, upkeep  # noqa: E402

main.add_command(setup.init)
main.add_command(setup.serve)
main.add_command(setup.sample)
main.add_command(setup.worker)
main.add_command(imports.import_group)
main.add_command(upkeep.verify)
main.add_command(upkeep.doctor)
main.add_command(upkeep.manage)
