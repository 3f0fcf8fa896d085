"""Pressed pages over real connections: as they come in whole, in parts, and one after the other."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import pytest
from tests.site import Site, lend_what_is_prepared, served

PLAIN = b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    data = tmp_path_factory.mktemp("protocol") / "var"
    lend_what_is_prepared(data)
    with served(data, "--no-task-worker") as running:
        yield running


@pytest.fixture
def connection(site: Site):
    parts = urlsplit(site.origin)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as made:
        yield made


def answer(connection: socket.socket, *, has_body: bool = True) -> tuple[bytes, bytes]:
    """Return head and body of the next answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(1)
        assert part, f"the connection was closed after {received!r}"
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    missing = int(length[1]) if length and has_body else 0
    while missing:
        part = connection.recv(missing)
        assert part
        body += part
        missing -= len(part)
    return head, body


def test_page_is_the_same_whatever_the_way(connection):
    ways = [PLAIN, PLAIN.replace(b"robots.txt", b"robots.txt?utm_source=x"), PLAIN]
    answers = []
    for request in ways:
        connection.sendall(request)
        answers.append(answer(connection))

    assert len({body for _, body in answers}) == 1
    heads = {re.sub(rb"date: [^\r]*", b"", head) for head, _ in answers}
    assert len(heads) == 1
    assert next(iter(heads)).startswith(b"HTTP/1.1 200 OK\r\n")


def test_request_in_parts_is_answered_once(connection):
    connection.sendall(PLAIN)
    whole = answer(connection)[1]
    for at in (1, 10, len(PLAIN) - 2):
        connection.sendall(PLAIN[:at])
        connection.sendall(PLAIN[at:])
        assert answer(connection)[1] == whole


def test_second_part_that_looks_like_a_request_is_a_body(connection):
    connection.sendall(PLAIN)
    answer(connection)
    head = b"POST /search/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(PLAIN)
    connection.sendall(head)
    connection.sendall(PLAIN)
    assert answer(connection)[0].startswith(b"HTTP/1.1 403")
    connection.sendall(PLAIN)
    assert answer(connection)[0].startswith(b"HTTP/1.1 200")


def test_several_requests_at_once_are_answered_in_order(connection):
    missing = PLAIN.replace(b"robots.txt", b"no-such-page/")
    connection.sendall(PLAIN + missing + PLAIN)
    statuses = [answer(connection)[0].split()[1] for _ in range(3)]
    assert statuses == [b"200", b"404", b"200"]


def test_head_and_not_modified_have_no_body(connection):
    connection.sendall(PLAIN)
    head, body = answer(connection)
    connection.sendall(PLAIN.replace(b"GET", b"HEAD"))
    asked, _ = answer(connection, has_body=False)
    assert b"content-length: %d" % len(body) in asked.lower()

    tag = re.search(rb"etag: ([^\r]+)", head)
    assert tag
    connection.sendall(PLAIN[:-2] + b"If-None-Match: " + tag[1] + b"\r\n\r\n")
    head, _ = answer(connection, has_body=False)
    assert head.startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert b"etag: " + tag[1] in head


def test_connection_is_closed_when_asked_to(connection):
    connection.sendall(PLAIN)
    answer(connection)
    connection.sendall(PLAIN[:-2] + b"Connection: close\r\n\r\n")
    answer(connection)
    assert connection.recv(1) == b""
