"""How much may be sent in a while: by one writer, from one network, to one story."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Outcome, Passed
from broadsheet.moderation.options import number
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import Rule
from broadsheet.moderation.traces import Earlier

_MOST = 100_000


@dataclass(frozen=True)
class Options:
    minutes: int = number("Minutes that are looked back", 10, least=1, most=1440)
    writer: int = number("Comments of one writer in these minutes", 15, least=1, most=_MOST)
    writer_new: int = number("… of somebody who is new here", 8, least=1, most=_MOST)
    story: int = number("Comments of one writer on one story", 12, least=1, most=_MOST)
    story_new: int = number("… of somebody who is new here", 6, least=1, most=_MOST)
    network: int = number(
        "Comments from one network",
        60,
        least=1,
        most=_MOST,
        about="A network is a /24 of IPv4, a /64 of IPv6: a street, an office, or one household.",
    )
    network_new: int = number("… of people who are new here", 30, least=1, most=_MOST)
    new_until: int = number(
        "Comments that must stand until somebody is not new any more", 3, least=0, most=50
    )
    story_minute: int = number(
        "Comments on one story in a minute, above which those of new people wait",
        120,
        least=0,
        most=_MOST,
        about="0: never. This is for floods that come from many networks at once.",
    )


def _judge(case: Case, options: Options) -> Reason | None:
    return _too_many(case, options) or _flood(case, options)


def keys_of(case: Case) -> list[Hashable]:
    """Return what a comment counts as while it is in flight."""
    writer = case.writer
    keys: list[Hashable] = []
    if writer.is_known:
        who = (writer.account_id, writer.guest_key)
        keys += [("writer", who), ("story", who, case.posting.document_id)]
    if writer.network:
        keys.append(("network", writer.network))
    return keys


def _too_many(case: Case, options: Options) -> Reason | None:
    within = dt.timedelta(minutes=options.minutes)
    since = case.now - within
    writer = case.writer
    own = _taken(case.memory.of_writer, since)
    here = [each for each in own if each.document_id == case.posting.document_id]
    near = _taken(case.memory.of_network, since)
    who = (writer.account_id, writer.guest_key)
    counts = (
        ("writer", ("writer", who), own, options.writer_new, options.writer),
        (
            "story",
            ("story", who, case.posting.document_id),
            here,
            options.story_new,
            options.story,
        ),
        ("network", ("network", writer.network), near, options.network_new, options.network),
    )
    for what, key, found, strict, most in counts:
        sent = len(found) + case.flight.others(key)
        if sent < min(strict, most):
            continue
        # Asked for only here: whoever sends little is not looked up.
        limit = strict if case.history.is_new(options.new_until) else most
        if sent >= limit:
            return _refusal(case, what, found, limit, within)
    return None


def _taken(found: Sequence[Earlier], since: dt.datetime) -> list[Earlier]:
    return [
        each for each in found if each.at > since and each.passed in (Passed.PUBLISH, Passed.HOLD)
    ]


_WORDS = {
    "writer": "You have sent {limit} comments in {minutes} minutes; that is as many as we take.",
    "story": "You have sent {limit} comments on this story in {minutes} minutes; that is as many as"
    " we take.",
    "network": "Many comments have come from your network in the last {minutes} minutes.",
}


def _refusal(
    case: Case, what: str, found: Sequence[Earlier], limit: int, within: dt.timedelta
) -> Reason:
    """Say when the oldest of those that count will count no more."""
    # What is in flight with it is stored, or gone, in a moment.
    until = found[limit - 1].at + within if len(found) >= limit else case.now
    wait = max(until - case.now, dt.timedelta(seconds=5))
    seconds = max(1, int(wait.total_seconds()) + 1)
    minutes = int(within.total_seconds() // 60)
    when = f"{seconds} seconds" if seconds < 100 else f"{-(-seconds // 60)} minutes"
    return Reason(
        RULE.name,
        Outcome.REFUSE,
        _WORDS[what].format(limit=limit, minutes=minutes)
        + f" Your words are kept: please send them again in {when}.",
        details={"what": what, "limit": limit, "retry_after": seconds},
    )


def _flood(case: Case, options: Options) -> Reason | None:
    full_at = case.memory.story_full_at
    if not options.story_minute or full_at is None or full_at < case.now - dt.timedelta(minutes=1):
        return None
    if case.posting.author or not case.history.is_new(options.new_until):
        return None
    return Reason(
        RULE.name,
        Outcome.HOLD,
        "Very many people are writing on this story just now, so what new people write is read by a"
        " moderator first.",
        details={"what": "flood", "limit": options.story_minute},
    )


RULE = Rule(
    "rates",
    "How fast",
    "Comments that come too fast are refused until later; the words stay in the form. People who are"
    " new here may send less at once.",
    Options,
    _judge,
)
