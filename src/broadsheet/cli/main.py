"""The command group: the data directory for all commands, and plain errors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from broadsheet.cli import imports, setup, spam, upkeep
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


main.add_command(setup.init)
main.add_command(setup.serve)
main.add_command(setup.sample)
main.add_command(setup.worker)
main.add_command(imports.import_group)
main.add_command(spam.filter_group)
main.add_command(upkeep.verify)
main.add_command(upkeep.doctor)
main.add_command(upkeep.manage)
