"""What the benchmark of the story page computes and writes; its figures are for people."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from bench.servers import Server, location, processor_seconds, quoted, read_stat
from bench.story_page import Case, Side, WrongAnswer, as_range, imported, read_wrk, spread

from broadsheet.sample.invented import DEEPEST, body, discussion

ROOT = Path(__file__).resolve().parents[3]


def test_discussion_is_the_same_in_every_run():
    assert list(discussion(40)) == list(discussion(40))
    assert body() == body()


def test_discussion_answers_earlier_comments_and_stays_shallow():
    said = list(discussion(300))
    depths: list[int] = []
    for place, comment in enumerate(said):
        assert comment.parent is None or comment.parent < place
        depths.append(1 if comment.parent is None else depths[comment.parent] + 1)
    assert max(depths) == DEEPEST
    assert len({comment.text for comment in said}) == 300


def test_nginx_repeats_our_headers_but_its_own():
    block = location(
        "/story",
        Path("/tmp/page"),
        {"content-type": "text/html", "etag": '"ours"', "vary": "Cookie", "x-a": 'say "so"'},
    )

    assert 'default_type "text/html";' in block
    assert 'add_header vary "Cookie";' in block
    assert r'add_header x-a "say \"so\"";' in block
    assert "etag" not in block


def test_nginx_cannot_be_given_a_dollar_sign():
    with pytest.raises(ValueError, match="variable"):
        quoted("costs $5")


def test_stat_is_read_behind_any_name_of_a_process():
    fields = "S 7 1 1 0 -1 0 0 0 0 0 11 22 33 44 20 0"
    assert read_stat(f"9 (a) b ( c) {fields}") == (7, 110)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_processor_time_of_a_process_includes_its_children():
    burn = "sum(i * i for i in range(2_000_000))"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{code}; print('done', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == b"done\n"
        # Some kernels count in steps, and late on a busy machine.
        for _ in range(100):
            if used := processor_seconds(process.pid):
                break
            time.sleep(0.1)
        process.communicate(b"\n")
    assert used is not None
    assert used > 0


def test_wrk_line_is_read_and_its_absence_is_a_fault():
    assert read_wrk("Running\nresult 15 3000000 9000 0\n") == (15, 3_000_000, 9000, 0)
    with pytest.raises(WrongAnswer):
        read_wrk("unable to connect")


def test_imports_of_a_module_are_found():
    script = 'import { a } from "./a.1f.js";\nimport "./b.js";\nconst c = import("./c.js");'
    assert imported(script) == ["./a.1f.js", "./b.js", "./c.js"]


def test_ratio_pairs_the_rounds():
    ours, theirs = (Side(Server("", 0), "", "") for _ in range(2))
    ours.figures.rates, theirs.figures.rates = [10.0, 30.0], [100.0, 100.0]
    assert Case(12, (1, 1), False, ours, theirs).ratios == [0.1, 0.3]


def test_ranges_have_decimals_only_where_they_tell():
    assert as_range(spread([3.0, 1.0, 2.25])) == "2.2 (1.0–3.0)"
    assert as_range(spread([3000.0, 1000.0, 2000.0])) == "2000 (1000–3000)"
