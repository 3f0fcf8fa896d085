"""What a stream carries: events as server-sent events write them (HTML Standard, section 9.2).

An event's id is the channel's sequence number, so a reader that comes back says by it what it has.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

HEARTBEAT = b": hb\n\n"
"""A comment: it keeps a connection open and moves nobody's last event id."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened on a channel: ids and counts, never words."""

    id: int
    name: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Aside:
    """What is true now and has no number: who missed it hears no more of it, until it changes again."""

    name: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Batch:
    """All that readers of a channel are told of what happened after ``after`` and up to ``head``."""

    after: int
    head: int
    events: Sequence[Event]
    is_open: bool
    """Whether there is more to come."""


class Source(Protocol):
    """Where the events of channels come from; called in a thread that is the source's own."""

    def __call__(self, channel: int, after: int, limit: int) -> Batch | None:
        """Return what happened after ``after``: of the last ``limit`` numbers, so that the batch
        begins later where there was more. ``None``: there is no such channel."""

    def aside(self, channel: int, seconds: float) -> Aside | None:
        """Return what readers are told besides, of the last so many seconds; ``None``: nothing."""

    def close(self) -> None:
        """Give up what is held open between calls."""


def frame(event: Event) -> bytes:
    data = json.dumps(event.data, separators=(",", ":"))
    return f"id: {event.id}\nevent: {event.name}\ndata: {data}\n\n".encode()


def aside_frame(aside: Aside) -> bytes:
    """Return the event of an aside; without an id it moves nobody's last event id."""
    data = json.dumps(aside.data, separators=(",", ":"))
    return f"event: {aside.name}\ndata: {data}\n\n".encode()


def reset(head: int) -> bytes:
    """Return the event after which a reader asks the pages what is true: too much was missed."""
    return frame(Event(head, "reset", {"sequence": head}))


def retry(milliseconds: int) -> bytes:
    return f"retry: {milliseconds}\n\n".encode()
