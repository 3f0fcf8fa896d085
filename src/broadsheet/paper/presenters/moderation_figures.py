"""The figures of moderation as plots, as sentences and as lines of a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.figures import ModerationFigures
from broadsheet.paper.presenters.corrections import FigureView
from broadsheet.paper.presenters.moments import duration_in_words
from broadsheet.paper.presenters.plots import Plot, stacked

MOST_GROUNDS = 5
"""Grounds that have a color of their own; the others are one."""
_NAMES = "January February March April May June July August September October November December"
_MONTHS = _NAMES.split()


def _label(first: dt.date) -> str:
    return f"{_MONTHS[first.month - 1]} {first.year}"


def headline_figures(found: ModerationFigures) -> list[FigureView]:
    """Return the numbers of all months together."""
    months = found.months
    counted = [
        (sum(month.held for month in months), "comment held", "comments held"),
        (found.total(Measure.PUBLISHED), "published after a look", "published after a look"),
        (found.total(Measure.DECLINED), "not published", "not published"),
        (found.total(Measure.REMOVED), "removed", "removed"),
        (sum(month.reports for month in months), "report", "reports"),
        (
            sum(month.notices for month in months),
            "notice of illegal content",
            "notices of illegal content",
        ),
        (sum(month.appeals for month in months), "appeal", "appeals"),
        (sum(month.reversed for month in months), "reversed", "reversed"),
    ]
    figures = [
        FigureView(f"{count:,}", one if count == 1 else many) for count, one, many in counted
    ]
    if found.median is not None:
        figures.append(FigureView(duration_in_words(found.median), "median time to a decision"))
    return figures


def figure_plots(found: ModerationFigures) -> list[Plot]:
    months = found.months
    labels = [_label(month.first) for month in months]
    grounds = list(found.by_ground)
    named, others = grounds[:MOST_GROUNDS], grounds[MOST_GROUNDS:]
    by_ground = [
        (
            str(ground.label),
            [float(found.by_month_and_ground.get((month.first, ground), 0)) for month in months],
        )
        for ground in named
    ]
    if others:
        by_ground.append(
            (
                "Other grounds",
                [
                    float(
                        sum(
                            found.by_month_and_ground.get((month.first, each), 0) for each in others
                        )
                    )
                    for month in months
                ],
            )
        )
    return [
        stacked(
            name="held",
            title="Comments that were held",
            labels=labels,
            series=[("Held", [float(month.held) for month in months])],
        ),
        stacked(
            name="restricted",
            title="Not published or removed, by ground",
            labels=labels,
            series=by_ground or [("None", [0.0 for _ in months])],
        ),
        stacked(
            name="time",
            title="Median time from the queue to a decision",
            labels=labels,
            series=[
                (
                    "Hours",
                    [
                        round(month.median.total_seconds() / 3600, 2) if month.median else 0.0
                        for month in months
                    ],
                )
            ],
            unit="hours",
            written=[
                [
                    duration_in_words(month.median) if month.median is not None else "–"
                    for month in months
                ]
            ],
        ),
        stacked(
            name="appeals",
            title="Appeals",
            labels=labels,
            series=[
                ("Reversed", [float(month.reversed) for month in months]),
                ("Not reversed", [float(month.appeals - month.reversed) for month in months]),
            ],
        ),
    ]


def figure_rows(found: ModerationFigures) -> Iterator[tuple[str, str, str, str]]:
    """Return the lines of the file: month, what, ground, number; times in seconds."""
    for month in found.months:
        name = f"{month.first:%Y-%m}"
        yield name, "held", "", str(month.held)
        for measure, count in month.by_measure.items():
            yield name, str(measure), "", str(count)
        for ground in Ground:
            if count := found.by_month_and_ground.get((month.first, ground), 0):
                yield name, "restricted", ground.value, str(count)
        yield name, "reports", "", str(month.reports)
        yield name, "notices", "", str(month.notices)
        yield name, "appeals", "", str(month.appeals)
        yield name, "reversed", "", str(month.reversed)
        if month.median is not None:
            yield name, "median_seconds", "", str(int(month.median.total_seconds()))
