"""A hub with a source that is made up and a clock that stands still until it is moved."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

from broadsheet.live import hub as hub_module
from broadsheet.live.asgi import LiveStreams
from broadsheet.live.events import Aside, Batch, Event, frame
from broadsheet.live.hub import (
    ASIDE_AFTER,
    ASIDE_MARGIN,
    AT_ONCE,
    BEATS,
    IDLE_CHANNELS,
    LIFE,
    LOOK_AGAIN,
    RECHECK,
    Hub,
)
from broadsheet.press.counters import Counters


def key_of(number: int) -> str:
    return f"thing:{number}"


def aside_key_of(number: int) -> str:
    return f"aside:{number}"


class Happenings:
    """A source: what happened on each channel; each call is noted."""

    def __init__(self) -> None:
        self.heads: dict[int, int] = {7: 0}
        self.closed: set[int] = set()
        self.asked: list[tuple[int, int]] = []
        self.aside_asked: list[tuple[int, float]] = []
        self.tally = 0
        self.failing: Exception | None = None
        self.is_closed = False
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, channel: int, after: int, limit: int) -> Batch | None:
        self.asked.append((channel, after))
        assert self.gate.wait(10), "nobody opened the gate"
        if self.failing:
            raise self.failing
        if channel not in self.heads:
            return None
        head = self.heads[channel]
        after = max(after, head - limit)
        events = [Event(n, "comment", {"n": n}) for n in range(after + 1, head + 1)]
        return Batch(after, head, events, is_open=channel not in self.closed)

    def aside(self, channel: int, seconds: float) -> Aside | None:
        self.aside_asked.append((channel, seconds))
        if self.failing:
            raise self.failing
        return Aside("tally", {"n": self.tally}) if self.tally else None

    def close(self) -> None:
        self.is_closed = True


class Reader:
    """What one reader's server does: it takes messages, or would have to wait."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.gone = asyncio.Event()
        self.room = asyncio.Event()
        self.room.set()
        self.fails = False
        self.task: asyncio.Task[None] | None = None

    async def send(self, message: dict[str, Any]) -> None:
        if not self.room.is_set():
            await self.room.wait()
        if self.fails:
            raise OSError("the line is dead")
        self.messages.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.gone.set()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    @property
    def status(self) -> int:
        return self.messages[0]["status"]

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def got(self) -> str:
        return b"".join(message["body"] for message in self.messages[1:]).decode()

    @property
    def events(self) -> list[str]:
        """The events without the first line and the heartbeats."""
        parts = [part for part in self.got.split("\n\n") if part.startswith("id:")]
        return [re.sub(r"id: (\d+)\nevent: (\w+)\n.*", r"\2 \1", part) for part in parts]

    @property
    def has_ended(self) -> bool:
        return not self.messages[-1].get("more_body", False)


class House:
    """A hub, what feeds it, and who listens."""

    def __init__(self, *, per_address: int = 20, most: int = 100) -> None:
        self.source = Happenings()
        self.marks = Counters()
        self.time = 1000.0
        self.hub = Hub(
            self.source,
            key_of=key_of,
            aside_key_of=aside_key_of,
            counters=lambda: self.marks,
            per_address=per_address,
            most=most,
            now=lambda: self.time,
        )
        self.application = LiveStreams(self.hub)
        # Tests look and beat by hand.
        self.application._keep_running = lambda: None  # type: ignore[method-assign]
        self.tasks: list[asyncio.Task[None]] = []

    def ask(
        self,
        number: int | str = 7,
        *,
        method: str = "GET",
        query: str = "",
        client: tuple[str, int] | None = ("192.0.2.1", 1),
        **headers: str,
    ) -> Reader:
        """Begin to ask for a stream."""
        reader = Reader()
        scope = {
            "type": "http",
            "method": method,
            "path": f"/live/{number}/" if isinstance(number, int) else number,
            "query_string": query.encode(),
            "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
            "client": client,
        }
        asked = self.application(scope, reader.receive, reader.send)
        reader.task = asyncio.get_running_loop().create_task(asked)
        self.tasks.append(reader.task)
        return reader

    async def listen(self, number: int | str = 7, **how: Any) -> Reader:
        """Ask for a stream and wait until it began, or was refused."""
        reader = self.ask(number, **how)
        await until(lambda: len(reader.messages) > 1 or reader.task.done())
        return reader

    def happen(self, channel: int = 7, times: int = 1) -> None:
        self.source.heads[channel] += times
        self.marks.change([key_of(channel)])

    async def later(self, seconds: float) -> None:
        self.time += seconds
        await self.hub.look()

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, *self.hub._farewells, return_exceptions=True)
        self.source.gate.set()
        self.hub.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0)


