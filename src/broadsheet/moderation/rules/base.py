"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from broadsheet.moderation.case import Case
from broadsheet.moderation.reasons import Reason


@dataclass(frozen=True)
class NoOptions:
    """For rules that are on or off."""


@dataclass(frozen=True)
class Rule:
    name: str
    """As it stands in verdicts, in the store and in addresses."""
    title: str
    about: str
    """What it does, for editors."""
    options: type
    judge: Callable[[Case, Any], Reason | None]
    """Given a case and the rule's options, returns what is to be said, if anything."""
    is_on: bool = True
    """Before anybody has set it."""
    spares_trusted: bool = False
    """Whether writers who have earned trust pass it."""
    is_there: Callable[[], bool] = lambda: True
    """Whether there is anything to ask."""
    is_asked_last: bool = False
    """Whether it costs so much that it is not asked where the others say enough."""
