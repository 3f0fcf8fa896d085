"""How events are written, and what a channel remembers of them."""

from __future__ import annotations

import pytest

from broadsheet.live.asgi import address_of, position
from broadsheet.live.channels import BACKLOG, Channel
from broadsheet.live.events import HEARTBEAT, Batch, Event, frame, reset, retry


def comment(number: int) -> Event:
    return Event(number, "comment", {"n": number})


def batch(after: int, *numbers: int, head: int = 0) -> Batch:
    events = [comment(number) for number in numbers]
    return Batch(after, head or max(numbers), events, is_open=True)


def channel(*batches: Batch) -> Channel:
    made = Channel(412, 1, 2)
    for each in batches:
        made.take(each)
    return made


def frames(*numbers: int) -> bytes:
    return b"".join(frame(comment(number)) for number in numbers)


def test_event_is_written_with_its_number():
    event = Event(1893, "comment", {"story": 412, "comment": 977, "parent": None, "n": 13})

    assert frame(event) == (
        b'id: 1893\nevent: comment\ndata: {"story":412,"comment":977,"parent":null,"n":13}\n\n'
    )


def test_line_break_in_data_does_not_end_the_event():
    assert frame(Event(1, "x", {"a": "b\n\nid: 9"})).count(b"\n") == 4


def test_heartbeat_moves_no_ones_last_event():
    assert HEARTBEAT == b": hb\n\n"


def test_other_lines():
    assert (reset(7), retry(5400)) == (
        b'id: 7\nevent: reset\ndata: {"sequence":7}\n\n',
        b"retry: 5400\n\n",
    )


@pytest.mark.parametrize(
    ("after", "missed"),
    [
        (2, frames(3, 5)),
        (3, frames(5)),
        (4, frames(5)),
        (5, b""),
        (6, b""),
        (1, None),
        (7, None),
    ],
)
def test_who_comes_back_gets_what_is_missing_or_is_told_that_it_cannot_be_had(after, missed):
    assert channel(batch(2, 3, 5, head=6)).since(after) == missed


def test_what_a_channel_took_already_is_not_told_again():
    made = channel(batch(0, 1, 2))

    assert made.take(batch(1, 2, 3)) == frames(3)
    assert made.since(0) == frames(1, 2, 3)


def test_backlog_is_bounded():
    made = channel(batch(0, *range(1, BACKLOG + 1)))
    assert made.since(0) is not None

    made.take(batch(BACKLOG, BACKLOG + 1))

    assert made.since(0) is None
    assert made.since(1) == frames(*range(2, BACKLOG + 2))


def test_gap_makes_everybody_ask_anew():
    made = channel(batch(0, 1, 2))

    assert made.take(batch(90, 91, 92)) is None
    assert made.since(2) is None
    assert made.since(90) == frames(91, 92)


def test_what_is_missed_is_made_once_for_all_who_missed_it():
    made = channel(batch(0, 1, 2, 3))

    assert made.since(1) is made.since(1)


@pytest.mark.parametrize(
    ("headers", "query", "after"),
    [
        ([], b"", None),
        ([], b"after=12", 12),
        ([], b"a=1&after=0&b=2", 0),
        ([], b"before=3", None),
        ([(b"last-event-id", b"15")], b"after=12", 15),
    ],
)
def test_position_is_the_last_event_or_what_is_asked(headers, query, after):
    assert position(headers, query) == after


@pytest.mark.parametrize("given", [b"", b"-1", b"1.5", b"x", b"9" * 19, "١".encode(), b"%31"])
def test_position_that_is_no_number_is_refused(given):
    with pytest.raises(ValueError, match="are numbers of events"):
        position([], b"after=" + given)
    with pytest.raises(ValueError, match="are numbers of events"):
        position([(b"last-event-id", given)], b"")


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (None, ""),
        (("", 0), ""),
        (("192.0.2.7", 5), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 5), "20010db800010002"),
        (("2001:db8:1:2::9", 5), "20010db800010002"),
        (("fe80::1%eth0", 5), "fe80000000000000"),
        (("unix", 0), "unix"),
    ],
)
def test_readers_are_told_apart_by_what_they_cannot_choose(client, address):
    assert address_of(client) == address
