"""Comments accepted beside the goals."""

from __future__ import annotations

from bench.accepted import rows
from bench.figures import spread


def test_goals_are_scaled_by_what_nginx_sent():
    figures = {
        "comments_per_second": spread([200.0]),
        "processor_microseconds": spread([1500.0]),
        "database_processor_microseconds": spread([1000.0]),
        "p50_ms": spread([3.0]),
        "p99_ms": spread([120.0]),
    }
    case = {"database": "postgresql", "stories": 100, "nginx_per_second": spread([31_500.0])}
    case |= {"full": figures, "half": figures, "one_client": figures}

    starved = {"workers": 2, "nginx_per_second": spread([2_000.0])}
    lines = rows({"clients": 16, "cases": [{**case, "workers": 1}, {**case, **starved}]})

    assert [(line["goal"], line["is_met"]) for line in lines] == [
        ("> 313 × 0.50 = 156", True),
        ("< 2,700", True),
        ("≤ 3.4 ms", True),
        ("≤ 100 ms", False),
        ("> 638 × 0.50 = 319", False),
    ]
    assert lines[1]["measured"] == "2,500"
