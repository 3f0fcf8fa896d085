"""How streams are followed, and what they lost."""

from __future__ import annotations

from typing import Any

import pytest
from bench.figures import spread
from bench.stream_client import Crowd, Reader, source
from bench.streams import BARE, OURS, losses, rows

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"


class Line:
    """A connection that keeps what is written to it."""

    def __init__(self) -> None:
        self.written = b""
        self.is_cut = False

    def write(self, data: bytes) -> None:
        self.written += data

    def abort(self) -> None:
        self.is_cut = True


@pytest.fixture
def reader() -> Reader:
    crowd = Crowd("127.0.0.1", 1, "/live/1/")
    one = Reader(crowd, "127.0.0.2")
    crowd.readers.append(one)
    return one


def event(number: int, comment: int, name: str = "comment") -> bytes:
    return f'id: {number}\nevent: {name}\ndata: {{"comment":{comment},"n":1}}\n\n'.encode()


def test_events_are_read_however_they_are_cut(reader):
    reader.connection_made(Line())
    whole = HEAD + b"c\r\nretry: 5000\n\n\r\n40\r\n" + event(7, 70) + b"\r\n" + event(9, 90)

    for place in range(len(whole)):
        reader.data_received(whole[place : place + 1])

    assert reader.is_open
    assert reader.events == [7, 9]
    assert {comment: len(times) for comment, times in reader.crowd.arrivals.items()} == {
        70: 1,
        90: 1,
    }


def test_other_events_are_counted_apart(reader):
    reader.connection_made(Line())

    reader.data_received(HEAD + b"retry: 1\n\n" + event(3, 0, "edition") + b": hb\n\n")

    assert reader.events == []
    assert reader.crowd.others == {"edition": 1}


def test_stream_that_is_refused_is_no_open_one(reader):
    line = Line()
    reader.connection_made(line)

    reader.data_received(b"HTTP/1.1 429 Too Many Requests\r\n\r\n")

    assert (reader.is_open, line.is_cut, reader.crowd.refused) == (False, True, {429: 1})


def test_stream_that_comes_back_says_what_it_has(reader):
    reader.connection_made(Line())
    reader.data_received(HEAD + b"retry: 1\n\n" + event(7, 70))
    reader.crowd.is_following = False
    reader.connection_lost(None)
    line = Line()

    reader.connection_made(line)

    assert b"\r\nLast-Event-ID: 7\r\n" in line.written


def test_addresses_are_different_and_of_the_loopback_network():
    found = [source(number) for number in range(3_000)]

    assert len(set(found)) == 3_000
    assert found[0] == "127.1.0.2"
    assert all(each.startswith("127.") for each in found)


def test_losses_are_counted_over_all_streams():
    whole = [1, 2, 3]

    assert losses([[[1, 2, 3], 5]], whole) == {"missed": 0, "twice": 0}
    assert losses([[[1, 3], 2], [[1, 2, 2, 3], 1]], whole) == {"missed": 2, "twice": 1}


def found(last: float, size: int, **restart: int) -> dict[str, Any]:
    def one(server: str, streams: int) -> dict[str, Any]:
        return {
            "server": server,
            "streams": streams,
            "milliseconds": {"last": spread([last])},
            "missing": 0,
            "bytes_per_stream": size,
            "memory_after_events": 2 * size * streams,
        }

    told = {"streams": 5, "acknowledged": 4, "in_the_record": 4, "missed": 0, "twice": 0}
    return {"streams": [one(OURS, 10), one(BARE, 10)], "restart": {**told, **restart}}


def test_goals_are_met_by_all_three_or_named():
    assert [line["is_met"] for line in rows(found(100, 20_000))] == [True, True, True]
    assert [line["is_met"] for line in rows(found(600, 30_000, missed=1))] == [False] * 3
    # The record has fewer than were acknowledged: nothing was missed by streams, but by everybody.
    assert not rows(found(1, 1, in_the_record=3))[2]["is_met"]
