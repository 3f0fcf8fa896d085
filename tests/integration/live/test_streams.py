"""Streams of documents, from the address to the database and back."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.unit.live.test_hub import Reader, reached

from broadsheet import clock
from broadsheet.conf.live import Journals, live_streams
from broadsheet.discussion.enums import ReactionKind
from broadsheet.discussion.people import Person
from broadsheet.discussion.reactions import react, take_back
from broadsheet.live.events import Batch
from broadsheet.record.actions import withdraw_document

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = Person(guest_key="a" * 64)


@pytest.fixture
def bridge(publication):
    """Its journal: 1 edition, 2 address."""
    return factories.story("Council sets bridge budget")


class Counted(Journals):
    """Journals whose statements are counted."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, channel: int, after: int, limit: int) -> Batch | None:
        with CaptureQueriesContext(connection) as made:
            found = super().__call__(channel, after, limit)
        self.statements += len(made)
        return found


def played(scene: Callable[[Callable[..., Any], Counted], Any]) -> None:
    """Play a scene with streams that are fed."""

    async def play() -> None:
        streams = live_streams()
        streams._heeds_signals = True  # type: ignore[attr-defined]  # the test's own stay
        source = streams.hub.source = Counted()
        tasks = []

        async def listen(document: Any, **headers: str) -> Reader:
            reader = Reader()
            scope = {
                "type": "http",
                "method": "GET",
                "path": f"/live/{document.pk}/",
                "query_string": b"",
                "headers": [
                    (name.replace("_", "-").encode(), value.encode())
                    for name, value in headers.items()
                ],
                "client": ("192.0.2.1", 1),
            }
            tasks.append(asyncio.create_task(streams(scope, reader.receive, reader.send)))
            await asyncio.wait_for(reached(lambda: len(reader.messages) > 1), 20)
            return reader

        try:
            await scene(listen, source)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if streams._running:
                await asyncio.wait_for(streams._running, 20)
            streams.hub.close()

    asyncio.run(play())


async def act(action: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Do something in a thread that keeps no connection to the database."""

    def alone() -> Any:
        try:
            return action(*arguments, **named)
        finally:
            connection.close()

    return await asyncio.to_thread(alone)


async def until(holds: Callable[[], bool]) -> None:
    await asyncio.wait_for(reached(holds), 20)


def test_comment_reaches_every_reader_for_one_statement_and_again(bridge):
    async def scene(listen, source):
        readers = [await listen(bridge) for _ in range(5)]
        comment = await act(factories.comment, bridge, "Are you sure?")

        await until(lambda: all(reader.events for reader in readers))

        assert [reader.events for reader in readers] == [["comment 3"]] * 5
        data = f'{{"story":{bridge.pk},"comment":{comment.pk},"parent":null,"n":1}}'
        assert f"id: 3\nevent: comment\ndata: {data}\n\n" in readers[0].got
        # One at first; the mark changes twice, so there may be two more; none for a reader.
        assert source.statements <= 3

    played(scene)


def test_reader_who_comes_back_gets_what_came_meanwhile(bridge):
    factories.comment(bridge, "One.")
    factories.comment(bridge, "Two.")

    async def scene(listen, source):
        reader = await listen(bridge, last_event_id="3")
        assert reader.events == ["comment 4"]
        await act(factories.edition, bridge, kind="correction", note="The sum.")
        await until(lambda: len(reader.events) == 2)
        assert reader.events == ["comment 4", "edition 5"]

    played(scene)


def test_counts_of_reactions_are_told_as_they_are_now(bridge):
    comment = factories.comment(bridge, "Are you sure?")
    other = factories.comment(bridge, "I am.")
    long_ago = clock.now() - dt.timedelta(hours=1)
    react(comment_id=other.pk, kind=ReactionKind.THANKS, person=PERSON, at=long_ago)

    async def scene(listen, source):
        reader = await listen(bridge)
        await act(react, comment_id=comment.pk, kind=ReactionKind.THANKS, person=PERSON)
        await until(lambda: '"counts":[[' in reader.got)
        told = f'event: tally\ndata: {{"story":{bridge.pk},"counts":[[{comment.pk},1,0]]}}\n\n'
        assert told in reader.got
        await act(take_back, comment_id=comment.pk, kind=ReactionKind.THANKS, person=PERSON)
        await until(lambda: f"[[{comment.pk},0,0]]" in reader.got)
        assert reader.events == []

    played(scene)


def test_what_is_rolled_back_is_not_told(bridge):
    def changes_its_mind() -> None:
        with transaction.atomic():
            factories.comment(bridge, "Never mind.")
            transaction.set_rollback(True)

    async def scene(listen, source):
        reader = await listen(bridge)
        await act(changes_its_mind)
        await act(factories.comment, bridge, "Said after all.")
        await until(lambda: bool(reader.events))
        assert reader.events == ["comment 3"]
        assert '"n":1' in reader.got

    played(scene)


def test_withdrawn_story_has_no_stream(bridge):
    async def scene(listen, source):
        reader = await listen(bridge)
        await act(withdraw_document, document_id=bridge.pk)
        await until(lambda: reader.has_ended)
        assert reader.events == ["withdrawal 3"]
        assert (await listen(bridge)).status == 204

    played(scene)


def test_document_that_there_is_not(bridge):
    bridge.pk += 1

    async def scene(listen, source):
        assert (await listen(bridge)).status == 404

    played(scene)


def test_database_that_fails_is_survived(bridge, monkeypatch):
    async def scene(listen, source):
        reader = await listen(bridge)
        asked = []

        def away(*_: object) -> None:
            asked.append(1)
            raise RuntimeError("away")

        monkeypatch.setattr("broadsheet.conf.live.news", away)
        await act(factories.comment, bridge, "Said meanwhile.")
        await until(lambda: len(asked) > 1)
        monkeypatch.undo()
        await until(lambda: bool(reader.events))
        assert reader.events == ["comment 3"]

    played(scene)
