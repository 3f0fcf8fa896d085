"""The rules of the discussion as they are set."""

from __future__ import annotations

from broadsheet.moderation.keys import HOUSE
from broadsheet.moderation.models import HouseRules
from broadsheet.press.kept import kept


def house_rules() -> HouseRules:
    """Return the rules and the contact; a store that was not set up has none. No statement, one when
    they were changed."""
    return kept(
        HOUSE,
        lambda: (
            HouseRules.objects.filter(pk=HouseRules.ONLY).first() or HouseRules(id=HouseRules.ONLY)
        ),
    )
