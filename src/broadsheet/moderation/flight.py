"""Comments that are being judged or stored in this process, counted before the store knows of them.

What comes at the same time is judged at the same time: without this, as many copies as requests run
at once would all find a store that has none of them. Each process counts its own.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager


class Flight:
    """Counts of what is in flight, by whatever the rules count; one form is counted once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Hashable] = Counter()
        self._forms: Counter[int] = Counter()

    @contextmanager
    def aboard(self, form: int, keys: Iterable[Hashable]) -> Iterator[None]:
        """Count a comment while the block runs."""
        keys = tuple(keys)
        with self._lock:
            self._forms[form] += 1
            if self._forms[form] == 1:
                self._counts.update(keys)
        try:
            yield
        finally:
            with self._lock:
                self._forms[form] -= 1
                if not self._forms[form]:
                    del self._forms[form]
                    self._counts.subtract(keys)
                    for key in keys:
                        if not self._counts[key]:
                            del self._counts[key]

    def others(self, key: Hashable) -> int:
        """Return how many others than the one that asks, which is aboard, have a key."""
        return max(0, self._counts.get(key, 0) - 1)
