"""What the benchmark of past pages puts into its stories, and how it tells its figures."""

from __future__ import annotations

import random

from bench.moments import Page, as_text, reworded, spread

from broadsheet.sample.invented import body


def test_editions_are_the_same_in_every_run_and_differ_from_each_other():
    first = body()

    second = reworded(first, random.Random(1))

    assert second == reworded(first, random.Random(1))
    assert sum(old != new for old, new in zip(first, second, strict=True)) == 3


def test_pages_over_the_goal_are_counted():
    report = {
        "rounds": 1,
        "requests": 1,
        "editions": 10,
        "load_average_before": 0.5,
        "goal": 2.0,
        "pages": [
            {
                "comments": page.of,
                "page": page.name,
                "milliseconds": spread([4.0]),
                "ratio_to_now": spread([ratio]),
            }
            for page, ratio in [(Page(12, "now", "/"), 1.0), (Page(12, "then", "/at/"), 2.5)]
        ],
    }

    text = as_text(report)

    assert "2.50 (2.50–2.50)" in text
    assert text.endswith("Goal: at most 2.0 times the present page; 1 over it.")
