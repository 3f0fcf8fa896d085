"""The report of a whole run."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from bench.figures import row
from bench.parts import FULL, QUICK, effort_of, options
from bench.run import BESIDE, PARTS, measured, part, write


def made(title: str, result: dict[str, Any] | Exception) -> Any:
    def measure(bench: object) -> dict[str, Any]:
        if isinstance(result, Exception):
            raise result
        return dict(result)

    return SimpleNamespace(
        TITLE=title,
        measure=measure,
        rows=lambda found: [row(f"{title}, seconds", str(found["seconds"]), "≤ 2", False)],
        tables=lambda found: f"{title} took {found['seconds']} s.",
    )


def test_part_that_fails_is_named_and_the_others_go_on(tmp_path, capsys):
    parts = {"slow": made("Slow", RuntimeError("no luck")), "quick": made("Quick", {"seconds": 3})}
    machine = {
        "processor": "a processor",
        "cores": 2,
        "memory_gigabytes": 4,
        "bound": None,
        "load_average_before": 0.5,
        "kernel": "Linux",
        "python": "3.11",
        "versions": {"django": "5.2"},
        "commit": None,
    }
    report = {"machine": machine, "quick": True, "minutes": 1, "parts": {}}

    for name, found in measured(parts, bench=None):  # type: ignore[arg-type]
        report["parts"][name] = found  # type: ignore[index]
        write(report, parts, tmp_path)

    assert "no luck" in capsys.readouterr().err
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert told["parts"]["slow"]["failed"] == "RuntimeError: no luck"
    assert [line["what"] for line in told["goals"]] == ["Quick, seconds"]
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "| Quick, seconds | 3 | ≤ 2 | MISSED |" in text
    assert "## Slow\n\n**Failed**: RuntimeError: no luck" in text
    assert "NOT bound to cores" in text
    assert "too few rounds to judge by" in text


def test_each_part_has_what_a_part_needs():
    for name in (*PARTS, *BESIDE):
        module = part(name)
        assert name == module.NAME
        assert module.TITLE
        assert callable(module.measure)
        assert callable(module.rows)
        assert callable(module.tables)


def test_effort_is_whole_unless_it_is_asked_for_less():
    assert effort_of(options("").parse_args([])) == FULL
    assert effort_of(options("").parse_args(["--quick"])) == QUICK
    assert effort_of(options("").parse_args(["--rounds", "9"])).rounds == 9
