"""Who was refused again and again is not asked for what else there is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Outcome, Passed
from broadsheet.moderation.options import number
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import Rule


@dataclass(frozen=True)
class Options:
    minutes: int = number("Minutes that are looked back", 60, least=1, most=1440)
    writer: int = number("Refused comments of one writer", 5, least=1, most=1_000)
    network: int = number("Refused comments from one network", 20, least=1, most=1_000)


def _judge(case: Case, options: Options) -> Reason | None:
    within = dt.timedelta(minutes=options.minutes)
    memory = case.memory
    for found, most in ((memory.of_writer, options.writer), (memory.of_network, options.network)):
        refused = [
            each for each in found if each.passed == Passed.REFUSE and each.at > case.now - within
        ]
        if len(refused) >= most:
            wait = refused[most - 1].at + within - case.now
            seconds = max(1, int(wait.total_seconds()) + 1)
            return Reason(
                RULE.name,
                Outcome.REFUSE,
                f"{most} comments were refused here within {options.minutes} minutes. Please take a"
                f" break: the next one is looked at in {-(-seconds // 60)} minutes. Your words are"
                " kept in the form.",
                details={"limit": most, "retry_after": seconds},
            )
    return None


RULE = Rule(
    "tries",
    "Repeated tries",
    "Who was refused again and again, by the rules below, waits before the next try.",
    Options,
    _judge,
)
