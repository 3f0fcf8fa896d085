"""What changed, told to all processes of a machine: a small mapped file with a mark for each key.

A page remembers the marks of the keys that it was made from, read before it was made. It is true as
long as they are the same. Marks are chance and are only compared, never counted: two processes that
change one key at once cannot undo each other's change, and a clock that steps back does not matter.
A key has its place by its digest; two keys at one place are changed together, which costs a
rendering and is never wrong.
"""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import socket
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from broadsheet import clock

PLACES = 1 << 15
"""Keys that are told apart; a power of two. The file has 16 bytes for each: half a megabyte."""
_MARK = 8
_MACHINE = PLACES - 1
EVERYTHING = "everything"
"""A key of every page: changed when it is not known what changed."""


@lru_cache(maxsize=1 << 16)
def place(key: str) -> int:
    """Return the place of a key, from 1; place 0 is changed with every key."""
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return 1 + int.from_bytes(digest) % (PLACES - 2)


class Counters:
    """The mapped file, or memory of this process alone where there is no path."""

    def __init__(self, path: Path | None = None) -> None:
        size = 2 * PLACES * _MARK
        if path is None:
            self._map = mmap.mmap(-1, size)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _allocate(descriptor, size)
                self._map = mmap.mmap(descriptor, size)
            finally:
                os.close(descriptor)
        self.marks = memoryview(self._map).cast("Q")
        """Places of changes, then as many of withdrawals; each is written at once, as one word."""
        if not self.marks[_MACHINE]:
            self.marks[_MACHINE] = _new_mark()

    @property
    def machine(self) -> int:
        """What tells this machine from others, even if its files were copied from another's."""
        name = f"{self.marks[_MACHINE]} {socket.gethostname()}"
        return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=_MARK).digest())

    def change(self, keys: Iterable[str], *, withdraws: bool = False) -> None:
        """Say that what these keys name is not as it was; ``withdraws``: that it must not be seen
        again, not even for the moment that a new page takes."""
        for key in keys:
            at = place(key)
            if withdraws:
                self.marks[PLACES + at] = _new_mark()
            self.marks[at] = _new_mark()
        if withdraws:
            self.marks[PLACES] = _new_mark()
        self.marks[0] = _new_mark()

    def read(self, places: Sequence[int]) -> tuple[int, ...]:
        """Return the marks of places of keys."""
        marks = self.marks
        return tuple([marks[at] for at in places])

    def read_withdrawals(self, places: Sequence[int]) -> tuple[int, ...]:
        marks = self.marks
        return tuple([marks[PLACES + at] for at in places])

    def latest(self) -> int:
        """Return a mark that is another one after every change of any key."""
        return self.marks[0]

    def snapshot(self) -> Snapshot:
        """Return all marks as they are. The latest one is read first, as it is written last."""
        latest = self.marks[0]
        return Snapshot(latest, self._map[:])


class Snapshot:
    """All marks at one moment."""

    __slots__ = ("latest", "marks")

    def __init__(self, latest: int, marks: bytes) -> None:
        self.latest = latest
        self.marks = memoryview(marks).cast("Q")

    def read(self, places: Sequence[int]) -> tuple[int, ...]:
        return tuple([self.marks[at] for at in places])

    def read_withdrawals(self, places: Sequence[int]) -> tuple[int, ...]:
        return tuple([self.marks[PLACES + at] for at in places])


def _allocate(descriptor: int, size: int) -> None:
    """Let a file have its blocks now, keeping what is in it. Raises :class:`OSError` if there is no
    space: to write into a mapped file that has no space left, ends a process."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
            return
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):
                raise
            # Not every file system can do it.
    there = os.fstat(descriptor).st_size
    if there < size:
        os.pwrite(descriptor, bytes(size - there), there)


def _new_mark() -> int:
    return int.from_bytes(clock.random_bytes(_MARK))
