"""Commands that bring archives in."""

from __future__ import annotations

from pathlib import Path

import click

from broadsheet.cli import shared


@click.group("import")
def import_group() -> None:
    """Bring stories and discussions in from elsewhere."""


def _alias(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    aliases: dict[str, str] = {}
    for value in values:
        name, equals, author = value.partition("=")
        if not equals or not name.strip() or not author.strip():
            raise click.BadParameter(f"“{value}” is not NAME=AUTHOR")
        aliases[name.strip()] = author.strip()
    return aliases


@import_group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--section", help="Section that the story goes to; made when there is none.")
@click.option(
    "--author-alias",
    "aliases",
    multiple=True,
    metavar="NAME=AUTHOR",
    callback=_alias,
    help="NAME in the thread is AUTHOR of the byline (may be repeated).",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@shared.json_option
def capture(
    file: Path, section: str | None, aliases: dict[str, str], dry_run: bool, as_json: bool
) -> None:
    """Import a saved story page, HTML or plain text, with its comments.

    Nothing is made up: what the page does not say is shown as not recorded. Importing the same file
    again changes nothing.
    """
    shared.require_store()
    from broadsheet.desk.adoption import adopt_document
    from broadsheet.desk.editions import minting_authority
    from broadsheet.transfer.capture import read_capture
    from broadsheet.transfer.capture.model import CaptureUnreadable
    from broadsheet.transfer.importing import ImportRefused, import_capture

    try:
        read = read_capture(file.read_bytes(), filename=file.name)
        report = import_capture(
            read,
            source=file.name[:200],
            authority=minting_authority(),
            section=section or "",
            aliases=aliases,
            adopt=adopt_document,
            dry_run=dry_run,
        )
    except CaptureUnreadable as error:
        raise click.ClickException(str(error)) from error
    except ImportRefused as error:
        raise click.ClickException(f"{file}: {error}") from error
    shared.answer(report, as_json=as_json, text=_in_words(report))


def _in_words(report) -> str:  # type: ignore[no-untyped-def]
    did = "Would import" if report.dry_run else "Imported"
    if not report.added_documents and not report.added_comments:
        did = "Nothing new in"
    lines = [
        f"{did} “{report.headline}” ({report.format})",
        f"  byline     {', '.join(report.byline) or 'not recorded'}",
        f"  published  {report.published_at or 'not recorded'}",
        f"  comments   {report.comments}, {report.added_comments} of them new,"
        f" {report.max_depth} deep, by {report.people} names",
    ]
    if report.claimed_comments is not None:
        lines.append(f"  the page claims {report.claimed_comments} comments")
    for name, author in report.aliases_offered.items():
        lines.append(
            f"  “{name}” may be {author}: decide at the desk, or --author-alias “{name}={author}”"
        )
    for name, author in report.aliases_accepted.items():
        lines.append(f"  “{name}” is shown as {author}")
    lines += [f"  warning: {warning}" for warning in report.warnings]
    if report.path and not report.dry_run:
        lines.append(f"  {report.path}")
    return "\n".join(lines)
