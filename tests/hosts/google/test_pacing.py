"""Pauses and the quota, with a clock of their own."""

from __future__ import annotations

import random

from arsheet.hosts.google.pacing import Limits, Quota, Tries
from tests.hosts.google.scripted import Waits


def test_pauses_are_drawn_from_zero_to_a_doubling_bound_of_at_most_a_minute() -> None:
    bounds: list[tuple[float, float]] = []

    def jitter(low: float, high: float) -> float:
        bounds.append((low, high))
        return 0.0

    tries = Tries(Limits(), Waits(jitter=jitter).clock)
    assert all(tries.pause() for _ in range(30))
    assert [high for _, high in bounds[:8]] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert {low for low, _ in bounds} == {0}
    assert max(high for _, high in bounds) == 60
    assert tries.retried == 30


def test_no_pause_reaches_past_the_deadline() -> None:
    waits = Waits(jitter=random.Random(1).uniform)
    tries = Tries(Limits(deadline=600), waits.clock)
    while tries.pause():
        pass
    assert 500 < sum(waits.slept) <= 600
    assert tries.retried == len(waits.slept)


def test_what_the_server_asks_for_is_waited_at_least() -> None:
    waits = Waits(jitter=lambda low, high: 0.25)
    tries = Tries(Limits(deadline=100), waits.clock)
    assert tries.pause(30)
    assert waits.slept == [30]
    assert tries.pause(0)
    assert waits.slept == [30, 0.25]
    assert not tries.pause(90), "asked to come back after the deadline: give up at once"
    assert len(waits.slept) == 2


def test_no_minute_holds_more_calls_than_the_quota() -> None:
    waits = Waits()
    quota = Quota(50, waits.clock)
    taken = []
    for _ in range(240):
        quota.take()
        taken.append(waits.time)
        waits.time += 0.1
    worst = max(sum(start <= moment < start + 60 for moment in taken) for start in taken)
    assert worst == 50
    assert taken[49] < 10, "the first fifty are not held back"
    assert taken[-1] < 5 * 60, "nor the others longer than needed"
    assert Quota(1, waits.clock).due() == 0
