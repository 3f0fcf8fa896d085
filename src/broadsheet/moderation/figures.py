"""The figures of moderation, by month, as everybody can read them. Six statements."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber, TruncMonth

from broadsheet.moderation.enums import RESTRICTIONS, AppealState, Ground, Measure, ReportKind
from broadsheet.moderation.models import Appeal, Decision, HeldComment, Report

MONTHS = 12
JUDGED = (
    *(Measure.PUBLISHED, Measure.DECLINED, Measure.REMOVED, Measure.REDACTED),
    *(Measure.KEPT, Measure.BANNED),
)


@dataclass(frozen=True)
class Month:
    """What happened in one month of the publication's time zone."""

    first: dt.date
    held: int
    by_measure: Mapping[str, int]
    median: dt.timedelta | None
    """From when something began to wait to its decision; ``None``: nothing was decided."""
    reports: int
    notices: int
    appeals: int
    reversed: int


@dataclass(frozen=True)
class ModerationFigures:
    """Twelve months, the first one first, and what was restricted in them by ground."""

    months: Sequence[Month]
    by_ground: Mapping[Ground, int]
    by_month_and_ground: Mapping[tuple[dt.date, Ground], int]
    median: dt.timedelta | None

    def total(self, measure: Measure) -> int:
        return sum(month.by_measure.get(measure, 0) for month in self.months)


def moderation_figures(*, now: dt.datetime, zone: dt.tzinfo) -> ModerationFigures:
    """Count the last twelve months, the running one included."""
    firsts = _months(now.astimezone(zone).date())
    begin = dt.datetime.combine(firsts[0], dt.time(), zone)
    decisions = Decision.objects.filter(decided_at__gte=begin).annotate(
        month=TruncMonth("decided_at", tzinfo=zone)
    )
    measured: Counter[tuple[dt.date, str]] = Counter()
    grounds: Counter[tuple[dt.date, Ground]] = Counter()
    for month, measure, ground, count in (
        # What was taken back within minutes did not happen to anybody.
        decisions.exclude(reversed_by__measure=Measure.UNDONE)
        .order_by()
        .values_list("month", "measure", "ground")
        .annotate(count=Count("pk"))
    ):
        measured[month.date(), measure] += count
        if measure in RESTRICTIONS and ground:
            grounds[month.date(), Ground(ground)] += count
    held = _by_month(HeldComment.objects.filter(held_at__gte=begin), "held_at", zone)
    reported: Counter[tuple[dt.date, str]] = Counter()
    for month, kind, count in (
        Report.objects.filter(filed_at__gte=begin)
        .annotate(month=TruncMonth("filed_at", tzinfo=zone))
        .order_by()
        .values_list("month", "kind")
        .annotate(count=Count("pk"))
    ):
        reported[month.date(), kind] += count
    appealed: Counter[tuple[dt.date, str]] = Counter()
    for month, state, count in (
        Appeal.objects.filter(filed_at__gte=begin)
        .annotate(month=TruncMonth("filed_at", tzinfo=zone))
        .order_by()
        .values_list("month", "state")
        .annotate(count=Count("pk"))
    ):
        appealed[month.date(), state] += count
    medians = _medians(decisions)
    by_ground: Counter[Ground] = Counter()
    for (_, ground), count in grounds.items():
        by_ground[ground] += count
    return ModerationFigures(
        months=[
            Month(
                first=first,
                held=held[first],
                by_measure={each: measured[first, each] for each in JUDGED},
                median=medians.get(first),
                reports=reported[first, ReportKind.RULES],
                notices=reported[first, ReportKind.ILLEGAL],
                appeals=sum(appealed[first, state] for state in AppealState.values),
                reversed=appealed[first, AppealState.REVERSED],
            )
            for first in firsts
        ],
        by_ground=dict(by_ground.most_common()),
        by_month_and_ground=grounds,
        median=_median(Decision.objects.filter(decided_at__gte=begin, waited__isnull=False)),
    )


def _months(today: dt.date) -> list[dt.date]:
    """Return the first days of the last twelve months."""
    last = today.year * 12 + today.month - 1
    return [
        dt.date(number // 12, number % 12 + 1, 1) for number in range(last - MONTHS + 1, last + 1)
    ]


def _by_month(rows: QuerySet[HeldComment], field: str, zone: dt.tzinfo) -> Counter[dt.date]:
    counted: Counter[dt.date] = Counter()
    for month, count in (
        rows.annotate(month=TruncMonth(field, tzinfo=zone))
        .order_by()
        .values_list("month")
        .annotate(count=Count("pk"))
    ):
        counted[month.date()] += count
    return counted


def _medians(decisions: QuerySet[Decision]) -> dict[dt.date, dt.timedelta]:
    """Return the median of each month: of an even number the lower one of the two in the middle."""
    numbered = decisions.filter(waited__isnull=False).annotate(
        place=Window(RowNumber(), partition_by=F("month"), order_by=[F("waited"), F("pk")]),
        among=Window(Count("pk"), partition_by=F("month")),
    )
    rows: Iterable[Any] = numbered.filter(place=(F("among") + 1) / 2)
    return {row.month.date(): dt.timedelta(seconds=row.waited) for row in rows}


def _median(decisions: QuerySet[Decision]) -> dt.timedelta | None:
    numbered = decisions.annotate(
        place=Window(RowNumber(), order_by=[F("waited"), F("pk")]),
        among=Window(Count("pk")),
    )
    found = numbered.filter(place=(F("among") + 1) / 2).values_list("waited", flat=True)
    waited = next(iter(found), None)
    return None if waited is None else dt.timedelta(seconds=waited)
