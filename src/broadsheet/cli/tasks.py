"""The task worker: queued tasks one after the other, and what is due by the clock between them."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

from django.core.management import call_command
from django.db import close_old_connections, connection

from broadsheet import clock
from broadsheet.desk.schedule import publish_due
from broadsheet.moderation.guests import forget_unconfirmed
from broadsheet.readers.actions import tidy

logger = logging.getLogger(__name__)

LOOK_EVERY = 15.0
"""Seconds between two looks for stories that are due."""
TIDY_EVERY = 3600.0
"""Seconds after which what is over is forgotten: old sessions, letters, counts."""


def work(*, watch_parent: bool) -> None:
    """Work until told to stop (SIGTERM, SIGINT), or until the parent process is gone."""
    stopping = threading.Event()
    if watch_parent:
        threading.Thread(target=_leave_with_parent, name="parent-watch", daemon=True).start()
    ticker = threading.Thread(target=_tick, args=(stopping,), name="schedule", daemon=True)
    ticker.start()
    try:
        call_command("db_worker", interval=1.0, verbosity=0, startup_delay=False, reload=False)
    finally:
        stopping.set()


def _leave_with_parent() -> None:
    """Wait for the end of standard input, which the parent holds open, and end as if told to."""
    # Not through ``sys.stdin``: its lock would be held here when the interpreter ends.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _tick(stopping: threading.Event) -> None:
    tidied_at = -TIDY_EVERY
    while not stopping.is_set():
        try:
            close_old_connections()
            publish_due()
            if clock.ticks() - tidied_at >= TIDY_EVERY:
                tidy()
                forget_unconfirmed()
                tidied_at = clock.ticks()
        # The schedule goes on whatever happened: the next look may succeed.
        except Exception:
            logger.exception("looking for what is due failed; trying again")
        stopping.wait(LOOK_EVERY)
    connection.close()
