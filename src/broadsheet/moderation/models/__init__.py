"""Tables of moderation."""

from broadsheet.moderation.models.held import HeldComment
from broadsheet.moderation.models.rules import Ban, RefusedTry, RuleSetting, Trace

__all__ = ["Ban", "HeldComment", "RefusedTry", "RuleSetting", "Trace"]
