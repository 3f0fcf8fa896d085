"""How the rules are set: read from memory, changed at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from broadsheet import clock
from broadsheet.moderation.keys import RULES as RULES_KEY
from broadsheet.moderation.models import RuleSetting
from broadsheet.moderation.options import as_data, checked, from_stored
from broadsheet.moderation.rules import RULES, Rule
from broadsheet.press.kept import kept
from broadsheet.readers.models import Account


class NoSuchRule(LookupError):
    """There is no rule of this name."""


@dataclass(frozen=True)
class Set:
    """One rule as it is set."""

    rule: Rule
    is_on: bool
    options: Any
    """An instance of the rule's options."""


def rules_as_set() -> Mapping[str, Set]:
    """Return all rules as they are set, by name, in their order. No statement, one when they were
    changed."""
    return kept(RULES_KEY, _read)


def _read() -> Mapping[str, Set]:
    stored = {each.rule: each for each in RuleSetting.objects.all()}
    found = {}
    for rule in RULES:
        setting = stored.get(rule.name)
        options: Any = from_stored(rule.options, setting.options if setting else {})
        found[rule.name] = Set(rule, setting.is_on if setting else rule.is_on, options)
    return found


def rule_named(name: str) -> Rule:
    """Return a rule; raises :class:`NoSuchRule`."""
    for rule in RULES:
        if rule.name == name:
            return rule
    raise NoSuchRule(name)


@transaction.atomic
def set_rule(
    *, name: str, is_on: bool, options: Mapping[str, Any], by: Account | None
) -> RuleSetting:
    """Set a rule. Raises :class:`NoSuchRule` and :class:`OptionsRefused`."""
    rule = rule_named(name)
    setting, _ = RuleSetting.objects.update_or_create(
        rule=name,
        defaults={
            "is_on": is_on,
            "options": as_data(checked(rule.options, options)),
            "changed_at": clock.now(),
            "changed_by": by,
        },
    )
    return setting
