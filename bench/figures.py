"""Figures of several rounds: median with least and most, ratios by round, and tables of Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

Spread = dict[str, float]
"""``median``, ``min`` and ``max`` of the rounds."""
DECIMALS = ((100, 0), (10, 1), (0.1, 2))
"""Decimals from which value on."""
MOST_DECIMALS = 4


def spread(values: Sequence[float]) -> Spread:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Divide round by round: two measurements of one round were neighbours in time."""
    return spread([mine / its for mine, its in zip(ours, theirs, strict=True)])


def as_range(values: Spread | None, places: int | None = None) -> str:
    """Write a spread for people; without ``places``, as many decimals as tell something."""
    if values is None:
        return "–"
    if places is None:
        places = next((n for bound, n in DECIMALS if values["median"] >= bound), MOST_DECIMALS)
    median, least, most = (f"{values[name]:,.{places}f}" for name in ("median", "min", "max"))
    return f"{median} ({least}–{most})"


def as_median(values: Spread | None) -> str:
    return f"{values['median']:,.0f}" if values else "–"


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Lay rows out as a table of Markdown; a column of figures only stands to the right."""
    written = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    right = [
        bool(written)
        and all(row[place][:1].isdigit() or row[place] in ("–", "") for row in written)
        for place in range(len(head))
    ]
    lines = [head, ["--:" if is_right else "---" for is_right in right], *written]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def row(what: str, measured: str, goal: str, is_met: bool | None) -> dict[str, Any]:
    """Make a line of the table of goals; ``None``: there was nothing to compare."""
    return {"what": what, "measured": measured, "goal": goal, "is_met": is_met}
