"""The rules that every comment passes, in order."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.moderation.rules import (
    admission,
    bans,
    duplicates,
    learned,
    links,
    nudge,
    rates,
    service,
    tries,
    trust,
    words,
)
from broadsheet.moderation.rules.base import Rule

RULES: Sequence[Rule] = (
    bans.RULE,
    tries.RULE,
    rates.RULE,
    words.RULE,
    links.RULE,
    duplicates.RULE,
    learned.RULE,
    service.RULE,
    trust.RULE,
    admission.RULE,
    nudge.RULE,
)
"""In the order in which they are asked: what needs no look at the words comes first, and whoever is
refused for good by one is not judged by the next."""

__all__ = ["RULES", "Rule"]
