"""What can be set of a rule: declared once, checked here, shown as a form by the desk.

The options of a rule are a frozen dataclass whose fields are made by the functions below. What is
stored is the difference a release may make: a value that is missing, or is none any more, is the
default; what somebody gives is checked, and refused by name.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

OptionsT = TypeVar("OptionsT")


class OptionsRefused(ValueError):
    """Something cannot be set so; ``errors`` says what, by the names of the options."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {words}" for name, words in errors.items()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Option:
    """One thing that can be set; ``clean`` returns the value or raises :class:`ValueError`."""

    label: str
    about: str = ""

    def clean(self, value: Any) -> Any:
        raise TypeError("an option says what it takes")

    def data(self, value: Any) -> Any:
        """Return the value as JSON has it."""
        return value


@dataclass(frozen=True)
class NumberOption(Option):
    least: int = 0
    most: int = 1_000_000

    def clean(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("Please give a whole number.")
        if not self.least <= value <= self.most:
            raise ValueError(f"From {self.least:,} to {self.most:,}.")
        return value


@dataclass(frozen=True)
class ShareOption(Option):
    """A probability."""

    def clean(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
            raise ValueError("Please give a number from 0 to 1.")
        if not 0 <= value <= 1:
            raise ValueError("From 0 to 1.")
        return float(value)


@dataclass(frozen=True)
class SwitchOption(Option):
    def clean(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError("Yes or no.")
        return value


@dataclass(frozen=True)
class ChoiceOption(Option):
    choices: Sequence[tuple[str, str]] = ()

    def clean(self, value: Any) -> str:
        if value not in dict(self.choices):
            raise ValueError("Please choose one of these.")
        return str(value)


MAX_LINES = 5_000
MAX_LINE = 200


@dataclass(frozen=True)
class LinesOption(Option):
    """Some lines of text, each checked for itself; empty ones and those that come again are left out."""

    clean_line: Callable[[str], str] = str

    def clean(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise ValueError("Please give one on each line.")
        if len(value) > MAX_LINES:
            raise ValueError(f"At most {MAX_LINES:,} lines; these are {len(value):,}.")
        kept: dict[str, None] = {}
        for line in value:
            if not isinstance(line, str) or len(line) > MAX_LINE:
                raise ValueError(f"A line can have {MAX_LINE} characters: “{str(line)[:40]}…”")
            if words := " ".join(line.split()):
                kept[self.clean_line(words)] = None
        return tuple(kept)

    def data(self, value: Any) -> Any:
        return list(value)


def number(label: str, default: int, *, least: int, most: int, about: str = "") -> Any:
    return _field(NumberOption(label, about, least, most), default)


def share(label: str, default: float, *, about: str = "") -> Any:
    return _field(ShareOption(label, about), default)


def switch(label: str, default: bool, *, about: str = "") -> Any:
    return _field(SwitchOption(label, about), default)


def choice(label: str, default: str, choices: Sequence[tuple[str, str]], *, about: str = "") -> Any:
    return _field(ChoiceOption(label, about, choices), str(default))


def lines(
    label: str,
    default: Sequence[str] = (),
    *,
    clean_line: Callable[[str], str] = str,
    about: str = "",
) -> Any:
    return _field(LinesOption(label, about, clean_line), tuple(default))


def _field(option: Option, default: Any) -> Any:
    return dataclasses.field(default=default, metadata={"option": option})


def options_of(kind: type) -> dict[str, Option]:
    """Return what can be set, by name, in the order in which it is shown."""
    return {each.name: each.metadata["option"] for each in dataclasses.fields(kind)}


def from_stored(kind: type[OptionsT], stored: Mapping[str, Any]) -> OptionsT:
    """Return the options as stored; what is no value of theirs is the default."""
    values = {}
    for name, option in options_of(kind).items():
        try:
            values[name] = option.clean(stored[name])
        except (KeyError, ValueError):
            continue
    try:
        return kind(**values)
    except OptionsRefused:
        return kind()


def checked(kind: type[OptionsT], given: Mapping[str, Any]) -> OptionsT:
    """Return the options as somebody gives them; raises :class:`OptionsRefused` with all that is
    wrong. What is not given is the default."""
    values, errors = {}, {}
    for name, option in options_of(kind).items():
        if name not in given:
            continue
        try:
            values[name] = option.clean(given[name])
        except ValueError as wrong:
            errors[name] = str(wrong)
    if errors:
        raise OptionsRefused(errors)
    # Options that depend on each other are checked by the dataclass itself.
    return kind(**values)


def as_data(options: Any) -> dict[str, Any]:
    """Return options as they are stored."""
    return {
        name: option.data(getattr(options, name))
        for name, option in options_of(type(options)).items()
    }