def played(scene: Callable[[House], Any], **options: int) -> None:
    async def play() -> None:
        house = House(**options)
        try:
            await scene(house)
        finally:
            await house.close()
        assert house.source.is_closed
        assert len(house.hub) == 0, "somebody was not counted out"

    asyncio.run(play())


def test_stream_begins_with_the_pause_before_coming_back():
    async def scene(house: House) -> None:
        reader = await house.listen()
        assert reader.status == 200
        assert reader.headers == {
            "content-type": "text/event-stream; charset=utf-8",
            "cache-control": "no-cache, no-transform",
            "x-accel-buffering": "no",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
            "x-frame-options": "DENY",
            "referrer-policy": "strict-origin-when-cross-origin",
        }
        assert 5000 <= int(re.fullmatch(r"retry: (\d+)\n\n", reader.got)[1]) <= 10_000

    played(scene)


def test_event_goes_to_all_as_the_same_bytes_for_one_question():
    async def scene(house: House) -> None:
        house.happen()
        readers = [await house.listen(client=(f"192.0.2.{n}", 1)) for n in range(5)]
        assert house.source.asked == [(7, 0)]
        house.happen(times=2)
        await house.hub.look()

        expected = frame(Event(2, "comment", {"n": 2})) + frame(Event(3, "comment", {"n": 3}))
        assert house.source.asked == [(7, 0), (7, 1)]
        for reader in readers:
            assert reader.messages[-1] is readers[0].messages[-1]
            assert reader.messages[-1]["body"] == expected

    played(scene)


def test_asides_come_together_and_have_no_number():
    async def scene(house):
        readers = [await house.listen() for _ in range(3)]
        questions = len(house.source.asked)
        for number in (1, 2):
            house.source.tally = number
            house.marks.change([aside_key_of(7)])
            await house.later(0.1)
        assert house.source.aside_asked == []
        await house.later(ASIDE_AFTER)
        await house.later(ASIDE_AFTER)

        assert house.source.aside_asked == [(7, pytest.approx(0.2 + ASIDE_AFTER + ASIDE_MARGIN))]
        assert [reader.events for reader in readers] == [[], [], []]
        assert readers[0].got.endswith('event: tally\ndata: {"n":2}\n\n')
        assert len(house.source.asked) == questions

    played(scene)


def test_aside_that_fails_is_asked_for_again():
    async def scene(house):
        reader = await house.listen()
        house.source.tally, house.source.failing = 1, OSError("away")
        house.marks.change([aside_key_of(7)])
        await house.later(0.1)
        await house.later(ASIDE_AFTER)
        assert "tally" not in reader.got
        house.source.failing = None
        await house.later(ASIDE_AFTER)
        assert reader.got.count("event: tally") == 1

    played(scene)


def test_nothing_is_asked_while_nothing_changes():
    async def scene(house: House) -> None:
        await house.listen()
        for _ in range(20):
            await house.later(0.05)
        house.marks.change(["something else"])
        await house.later(0.05)
        assert house.source.asked == [(7, 0)]

    played(scene)


def test_mark_that_changes_before_the_commit_is_looked_at_again():
    async def scene(house: House) -> None:
        reader = await house.listen()
        house.marks.change([key_of(7)])
        await house.hub.look()
        assert reader.events == []
        house.source.heads[7] = 1
        await house.later(LOOK_AGAIN[0])
        assert reader.events == ["comment 1"]
        assert len(house.source.asked) == 3

    played(scene)


