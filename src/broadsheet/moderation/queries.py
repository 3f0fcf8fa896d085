"""What the queue, the log and the figures are read from: a fixed number of statements each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import Count, Min, Q, QuerySet

from broadsheet.discussion.models import Comment, CommentPassage, CommentVersion, RemovedWords
from broadsheet.moderation.enums import UNLOGGED, HeldState, ItemKind, Measure, ReportState
from broadsheet.moderation.keys import QUEUE
from broadsheet.moderation.models import Appeal, Decision, HeldComment, QueueItem, Report
from broadsheet.moderation.people import NOBODY, Person
from broadsheet.press.kept import kept
from broadsheet.readers.models import Account
from broadsheet.record.models import Address

PER_PAGE = 25
LOG_PER_PAGE = 50
LATELY = 20
"""Comments of one person that are shown beside what waits."""
_HEAVY = ("body_html", "canonical_text", "content_data", "standfirst", "note", "reason")
_UNREAD = [f"document__edition__{name}" for name in _HEAVY]


@dataclass(frozen=True)
class QueueFilters:
    """What of the queue is asked for; empty: all."""

    kind: str = ""
    reason: str = ""
    document_id: int | None = None
    is_urgent: bool = False


EVERYTHING = QueueFilters()


@dataclass(frozen=True)
class Record:
    """What is known of somebody who writes here."""

    published: int = 0
    removed: int = 0
    waiting: int = 0
    declined: int = 0
    reported: int = 0
    upheld: int = 0
    """Of the reports, those that were right."""
    first_at: dt.datetime | None = None


NO_RECORD = Record()


@dataclass(frozen=True)
class Said:
    """A comment with its words as they stand."""

    comment: Comment
    text: str


@dataclass(frozen=True)
class Waiting:
    """One thing that waits, with all that is needed to decide it."""

    item: QueueItem
    text: str
    """The words that are judged."""
    name: str = ""
    """With which the comment was signed."""
    before: str = ""
    """Of an edit: the words that stand now."""
    above: Sequence[Said] = ()
    """What it answers, the nearest last."""
    passages: Sequence[str] = ()
    """The words of the story that it is about."""
    reports: Sequence[Report] = ()
    person: Person = NOBODY
    record: Record = NO_RECORD
    path: str = ""
    """Of the story; empty where it is not published."""


@dataclass(frozen=True)
class QueuePage:
    """A stretch of the queue; ``next`` is where the following one begins."""

    waiting: Sequence[Waiting]
    next: tuple[dt.datetime, int] | None = None


@dataclass(frozen=True)
class QueueCounts:
    """How much waits."""

    by_kind: Mapping[str, int] = field(default_factory=dict)
    by_reason: Mapping[str, int] = field(default_factory=dict)
    urgent: int = 0

    @property
    def total(self) -> int:
        return sum(self.by_kind.values())


def queue_counts() -> QueueCounts:
    """Count what waits. One statement when the queue changed, none otherwise."""
    return kept(QUEUE, _count)


def _count() -> QueueCounts:
    by_kind: Counter[str] = Counter()
    by_reason: Counter[str] = Counter()
    urgent = 0
    rows = (
        QueueItem.objects.filter(closed_at=None)
        .order_by()
        .values_list("kind", "reasons")
        .annotate(count=Count("pk"), urgent=Count("pk", filter=Q(is_urgent=True)))
    )
    for kind, reasons, count, urgently in rows:
        by_kind[kind] += count
        urgent += urgently
        for name in reasons.split("|"):
            if name:
                by_reason[name] += count
    return QueueCounts(dict(by_kind), dict(by_reason), urgent)


def queue_page(
    filters: QueueFilters = EVERYTHING, *, after: tuple[dt.datetime, int] | None = None
) -> QueuePage:
    """Return what waits, what is needed most first. Eleven statements at most, whatever waits."""
    found = QueueItem.objects.filter(closed_at=None)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.document_id is not None:
        found = found.filter(document=filters.document_id)
    if filters.reason:
        found = found.filter(reasons__contains=f"|{filters.reason}|")
    if filters.is_urgent:
        found = found.filter(is_urgent=True)
    if after is not None:
        # Compared first by the instant alone, which the index can begin with.
        found = found.filter(due_at__gte=after[0]).filter(
            Q(due_at__gt=after[0]) | Q(pk__gt=after[1])
        )
    items = list(_with_subjects(found.order_by("due_at", "pk"))[: PER_PAGE + 1])
    shown = items[:PER_PAGE]
    last = shown[-1] if len(items) > PER_PAGE else None
    return QueuePage(_in_context(shown), (last.due_at, last.pk) if last else None)


def waiting_item(pk: int) -> Waiting | None:
    """Return one thing that waits, in context. Eleven statements at most."""
    found = _in_context(list(_with_subjects(QueueItem.objects.filter(pk=pk, closed_at=None))))
    return found[0] if found else None


def waiting_items(pks: Iterable[int]) -> list[Waiting]:
    """Return things that wait, in context, in the order of the queue. Eleven statements at most."""
    found = QueueItem.objects.filter(pk__in=list(pks), closed_at=None).order_by("due_at", "pk")
    return _in_context(list(_with_subjects(found)))


def gone_items(pks: Collection[int]) -> dict[int, HeldState | Literal[""]]:
    """Return which of the things do not wait any more: ``WITHDRAWN`` where the writer took it back,
    empty where it was decided. One statement, none for no things."""
    if not pks:
        return {}
    gone = QueueItem.objects.filter(pk__in=pks, closed_at__isnull=False)
    return {
        pk: HeldState.WITHDRAWN if state == HeldState.WITHDRAWN else ""
        for pk, state in gone.values_list("pk", "held__state")
    }


def _with_subjects(items: QuerySet[QueueItem]) -> QuerySet[QueueItem]:
    return items.select_related(
        "claimed_by",
        "document__edition",
        "held__account",
        "held__comment",
        "comment__account",
        "comment__author",
        "comment__source",
        "appeal__decision__by",
        "appeal__decision__held__account",
        "appeal__decision__comment__account",
        "appeal__decision__comment__source",
        "appeal__report",
    ).defer(*_UNREAD)


def judged_comment(item: QueueItem) -> Comment | None:
    """Return the comment that stands, or stood, of what waits; ``None`` for words that never did."""
    if item.kind == ItemKind.REPORT:
        return item.comment
    if item.kind == ItemKind.APPEAL and item.appeal:
        return item.appeal.decision.comment
    return item.held.comment if item.held else None


def judged_held(item: QueueItem) -> HeldComment | None:
    if item.kind == ItemKind.APPEAL and item.appeal:
        return item.appeal.decision.held
    return item.held


def _person(item: QueueItem) -> Person:
    held, comment = judged_held(item), judged_comment(item)
    if held is not None:
        return Person(held.account_id, "" if held.account_id else held.guest_key)
    if comment is None:
        decision = item.appeal.decision if item.appeal else None
        return Person(decision.account_id, decision.guest_key) if decision else Person()
    if comment.account_id is not None:
        return Person(comment.account_id)
    source = getattr(comment, "source", None)
    return Person(None, source.guest_key if source else "")


def _in_context(items: Sequence[QueueItem]) -> list[Waiting]:
    if not items:
        return []
    comments = {item.pk: comment for item in items if (comment := judged_comment(item))}
    texts = _texts(comment.pk for comment in comments.values())
    removed = {
        words.comment_id: words
        for words in RemovedWords.objects.filter(
            comment__in=[comment.pk for comment in comments.values() if comment.removed_at]
        )
    }
    parents = {item.pk: parent for item in items if (parent := _parent_id(item))}
    near = _said(parents.values())
    far = _said(
        said.comment.parent_id for said in near.values() if said.comment.parent_id is not None
    )
    passages: dict[int, list[str]] = {}
    for comment_id, exact in (
        CommentPassage.objects.filter(comment__in=[comment.pk for comment in comments.values()])
        .order_by("pk")
        .values_list("comment", "passage__exact")
    ):
        passages.setdefault(comment_id, []).append(exact)
    reports: dict[int, list[Report]] = {}
    for report in (
        Report.objects.filter(
            comment__in=[item.comment_id for item in items if item.comment_id],
            state=ReportState.OPEN,
        )
        .select_related("account")
        .order_by("-kind", "pk")
    ):
        reports.setdefault(report.comment_id, []).append(report)
    people = {item.pk: _person(item) for item in items}
    records = records_of(set(people.values()))
    paths = _paths({item.document_id for item in items if item.document_id})
    return [
        Waiting(
            item=item,
            text=_judged(item, comments.get(item.pk), texts, removed),
            name=_signed(comments.get(item.pk), removed),
            before=texts.get(comments[item.pk].pk, "")
            if item.kind == ItemKind.EDIT and item.pk in comments
            else "",
            above=_above(parents.get(item.pk), near, far),
            passages=_pointed(item) or passages.get(comments[item.pk].pk, ())
            if item.pk in comments
            else _pointed(item),
            reports=reports.get(item.comment_id or 0, ()),
            person=people[item.pk],
            record=records.get(people[item.pk], NO_RECORD),
            path=paths.get(item.document_id or 0, ""),
        )
        for item in items
    ]


def _texts(pks: Iterable[int]) -> dict[int, str]:
    found = CommentVersion.objects.filter(comment__in=list(pks), valid_to=None)
    return dict(found.values_list("comment", "text"))


def _said(pks: Iterable[int]) -> dict[int, Said]:
    versions = CommentVersion.objects.filter(comment__in=set(pks), valid_to=None)
    return {
        version.comment_id: Said(version.comment, version.text)
        for version in versions.select_related("comment__author")
    }


def _judged(
    item: QueueItem,
    comment: Comment | None,
    texts: Mapping[int, str],
    removed: Mapping[int, RemovedWords],
) -> str:
    """Return the words that are judged: those held, those that stand, or those that were removed."""
    held = judged_held(item)
    if held is not None and (comment is None or item.kind != ItemKind.REPORT):
        return held.text
    if comment is None:
        return ""
    if words := removed.get(comment.pk):
        return str(words.texts[max(words.texts, key=int)]) if words.texts else ""
    return texts.get(comment.pk, "")


def _signed(comment: Comment | None, removed: Mapping[int, RemovedWords]) -> str:
    if comment is None:
        return ""
    words = removed.get(comment.pk)
    return words.name if words else comment.name


def _parent_id(item: QueueItem) -> int | None:
    held, comment = judged_held(item), judged_comment(item)
    if comment is not None:
        return comment.parent_id
    return held.parent_id if held else None


def _above(parent: int | None, near: Mapping[int, Said], far: Mapping[int, Said]) -> list[Said]:
    found: list[Said] = []
    if parent is not None and (said := near.get(parent)):
        if said.comment.parent_id is not None and (further := far.get(said.comment.parent_id)):
            found.append(further)
        found.append(said)
    return found


def _pointed(item: QueueItem) -> list[str]:
    held = judged_held(item)
    pointer = held.draft.get("pointer") if held else None
    return [pointer["exact"]] if pointer and pointer.get("exact") else []


def _paths(document_ids: Collection[int]) -> dict[int, str]:
    found = Address.objects.filter(document__in=document_ids, is_current=True)
    return dict(found.values_list("document", "path"))


def records_of(people: Collection[Person]) -> dict[Person, Record]:
    """Return what is known of people who write. Three statements."""
    accounts = {person.account_id for person in people if person.account_id is not None}
    guests = {person.guest_key for person in people if person.guest_key}
    if not accounts and not guests:
        return {}
    said: dict[Person, tuple[int, int, dt.datetime | None]] = {}
    rows = (
        Comment.objects.filter(
            Q(account__in=accounts) | Q(account=None, source__guest_key__in=guests)
        )
        .order_by()
        .values_list("account", "source__guest_key")
        .annotate(
            count=Count("pk"),
            gone=Count("pk", filter=Q(removed_at__isnull=False)),
            first=Min("posted_at"),
        )
    )
    for account, guest, count, gone, first in rows:
        person = Person(account, "" if account else guest or "")
        before = said.get(person, (0, 0, None))
        earliest = min((each for each in (before[2], first) if each), default=None)
        said[person] = (before[0] + count, before[1] + gone, earliest)
    held: Counter[tuple[Person, str]] = Counter()
    for account, guest, state, count in (
        HeldComment.objects.filter(Q(account__in=accounts) | Q(account=None, guest_key__in=guests))
        .order_by()
        .values_list("account", "guest_key", "state")
        .annotate(count=Count("pk"))
    ):
        held[Person(account, "" if account else guest), state] += count
    reported: Counter[tuple[Person, str]] = Counter()
    for account, guest, state, count in (
        Report.objects.filter(
            Q(comment__account__in=accounts)
            | Q(comment__account=None, comment__source__guest_key__in=guests)
        )
        .order_by()
        .values_list("comment__account", "comment__source__guest_key", "state")
        .annotate(count=Count("pk"))
    ):
        reported[Person(account, "" if account else guest or ""), state] += count
    return {
        person: Record(
            published=said.get(person, (0, 0, None))[0],
            removed=said.get(person, (0, 0, None))[1],
            waiting=held[person, HeldState.WAITING],
            declined=held[person, HeldState.DECLINED],
            reported=sum(reported[person, state] for state in ReportState.values),
            upheld=reported[person, ReportState.UPHELD],
            first_at=said.get(person, (0, 0, None))[2],
        )
        for person in people
        if person
    }


def comments_lately(person: Person, *, but: int | None = None) -> list[Said]:
    """Return the last comments of somebody, with their words. One statement."""
    if not person:
        return []
    versions = CommentVersion.objects.filter(
        valid_to=None, comment__in=Comment.objects.filter(person.comments()).order_by().values("pk")
    ).exclude(comment=but or 0)
    return [
        Said(version.comment, version.text)
        for version in versions.select_related("comment").order_by("-comment_id")[:LATELY]
    ]


def decisions_about(comment: Comment | None, held: HeldComment | None) -> list[Decision]:
    """Return what was decided of a comment before, the last first. One statement."""
    about = Q()
    if comment is not None:
        about |= Q(comment=comment)
    if held is not None:
        about |= Q(held=held)
    if not about:
        return []
    return list(Decision.objects.filter(about).select_related("by").order_by("-pk")[:LATELY])


LOGGED = [each for each in Measure if each not in UNLOGGED]


def logged_decisions(*, measure: str = "", before: int | None = None) -> QuerySet[Decision]:
    """Return decisions for the public log, the last first; ``before`` is the
    number of one. One statement."""
    found = Decision.objects.filter(is_public=True)
    if measure:
        found = found.filter(measure=measure)
    if before is not None:
        found = found.filter(pk__lt=before)
    return (
        found.select_related("document__edition", "reversed_by", "appeal")
        .defer(*_UNREAD, "statement")
        .order_by("-pk")
    )


def decisions_of(account: Account | None, guest_key: str) -> list[Decision]:
    """Return the restrictions that somebody was told of, the last first. One statement."""
    if account is not None:
        mine = Q(account=account)
    elif guest_key:
        mine = Q(account=None, guest_key=guest_key)
    else:
        return []
    return list(
        Decision.objects.filter(mine, statement__isnull=False)
        .select_related("document__edition", "comment", "held", "reversed_by", "appeal")
        .defer(*_UNREAD)
        .order_by("-pk")[:LOG_PER_PAGE]
    )


def reports_of(account: Account | None, guest_key: str) -> list[Report]:
    """Return what somebody reported, the last first. One statement."""
    if account is not None:
        mine = Q(account=account)
    elif guest_key:
        mine = Q(account=None, guest_key=guest_key)
    else:
        return []
    return list(
        Report.objects.filter(mine).select_related("comment").order_by("-pk")[:LOG_PER_PAGE]
    )


def open_appeals() -> int:
    return Appeal.objects.filter(decided_at=None).count()
