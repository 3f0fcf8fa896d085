"""The examples of the package's README are true."""

from __future__ import annotations

import doctest
from pathlib import Path

import broadsheet.passages


def test_examples() -> None:
    readme = Path(broadsheet.passages.__file__).with_name("README.md")
    failed, tried = doctest.testfile(str(readme), module_relative=False)
    assert (failed, tried > 20) == (0, True)


def test_every_public_name_is_in_the_readme_or_the_docstrings() -> None:
    for name in broadsheet.passages.__all__:
        assert getattr(broadsheet.passages, name).__doc__
