"""What the benchmark of the story page computes and writes; its figures are for people."""

from __future__ import annotations

from typing import Any

import pytest
from bench.figures import spread
from bench.load import Asked
from bench.servers import Answer
from bench.story_page import (
    FRONTED,
    NGINX,
    OURS,
    UVICORN,
    case_report,
    imported,
    page_report,
    rows,
    tables,
)


def asked(rate: float, cost: float, size: float = 10_000) -> list[Asked]:
    return [Asked(rate, cost, size, {50: 1.0, 99: 2.0})]


@pytest.fixture
def found() -> dict[str, Any]:
    figures = {
        (OURS, 12, 200): asked(500, 20),
        (OURS, 12, 304): asked(900, 10, 300),
        (OURS, 1000, 200): asked(400, 30, 20_000),
        (OURS, 1000, 304): asked(900, 10, 300),
        (NGINX, 12, 200): asked(1000, 10),
        (NGINX, 12, 304): asked(1800, 5, 300),
        (NGINX, 1000, 200): asked(800, 10, 20_000),
        (NGINX, 1000, 304): asked(1800, 5, 300),
        (FRONTED, 12, 200): asked(950, 11),
        (UVICORN, 12, 200): asked(300, 25),
        ("Granian RSGI", 12, 200): asked(350, 16),
        (UVICORN, 1000, 200): asked(300, 25, 20_000),
    }
    return {
        "rounds": 1,
        "seconds": 1,
        "connections": 16,
        "seconds_to_make": {"12": 1.0},
        "left_out": ["Granian ASGI: not installed"],
        "pages": [
            {"comments": 12, "encoding": "br", "compressed_bytes": 9_000, "identity_bytes": 40_000},
            {
                "comments": 1000,
                "encoding": "br",
                "compressed_bytes": 70_000,
                "identity_bytes": None,
            },
        ],
        "answers": [case_report(key, figures) for key in figures],
        "assets": {"compressed_bytes": 100, "bound_bytes": 200, "files": {"a.css": 100}},
    }


def test_goals_are_compared_with_the_fastest_bare_server(found):
    lines = {line["what"]: line for line in rows(found)}

    first = lines[
        "story page, 12 comments: CPU a request beside Granian RSGI sending constant bytes"
    ]
    assert (first["measured"], first["is_met"]) == ("× 1.25 (1.25–1.25)", False)
    assert lines["the same: requests/s beside nginx"]["is_met"]
    assert lines["the same with the shipped nginx configuration in front"]["is_met"]
    assert not lines["first page of 1,000 comments, compressed"]["is_met"]
    per_byte = lines["the same: CPU per byte beside the page with 12"]
    assert per_byte["measured"] == "× 0.75 (0.75–0.75)"
    assert lines["304 beside the 200, requests/s"]["measured"] == "× 1.80 (1.80–1.80)"


def test_all_that_was_left_out_is_named(found):
    text = tables(found)

    assert "Left out: Granian ASGI: not installed." in text
    assert "100 bytes, within the bound of 200 (a.css 100)" in text


def test_ratios_pair_the_rounds():
    figures = {
        (OURS, 12, 200): asked(10, 1) + asked(30, 1),
        (NGINX, 12, 200): asked(100, 1) + asked(60, 1),
    }

    assert case_report((OURS, 12, 200), figures)["ratio_to_nginx"] == spread([0.1, 0.5])


def test_size_of_a_page_that_cannot_be_decoded_is_left_open():
    answer = Answer(200, {"content-encoding": "unheard-of"}, b"xx")

    assert page_report(answer, 12) == {
        "comments": 12,
        "encoding": "unheard-of",
        "compressed_bytes": 2,
        "identity_bytes": None,
    }


def test_imports_of_a_module_are_found():
    script = 'import { a } from "./a.1f.js";\nimport "./b.js";\nconst c = import("./c.js");'
    assert imported(script) == ["./a.1f.js", "./b.js", "./c.js"]
