"""Threads of the bridge and their connections to the database."""

from __future__ import annotations

import pytest
from django.db import connection, connections
from tests import factories

STORY = "/2026/09/council-sets-bridge-budget/"


@pytest.fixture
def backends(paper, application):
    """Return the process of the database behind each of the two threads that answer."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connection that could be lost")

    def pid() -> int:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    return lambda: application._making.submit(pid).result(60)


def test_connection_is_kept_from_one_page_to_the_next(paper, publication, application, monkeypatch):
    """One thread, so that both pages come from it."""
    from concurrent.futures import ThreadPoolExecutor

    from tests.integration.press.conftest import close_connections

    factories.story()
    pool = ThreadPoolExecutor(1)
    monkeypatch.setattr(application, "_making", pool)
    seen = []

    def of_this_thread() -> object:
        return connections["default"].connection

    try:
        for address in ("/", STORY, "/city/"):
            assert paper.get(address).status == 200
            seen.append(pool.submit(of_this_thread).result(60))
        assert seen[0] is not None
        assert seen[0] is seen[1] is seen[2]
    finally:
        close_connections(pool)
        pool.shutdown()


def test_request_after_all_connections_were_killed_is_answered(paper, publication, backends):
    factories.story()
    assert paper.get("/search/").status == 200
    assert paper.get("/").status == 200
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 2

    assert paper.get("/search/").status == 200
    assert paper.get("/city/").status == 200


def test_page_is_shown_as_it_was_while_the_database_is_away(paper, publication, monkeypatch):
    """Everything that needs the database fails, as when it is being restarted."""
    from django.db import OperationalError
    from django.db.backends.utils import CursorWrapper

    factories.story()
    before = paper.get(STORY)
    paper.press.counters.change(["everything"])

    def away(*_: object) -> object:
        raise OperationalError("the server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(CursorWrapper, "execute", away)
        during = paper.get(STORY)
        assert (during.status, during.body) == (200, before.body)
        assert during.header(b"cache-status").startswith(b"Broadsheet; hit;")
        never_made = paper.get("/city/")
        assert (never_made.status, never_made.text) == (
            *(500, "Something failed here. Please try again."),
        )

    monkeypatch.setattr("broadsheet.press.front.AFTER_FAILURE", 0.0)
    after = paper.get(STORY)
    assert (after.status, after.body) == (200, before.body)
    assert not after.header(b"cache-status")


def test_body_that_is_too_large_is_refused(paper, publication, application):
    factories.story()
    answer = paper.post(f"{STORY}comment/", b"x" * (application.MAX_BODY + 1))
    assert answer.status == 413
    announced = ((b"content-length", str(application.MAX_BODY + 1).encode()),)
    assert paper.post(f"{STORY}comment/", b"", headers=announced).status == 413
    assert paper.get("/search/", headers=announced).status == 413
    assert paper.post(f"{STORY}comment/", b"x" * application.MAX_BODY).status != 413


def test_query_that_is_no_text_is_refused_where_django_answers(paper, publication):
    assert paper.get("/search/", b"q=\xff").status == 400
    assert paper.get("/", b"q=\xff").status == 200
