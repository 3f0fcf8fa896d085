"""How figures are told."""

from __future__ import annotations

from bench.figures import as_range, markdown_table, ratios, spread


def test_ranges_have_decimals_only_where_they_tell():
    assert as_range(spread([0.01234])) == "0.0123 (0.0123–0.0123)"
    assert as_range(spread([3.0, 1.0, 2.25])) == "2.25 (1.00–3.00)"
    assert as_range(spread([30.0, 10.0, 22.54])) == "22.5 (10.0–30.0)"
    assert as_range(spread([3000.0, 1000.0, 2000.0])) == "2,000 (1,000–3,000)"
    assert as_range(None) == "–"


def test_ratios_are_taken_by_round():
    assert ratios([10.0, 30.0], [100.0, 60.0]) == spread([0.1, 0.5])


def test_columns_of_figures_stand_to_the_right():
    table = markdown_table(["what", "ms"], [["a|b", "1.5 (1.0–2.0)"], ["c", "–"]])

    assert table.splitlines() == [
        "| what | ms |",
        "| --- | --: |",
        "| a\\|b | 1.5 (1.0–2.0) |",
        "| c | – |",
    ]
