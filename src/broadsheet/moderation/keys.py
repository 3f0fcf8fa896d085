"""The press keys of what moderation keeps in memory and shows."""

from __future__ import annotations

from broadsheet.press.marking import declare_keys

RULES = "moderation-rules"
"""How the rules are set; the house rules say which are on."""
BANS = "moderation-bans"
"""Who is banned. No page is made from it."""
FILTER = "moderation-filter"
"""What the filter was taught. No page is made from it."""
QUEUE = "moderation-queue"
"""How much waits for moderators."""
DECISIONS = "moderation-decisions"
"""What moderators decided, as the log and the figures show it."""
HOUSE = "house-rules"
"""The rules of the discussion and the contact."""


def declare() -> None:
    """Change the keys when what they name is saved."""
    from broadsheet.moderation.models import (
        Ban,
        Decision,
        HouseRules,
        QueueItem,
        RuleSetting,
        Taught,
    )

    declare_keys(RuleSetting, lambda _: [RULES])
    declare_keys(Ban, lambda _: [BANS])
    declare_keys(Taught, lambda _: [FILTER])
    declare_keys(QueueItem, lambda _: [QUEUE])
    declare_keys(Decision, lambda _: [DECISIONS])
    declare_keys(HouseRules, lambda _: [HOUSE])
