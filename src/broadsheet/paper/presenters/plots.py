"""Plots that a server draws: bars by month, as SVG without styles of its own; the numbers stand in a
table beside each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 640
HEIGHT = 212
LEFT = 72
BOTTOM = 34
TOP = 16
GAP = 0.28
"""Share of a month's room that stays empty."""


@dataclass(frozen=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    series: int
    """The number of its series, from 1; the style sheet has its color and pattern."""
    title: str


@dataclass(frozen=True)
class Tick:
    at: str
    text: str


@dataclass(frozen=True)
class Plot:
    """A plot with its table: ``rows`` have a heading and as many values as there are series."""

    id: str
    title: str
    about: str
    """What it shows, in a sentence, for who does not see it."""
    series: Sequence[str]
    bars: Sequence[Bar]
    months: Sequence[Tick]
    scale: Sequence[Tick]
    rows: Sequence[tuple[str, Sequence[str]]]
    unit: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM


def stacked(
    *,
    name: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float]]],
    unit: str = "",
    written: Sequence[Sequence[str]] | None = None,
) -> Plot:
    """Return bars, one for each label, that stand on each other; ``written`` are the values as the
    table writes them, by series."""
    totals = [sum(values[place] for _, values in series) for place in range(len(labels))]
    top = _round_up(max([*totals, 0]))
    room = (WIDTH - LEFT) / max(len(labels), 1)
    high = HEIGHT - TOP - BOTTOM
    texts = written or [[f"{value:,.0f}" for value in values] for _, values in series]
    bars = []
    for place, label in enumerate(labels):
        base = float(HEIGHT - BOTTOM)
        for number, (what, values) in enumerate(series, 1):
            tall = values[place] / top * high
            if not values[place]:
                continue
            base -= tall
            bars.append(
                Bar(
                    x=f"{LEFT + room * (place + GAP / 2):.1f}",
                    y=f"{base:.1f}",
                    width=f"{room * (1 - GAP):.1f}",
                    height=f"{tall:.1f}",
                    series=number,
                    title=f"{label}: {texts[number - 1][place]} {what.lower()}",
                )
            )
    return Plot(
        id=name,
        title=title,
        about=_about(labels, totals, unit),
        series=[what for what, _ in series],
        bars=bars,
        months=[
            Tick(f"{LEFT + room * (place + 0.5):.1f}", label[:3])
            for place, label in enumerate(labels)
        ],
        scale=[
            Tick(f"{HEIGHT - BOTTOM - share * high:.1f}", f"{top * share:,.10g}")
            for share in (0.0, 0.5, 1.0)
        ],
        rows=[
            (label, [values[place] for values in texts])
            for place, label in reversed(list(enumerate(labels)))
        ],
        unit=unit,
    )


def _about(labels: Sequence[str], totals: Sequence[float], unit: str) -> str:
    if not any(totals):
        return "Nothing in these months."
    place = max(range(len(totals)), key=totals.__getitem__)
    return (
        f"Bars for {labels[0]} to {labels[-1]}; the highest, {totals[place]:,.10g}{unit and f' {unit}'},"
        f" in {labels[place]}. All numbers stand in the table below."
    )


def _round_up(value: float) -> float:
    """Return a round number at least as high, even in its first digit, for a scale with a middle."""
    if value <= 2:
        return 2
    size = 10.0 ** (len(str(int(value))) - 1)
    for step in (1, 2, 4, 6, 8, 10):
        if step * size >= value:
            return step * size
    return 10 * size
