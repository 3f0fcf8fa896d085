"""Where comments come in: those that arrive while others are being stored are stored together.

A commit that survives a power cut waits for the disk, and on SQLite only one transaction writes at a
time. Threads that each store their own comment wait in turn, and SQLite lets them: whoever finds the
store locked sleeps, and may find it locked again after any number of later comers. Here one thread of
a process takes all comments that wait, stores them in one transaction, and answers each when that is
on disk. The longer a commit takes, the more comments share the next one.

The thread starts with the first comment, also in a process that was forked, and has a database
connection of its own. Nothing is held that was not asked for by a request that still waits, so a
server that finishes its requests before it stops loses nothing.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection, transaction

from broadsheet.discussion.actions import CommentRefused, Posting, post_comments
from broadsheet.discussion.models import Comment

MAX_WAITING = 500
"""Comments that may wait in a process; whoever comes then is asked to come again."""
TOGETHER = 64
"""Comments of one transaction, which holds the locks of all their stories."""
ANSWER_WITHIN = 25.0
"""Seconds that a request waits; the database itself gives up after 20."""
TRY_AGAIN_AFTER = 5
"""Seconds after which who was sent away may come again."""

_log = logging.getLogger(__name__)
_Outcome = Comment | Exception


class IntakeBusy(RuntimeError):
    """The comment was not stored, or not in time; the message is for its writer.

    The same form sent again is posted once, whatever became of the first.
    """


class Intake:
    """The comments that wait in this process, and the thread that stores them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Posting, Future[Comment]]] = deque()
        self._thread: threading.Thread | None = None
        self._is_stopping = False
        self._turns = _Turns()

    def post(self, posting: Posting) -> Comment:
        """Store a comment and return it when it is on disk.

        Raises what :func:`post_comments` refuses, and :class:`IntakeBusy`.
        """
        answer: Future[Comment] = Future()
        with self._changed:
            if len(self._waiting) >= MAX_WAITING:
                raise IntakeBusy(
                    "So many people are writing just now that your comment could not be taken in."
                    " Your words are kept: please send them again in a moment."
                )
            self._waiting.append((posting, answer))
            if self._thread is None:
                self._is_stopping = False
                self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
                self._thread.start()
            self._changed.notify()
        try:
            return answer.result(ANSWER_WITHIN)
        except TimeoutError as late:
            answer.cancel()
            raise IntakeBusy(
                "Your comment could not be stored in time. Please send it again: it is posted once,"
                " even if it was stored meanwhile."
            ) from late

    def stop(self) -> None:
        """Store what waits, end the thread and close its connection; the next comment starts anew."""
        with self._changed:
            thread, self._is_stopping = self._thread, True
            self._changed.notify()
        if thread:
            thread.join()

    def _run(self) -> None:
        try:
            while self._is_wanted():
                try:
                    with self._turns.turn() as give_up_turn:
                        # Those who came while others had their turn go along.
                        if taken := self._take():
                            _settle(taken, give_up_turn)
                except OSError as trouble:
                    _log.error("the file of turns cannot be used: %s", trouble)
                    for _, answer in self._take():
                        answer.set_exception(_not_stored(trouble))
        finally:
            with self._changed:
                if self._thread is threading.current_thread():
                    self._thread = None
            connection.close()
            self._turns.close()

    def _is_wanted(self) -> bool:
        """Wait until a comment waits; false when there is none and the thread is to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_stopping)
            if not self._waiting:
                self._thread = None
            return bool(self._waiting)

    def _take(self) -> list[tuple[Posting, Future[Comment]]]:
        """Take what waits, in the order of arrival, without those whose requests gave up."""
        with self._changed:
            taken = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
        return [each for each in taken if each[1].set_running_or_notify_cancel()]


def _settle(
    taken: Sequence[tuple[Posting, Future[Comment]]], give_up_turn: Callable[[], None]
) -> None:
    """Store comments and answer the requests that wait for them."""
    outcomes = _stored([posting for posting, _ in taken], give_up_turn)
    for (_, answer), outcome in zip(taken, outcomes, strict=True):
        if isinstance(outcome, Comment):
            answer.set_result(outcome)
        else:
            answer.set_exception(outcome)


def _stored(
    postings: Sequence[Posting], give_up_turn: Callable[[], None], *, is_again: bool = False
) -> Sequence[_Outcome]:
    """Store comments; what fails as a whole is tried one by one, so that each fails for itself.

    To try again is safe even where a commit failed without saying whether it was done: a form is
    posted once.
    """
    try:
        with transaction.atomic():
            # What follows a commit is heard before the answers, but nobody waits for it to write.
            transaction.on_commit(give_up_turn)
            return post_comments(postings)
    except (OperationalError, InterfaceError) as trouble:
        connection.close()
        if not is_again and connection.vendor != "sqlite":
            # The server may have been restarted since the last comment. A file is not; who found it
            # locked has waited long enough.
            return _stored(postings, give_up_turn, is_again=True)
        _log.error("%s comments could not be stored: %s", len(postings), trouble)
        return [_not_stored(trouble)] * len(postings)
    except Exception as failure:
        if len(postings) == 1:
            return [failure]
        _log.exception("%s comments could not be stored together", len(postings))
        return [_stored([posting], give_up_turn, is_again=True)[0] for posting in postings]


def _not_stored(trouble: Exception) -> IntakeBusy:
    busy = IntakeBusy(
        "Your comment could not be stored just now. Your words are kept: please send them again in a"
        " moment."
    )
    busy.__cause__ = trouble
    return busy


class _Turns:
    """The order in which the processes of a machine write to an SQLite store.

    SQLite has no queue: a writer who finds the store locked sleeps, longer each time, while others
    come and go. Two locks on a file beside the store make one. Who has the second writes; who has the
    first is next, so that no process takes two turns while another waits. The kernel takes both back
    when a process dies, and they do not pass to its children.
    """

    def __init__(self) -> None:
        self._file: int | None = None

    @contextmanager
    def turn(self) -> Iterator[Callable[[], None]]:
        """Wait for this process's turn; yields what ends it before the block does."""
        if connection.vendor != "sqlite":
            # Row locks have queues.
            yield lambda: None
            return
        file = self._opened()
        has_turn = True

        def give_up() -> None:
            nonlocal has_turn
            if has_turn:
                has_turn = False
                fcntl.lockf(file, fcntl.LOCK_UN, 1, _WRITING)

        fcntl.lockf(file, fcntl.LOCK_EX, 1, _NEXT)
        fcntl.lockf(file, fcntl.LOCK_EX, 1, _WRITING)
        fcntl.lockf(file, fcntl.LOCK_UN, 1, _NEXT)
        try:
            yield give_up
        finally:
            give_up()

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _opened(self) -> int:
        if self._file is None:
            store = Path(connection.settings_dict["NAME"])
            beside = store.with_name(f"{store.name}-turns")
            self._file = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file


_NEXT, _WRITING = 0, 1
"""Bytes of the file that are locked; there need not be any in it."""

_intake = Intake()


def take_in(posting: Posting) -> Comment:
    """Store a comment together with others that arrive; returns when it is on disk.

    Inside a transaction it is stored there, and is on disk when that is. Raises
    :class:`CommentRefused` and :class:`IntakeBusy`.
    """
    if not connection.in_atomic_block:
        return _intake.post(posting)
    [outcome] = post_comments([posting])
    if isinstance(outcome, CommentRefused):
        raise outcome
    return outcome


def stop() -> None:
    """Store what waits in this process and close the connection that did it."""
    _intake.stop()


def _begin_anew() -> None:
    """In a forked process there is no thread yet, and what waits is the parent's."""
    global _intake
    _intake = Intake()


os.register_at_fork(after_in_child=_begin_anew)
