"""Hearing from other machines, over PostgreSQL's notifications."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection, transaction

from broadsheet.press.counters import EVERYTHING, Counters, place
from broadsheet.press.keys import CHANNEL, change_after_commit, counters, take_notice
from broadsheet.press.notices import Listener

WAIT_AT_MOST = 60.0
KEY = "document:4711"


def until(reached: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_AT_MOST
    while not reached():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.01)


def both(marks: Counters, key: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return marks.read([place(key)]), marks.read_withdrawals([place(key)])


# What a notice says, needs no database.


@pytest.mark.parametrize(("sign", "withdraws"), [("", False), ("!", True)])
def test_notice_of_another_machine_changes_its_key(sign, withdraws):
    marks = Counters()
    before = both(marks, KEY)
    take_notice(f"{marks.machine + 1} {sign}{KEY}", marks)
    after = both(marks, KEY)
    assert after[0] != before[0]
    assert (after[1] != before[1]) is withdraws


def test_own_notice_changes_nothing_again():
    marks = Counters()
    before = marks.latest()
    take_notice(f"{marks.machine} {KEY}", marks)
    assert marks.latest() == before


@pytest.mark.parametrize("payload", ["", " ", "x", "1", "! !", "1 !", "9" * 5000, "é ü"])
def test_notice_that_is_none_breaks_nothing(payload):
    marks = Counters()
    before = both(marks, KEY)
    take_notice(payload, marks)
    assert both(marks, KEY) == before


def test_copied_file_on_another_machine_is_another_machine(tmp_path, monkeypatch):
    path = tmp_path / "press.counters"
    here = Counters(path).machine
    assert Counters(path).machine == here
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    assert Counters(path).machine != here


# The rest is PostgreSQL's.


@pytest.fixture
def parameters(transactional_db) -> dict:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one machine, which needs no notices")
    return connection.get_connection_params()


@pytest.fixture
def other_machine(parameters, monkeypatch) -> Iterator[Counters]:
    """Another machine that listens, and its marks."""
    monkeypatch.setattr("broadsheet.press.notices.AGAIN_AFTER", 0.0)
    # What wakes it does not end its round, so this is what each of these tests waits for at its end.
    monkeypatch.setattr("broadsheet.press.notices.LOOK_UP_EVERY", 0.1)
    marks = Counters()
    everything = both(marks, EVERYTHING)
    listener = Listener(parameters, marks)
    listener.start()
    until(lambda: both(marks, EVERYTHING)[0] != everything[0], "it listens")
    yield marks
    listener.stop()
    with psycopg.connect(**parameters, autocommit=True) as waker:
        waker.execute("SELECT pg_notify(%s, 'wake')", [CHANNEL])
    listener.join(WAIT_AT_MOST)
    assert not listener.is_alive()


@pytest.mark.parametrize("withdraws", [False, True])
def test_change_is_heard_by_another_machine(other_machine, withdraws):
    before = both(other_machine, KEY)
    change_after_commit(KEY, withdraws=withdraws)
    until(lambda: both(other_machine, KEY)[0] != before[0], "the change is heard")
    assert (both(other_machine, KEY)[1] != before[1]) is withdraws


def test_change_is_heard_when_it_is_committed_and_not_before(other_machine):
    before = both(other_machine, KEY)
    with transaction.atomic():
        change_after_commit(KEY, "other")
        change_after_commit("outside")
        assert both(other_machine, KEY) == before
    until(lambda: both(other_machine, KEY) != before, "the change is heard")


def test_change_that_is_rolled_back_is_never_heard(other_machine):
    before = both(other_machine, KEY)
    with transaction.atomic():
        change_after_commit(KEY)
        transaction.set_rollback(True)
    other = both(other_machine, "document:1")
    change_after_commit("document:1")
    until(lambda: both(other_machine, "document:1") != other, "a later change is heard")
    assert both(other_machine, KEY) == before


def kill_listeners() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE %s AND pid <> pg_backend_pid()",
            ["LISTEN%"],
        )
        killed = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = 'SELECT 1' AND pid <> pg_backend_pid()"
        )
        return killed + cursor.fetchone()[0]


def test_everything_counts_as_withdrawn_after_a_connection_was_lost(other_machine):
    before = both(other_machine, EVERYTHING)
    assert kill_listeners() >= 1

    until(lambda: both(other_machine, EVERYTHING)[0] != before[0], "it listens again")

    assert both(other_machine, EVERYTHING)[1] != before[1]
    known = both(other_machine, KEY)
    change_after_commit(KEY)
    until(lambda: both(other_machine, KEY) != known, "it hears again")


def test_listener_of_a_database_that_is_not_there_goes_on_trying(parameters, monkeypatch, caplog):
    monkeypatch.setattr("broadsheet.press.notices.AGAIN_AFTER", 0.0)
    listener = Listener({**parameters, "dbname": "no_such_database"}, Counters())
    listener.start()
    until(lambda: len(caplog.records) > 2, "it tried three times")
    listener.stop()
    listener.join(WAIT_AT_MOST)
    assert "nothing is heard from other machines" in caplog.text


def test_error_of_any_kind_does_not_end_the_listening(parameters, monkeypatch, caplog):
    monkeypatch.setattr("broadsheet.press.notices.AGAIN_AFTER", 0.0)
    listener = Listener(parameters, Counters())
    tried = []

    def failing() -> None:
        tried.append(1)
        if len(tried) == 3:
            listener.stop()
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr(listener, "_listen", failing)
    listener.run()
    assert len(tried) == 3


def test_page_of_this_machine_is_untrue_when_another_one_says_so(paper, publication, parameters):
    """The listener of the application itself, from the database to the reader."""
    from tests import factories

    factories.story()
    paper.get("/")
    before = both(counters(), "stories")
    with psycopg.connect(**parameters, autocommit=True) as another:
        another.execute("SELECT pg_notify(%s, %s)", [CHANNEL, "1 !stories"])
    until(lambda: both(counters(), "stories") != before, "the notice is heard")
    asked = len(paper.asked)
    paper.get("/")
    assert len(paper.asked) == asked + 1
