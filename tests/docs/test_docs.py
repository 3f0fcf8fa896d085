"""What is public is documented, and what holds the house together stays in place."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from io import StringIO

import click
import pytest
from django.core.management import call_command
from tests.shared_fixtures import ROOT

from broadsheet.cli import main
from broadsheet.conf.options import Options, variable_of
from broadsheet.discussion import keys as discussion_keys
from broadsheet.moderation import keys as moderation_keys
from broadsheet.press import counters
from broadsheet.readers import keys as readers_keys
from broadsheet.record import keys
from broadsheet.record.enums import EditionKind


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("option", [item.name for item in fields(Options)])
def test_every_setting_is_documented(option):
    described = text("docs/operators/settings.md")

    assert f"| `{option}` | `{variable_of(option)}` |" in described


def commands(group: click.Group, above: str = "") -> list[str]:
    names: list[str] = []
    for name, command in group.commands.items():
        names.append(f"{above}{name}")
        if isinstance(command, click.Group):
            names += commands(command, f"{above}{name} ")
    return names


@pytest.mark.parametrize("name", commands(main))
def test_every_command_is_documented(name):
    assert f"`{name}`" in text("docs/operators/commands.md")


@pytest.mark.parametrize("kind", EditionKind.values)
def test_every_kind_of_edition_is_documented(kind):
    assert f"| `{kind}` |" in text("docs/editors/editions.md")


def press_keys() -> list[str]:
    """Return all press keys as they are documented; ``ID`` stands for a number."""
    constants = [
        value
        for module in (keys, discussion_keys, readers_keys, moderation_keys, counters)
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, str)
    ]
    made = [
        function(4711).replace("4711", "ID")
        for module in (keys, discussion_keys, readers_keys)
        for name, function in vars(module).items()
        if name.endswith("_key") and inspect.isfunction(function)
    ]
    return constants + made


@pytest.mark.parametrize("key", press_keys())
def test_every_press_key_is_documented(key):
    assert f"| `{key}` |" in text("docs/api/press-keys.md")


def test_no_press_key_is_documented_that_is_none():
    documented = re.findall(r"^\| `([^`]+)` \|", text("docs/api/press-keys.md"), re.M)
    assert sorted(documented) == sorted(press_keys())


def test_links_between_documents_lead_somewhere():
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name} leads to {target}"


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_lock_names_no_index():
    for path in ROOT.glob("requirements/*.txt"):
        assert not re.search(r"^--(extra-)?index|^--find-links|https?://", path.read_text(), re.M)
