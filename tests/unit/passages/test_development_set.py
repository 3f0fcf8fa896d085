"""The development set of real edits, where it is at hand (see bench/passages.py)."""

from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path

import pytest
from tests.shared_fixtures import shared_files

SCORE = 98.5
WRONG = 0.10
MOVED = 97.0
"""A little under what was reached (99.1, 0.07 %, 98.8 %); these are no goals for other texts."""


@pytest.mark.parametrize("data", shared_files("passages/dev.jsonl.gz"), ids=lambda path: path.name)
def test_score_of_the_development_set(data: Path) -> None:
    path = Path(__file__).parents[3] / "bench" / "passages.py"
    spec = importlib.util.spec_from_file_location("bench_passages", path)
    assert spec is not None
    assert spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    tally = bench.Tally()
    with gzip.open(data, "rt", encoding="utf-8") as lines:
        for edit in map(json.loads, lines):
            spans = [(span["start"], span["end"]) for span in edit["spans"]]
            answers = bench.place(edit["old"], edit["new"], spans)
            for truth, answer in zip(edit["spans"], answers, strict=True):
                tally.add(truth, answer, edit["new"])
    assert tally.score >= SCORE
    assert 100 * tally.wrong <= WRONG * tally.total
    assert 100 * tally.moved_found >= MOVED * tally.moved
