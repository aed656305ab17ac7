"""The product's core test: faults and people around the pass, and nothing doubled, missing, lost or written twice."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from arsheet.sync.emulator.server import Emulator
from arsheet.sync.model import TabPlan
from arsheet.sync.passes import Pass
from arsheet.sync.plan import Plan
from arsheet.sync.remote import Applied, SpreadsheetRead
from arsheet.sync.snapshot import Snapshot
from tests.sync.core import WRONG, run_story

SEEDS, ROUNDS = range(1, 11), 10
"""A hundred rounds here; 500 in all with those of the benchmark."""


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_doubled_missing_or_lost(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kills = 1 if sys.platform != "win32" else 0
    with Emulator() as google:
        counts = run_story(google, tmp_path, seed, ROUNDS, real_kills=kills)
    with capsys.disabled():
        print(f"\nseed {seed}: {dict(sorted(counts.items()))}")
    assert counts["rounds"] == ROUNDS
    assert counts["faults"] >= 3 * ROUNDS
    assert counts["edits"] == 5 * ROUNDS
    assert {name: counts[name] for name in WRONG} == dict.fromkeys(WRONG, 0)


class AppliesBeforePulling(Pass):
    """A mutant: what people typed is kept after the write."""

    _late: Sequence[TabPlan] = ()

    def keep(self, snapshot: Snapshot, tabs: Sequence[TabPlan]) -> None:
        self._late = tabs

    def write(self, snapshot: Snapshot, plan: Plan, read: SpreadsheetRead) -> Applied:
        done = super().write(snapshot, plan, read)
        super().keep(snapshot, self._late)
        return done


class ForgetsItsMarker(Pass):
    """A mutant: the generation of a write is not kept before it is sent."""

    def write(self, snapshot: Snapshot, plan: Plan, read: SpreadsheetRead) -> Applied:
        keep, snapshot.plan_ahead = snapshot.plan_ahead, lambda *_: None  # type: ignore[assignment,method-assign]
        hooks = self.hooks

        def late(step: str) -> None:
            hooks(step)
            if step == "applied":
                ahead = type(snapshot.state.agreed)(snapshot.state.agreed.number + 1, self.report.run_id, plan.digest)
                keep(plan, ahead, self.now())

        self.hooks = late
        return super().write(snapshot, plan, read)


@pytest.mark.parametrize("kind", [AppliesBeforePulling, ForgetsItsMarker])
def test_the_core_test_finds_a_broken_order(kind: type[Pass], tmp_path: Path) -> None:
    found: Counter[str] = Counter()
    for seed in SEEDS:
        with Emulator() as google:
            found.update(run_story(google, tmp_path / str(seed), seed, ROUNDS, kind=kind))
        if any(found[name] for name in WRONG):
            return
    raise AssertionError(f"{kind.__name__} went through: {dict(found)}")
