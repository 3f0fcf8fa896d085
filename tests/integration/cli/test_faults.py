"""What is killed under load, in the short form of ``bench/faults``; the full form has its own script."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from bench.servers import nginx_program
from tests.shared_fixtures import ROOT
from tests.site import lend_what_is_prepared


@pytest.mark.skipif(
    nginx_program() is None and os.environ.get("REQUIRE_ALL") != "1",
    reason="nginx is not installed (apt install nginx)",
)
@pytest.mark.skipif(
    os.environ.get("TESTS_ON") == "postgres",
    reason="the short form is on SQLite; the full form makes a PostgreSQL server of its own",
)
def test_killed_under_load_what_was_promised_holds(tmp_path):
    lend_what_is_prepared(tmp_path / "var")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "bench.faults",
            "--short",
            "--json",
            "--data",
            str(tmp_path / "var"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = json.loads(done.stdout)
    assert [outcome["fault"] for outcome in outcomes] == ["worker killed", "serve killed"]
    for outcome in outcomes:
        assert outcome["broken"] == []
        assert outcome["acknowledged"] >= 24
        assert outcome["reads"] >= 24
