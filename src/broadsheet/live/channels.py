"""A channel: the last events of one thing that is followed, and the streams that follow it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from broadsheet.live.events import Batch, frame

BACKLOG = 500
"""Events that are kept for readers who come back, and sequence numbers that are asked for at once."""

Send: TypeAlias = Callable[[Any], Coroutine[Any, Any, None]]


class Stream:
    """An open answer. There may be ten thousand of them, so it holds no more than it must."""

    __slots__ = ("beat", "channel", "ends_at", "is_over", "send", "task")

    def __init__(
        self, channel: Channel, send: Send, *, beat: int, ends_at: float, task: asyncio.Task[Any]
    ) -> None:
        self.channel = channel
        self.send = send
        self.beat = beat
        self.ends_at = ends_at
        self.task = task
        self.is_over = False


class Channel:
    """What is known of a channel: all that happened after ``floor`` and up to ``head``."""

    def __init__(self, number: int, place: int, aside_place: int) -> None:
        self.number = number
        self.place = place
        """Of its key among the marks."""
        self.aside_place = aside_place
        """Of the key of its asides among the marks."""
        self.aside_mark = 0
        self.aside_at = 0.0
        """When it was asked for asides, or followed again; in seconds of the hub's clock."""
        self.aside_due: float | None = None
        self.mark = 0
        """As it was when the source was asked last, or before."""
        self.head = 0
        self.floor = 0
        self.is_open = True
        self.due = 0.0
        """When the source is to be asked again, in seconds of the hub's clock."""
        self.asked_at = 0.0
        self.vain = 0
        """How often the source had nothing new since the mark changed."""
        self.streams: dict[Stream, None] = {}
        self.lock = asyncio.Lock()
        """Held while the source is asked and what it said goes out, so that nothing overtakes."""
        self._frames: deque[tuple[int, bytes]] = deque()
        self._missed: dict[int, bytes] = {}

    def take(self, batch: Batch) -> bytes | None:
        """Add what happened. Return what goes out to streams that stand at the head before it;
        ``None`` if they missed something that cannot be had any more."""
        is_whole = batch.after <= self.head
        if not is_whole:
            self._frames.clear()
            self.floor = batch.after
        new = [(event.id, frame(event)) for event in batch.events if event.id > self.head]
        self._frames.extend(new)
        while len(self._frames) > BACKLOG:
            self.floor = self._frames.popleft()[0]
        self._missed.clear()
        self.head = max(self.head, batch.head)
        return b"".join([each for _, each in new]) if is_whole else None

    def since(self, after: int) -> bytes | None:
        """Return the events after a number, made once for all who ask alike; ``None`` if they are
        not known, or if the number is not of this channel."""
        if not self.floor <= after <= self.head:
            return None
        missed = self._missed.get(after)
        if missed is None:
            missed = b"".join([each for number, each in self._frames if number > after])
            self._missed[after] = missed
        return missed
