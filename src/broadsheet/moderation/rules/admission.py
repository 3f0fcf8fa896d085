"""The publication looks at each comment first, if it says so for all stories or for one."""

from __future__ import annotations

from broadsheet.discussion.enums import Admission
from broadsheet.discussion.queries import discussion_settings, held_stories
from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Outcome
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import NoOptions, Rule


def _judge(case: Case, options: NoOptions) -> Reason | None:
    """Its own authors speak freely."""
    if case.posting.author:
        return None
    if discussion_settings().admission != Admission.OPEN:
        return Reason(RULE.name, Outcome.HOLD, "Every comment is read by a moderator first.")
    if case.posting.document_id in held_stories():
        said = "On this story every comment is read by a moderator first."
        return Reason(RULE.name, Outcome.HOLD, said)
    return None


RULE = Rule(
    "admission",
    "Reading first",
    "Where the discussion’s settings say that every comment waits, it waits; on a story whose discussion"
    " is held, too.",
    NoOptions,
    _judge,
)
