"""Hearing from other machines what changed: a thread that listens to PostgreSQL's notifications."""

from __future__ import annotations

import logging
import threading
from typing import Any

import psycopg
from psycopg import sql

from broadsheet.press.counters import EVERYTHING, Counters
from broadsheet.press.keys import CHANNEL, take_notice

AGAIN_AFTER = 1.0
"""Seconds from a lost connection to the next try."""
LOOK_UP_EVERY = 5.0
"""Seconds after which the thread looks whether it is to stop, and whether the database is there."""

_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Seconds, and the last one milliseconds, after which a database that does not answer is lost."""

log = logging.getLogger("broadsheet.press")


class Listener(threading.Thread):
    """Listens until it is told to stop.

    Whatever was said while it was not connected is lost, withdrawals too, so everything counts as
    withdrawn when it is connected again; the press's time limit covers the time until then.
    """

    def __init__(self, connect: dict[str, Any], marks: Counters) -> None:
        """``connect`` are psycopg's parameters of a connection."""
        super().__init__(name="press-listener", daemon=True)
        self.connect = connect
        self.marks = marks
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                log.warning(
                    "nothing is heard from other machines until the database is back: %s", error
                )
            except Exception:
                # Whatever it is, who does not listen any more would never know.
                log.exception("nothing is heard from other machines until the next try")
            self.stopping.wait(AGAIN_AFTER)

    def _listen(self) -> None:
        with psycopg.connect(**{**_PATIENCE, **self.connect}, autocommit=True) as connection:
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            self.marks.change([EVERYTHING], withdraws=True)
            while not self.stopping.is_set():
                for notice in connection.notifies(timeout=LOOK_UP_EVERY):
                    take_notice(notice.payload, self.marks)
                connection.execute("SELECT 1")

    def stop(self) -> None:
        self.stopping.set()
