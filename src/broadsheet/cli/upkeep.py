"""Commands that look after a store."""

from __future__ import annotations

import click

from broadsheet.cli import shared


@click.command()
@shared.json_option
def verify(as_json: bool) -> None:
    """Recompute every journal's chain and every edition's digest; say which entry is wrong.

    Ends with status 1 when something is wrong.
    """
    shared.require_store()
    from broadsheet.record.verify import verify_record

    found = verify_record()
    lines = [f"{found.documents} documents, {found.entries} journal entries."]
    lines += [
        f"{fault.document}, entry {fault.sequence}: {fault.problem}" for fault in found.faults
    ]
    lines.append("All chains hold." if not found.faults else f"{len(found.faults)} faults.")
    shared.answer(found, as_json=as_json, text="\n".join(lines))
    if found.faults:
        raise SystemExit(1)


@click.command()
@shared.json_option
def doctor(as_json: bool) -> None:
    """Check the installation: options, database, disk, files. Ends with status 1 on a failure."""
    shared.set_up_django()
    from broadsheet.cli.checkup import examine

    findings = examine()
    marks = {"ok": "ok  ", "warning": "WARN", "failure": "FAIL"}
    text = "\n".join(f"{marks[item.state]}  {item.what}: {item.detail}" for item in findings)
    has_failed = any(item.state == "failure" for item in findings)
    shared.answer(
        {"healthy": not has_failed, "findings": [vars(item) for item in findings]},
        as_json=as_json,
        text=text,
    )
    if has_failed:
        raise SystemExit(1)


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run a management command of Django or Wagtail."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["broadsheet manage", *arguments])