def test_change_that_came_to_nothing_is_looked_at_only_some_times():
    async def scene(house: House) -> None:
        await house.listen()
        house.marks.change([key_of(7)])
        for _ in range(200):
            await house.later(0.05)
        assert len(house.source.asked) == 1 + 1 + len(LOOK_AGAIN)

    played(scene)


def test_change_that_nobody_told_of_is_found():
    async def scene(house: House) -> None:
        reader = await house.listen()
        house.source.heads[7] = 1
        await house.later(RECHECK - 1)
        assert reader.events == []
        await house.later(1)
        assert reader.events == ["comment 1"]

    played(scene)


@pytest.mark.parametrize(
    ("how", "events"),
    [
        ({}, []),
        ({"query": "after=4"}, ["comment 5", "comment 6"]),
        ({"query": "after=6"}, []),
        ({"query": "after=2", "last_event_id": "5"}, ["comment 6"]),
        ({"query": "after=7"}, ["reset 6"]),
    ],
)
def test_reader_who_comes_back_gets_what_was_missed(how, events):
    async def scene(house: House) -> None:
        house.happen(times=6)
        reader = await house.listen(**how)
        assert reader.events == events

    played(scene)


def test_after_too_long_an_absence_one_event_says_so():
    async def scene(house: House) -> None:
        house.happen(times=600)
        late = await house.listen(query="after=99")
        in_time = await house.listen(query="after=100")
        assert late.events == ["reset 600"]
        assert len(in_time.events) == 500

    played(scene)


def test_more_than_can_be_told_at_once_is_one_event_for_all():
    async def scene(house: House) -> None:
        reader = await house.listen()
        house.happen(times=10_000)
        await house.hub.look()
        assert reader.events == ["reset 10000"]

    played(scene)


def test_thousand_who_come_back_at_once_cost_one_question():
    async def scene(house: House) -> None:
        house.happen(times=3)
        house.source.gate.clear()
        readers = [
            house.ask(query="after=1", client=(f"192.0.{n // 250}.{n % 250}", 1))
            for n in range(1000)
        ]
        await until(lambda: len(house.hub) == 1000)
        house.source.gate.set()
        await until(lambda: all(len(reader.messages) == 2 for reader in readers))
        assert house.source.asked == [(7, 0)]
        assert all(reader.events == ["comment 2", "comment 3"] for reader in readers)

    played(scene, most=1000)


def test_reader_who_leaves_while_a_channel_is_loaded_takes_it_from_nobody():
    async def scene(house: House) -> None:
        house.happen()
        house.source.gate.clear()
        first, second = house.ask(), house.ask(query="after=0")
        await until(lambda: house.source.asked == [(7, 0)])
        first.task.cancel()
        await until(first.task.done)
        house.source.gate.set()
        await until(lambda: len(second.messages) == 2)
        assert second.events == ["comment 1"]

    played(scene)


def test_page_that_knows_more_than_the_hub_is_not_sent_away():
    """The page was made between the commit and the next look at the marks."""

    async def scene(house: House) -> None:
        first = await house.listen()
        house.happen(times=2)
        reader = await house.listen(query="after=2")
        assert reader.events == []
        house.happen()
        await house.hub.look()
        assert reader.events == ["comment 3"]
        assert first.events == ["comment 1", "comment 2", "comment 3"]

    played(scene)


def test_who_joins_while_others_are_sent_to_gets_each_event_once():
    async def scene(house: House) -> None:
        readers = [await house.listen(client=None) for _ in range(2 * AT_ONCE)]
        house.happen()
        looking = asyncio.get_running_loop().create_task(house.hub.look())
        await until(lambda: readers[0].events == ["comment 1"])
        assert readers[-1].events == []
        late = await house.listen(query="after=0", client=None)
        new = await house.listen(client=None)
        await looking
        house.happen()
        await house.hub.look()
        assert readers[-1].events == ["comment 1", "comment 2"]
        assert late.events == ["comment 1", "comment 2"]
        assert new.events == ["comment 2"]

    played(scene, most=1000)


