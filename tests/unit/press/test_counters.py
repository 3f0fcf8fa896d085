"""The marks of what changed, in one process and in two."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from broadsheet.press.counters import PLACES, Counters, place


def test_change_of_a_key_changes_its_mark_and_no_other():
    marks = Counters()
    places = [place("document:1"), place("document:2")]
    before = marks.read(places)

    marks.change(["document:1"])

    after = marks.read(places)
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_every_change_shows_in_the_latest_mark():
    marks = Counters()
    before = marks.latest()

    marks.change(["document:1"])
    between = marks.latest()
    marks.change(["document:1"])

    assert len({before, between, marks.latest()}) == 3


def test_only_a_withdrawal_changes_the_mark_of_withdrawals():
    marks = Counters()
    places = [place("document:1")]
    before = marks.read_withdrawals(places)

    marks.change(["document:1"])
    assert marks.read_withdrawals(places) == before
    marks.change(["document:1"], withdraws=True)
    assert marks.read_withdrawals(places) != before


def test_places_are_within_the_file_and_never_the_common_one():
    assert all(0 < place(f"document:{number}") < PLACES for number in range(5_000))


def test_change_in_another_process_is_seen(tmp_path: Path):
    path = tmp_path / "press.counters"
    marks = Counters(path)
    places = [place("document:7")]
    before = marks.read(places)
    code = (
        "import sys; from pathlib import Path; from broadsheet.press.counters import Counters;"
        " Counters(Path(sys.argv[1])).change(['document:7'])"
    )

    subprocess.run([sys.executable, "-c", code, str(path)], check=True, timeout=60)

    assert marks.read(places) != before


def test_opening_a_file_again_keeps_its_marks(tmp_path: Path):
    path = tmp_path / "press.counters"
    Counters(path).change(["document:7"])
    places = [place("document:7")]
    assert Counters(path).read(places) == Counters(path).read(places) != (0,)
