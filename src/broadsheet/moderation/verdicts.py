"""What shall become of a comment, and why: rules in order, each giving reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from broadsheet import clock
from broadsheet.discussion.actions import Posting
from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Outcome, Passed
from broadsheet.moderation.flight import Flight
from broadsheet.moderation.reasons import Reason, Verdict
from broadsheet.moderation.rules import bans, duplicates, links, nudge, rates, tries, trust, words
from broadsheet.moderation.setting import Set, rules_as_set
from broadsheet.moderation.traces import Wanted

__all__ = ["Reason", "Verdict", "aboard", "case_of", "judge", "judged"]

OF_PROPOSALS = (bans.RULE.name, tries.RULE.name, rates.RULE.name, words.RULE.name)
"""Rules that a proposed correction passes as well. It is published or refused."""
_flight = Flight()
_ALREADY = "The same form was sent before."


def judge(
    posting: Posting,
    *,
    was_told: bool = False,
    edits: int | None = None,
    only: Iterable[str] | None = None,
) -> Verdict:
    """Return the verdict on a comment, or an edit, that is about to be posted.

    ``was_told`` says that its writer was asked to look again and sends it all the same; ``edits`` is
    the comment whose words these are to be; ``only`` names the rules that are asked. One statement,
    one more where it depends on who writes.
    """
    return judged(case_of(posting, edits=edits), was_told=was_told, only=only)


def case_of(posting: Posting, *, edits: int | None = None) -> Case:
    """Return what the rules look at."""
    as_set = rules_as_set()
    now = clock.now()
    fast, again, copies = (
        as_set[name] for name in (rates.RULE.name, tries.RULE.name, "duplicates")
    )
    minutes = max(fast.options.minutes, again.options.minutes, nudge.MINUTES)
    asked = as_set[nudge.RULE.name].options.most
    return Case(
        posting,
        now,
        Wanted(
            since=now - dt.timedelta(minutes=minutes),
            alike_since=now - dt.timedelta(days=copies.options.days),
            of_writer=max(fast.options.writer, fast.options.writer_new)
            + again.options.writer
            + asked,
            of_network=max(fast.options.network, fast.options.network_new)
            + again.options.network
            + nudge.FOR_A_NETWORK * asked,
            story_limit=fast.options.story_minute if fast.is_on else 0,
        ),
        least_words=copies.options.words if copies.is_on else 0,
        fine_domains=links.allowed_domains(as_set[links.RULE.name].options),
        edits=edits,
        flight=_flight,
    )


def aboard(case: Case) -> AbstractContextManager[None]:
    """Let those who come at the same time know of a comment while it is judged and stored."""
    keys: list[Hashable] = [*rates.keys_of(case), *duplicates.keys_of(case)]
    return _flight.aboard(case.form, keys)


def judged(case: Case, *, was_told: bool = False, only: Iterable[str] | None = None) -> Verdict:
    """Ask the rules, and return what they say together."""
    as_set = rules_as_set()
    names = None if only is None else set(only)
    if case.posting.author:
        # The publication's own authors speak freely.
        names = {bans.RULE.name}
    elif case.edits is not None:
        # Whoever mends the same comment again and again floods nobody.
        names = (names or set(as_set)) - {rates.RULE.name}
    elif case.same_form is not None:
        return _as_before(case.same_form.passed)
    reasons: list[Reason] = []
    for each in as_set.values():
        name = each.rule.name
        if not each.is_on or (names is not None and name not in names):
            continue
        if each.rule.is_asked_last and (
            not each.rule.is_there() or _is_clear(reasons, case, as_set)
        ):
            continue
        reason = each.rule.judge(case, each.options)
        if reason is None:
            continue
        reasons.append(_spared(reason, each, case, as_set))
        if reason.outcome == Outcome.REFUSE and not reason.is_soft:
            break
    return _with_a_second_look(Verdict(reasons), case, as_set, was_told=was_told)


def _is_clear(reasons: Sequence[Reason], case: Case, as_set: Mapping[str, Set]) -> bool:
    """Say whether there is no need to ask further: something objects, or the writer is trusted."""
    trusting = as_set[trust.RULE.name]
    return any(each.outcome != Outcome.PUBLISH for each in reasons) or (
        trusting.is_on and trust.is_trusted(case, trusting.options)
    )


def _as_before(passed: str) -> Verdict:
    """Sent twice, a form has the answer that it had: :func:`submission.submit` finds what it became."""
    if passed == Passed.HOLD:
        return Verdict([Reason("again", Outcome.HOLD, _ALREADY)])
    return Verdict()


def _spared(reason: Reason, each: Set, case: Case, as_set: Mapping[str, Set]) -> Reason:
    """Turn a reason to hold into a note where the writer has earned trust."""
    trusting = as_set[trust.RULE.name]
    if (
        not each.rule.spares_trusted
        or not reason.is_soft
        or not trusting.is_on
        or not trust.is_trusted(case, trusting.options)
    ):
        return reason
    note = f"{reason.note + ' ' if reason.note else ''}Passed, for the writer is trusted."
    return replace(reason, outcome=Outcome.PUBLISH, note=note, is_soft=False)


def _with_a_second_look(
    verdict: Verdict, case: Case, as_set: Mapping[str, Set], *, was_told: bool
) -> Verdict:
    """Where only soft rules object: ask the writer first, then hold."""
    objections = [each for each in verdict.reasons if each.outcome != Outcome.PUBLISH]
    soft = [each for each in objections if each.is_soft]
    asking = as_set[nudge.RULE.name]
    if (
        soft == objections
        and soft
        and not was_told
        and asking.is_on
        and nudge.may_be_asked(case, asking.options)
    ):
        return replace(verdict, is_nudge=True)
    if not asking.is_on and not was_told:
        return verdict
    return replace(
        verdict,
        reasons=[
            replace(each, outcome=Outcome.HOLD)
            if each.is_soft and each.outcome == Outcome.REFUSE
            else each
            for each in verdict.reasons
        ],
    )
