"""Comments accepted durably, as `posting.py` measures them, beside the goals."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.figures import as_range, row
from bench.machine import say
from bench.parts import Bench, alone

NAME = "accepted"
TITLE = "Comments accepted"
NEEDS = ("nginx", "wrk")

PEER = {1: 313, 2: 638}
"""Comments a second that Remark42 took, by web processes (one core, both), where nginx sent
:data:`PEER_NGINX` pages a second."""
PEER_NGINX = 63_000
MAX_COST = 2_700
"""Microseconds of processor time a comment; what Remark42 took."""
MAX_ONE_P50 = 3.4
"""Milliseconds for one client alone."""
MAX_HALF_P99 = 100
"""Milliseconds at half the greatest rate."""


def measure(bench: Bench) -> dict[str, Any]:
    from bench import posting

    databases = ["sqlite"]
    if bench.postgresql:
        databases.append("postgresql")
    else:
        say("  without PostgreSQL: give --postgresql or set TEST_DATABASE_URL")
    effort = bench.effort
    return posting.measure(effort.rounds, effort.seconds, databases, bench.postgresql)


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare with the goals, scaled by what nginx sent in the same minutes.

    Two web processes have both cores, and nginx beside them sends next to nothing; the speed of the
    machine is taken from the minutes with one.
    """
    lines = []
    for case in found["cases"]:
        workers, full = case["workers"], case["full"]
        rate = full["comments_per_second"]
        alike = [each for each in found["cases"] if each["database"] == case["database"]]
        speeds = [each for each in alike if each["workers"] == 1] if workers > 1 else [case]
        sent = statistics.mean(each["nginx_per_second"]["median"] for each in speeds or [case])
        scale = sent / PEER_NGINX
        bound = PEER[workers] * scale
        cores = "one core" if workers == 1 else "both cores"
        spread_over = "one story" if case["stories"] == 1 else f"{case['stories']} stories"
        what = f"comments accepted, {case['database']}, {spread_over}, {cores}"
        lines.append(
            row(
                f"{what}: a second, {found['clients']} clients",
                as_range(rate),
                f"> {PEER[workers]} × {scale:.2f} = {bound:.0f}",
                rate["median"] > bound,
            )
        )
        if workers != 1:
            continue
        costs = [full["processor_microseconds"], full["database_processor_microseconds"]]
        if costs[0]:
            cost = sum(each["median"] for each in costs if each)
            lines.append(
                row(f"{what}: CPU µs a comment", f"{cost:,.0f}", f"< {MAX_COST:,}", cost < MAX_COST)
            )
        one, half = case["one_client"]["p50_ms"], case["half"]["p99_ms"]
        lines.append(
            row(
                f"{what}: one client, p50",
                f"{as_range(one)} ms",
                f"≤ {MAX_ONE_P50} ms",
                one["median"] <= MAX_ONE_P50,
            )
        )
        lines.append(
            row(
                f"{what}: p99 at half the rate",
                f"{as_range(half)} ms",
                f"≤ {MAX_HALF_P99} ms",
                half["median"] <= MAX_HALF_P99,
            )
        )
    return lines


def tables(found: dict[str, Any]) -> str:
    from bench import posting

    return posting.as_text(found)


if __name__ == "__main__":
    sys.exit(alone(sys.modules[__name__], __doc__))
