"""The shipped Caddyfile and systemd unit, read by the programs that they are for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from tests.shared_fixtures import ROOT

CADDYFILE = ROOT / "deploy" / "Caddyfile"
UNIT = ROOT / "deploy" / "broadsheet.service"
PROGRAM = "/opt/broadsheet/.venv/bin/broadsheet"
MAX_EXPOSURE = 20
"""Tenths, as `systemd-analyze security` counts what a service could do; 100 is a service that may do
anything, and what has no rules at all comes to about 96."""


@pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not installed (apt install caddy)")
def test_caddy_takes_the_caddyfile(tmp_path):
    homes = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(tmp_path))

    checked = subprocess.run(
        ["caddy", "validate", "--adapter", "caddyfile", "--config", CADDYFILE],
        env={**os.environ, **homes},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert checked.returncode == 0, checked.stderr
    assert '"level":"warn"' not in checked.stderr


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed (systemd)"
)
class TestUnit:
    @pytest.fixture
    def analyze(self, tmp_path):
        """Run systemd-analyze on the unit, with a program that this machine has."""
        text = UNIT.read_text("utf-8")
        assert f"ExecStart={PROGRAM} " in text
        unit = tmp_path / UNIT.name
        unit.write_text(text.replace(f"ExecStart={PROGRAM} ", f"ExecStart={sys.executable} "))

        def run(*words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                ["systemd-analyze", *words, unit], capture_output=True, text=True, timeout=60
            )

        return run

    def test_systemd_takes_the_unit(self, analyze):
        checked = analyze("verify", "--man=no", "--recursive-errors=no")

        assert (checked.returncode, checked.stderr) == (0, "")

    def test_service_can_do_little_beside_its_work(self, analyze):
        checked = analyze("security", "--offline=yes", f"--threshold={MAX_EXPOSURE}")

        assert checked.returncode == 0, checked.stdout[-500:]
