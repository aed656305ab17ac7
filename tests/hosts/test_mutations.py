"""A thousand mutated workbooks: one kind of exception, and no wrong total where the file carries a control total."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from scripts.benchmarks import trust

COUNT = 1000


def test_the_same_number_is_the_same_mutant() -> None:
    base = trust.Base("list", trust._list(title=True), True)
    assert trust.mutant(base, 7) == trust.mutant(base, 7) != trust.mutant(base, 8)


@pytest.mark.parametrize("number", range(5))
def test_the_sound_files_are_sound(number: int, tmp_path: Path) -> None:
    base = trust.bases()[number]
    path = tmp_path / "sound.xlsx"
    path.write_bytes(base.data)
    sums, told = trust.totals(path, base)
    assert sums
    assert told == ()


@pytest.mark.slow
def test_mutants_are_refused_or_right_or_pointed_out() -> None:
    verdicts = trust.verdicts_of(COUNT)
    outcomes = Counter(each.outcome for each in verdicts)
    print(outcomes, Counter((each.base, each.outcome) for each in verdicts))
    assert len(verdicts) == COUNT
    assert [each for each in verdicts if each.outcome == "uncaught"] == []
    controlled = {base.name for base in trust.bases() if base.control}
    assert [each for each in verdicts if each.outcome == "silent" and each.base in controlled] == []
    assert outcomes["refused"] > COUNT / 10
    assert outcomes["same"] > COUNT / 10
