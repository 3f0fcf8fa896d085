"""The press keys of what moderation keeps in memory."""

from __future__ import annotations

from broadsheet.press.marking import declare_keys

RULES = "moderation-rules"
"""How the rules are set."""
BANS = "moderation-bans"
"""Who is banned."""


def declare() -> None:
    """Change the keys when what they name is saved. No page is made from them."""
    from broadsheet.moderation.models import Ban, RuleSetting

    declare_keys(RuleSetting, lambda _: [RULES])
    declare_keys(Ban, lambda _: [BANS])
