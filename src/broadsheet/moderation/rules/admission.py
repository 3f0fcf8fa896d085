"""The publication looks at each comment first, if it says so."""

from __future__ import annotations

from broadsheet.discussion.enums import Admission
from broadsheet.discussion.queries import discussion_settings
from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Outcome
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import NoOptions, Rule


def _judge(case: Case, options: NoOptions) -> Reason | None:
    """Its own authors speak freely."""
    if case.posting.author or discussion_settings().admission == Admission.OPEN:
        return None
    return Reason(RULE.name, Outcome.HOLD, "Every comment is read by a moderator first.")


RULE = Rule(
    "admission",
    "Reading first",
    "Where the discussion’s settings say that every comment waits, it waits.",
    NoOptions,
    _judge,
)
