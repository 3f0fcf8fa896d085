"""What the peers are given."""

from __future__ import annotations

import json
import sqlite3

import pytest
from bench.figures import spread
from bench.peers import isso, line
from bench.peers.installing import NotInstallable, Peer, needed
from bench.peers.wordpress import literal
from bench.peers.xtd import as_json, form_of
from bench.servers import Server


def test_isso_keeps_two_levels(tmp_path):
    database = tmp_path / "comments.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE threads(id INTEGER PRIMARY KEY, uri, title)")
        connection.execute(
            "CREATE TABLE comments(tid, id INTEGER PRIMARY KEY, parent, created, mode, remote_addr,"
            " text, author, voters, notification)"
        )
    connection.close()

    isso.fill(database, [12, 300])

    with sqlite3.connect(database) as connection:
        counts = connection.execute("SELECT tid, COUNT(*) FROM comments GROUP BY tid").fetchall()
        deep = connection.execute(
            "SELECT COUNT(*) FROM comments AS c JOIN comments AS p ON c.parent = p.id"
            " WHERE p.parent IS NOT NULL OR c.tid <> p.tid"
        ).fetchone()
        replies = connection.execute("SELECT COUNT(parent) FROM comments").fetchone()
    connection.close()
    assert counts == [(1, 12), (2, 300)]
    assert deep == (0,)
    assert replies[0] > 0


def test_comments_are_told_by_numbers_from_one_on():
    given = json.loads(as_json([12]))

    comments = given["stories"]["12"]
    assert [number for number, *_ in comments] == list(range(1, 13))
    assert all(parent < number for number, parent, *_ in comments)


def test_hidden_fields_go_with_their_cookie():
    page = """<input type="hidden" name="security_hash" value="a&amp;b"><input type="text"
    name="name"><input name="timestamp" type="hidden" value="1">"""

    fields, cookie = form_of(page, "csrftoken=xyz; Path=/")

    assert cookie == "csrftoken=xyz"
    assert fields == {
        "email": "reader@example.org",
        "honeypot": "",
        "reply_to": "0",
        "security_hash": "a&b",
        "timestamp": "1",
    }
    with pytest.raises(NotInstallable):
        form_of(page, "")


def test_words_cannot_leave_a_string_of_sql():
    assert literal("it's \\ so") == "'it''s \\\\ so'"


def test_packages_that_are_missing_are_named():
    with pytest.raises(NotInstallable, match="missing Debian packages: a-package"):
        needed({"a-program-that-nobody-has": "a-package"})


def test_post_is_put_as_wrk_needs_it():
    peer = Peer("A", "1", Server("http://127.0.0.1:1", 1), {}, "/new", "t=@TEXT@", {"X": "y"})

    question = peer.question()

    assert question.arguments == ("body=t=@TEXT@", "H:X=y")
    assert question.path == "/new"


def test_peer_without_posts_has_a_dash():
    reading = {
        "requests_per_second": spread([10.0]),
        "ratio_to_nginx": spread([0.5]),
        "processor_microseconds": spread([7.0]),
        "bytes": 1234,
    }
    found = {"reading": {"A": reading}, "writing": {}, "one_client_milliseconds": {}}

    assert line("A", found, [1000]) == [
        "A",
        "10.0 (10.0–10.0)",
        "0.50 (0.50–0.50)",
        "7.00 (7.00–7.00)",
        "1,234",
        "–",
        "–",
        "–",
    ]