@pytest.mark.parametrize(
    ("asked", "how", "status", "says"),
    [
        (8, {}, 404, "There is nothing of this number.\n"),
        ("/live/x/", {}, 404, "Streams stand at /live/ and a number.\n"),
        ("/live/0/", {}, 404, "Streams stand at /live/ and a number.\n"),
        ("/live/7", {}, 404, "Streams stand at /live/ and a number.\n"),
        ("/live/7777777777777777777/", {}, 404, "Streams stand at /live/ and a number.\n"),
        (7, {"query": "after=soon"}, 400, "Last-Event-ID and after are numbers of events.\n"),
        (7, {"method": "POST"}, 405, "A stream is asked for with GET.\n"),
        (7, {"method": "HEAD"}, 405, "A stream is asked for with GET.\n"),
    ],
)
def test_what_is_no_stream_is_refused_and_named(asked, how, status, says):
    async def scene(house: House) -> None:
        reader = await house.listen(asked, **how)
        assert (reader.status, reader.got) == (status, says)
        assert reader.headers["cache-control"] == "no-store"
        assert reader.has_ended
        await until(reader.task.done)

    played(scene)


def test_address_of_streams_leaves_a_section_its_own():
    application = LiveStreams(None)  # type: ignore[arg-type]

    answers = [application.answers(path) for path in ("/live/7/", "/live/x", "/live/", "/lively/")]

    assert answers == [True, True, False, False]


def test_where_nothing_more_comes_browsers_are_told_to_stop():
    async def scene(house: House) -> None:
        reader = await house.listen(query="after=0")
        house.source.closed.add(7)
        house.happen()
        await house.hub.look()
        assert reader.events == ["comment 1"]
        assert reader.has_ended
        await until(reader.task.done)
        again = await house.listen(query="after=0")
        assert (again.status, again.got) == (204, "")
        # It may be opened again.
        house.source.closed.clear()
        house.happen()
        assert (await house.listen()).status == 200

    played(scene)


def test_readers_of_one_address_are_bounded():
    async def scene(house: House) -> None:
        first = await house.listen()
        assert (await house.listen(client=("192.0.2.1", 9))).status == 200
        refused = await house.listen(client=("192.0.2.1", 10))
        assert (refused.status, refused.headers["retry-after"]) == (429, "30")
        assert (await house.listen(client=("192.0.2.2", 1))).status == 200
        first.gone.set()
        await until(first.task.done)
        assert (await house.listen(client=("192.0.2.1", 11))).status == 200

    played(scene, per_address=2)


def test_readers_of_a_process_are_bounded():
    async def scene(house: House) -> None:
        for number in range(3):
            assert (await house.listen(client=(f"192.0.2.{number}", 1))).status == 200
        refused = await house.listen(client=("192.0.2.9", 1))
        assert (refused.status, refused.headers["retry-after"]) == (503, "30")

    played(scene, most=3)


def test_readers_whose_address_is_not_known_are_not_held_to_account():
    async def scene(house: House) -> None:
        for _ in range(3):
            assert (await house.listen(client=None)).status == 200

    played(scene, per_address=1)


def test_slow_reader_is_dropped_and_told_when_it_takes_again():
    async def scene(house: House) -> None:
        slow, quick = await house.listen(), await house.listen()
        slow.room.clear()
        house.happen()
        await house.hub.look()
        house.happen()
        await house.hub.look()
        assert quick.events == ["comment 1", "comment 2"]
        assert slow.events == []
        slow.room.set()
        await until(lambda: slow.has_ended)
        # The number of what it could not be sent: it goes on from there.
        assert slow.events == ["reset 1"]
        await until(slow.task.done)

    played(scene)


def test_reader_who_takes_nothing_any_more_is_cut_off(monkeypatch):
    monkeypatch.setattr(hub_module, "FAREWELL", 0.0)

    async def scene(house: House) -> None:
        slow = await house.listen()
        slow.room.clear()
        house.happen()
        await house.hub.look()
        await until(slow.task.done)
        assert not slow.task.cancelled()
        assert slow.events == []

    played(scene)


