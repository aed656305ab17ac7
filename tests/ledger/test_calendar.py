"""Working days with swapped workdays, rolls, and months."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arsheet.ledger.calendar import ROLLS, Calendar, add_months, add_years, month_end, with_day
from arsheet.table import from_day, iso, to_day

CHINA = Path(__file__).parents[2].parent / "shared" / "data" / "china"
absent = pytest.mark.skipif(not CHINA.exists(), reason="the calendar data are not beside the repository")
CN = Calendar()


def day(text: str) -> int:
    return to_day(dt.date.fromisoformat(text))


@pytest.mark.parametrize(
    ("date", "workday"),
    [
        ("2024-02-18", True),  # a Sunday worked in exchange for the Spring Festival
        ("2024-02-12", False),
        ("2024-05-11", True),
        ("2025-10-08", False),
        ("2026-02-14", True),
        ("2026-02-21", False),
        ("2001-12-29", True),  # published with the notice for 2002
        ("2026-11-21", False),
        ("2026-11-23", True),
    ],
)
def test_workdays(date: str, workday: bool) -> None:
    assert CN.is_workday(day(date)) is workday


@absent
def test_business_day_cases() -> None:
    cases = json.loads((CHINA / "business_day_cases.json").read_text(encoding="utf-8"))["cases"]
    assert cases
    for case in cases:
        date = day(case["date"])
        assert CN.is_workday(date) is case["is_workday"], case
        for rule in ("following", "preceding", "modified_following"):
            assert iso(CN.roll(date, rule)) == case[rule], (case, rule)


@absent
def test_every_day_of_the_published_years() -> None:
    with (CHINA / "cn_calendar_exceptions_2019_2026.csv").open(encoding="utf-8", newline="") as file:
        exceptions = {day(row["date"]): row["kind"] == "workday" for row in csv.DictReader(file)}
    for date in range(day("2019-01-01"), day("2027-01-01")):
        assert CN.is_workday(date) is exceptions.get(date, from_day(date).weekday() < 5), iso(date)


def test_a_year_without_a_notice_is_provisional() -> None:
    assert not CN.provisional(day("2026-12-31"))
    assert CN.provisional(day("2090-01-01"))
    assert not CN.is_workday(day("2090-10-02"))
    assert not CN.is_workday(day("2090-10-08"))  # a Sunday
    assert CN.is_workday(day("2500-10-01"))  # beyond any data: weekends only


def test_overrides_are_right() -> None:
    own = Calendar.from_rows([(day("2090-10-08"), True), (day("2026-11-23"), False), (day("2026-11-23"), False)])
    assert own.is_workday(day("2090-10-08"))
    assert not own.provisional(day("2090-10-08"))
    assert iso(own.roll(day("2026-11-21"), "following")) == "2026-11-24"


def test_a_table_that_closes_everything_is_refused() -> None:
    closed = Calendar.from_rows((day("2026-01-01") + n, False) for n in range(-400, 800))
    with pytest.raises(ValueError, match="no workday"):
        closed.roll(day("2026-01-01"), "following")


def test_an_unknown_roll_is_refused() -> None:
    with pytest.raises(ValueError, match="sideways"):
        CN.roll(0, "sideways")


def test_months() -> None:
    assert iso(month_end(day("2024-02-03"))) == "2024-02-29"
    assert iso(add_months(day("2025-01-31"), 1)) == "2025-02-28"
    assert iso(add_months(day("2025-03-31"), -1)) == "2025-02-28"
    assert iso(add_months(day("2024-12-15"), 1)) == "2025-01-15"
    assert iso(add_years(day("2024-02-29"), 3)) == "2027-02-28"
    assert iso(with_day(day("2025-04-01"), 31)) == "2025-04-30"


@settings(deadline=None)
@given(st.integers(11000, 40000), st.sampled_from(ROLLS))
def test_a_roll_ends_on_a_workday_and_keeps_its_direction(date: int, rule: str) -> None:
    rolled = CN.roll(date, rule)
    if rule == "none":
        assert rolled == date
        return
    assert CN.is_workday(rolled)
    assert CN.roll(rolled, rule) == rolled
    assert rule != "following" or rolled >= date
    assert rule != "preceding" or rolled <= date
    assert rule != "modified_following" or from_day(rolled).month == from_day(date).month


@settings(deadline=None)
@given(st.integers(0, 40000), st.integers(0, 240))
def test_adding_months_keeps_the_day_or_the_month_end(date: int, months: int) -> None:
    later, before = from_day(add_months(date, months)), from_day(date)
    assert (later.year * 12 + later.month) - (before.year * 12 + before.month) == months
    assert later.day == before.day or add_months(date, months) == month_end(add_months(date, months))
