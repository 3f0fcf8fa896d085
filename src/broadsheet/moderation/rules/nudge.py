"""The nudge: whoever would be held or refused by a soft rule is shown the words again first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Passed
from broadsheet.moderation.options import number
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import Rule
from broadsheet.moderation.traces import Earlier

MINUTES = 60
"""Minutes in which questions are counted."""
FOR_A_NETWORK = 4
"""Times as many as one writer may be asked."""


@dataclass(frozen=True)
class Options:
    most: int = number(
        "Times that a writer is asked in an hour",
        5,
        least=1,
        most=100,
        about="After that, comments wait without a question.",
    )


def may_be_asked(case: Case, options: Options) -> bool:
    """Say whether the writer was not asked too often already: it tells how the rules decide."""
    since = case.now - dt.timedelta(minutes=MINUTES)
    asked = [each for each in case.memory.of_writer if _was_asked(each, since)]
    # Whoever comes with another name each time is known by the network alone.
    near = [each for each in case.memory.of_network if _was_asked(each, since)]
    return len(asked) < options.most and len(near) < FOR_A_NETWORK * options.most


def _was_asked(earlier: Earlier, since: dt.datetime) -> bool:
    return earlier.passed == Passed.NUDGE and earlier.at > since


def _judge(case: Case, options: Options) -> Reason | None:
    """Says nothing by itself: the gate asks when all rules have spoken."""
    return None


RULE = Rule(
    "nudge",
    "A second look",
    "Who would be held for links, watched words, copies or by the filter is told so first, with the"
    " words still in the form, and can change them or send them as they are. Then they wait for a"
    " moderator and are not refused.",
    Options,
    _judge,
)
