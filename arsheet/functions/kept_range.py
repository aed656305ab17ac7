"""A range that several cells ask about: what was worked out of it once is remembered with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
KEPT = 64
"""So many results are remembered; the oldest goes first."""


class KeptRange(list[list[Any]]):
    """Rows of cells that nobody changes, so that results may be kept beside them. Safe to use from several threads."""

    __slots__ = ("_lock", "_results")

    def __init__(self, rows: list[list[Any]]) -> None:
        super().__init__(rows)
        self._results: dict[Hashable, Any] = {}
        self._lock = threading.RLock()

    def memo(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What ``compute`` gave for this key, worked out at most once at a time; an exception is not remembered."""
        with self._lock:
            if key not in self._results:
                made = compute()
                while len(self._results) >= KEPT:
                    self._results.pop(next(iter(self._results)))
                self._results[key] = made
            found: T = self._results[key]
            return found


def kept(rows: Any, key: Hashable, compute: Callable[[], T]) -> T:
    """As ``KeptRange.memo``; for any other rows the result is worked out each time."""
    return rows.memo(key, compute) if isinstance(rows, KeptRange) else compute()
