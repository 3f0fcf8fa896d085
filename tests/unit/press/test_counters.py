"""The marks of what changed, in one process and in two."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_file_has_its_space_from_the_beginning(tmp_path: Path):
    """A hole that is written into on a full disk would end the process."""
    path = tmp_path / "press.counters"
    Counters(path)
    found = path.stat()
    assert found.st_size == 2 * PLACES * 8
    assert found.st_blocks * 512 >= found.st_size


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_disk_that_is_full_is_said_when_the_file_is_opened(tmp_path: Path, monkeypatch, number):
    def full(*_: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(OSError, match="no"):
        Counters(tmp_path / "press.counters")


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EOPNOTSUPP])
def test_file_system_that_cannot_reserve_space_is_written_to(tmp_path: Path, monkeypatch, number):
    path = tmp_path / "press.counters"
    Counters(path).change(["document:7"])
    kept = path.read_bytes()
    path.write_bytes(kept[: len(kept) // 2])

    def unable(*_: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "posix_fallocate", unable, raising=False)
    Counters(path)
    assert path.read_bytes() == kept[: len(kept) // 2] + bytes(len(kept) // 2)


def test_snapshot_is_what_was_and_not_what_is():
    marks = Counters()
    places = [place("document:1")]
    before = marks.snapshot()
    known = marks.read(places), marks.read_withdrawals(places), marks.latest()

    marks.change(["document:1"], withdraws=True)

    assert (before.read(places), before.read_withdrawals(places), before.latest) == known
    after = marks.snapshot()
    assert after.read(places) == marks.read(places) != before.read(places)
