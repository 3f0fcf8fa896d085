"""The pictures are drawn of what was measured, and of nothing else."""

from __future__ import annotations

import pytest
from bench import plots
from bench.figures import spread

pytest.importorskip("matplotlib", reason="matplotlib is an extra: pip install 'broadsheet[bench]'")


def test_pictures_are_drawn_of_what_was_measured(tmp_path):
    answer = {"server": plots.OURS, "answer": 200, "requests_per_second": spread([5.0, 7.0])}
    stream = {"server": plots.OURS, "memory_before": 1, "streams": 10, "memory_after_events": 9}
    found = {
        "story_page": {"answers": [{**answer, "comments": count} for count in (12, 1000)]},
        "streams": {"streams": [stream]},
        "reads_under_writing": {"failed": "RuntimeError: no luck"},
    }

    drawn = plots.draw(found, tmp_path)

    assert [path.name for path in drawn] == [
        "rate-against-thread-size.svg",
        "memory-against-streams.svg",
    ]
    assert all(b"<svg" in path.read_bytes() for path in drawn)


def test_latency_has_a_line_for_each_time(tmp_path):
    percentiles = {"50": 1.0, "99": 3.0}
    found = {"pace": 20, "percentiles": {"quiet": percentiles, "under_writing": percentiles}}

    text = plots.latency(found, tmp_path).read_text("utf-8")

    assert "20 comments/s" in text
