"""Decisions and reports as those concerned, and everybody, are told of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator

from broadsheet.discussion.models import CommentVersion, RemovedWords
from broadsheet.moderation.enums import (
    TOLD_TO_ALL,
    Ground,
    HeldKind,
    Measure,
    ReportKind,
    ReportState,
)
from broadsheet.moderation.models import Decision, HeldComment, Report
from broadsheet.paper.presenters.moments import Moment, moment

_TITLES = {
    Measure.DECLINED: "Your comment was not published",
    Measure.REMOVED: "Your comment was removed",
    Measure.REDACTED: "The words of your comment were erased",
    Measure.BANNED: "You may not comment here",
}


@dataclass(frozen=True)
class DecisionView:
    """A decision, without anybody's name."""

    title: str
    measure: str
    at: Moment
    until: Moment | None
    headline: str
    facts: str
    source: str
    found: str
    is_reversed: bool
    statement: dict[str, Any]


@dataclass(frozen=True)
class ReportView:
    """A report as its sender sees it."""

    pk: str
    what: str
    law: str
    words: str
    url: str
    at: Moment
    state: str
    state_words: str
    is_notice: bool
    is_answered_before: bool
    answer: str
    has_email: bool


@dataclass(frozen=True)
class WaitingView:
    """What waits, as its writer finds it again."""

    href: str
    what: str
    at: Moment
    words: str
    headline: str


BEGINNING = 80
"""Characters by which a writer knows a comment again."""


def waiting_view(held: HeldComment, zone: dt.tzinfo) -> WaitingView:
    edition = held.document.edition
    return WaitingView(
        href=reverse("held", args=[held.pk]),
        what="Change of a comment" if held.kind == HeldKind.EDIT else "Comment",
        at=moment(held.held_at, zone),
        words=Truncator(" ".join(held.text.split())).chars(BEGINNING),
        headline=edition.headline if edition else "",
    )


def decision_view(decision: Decision, zone: dt.tzinfo) -> DecisionView:
    edition = decision.document.edition if decision.document else None
    statement = decision.statement or {}
    return DecisionView(
        title=_TITLES.get(Measure(decision.measure), "A decision"),
        measure=str(Measure(decision.measure).label),
        at=moment(decision.decided_at, zone),
        until=moment(decision.until, zone) if decision.until else None,
        headline=edition.headline if edition else "",
        facts=str(statement.get("facts", "")),
        source="Somebody reported it."
        if decision.is_from_notice
        else "Nobody reported it; the publication looked by itself.",
        found="A rule of the software held it for a moderator; a person decided."
        if decision.is_found_by_software
        else "No software took part; a person decided.",
        is_reversed=hasattr(decision, "reversed_by"),
        statement=statement,
    )


def said_in(decision: Decision) -> str:
    """Return the words that a decision is about, for their writer. Two statements at most."""
    if decision.measure not in (Measure.DECLINED, Measure.REMOVED):
        return ""
    if decision.held is not None:
        return decision.held.text
    if decision.comment_id is None:
        return ""
    number = str(decision.version or 1)
    if removed := RemovedWords.objects.filter(comment=decision.comment_id).first():
        return str(removed.texts.get(number, ""))
    found = CommentVersion.objects.filter(comment=decision.comment_id, number=number)
    return found.values_list("text", flat=True).first() or ""


def report_view(report: Report, zone: dt.tzinfo) -> ReportView:
    decision = report.decision
    return ReportView(
        pk=str(report.pk),
        what=str(Ground(report.ground).label),
        law=report.law,
        words=report.words,
        url=report.url,
        at=moment(report.filed_at, zone),
        state=report.state,
        state_words=str(ReportState(report.state).label),
        is_notice=report.kind == ReportKind.ILLEGAL,
        is_answered_before=report.is_answered_before,
        answer=decision.words if decision and decision.measure == Measure.KEPT else "",
        has_email=bool(report.email),
    )


@dataclass(frozen=True)
class LogLine:
    """A line of the public log: no name of a writer and none of anybody's words."""

    pk: str
    at: Moment
    what: str
    ground: str
    headline: str
    path: str
    comment: str
    who: str
    until: Moment | None
    came_of_it: str
    said: str
    """What was said of a discussion or an edition, for everybody; of a person it is for that person."""


_REVERSALS = {Measure.UNDONE: "taken back by the moderator", Measure.RESTORED: "reversed on appeal"}


def log_lines(
    decisions: Sequence[Decision],
    *,
    zone: dt.tzinfo,
    paths: dict[int, str],
    with_names: bool,
) -> list[LogLine]:
    """Return lines of the log; ``paths`` are those of the documents. No statement."""
    return [
        _log_line(each, zone, paths.get(each.document_id or 0, ""), with_names)
        for each in decisions
    ]


def _role(decision: Decision) -> str:
    return "an editor" if decision.is_by_editor else "a moderator"


def _log_line(decision: Decision, zone: dt.tzinfo, path: str, with_names: bool) -> LogLine:
    edition = decision.document.edition if decision.document else None
    reversal = getattr(decision, "reversed_by", None)
    appeal = getattr(decision, "appeal", None)
    came = ""
    if reversal:
        when = moment(reversal.decided_at, zone).text
        came = f"{_REVERSALS.get(Measure(reversal.measure), 'taken back')}, {when}"
    elif appeal and appeal.decided_at:
        came = f"upheld on appeal, {moment(appeal.decided_at, zone).text}"
    elif appeal:
        came = "an appeal is open"
    return LogLine(
        pk=str(decision.pk),
        at=moment(decision.decided_at, zone),
        what=str(Measure(decision.measure).label),
        ground=str(Ground(decision.ground).label) if decision.ground else "",
        headline=edition.headline if edition else "",
        path=path,
        comment=str(decision.comment_id) if decision.comment_id else "",
        who=(decision.by_name if with_names else "") or _role(decision),
        until=moment(decision.until, zone) if decision.until else None,
        came_of_it=came,
        said=". ".join(filter(None, (decision.law.rstrip("."), decision.words)))
        if decision.measure in TOLD_TO_ALL
        else "",
    )
