"""Tables of moderation."""

from broadsheet.moderation.models.decisions import Appeal, Decision
from broadsheet.moderation.models.held import HeldComment
from broadsheet.moderation.models.house import HouseRules
from broadsheet.moderation.models.queue import QueueItem
from broadsheet.moderation.models.reports import Report

__all__ = ["Appeal", "Decision", "HeldComment", "HouseRules", "QueueItem", "Report"]
