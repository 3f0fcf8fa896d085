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
from broadsheet.discussion.digests import send_digests
from broadsheet.discussion.follows import forget_unconfirmed
from broadsheet.discussion.notices import forget_old, tell
from broadsheet.discussion.openness import close_due
from broadsheet.moderation.guests import forget_unconfirmed_comments
from broadsheet.moderation.lessons import learn
from broadsheet.moderation.retention import forget as forget_what_moderators_kept
from broadsheet.moderation.teaching import teach_service
from broadsheet.readers.actions import tidy
from broadsheet.readers.mail import empty_folder, send_due

logger = logging.getLogger(__name__)

LEARN_EVERY = 300.0
"""Seconds between two looks for what the filter can learn."""
LOOK_EVERY = 15.0
"""Seconds between two looks for stories that are due, and for what readers are to be told."""
TIDY_EVERY = 3600.0
"""Seconds after which what is over is forgotten."""


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


def tell_readers() -> None:
    """Make notices of what happened, mails of notices, and send what is due."""
    tell()
    send_digests()
    send_due()


def forget() -> None:
    """Forget what is over: old sessions and mails, what nobody confirmed, old notices, what was
    refused, and after some days where comments and reports came from."""
    tidy()
    forget_unconfirmed()
    forget_unconfirmed_comments()
    forget_old()
    forget_what_moderators_kept()
    empty_folder()


def _tick(stopping: threading.Event) -> None:
    tidied_at = -TIDY_EVERY
    learned_at = -LEARN_EVERY
    while not stopping.is_set():
        try:
            close_old_connections()
            publish_due()
            close_due()
        # The schedule goes on whatever happened: the next look may succeed.
        except Exception:
            logger.exception("looking for stories that are due failed; trying again")
        try:
            tell_readers()
            if clock.ticks() - tidied_at >= TIDY_EVERY:
                forget()
                tidied_at = clock.ticks()
            if clock.ticks() - learned_at >= LEARN_EVERY:
                learn()
                teach_service()
                learned_at = clock.ticks()
        # Nothing is lost: what was not told and not sent is so at the next look.
        except Exception:
            logger.exception("telling readers failed; trying again")
        stopping.wait(LOOK_EVERY)
    connection.close()
