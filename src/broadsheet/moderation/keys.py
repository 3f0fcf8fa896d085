"""The press keys of what moderation keeps in memory and shows."""

from __future__ import annotations

from broadsheet.press.marking import declare_keys

QUEUE = "moderation-queue"
"""How much waits for moderators. No page is made from it."""
DECISIONS = "moderation-decisions"
"""What moderators decided, as the log and the figures show it."""
HOUSE = "house-rules"
"""The rules of the discussion and the contact."""


def declare() -> None:
    """Change the keys when what they name is saved."""
    from broadsheet.moderation.models import Decision, HouseRules, QueueItem

    declare_keys(QueueItem, lambda _: [QUEUE])
    declare_keys(Decision, lambda _: [DECISIONS])
    declare_keys(HouseRules, lambda _: [HOUSE])
