"""The ``broadsheet`` command."""

from broadsheet.cli.main import main

__all__ = ["main"]