def test_transport_that_can_be_asked_is_cut_off(monkeypatch):
    monkeypatch.setattr(hub_module, "FAREWELL", 0.0)

    class Transport:
        def __init__(self, reader: Reader) -> None:
            self.reader = reader

        def abort(self) -> None:
            self.reader.gone.set()

    async def scene(house: House) -> None:
        slow = await house.listen()
        slow.transport = Transport(slow)  # type: ignore[attr-defined]
        slow.room.clear()
        house.hub.beat()
        for _ in range(BEATS):
            house.hub.beat()
        await until(slow.task.done)
        assert not slow.task.cancelled()

    played(scene)


def test_reader_whose_line_is_dead_troubles_nobody():
    async def scene(house: House) -> None:
        dead, alive = await house.listen(), await house.listen()
        dead.fails = True
        house.happen()
        await house.hub.look()
        assert alive.events == ["comment 1"]

    played(scene)


def test_heartbeats_come_in_turn():
    async def scene(house: House) -> None:
        readers = [await house.listen(client=None) for _ in range(2 * BEATS)]
        house.hub.beat()
        assert sum(": hb" in reader.got for reader in readers) == 2
        for _ in range(BEATS - 1):
            house.hub.beat()
        assert all(reader.got.count(": hb\n\n") == 1 for reader in readers)

    played(scene)


def test_stream_ends_after_some_minutes():
    async def scene(house: House) -> None:
        reader = await house.listen()
        house.time += 0.89 * LIFE
        for _ in range(BEATS):
            house.hub.beat()
        assert not reader.has_ended
        house.time += 0.22 * LIFE
        for _ in range(BEATS):
            house.hub.beat()
        assert reader.has_ended
        await until(reader.task.done)

    played(scene)


def test_failing_source_is_survived(caplog):
    async def scene(house: House) -> None:
        reader = await house.listen()
        house.source.failing = RuntimeError("the database is away")
        house.happen()
        await house.hub.look()
        for _ in range(100):
            await house.later(0.05)
        assert len(house.source.asked) < 10
        assert not reader.has_ended
        refused = await house.listen(7, query="after=1")
        assert refused.status == 503
        house.source.failing = None
        await house.later(10)
        assert reader.events == ["comment 1"]

    played(scene)
    assert [record.message for record in caplog.records] == [
        "Streams have no news until their source answers again: it failed."
    ]


def test_source_that_fails_at_first_is_asked_again():
    async def scene(house: House) -> None:
        house.source.failing = RuntimeError("the database is away")
        refused = await house.listen()
        assert (refused.status, refused.headers["retry-after"]) == (503, "30")
        house.source.failing = None
        assert (await house.listen()).status == 200

    played(scene)


def test_channels_that_nobody_follows_are_forgotten():
    async def scene(house: House) -> None:
        for number in range(1, 2 * IDLE_CHANNELS):
            house.source.heads[number] = 1
            reader = await house.listen(number)
            reader.gone.set()
            await until(reader.task.done)
        assert len(house.hub._channels) <= IDLE_CHANNELS + 1

    played(scene)


def test_stop_ends_all_and_takes_no_more():
    async def scene(house: House) -> None:
        readers = [await house.listen(client=None) for _ in range(40)]
        house.hub.stop()
        assert all(reader.has_ended for reader in readers)
        assert (await house.listen()).status == 503

    played(scene)


def test_running_hub_feeds_and_rests():
    async def scene(house: House) -> None:
        reader = await house.listen()
        running = asyncio.get_running_loop().create_task(house.hub.run())
        house.happen()
        await asyncio.wait_for(reached(lambda: reader.events == ["comment 1"]), 10)
        house.time += BEATS
        await asyncio.wait_for(reached(lambda: ": hb" in reader.got), 10)
        reader.gone.set()
        await asyncio.wait_for(running, 10)

    played(scene)


async def reached(holds: Callable[[], bool]) -> None:
    """Let time pass until something holds."""
    while not holds():
        await asyncio.sleep(0.01)
