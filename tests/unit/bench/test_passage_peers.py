"""What passages are measured beside is done as well as it can be done so plainly."""

from __future__ import annotations

import pytest
from bench.passage_peers import PEERS, Answer

OLD = "The old bridge (closed) will cost 24 million. It was a good bridge."
NEW = "So the old bridge (closed) will soon cost 30 million."


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize(
    ("exact", "status", "found"),
    [
        ("old bridge", "same", "old bridge"),
        ("closed", "same", "closed"),
        ("bridge (closed) will", "same", "bridge (closed) will"),
        ("will cost", "reworded", "will soon cost"),
        ("was a good", "deleted", None),
    ],
)
def test_place(name: str, exact: str, status: str, found: str | None) -> None:
    start = OLD.index(exact)

    ((told, at, to),) = PEERS[name](OLD, NEW, [(start, start + len(exact))])

    assert (told, None if at is None else NEW[at:to].strip()) == (status, found)


@pytest.mark.parametrize("name", PEERS)
def test_place_in_nothing(name: str) -> None:
    answers: list[Answer] = [("deleted", None, None)]

    assert PEERS[name](OLD, "", [(0, 3)]) == answers
    assert PEERS[name](" ", "a", [(0, 1)]) == answers
