"""What the benchmark of posting makes of its runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import posting
from bench.posting import Case, Run, Store, as_text, case_report, durable_write


@pytest.fixture
def case():
    store = Store("sqlite", Path(), "", ["/a/", "/b/"], lambda: 0, list)
    made = Case(store, stories=1, workers=2)
    for rate in (300.0, 500.0, 400.0):
        made.full.append(Run(rate, 20.0, 40.0, 90.0, 1000.0, None))
        made.half.append(Run(rate / 2, 5.0, 10.0, 20.0, 1100.0, None))
        made.alone.append(Run(250.0, 3.0, 6.0, 9.0, 1500.0, None))
        made.nginx.append(50_000.0)
        made.nginx_costs.append(15.0)
        made.write.append(0.75)
    return made


def test_report_gives_median_and_range_of_the_rounds(case):
    report = case_report(case)

    assert report["full"]["comments_per_second"] == {"median": 400.0, "min": 300.0, "max": 500.0}
    assert report["ratio_to_nginx"] == {"median": 0.008, "min": 0.006, "max": 0.01}
    assert report["full"]["database_processor_microseconds"] is None


def test_text_has_a_row_for_each_case(case):
    report = {"rounds": 3, "seconds": 4, "clients": 16, "load_average_before": 0.5}

    lines = as_text({**report, "cases": [case_report(case)]}).splitlines()

    assert lines[-1] == (
        "| sqlite, 1, 2 | 400 (300–500) | 1,000 (1,000–1,000) | – | 40.0 (40.0–40.0)"
        " | 200, 10.0 (10.0–10.0) | 3.00 (3.00–3.00), 6.00 (6.00–6.00) | 50000, 15 | 0.75 |"
    )


def test_acknowledged_comment_that_is_not_stored_is_an_error(case, monkeypatch):
    said = '{"answered":10,"microseconds":1000000,"p50":1,"p99":2,"max":3,"failed":0}\n'
    done = posting.subprocess.CompletedProcess([], 0, stdout=said)
    monkeypatch.setattr(posting.subprocess, "run", lambda *_, **__: done)
    monkeypatch.setattr(posting, "processor_seconds", lambda pid: None)
    monkeypatch.setattr(posting, "wait_until_quiet", lambda pid: None)

    with pytest.raises(posting.WrongAnswer, match="10 comments were acknowledged and 0 stored"):
        posting.post(case, posting.Server("http://127.0.0.1:1", 1), 1, None)


def test_durable_write_takes_time(tmp_path):
    assert durable_write(tmp_path) > 0
