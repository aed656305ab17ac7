"""One edge rule for every report: upper edges belong to the bucket, due today is not overdue."""

from __future__ import annotations

import datetime as dt

import pytest

from arsheet.ledger import buckets
from arsheet.ledger.aging import AgingPolicy, aging
from arsheet.ledger.balance import balances
from arsheet.ledger.items import open_items
from arsheet.ledger.tie import totals
from arsheet.table import FAR_DAY, ArsheetError, from_day, to_day
from tests.ledger.books import book, day, invoice

AS_OF = day("2025-09-30")
EDGES = {
    -1: "not_due",
    0: "not_due",
    1: "1-30",
    29: "1-30",
    30: "1-30",
    31: "31-60",
    60: "31-60",
    61: "61-90",
    90: "61-90",
    91: "91+",
}


@pytest.mark.parametrize(("days", "bucket"), EDGES.items())
def test_days_past_due(days: int, bucket: str) -> None:
    assert buckets.make("30,60,90", AS_OF).of(AS_OF - days) == bucket


@pytest.mark.parametrize(("days", "bucket"), EDGES.items())
def test_every_report_has_the_same_edges(days: int, bucket: str) -> None:
    due = from_day(AS_OF - days).isoformat()
    ledger = book([invoice("I1", "10.00", "2025-01-01", due)]).ledger
    report = aging(ledger, AS_OF).records()[0]
    assert {name for name in aging(ledger, AS_OF).facts["buckets"] if report[name]} == {bucket}
    item = open_items(ledger, AS_OF).records()[0]
    assert (item["bucket"], item["days"]) == (bucket, days)
    late = days > 0
    assert len(open_items(ledger, AS_OF, status="overdue")) == int(late)
    assert len(open_items(ledger, AS_OF, status="not_due")) == int(not late)
    balance = balances(ledger, AS_OF).records()[0]
    assert (balance["overdue"], balance["overdue_count"]) == ((1000, 1) if late else (0, 0))
    total = totals(ledger, AS_OF).records()[0]
    assert (total[bucket], total["overdue_count"]) == (1000, int(late))


def test_not_due_may_join_the_first_bucket() -> None:
    merged = buckets.make("30,60,90", AS_OF, not_due="merge")
    assert merged.keys == ("0-30", "31-60", "61-90", "91+")
    assert [merged.of(AS_OF - days) for days in (-400, 0, 30, 31, 91)] == ["0-30", "0-30", "0-30", "31-60", "91+"]


def test_other_bases_start_at_day_0() -> None:
    assert buckets.make("30,60", AS_OF, basis="invoice", not_due="own").keys == ("0-30", "31-60", "61+")


def test_what_awaits_its_event_is_not_due() -> None:
    assert buckets.make("30,60,90", AS_OF).of(FAR_DAY) == "not_due"
    assert buckets.make("years", AS_OF).of(FAR_DAY) == "y0-1"


YEARS = [
    ("2025-06-30", "2025-06-30", "y0-1"),
    ("2024-06-30", "2025-06-30", "y0-1"),
    ("2024-06-29", "2025-06-30", "y1-2"),
    ("2022-06-30", "2025-06-30", "y2-3"),
    ("2022-06-29", "2025-06-30", "y3-4"),
    ("2020-06-30", "2025-06-30", "y4-5"),
    ("2020-06-29", "2025-06-30", "y5+"),
    ("2024-02-29", "2025-02-28", "y0-1"),
    ("2024-02-29", "2025-03-01", "y1-2"),
    ("2024-02-28", "2025-02-28", "y0-1"),
    ("2024-02-28", "2025-03-01", "y1-2"),
    ("2023-02-28", "2024-02-28", "y0-1"),
    ("2023-02-28", "2024-02-29", "y1-2"),
    ("2023-03-01", "2024-02-29", "y0-1"),
    ("2020-02-29", "2024-02-29", "y3-4"),
]


@pytest.mark.parametrize(("base", "as_of", "bucket"), YEARS)
def test_years_end_on_the_anniversary(base: str, as_of: str, bucket: str) -> None:
    """1年以内 includes the anniversary; that of 29 February is the 28th in a common year (Civil Code art. 202)."""
    assert buckets.make("years", day(as_of), basis="invoice").of(day(base)) == bucket


def test_years_of_365_days() -> None:
    rule = buckets.make("years", day("2025-06-30"), basis="invoice", years_step="365")
    assert rule.of(day("2024-06-30")) == "y0-1"
    assert rule.of(day("2024-06-29")) == "y1-2"
    assert rule.of(day("2022-06-30")) == "y3-4", "1,096 days: the leap day is one too many"


def test_years_never_depend_on_the_day_of_the_report() -> None:
    """Over four years, the calendar rule and the anniversary written out agree on every day."""
    for as_of in range(day("2024-01-01"), day("2025-12-31"), 13):
        rule = buckets.make("years", as_of, basis="invoice")
        for base in range(as_of - 800, as_of + 1):
            date, end = from_day(base), from_day(as_of)
            whole = [year for year in range(1, 6) if _anniversary(date, year) < end]
            assert rule.of(base) == rule.keys[len(whole)]


def _anniversary(date: dt.date, years: int) -> dt.date:
    last = 28 if (date.month, date.day) == (2, 29) and (date.year + years) % 4 else date.day
    return from_day(to_day(dt.date(date.year + years, date.month, last)))


@pytest.mark.parametrize("text", ["", "0,30", "30,30", "60,30", "a,b", "-1"])
def test_edges_that_do_not_rise_are_refused(text: str) -> None:
    with pytest.raises(ArsheetError) as refused:
        buckets.parse_edges(text)
    assert refused.value.code == "buckets_not_a_rising_list"


def test_edges_may_be_written_the_chinese_way() -> None:
    assert buckets.parse_edges(" 30，60、90 ") == (30, 60, 90)


def test_policies_name_what_is_allowed() -> None:
    with pytest.raises(ArsheetError) as refused:
        AgingPolicy(basis="dew")
    assert "due, invoice" in str(refused.value)
