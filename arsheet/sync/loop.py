"""The long-running form of the sync: pass after pass, spread a little, until it is told to stop."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from arsheet.sync.job import FATAL
from arsheet.sync.schedule import jitter_of

SHORTEST_REST = 1.0
"""Seconds between two passes, however long the first one took."""


def keep_running(
    once: Callable[[], int],
    every: float,
    *,
    stop: threading.Event,
    uniform: Callable[[float, float], float] = random.uniform,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Calls ``once`` every ``every`` seconds, give or take the jitter, until ``stop`` is set; the exit code.

    A pass that failed is tried again at the next turn, unless its exit code says that nothing will change by itself
    (5 login or permission, 8 configuration). A pass under way is always finished.
    """
    while not stop.is_set():
        began = clock()
        code = once()
        if code in FATAL:
            return code
        due = began + every + uniform(0, jitter_of(int(every)))
        if stop.wait(max(SHORTEST_REST if every > SHORTEST_REST else every, due - clock())):
            break
    return 0


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and ctrl-C set ``stop``; a second one interrupts at once."""

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    kinds = [signal.SIGINT, signal.SIGTERM, *([signal.SIGBREAK] if hasattr(signal, "SIGBREAK") else [])]
    before: dict[Any, Any] = {kind: signal.signal(kind, ask) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
