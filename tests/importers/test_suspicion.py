"""Day and month probably swapped: told with counts where it is so, silent in a normal year."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable

import pytest

from arsheet.importers.suspicion import examine, swapped
from arsheet.table import from_day, to_day
from tests.importers.import_cases import Planner, appended, codes, grid_of, only


def days(first: dt.date, last: dt.date, count: int, seed: int = 1) -> list[int]:
    """Working days drawn from a period."""
    rng = random.Random(seed)
    span = [day for day in range(to_day(first), to_day(last) + 1) if from_day(day).weekday() < 5]
    return [rng.choice(span) for _ in range(count)]


def mangled(given: Iterable[int]) -> list[int | None]:
    return [swapped(day) for day in given]


@pytest.mark.parametrize("count", [30, 300, 3000])
@pytest.mark.parametrize(
    ("first", "last"), [((2026, 1, 1), (2026, 3, 31)), ((2025, 11, 1), (2026, 2, 10)), ((2026, 5, 1), (2026, 6, 30))]
)
def test_swapped_periods_are_suspicious_and_the_right_ones_are_not(
    count: int, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    right = days(dt.date(*first), dt.date(*last), count)
    assert not examine(right).is_probable
    assert examine(mangled(right)).is_probable


@pytest.mark.parametrize(
    "given",
    [
        days(dt.date(2025, 1, 1), dt.date(2025, 12, 31), 2000),
        days(dt.date(2025, 1, 1), dt.date(2025, 12, 31), 60),
        [to_day(dt.date(2025, month, 1)) for month in range(1, 13)] * 5,
        [to_day(dt.date(2025, 1, 20)), *(to_day(dt.date(2025, month, 1)) for month in range(2, 13))],
        [to_day(dt.date(2025, month, day)) for month in range(1, 13) for day in (5, 10, 25)],
        [to_day(dt.date(2025, month, 28)) for month in range(1, 13)],
        days(dt.date(2026, 1, 10), dt.date(2026, 2, 12), 500),
        [],
    ],
)
def test_honest_dates_are_not_suspicious(given: list[int]) -> None:
    assert not examine(given).is_probable


def test_swapping_twice_is_nothing() -> None:
    for day in range(to_day(dt.date(2024, 1, 1)), to_day(dt.date(2025, 1, 1))):
        assert swapped(swapped(day)) == day


def test_one_problem_per_column_nothing_changed_until_asked(plan: Planner) -> None:
    right = days(dt.date(2026, 3, 1), dt.date(2026, 5, 20), 200)
    rows = [
        [f"N{at}", "C1", from_day(swapped(day) or 0), from_day(swapped(day + 30) or 0), 10]
        for at, day in enumerate(right)
    ]
    grid = grid_of(["单据号", "客户编码", "单据日期", "到期日", "金额"], *rows)
    made = plan(grid)
    assert [code for code in codes(made) if "swapped" in code] == ["day_and_month_probably_swapped"] * 2
    assert [row["document_date"] for row in appended(made)] == mangled(right)
    put_right = plan(grid, swap_dates=("单据日期", "due_date"))
    assert codes(put_right) == []
    assert put_right.preview.swapped == ("document_date", "due_date")
    assert [row["document_date"] for row in appended(put_right)] == right
    assert [row["due_date"] for row in appended(put_right)] == [day + 30 for day in right]


def test_the_counts_are_told(plan: Planner) -> None:
    shown = [dt.date(2026, month, 3) for month in range(1, 13)] + [dt.date(2026, 3, day) for day in range(13, 32)]
    grid = grid_of(
        ["单据号", "客户编码", "单据日期", "金额"], *[[f"N{at}", "C1", day, 1] for at, day in enumerate(shown)]
    )
    facts = only(plan(grid), "day_and_month_probably_swapped").facts
    assert (facts["rows"], facts["count"], facts["outside"], facts["other_months"]) == (12, 11, 11, "3")
