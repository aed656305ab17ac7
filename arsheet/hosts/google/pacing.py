"""When to try again and how fast to go: full jitter under one deadline, and a quota of calls per minute."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect and to wait for data, for all tries together, for the first and the longest pause; calls.

    Google allows 60 reads and 60 writes a minute to one account; 50 leaves room for a person at the same spreadsheet.
    Google itself gives up on a request after 180 seconds.
    """

    connect: float = 10.0
    read: float = 180.0
    deadline: float = 600.0
    first: float = 1.0
    longest: float = 60.0
    reads_per_minute: int = 50
    writes_per_minute: int = 50


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as the calls see it; tests put their own in."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    uniform: Callable[[float, float], float] = random.uniform


@dataclass(slots=True)
class Tries:
    """The tries of one piece of work: each pause is drawn from 0 to a bound that doubles, all under one deadline."""

    limits: Limits
    clock: Clock
    retried: int = 0
    end: float = field(init=False)

    def __post_init__(self) -> None:
        self.end = self.clock.now() + self.limits.deadline

    def pause(self, asked: float | None = None) -> bool:
        """Wait before the next try; False, without waiting, when the deadline would pass.

        ``asked`` is what the server asked for (Retry-After): never less is waited.
        """
        bound = min(self.limits.longest, self.limits.first * 2 ** min(self.retried, 16))
        wait = self.clock.uniform(0, bound)
        if asked is not None:
            wait = max(wait, asked)
        if self.clock.now() + wait > self.end:
            return False
        self.retried += 1
        self.clock.sleep(wait)
        return True


class Quota:
    """A bucket of calls: each call takes a token, which comes back a minute later.

    So no 60 seconds, wherever they begin, hold more calls than the bucket; a bucket that fills evenly would let nearly
    twice as many through in its first minute.
    """

    def __init__(self, per_minute: int, clock: Clock):
        self._size, self._clock = max(1, per_minute), clock
        self._taken: deque[float] = deque()
        self._lock = threading.Lock()

    def due(self) -> float:
        """Seconds until a token is there."""
        with self._lock:
            return self._due()

    def _due(self) -> float:
        now = self._clock.now()
        while self._taken and self._taken[0] <= now - 60.0:
            self._taken.popleft()
        return 0.0 if len(self._taken) < self._size else self._taken[0] + 60.0 - now

    def take(self) -> float:
        """Take a token, waiting for it; the seconds waited."""
        waited = 0.0
        while True:
            with self._lock:
                wait = self._due()
                if wait <= 0:
                    self._taken.append(self._clock.now())
                    return waited
            self._clock.sleep(wait)
            waited += wait
