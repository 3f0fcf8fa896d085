"""Trust from history: who has earned it passes the rules that may be wrong about anybody."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.moderation.case import Case
from broadsheet.moderation.options import number
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import Rule


@dataclass(frozen=True)
class Options:
    published: int = number("Comments that stand", 5, least=1, most=50)
    approved: int = number("… or comments that a moderator read and published", 2, least=1, most=50)
    removed: int = number(
        "Comments removed or not published in 90 days, from which on nobody is trusted",
        1,
        least=1,
        most=50,
    )


def is_trusted(case: Case, options: Options) -> bool:
    """Say whether the writer has earned trust; the publication's own authors have it."""
    if case.posting.author:
        return True
    history = case.history
    return (
        history.published >= options.published or history.approved >= options.approved
    ) and history.removed + history.declined < options.removed


def _judge(case: Case, options: Options) -> Reason | None:
    """Says nothing by itself: the verdict asks where a rule would hold."""
    return None


RULE = Rule(
    "trust",
    "Trust",
    "Who has written here for a while, with nothing removed lately, is not held for links or by the"
    " learned filter. Bans, rates, words and copies are the same for everybody.",
    Options,
    _judge,
)
