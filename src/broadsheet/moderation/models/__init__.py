"""Tables of moderation."""

from broadsheet.moderation.models.decisions import Appeal, Decision
from broadsheet.moderation.models.held import HeldComment
from broadsheet.moderation.models.house import HouseRules
from broadsheet.moderation.models.lessons import Lesson, Taught
from broadsheet.moderation.models.queue import QueueItem
from broadsheet.moderation.models.reports import Report
from broadsheet.moderation.models.rules import Ban, RefusedTry, RuleSetting, Trace

__all__ = [
    "Appeal",
    "Ban",
    "Decision",
    "HeldComment",
    "HouseRules",
    "Lesson",
    "QueueItem",
    "RefusedTry",
    "Report",
    "RuleSetting",
    "Taught",
    "Trace",
]
