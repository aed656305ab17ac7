"""The long-running form of the sync: pass after pass, spread a little, until it is told to stop."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from arsheet.sync.job import FATAL, JobReport
from arsheet.sync.schedule import jitter_of
from arsheet.table import ArsheetError

SHORTEST_REST = 1.0
"""Seconds between two passes, however long the first one took."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How one pass of the long run ended: its exit code, and whether the next one would meet the same fault."""

    code: int
    lasting: bool = False


def turn_of(made: JobReport | ArsheetError) -> Turn:
    """A pass as the long run sees it: over when it could not begin, or when no spreadsheet at all can be reached.

    One spreadsheet that is no longer shared must not keep the others from theirs: it is told at every turn instead.
    """
    if isinstance(made, ArsheetError):
        return Turn(made.exit_code, made.exit_code in FATAL)
    failed = bool(made.targets) and all(run.error is not None and run.exit_code in FATAL for run in made.targets)
    return Turn(made.exit_code, failed)


def keep_running(
    once: Callable[[], Turn],
    every: float,
    *,
    stop: threading.Event,
    uniform: Callable[[float, float], float] = random.uniform,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Calls ``once`` every ``every`` seconds, give or take the jitter, until ``stop`` is set; the exit code.

    A pass that failed is tried again at the next turn, unless nothing will change by itself (see ``turn_of``: 5 login
    or permission, 8 configuration). A pass under way is always finished.
    """
    while not stop.is_set():
        began = clock()
        turn = once()
        if turn.lasting:
            return turn.code
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
