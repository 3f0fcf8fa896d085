"""What waits for a moderator, as the queue shows it at the desk and on the paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from broadsheet.moderation.appeals import may_decide_appeal
from broadsheet.moderation.claims import is_claimed_by_another
from broadsheet.moderation.enums import (
    LAW_GROUNDS,
    RULE_GROUNDS,
    Ground,
    ItemKind,
    Measure,
    ReportKind,
)
from broadsheet.moderation.models import Decision, Report
from broadsheet.moderation.queries import (
    Record,
    Said,
    Waiting,
    judged_comment,
    judged_held,
)
from broadsheet.moderation.rules import RULES as RULES_OF_THE_GATE
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.paper.presenters.thread import NO_NAME, REMOVED
from broadsheet.readers.models import Account

MAX_ABOVE = 400
"""Characters of a comment that is only shown for what was answered to it."""

RULES = [(ground.value, ground.label) for ground in RULE_GROUNDS]
LAWS = [(ground.value, ground.label) for ground in LAW_GROUNDS]


@lru_cache(maxsize=64)
def ground_options(chosen: str) -> SafeString:
    """Return the choices of grounds as HTML. Kept: a page of the queue has them fifty times."""
    groups = [
        format_html(
            '<optgroup label="{}">{}</optgroup>',
            label,
            format_html_join(
                "",
                '<option value="{}"{}>{}</option>',
                (
                    (value, mark_safe(" selected") if value == chosen else "", words)
                    for value, words in grounds
                ),
            ),
        )
        for label, grounds in (("Our rules", RULES), ("A law", LAWS))
    ]
    first = mark_safe('<option value="">Choose …</option>')
    return format_html("{}{}{}", first, *groups)


@dataclass(frozen=True)
class Act:
    """Something that can be decided; ``key`` is the key that does it."""

    do: str
    label: str
    key: str
    asks: str = ""
    """What else is needed: ``ground`` (with words), ``words``, nothing."""
    is_main: bool = False


PUBLISH = Act("publish", "Publish", "p", is_main=True)
DECLINE = Act("decline", "Decline", "d", asks="ground")
KEEP = Act("keep", "Keep", "p", is_main=True)
REMOVE = Act("remove", "Remove", "d", asks="ground")
REVERSE = Act("restore", "Reverse", "p", asks="words", is_main=True)
UPHOLD = Act("uphold", "Uphold", "d", asks="words")
ACTS = {
    ItemKind.COMMENT: (PUBLISH, DECLINE),
    ItemKind.EDIT: (PUBLISH, DECLINE),
    ItemKind.REPORT: (KEEP, REMOVE),
    ItemKind.APPEAL: (REVERSE, UPHOLD),
}
TABS = {
    ItemKind.COMMENT: "Held comments",
    ItemKind.EDIT: "Held edits",
    ItemKind.REPORT: "Reported",
    ItemKind.APPEAL: "Appeals",
}
MEASURES = {
    "publish": Measure.PUBLISHED,
    "decline": Measure.DECLINED,
    "keep": Measure.KEPT,
    "remove": Measure.REMOVED,
    "restore": Measure.RESTORED,
    "uphold": Measure.UPHELD,
}
LOOKS_FOR = {
    "links": Ground.SPAM,
    "filter": Ground.SPAM,
    "service": Ground.SPAM,
    "duplicates": Ground.REPEATED,
}
"""The ground on which a comment would be declined for which a rule of the gate was right."""
DONE = {
    Measure.PUBLISHED: "Published",
    Measure.DECLINED: "Not published",
    Measure.KEPT: "Kept",
    Measure.REMOVED: "Removed",
    Measure.RESTORED: "Reversed",
    Measure.UPHELD: "Upheld",
    Measure.BANNED: "Banned",
}


@dataclass(frozen=True)
class AboveView:
    """A comment above the one that is judged."""

    name: str
    text: str
    href: str


@dataclass(frozen=True)
class ReportLine:
    """What somebody reported, for moderators."""

    what: str
    words: str
    who: str
    when: Moment
    is_notice: bool


@dataclass(frozen=True)
class DecisionLine:
    """What was decided before."""

    what: str
    why: str
    who: str
    when: Moment


@dataclass(frozen=True)
class ItemView:
    """One thing that waits."""

    pk: str
    kind: str
    what: str
    is_urgent: bool
    headline: str
    href: str
    """Where it stands, or would; empty where there is no such page."""
    story: str
    """The number of the document, by which the queue is narrowed; empty for none."""
    since: Moment
    name: str
    who: str
    text: str
    before: str
    above: Sequence[AboveView]
    passages: Sequence[str]
    reasons: Sequence[str]
    reports: Sequence[ReportLine]
    record: Sequence[str]
    claim: str
    is_claimed: bool
    acts: Sequence[Act]
    closed_to: str = ""
    """Why whoever looks cannot decide it."""
    first: DecisionLine | None = None
    """Of an appeal: the decision that it is about."""
    appeal: str = ""
    ground: str = ""
    words: str = ""
    problem: str = ""
    opened: str = ""
    """The act whose fields are shown open, with what is typed and what was wrong."""

    @property
    def id(self) -> str:
        return f"item-{self.pk}"

    @property
    def ground_options(self) -> SafeString:
        return ground_options(self.ground)


def item_view(waiting: Waiting, *, zone: dt.tzinfo, by: Account, now: dt.datetime) -> ItemView:
    """Return what waits as it is shown to a moderator. No statement, of an appeal some."""
    item = waiting.item
    kind = ItemKind(item.kind)
    comment, held = judged_comment(item), judged_held(item)
    edition = item.document.edition if item.document else None
    is_claimed = is_claimed_by_another(item, by, now)
    decision = item.appeal.decision if item.appeal else None
    closed_to = ""
    if decision and not may_decide_appeal(decision, by):
        closed_to = "You made this decision; the appeal is for another moderator."
    name = (held.name if held else waiting.name) or NO_NAME
    return ItemView(
        pk=str(item.pk),
        kind=item.kind,
        what=_what(waiting),
        is_urgent=item.is_urgent,
        headline=edition.headline if edition else "",
        href=f"/c/{comment.pk}/" if comment and waiting.path else waiting.path,
        story=str(item.document_id or ""),
        since=moment(item.since, zone),
        name=name,
        who=_who(waiting, by_author=bool(comment and comment.author_id)),
        text=waiting.text,
        before=waiting.before,
        above=[_above(said) for said in waiting.above],
        passages=waiting.passages,
        reasons=[_reason(reason) for reason in item.held.reasons] if item.held else (),
        reports=[report_line(report, zone) for report in waiting.reports],
        record=record_words(waiting.record, zone) if waiting.person else (),
        claim=_claim(waiting, by, now, zone),
        is_claimed=is_claimed,
        acts=() if closed_to else ACTS[kind],
        closed_to=closed_to,
        first=decision_line(decision, zone) if decision else None,
        appeal=item.appeal.words if item.appeal else "",
        ground=_offered_ground(waiting),
    )


def refused(view: ItemView, *, do: str, ground: str, words: str, problem: str) -> ItemView:
    """Return the view with the form that was refused open, and all that was typed in it."""
    return replace(view, opened=do, ground=ground, words=words, problem=problem)


def _reason(reason: Mapping[str, Any]) -> str:
    """Return what a rule found, with what only moderators are told of it."""
    note = reason.get("note", "")
    return f"{reason['words']} {note}" if note else str(reason["words"])


def _what(waiting: Waiting) -> str:
    item = waiting.item
    if item.kind == ItemKind.REPORT:
        count = item.report_count
        kind = "Illegal content reported" if item.is_urgent else "Reported"
        return kind if count == 1 else f"{kind} {count} times"
    if item.kind == ItemKind.APPEAL:
        is_reporters = item.appeal and item.appeal.report_id
        return "Appeal of who reported" if is_reporters else "Appeal of the writer"
    return str(ItemKind(item.kind).label)


def _who(waiting: Waiting, *, by_author: bool) -> str:
    if by_author:
        return "author"
    if waiting.person.account_id is not None:
        return "signed in"
    return "guest" if waiting.person else "nothing is known of the writer"


def _above(said: Said) -> AboveView:
    comment = said.comment
    text = " ".join(said.text.split())
    return AboveView(
        name=comment.name or (REMOVED.capitalize() if comment.removed_at else NO_NAME),
        text=comment.removal_reason
        if comment.removed_at
        else text
        if len(text) <= MAX_ABOVE
        else f"{text[:MAX_ABOVE].rstrip()}…",
        href=f"/c/{comment.pk}/",
    )


def report_line(report: Report, zone: dt.tzinfo) -> ReportLine:
    """Return a report with who sent it, which the writer never sees."""
    if report.account:
        who = report.account.get_full_name()
    else:
        who = ", ".join(part for part in (report.name, report.email) if part) or "a guest"
    what = Ground(report.ground).label
    return ReportLine(
        what=f"{what} ({report.law})" if report.law else str(what),
        words=report.words,
        who=who,
        when=moment(report.filed_at, zone),
        is_notice=report.kind == ReportKind.ILLEGAL,
    )


def decision_line(decision: Decision, zone: dt.tzinfo) -> DecisionLine:
    """Return a decision as moderators see it, with the name of who decided."""
    ground = Ground(decision.ground).label if decision.ground else ""
    return DecisionLine(
        what=str(Measure(decision.measure).label),
        why=": ".join(part for part in (ground, decision.words) if part),
        who=decision.by.get_full_name() if decision.by else decision.by_name or "a moderator",
        when=moment(decision.decided_at, zone),
    )


def _offered_ground(waiting: Waiting) -> str:
    """Return the ground that is chosen already when a form opens: what readers reported first, or
    what the rule that held the comment looks for. Most rules look for nothing so definite."""
    if waiting.reports:
        return str(waiting.reports[0].ground)
    reasons = waiting.item.held.reasons if waiting.item.held else ()
    found = (LOOKS_FOR[each["rule"]] for each in reasons if each["rule"] in LOOKS_FOR)
    return str(next(found, ""))


def _claim(waiting: Waiting, by: Account, now: dt.datetime, zone: dt.tzinfo) -> str:
    item = waiting.item
    if not is_claimed_by_another(item, by, now):
        return ""
    who = item.claimed_by.get_full_name() if item.claimed_by else "Another moderator"
    assert item.claimed_until is not None
    until = item.claimed_until.astimezone(zone)
    return f"{who} is looking at this, until {until:%H:%M} at most."


def record_words(record: Record, zone: dt.tzinfo) -> list[str]:
    """Return what is known of somebody, a few words each; of a newcomer that they are one."""
    said = []
    if record.first_at:
        said.append(f"here since {moment(record.first_at, zone).day}")
    else:
        said.append("first comment here")
    for count, one, many in (
        (record.published, "published", "published"),
        (record.removed, "removed", "removed"),
        (record.declined, "declined", "declined"),
        (record.waiting, "waiting", "waiting"),
        (record.reported, "report", "reports"),
    ):
        if count:
            said.append(f"{count:,} {one if count == 1 else many}")
    if record.upheld:
        said.append(f"{record.upheld:,} of them right")
    return said


def reason_label(name: str) -> str:
    """Return what a rule or a ground is called in the filter."""
    if name in Ground.values:
        return str(Ground(name).label)
    titles = {rule.name: rule.title for rule in RULES_OF_THE_GATE}
    return titles.get(name) or name.replace("_", " ").replace("-", " ").capitalize()
