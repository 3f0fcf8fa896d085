"""What wrk tells is read."""

from __future__ import annotations

import pytest
from bench.figures import spread
from bench.load import Asked, costs, read_latency, read_result, summary
from bench.servers import WrongAnswer


def test_line_of_wrk_is_read_and_its_absence_is_a_fault():
    assert read_result("Running\nresult 15 3000000 9000 0\n") == (15, 3_000_000, 9000, 0)
    with pytest.raises(WrongAnswer):
        read_result("unable to connect")


def test_percentiles_are_read_as_milliseconds():
    assert read_latency("latency 50:1500 99.9:20000\n") == {50.0: 1.5, 99.9: 20.0}
    with pytest.raises(WrongAnswer):
        read_latency("")


def test_costs_that_are_not_known_are_no_figures():
    unknown = [Asked(10, None, 100, {50: 1.0, 99: 2.0})]

    assert summary(unknown)["processor_microseconds"] is None
    with pytest.raises(WrongAnswer):
        costs(unknown)


def test_summary_is_of_all_rounds():
    asked = [Asked(rate, 5, 100, {50: rate, 99: 2.0}) for rate in (10.0, 30.0, 20.0)]

    assert summary(asked)["requests_per_second"] == spread([10.0, 20.0, 30.0])
    assert summary(asked)["p50_milliseconds"]["median"] == 20.0
