"""Late interest: the worked numbers of one invoice under every rule, and what cuts a segment."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from arsheet.ledger.assembly import assemble
from arsheet.ledger.interest import InterestRule, days_between, line_interest, segments, total
from arsheet.table import ArsheetError, Table, to_day


def day(text: str) -> int:
    return to_day(dt.date.fromisoformat(text))


def table(name: str, keys: str, *rows: tuple[Any, ...]) -> Table:
    return Table(name, tuple(keys.split()), tuple(list(column) for column in zip(*rows, strict=True)))


DUE, PAID, AS_OF = day("2025-03-30"), day("2025-04-15"), day("2025-06-30")
PRINCIPALS = [(DUE, 10_000_000), (PAID, 7_000_000)]
LPR = Fraction("0.031")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (InterestRule.flat("0.0005", "daily"), 346_000),
        (InterestRule.flat(LPR * Fraction("1.3")), 76_404),
        (InterestRule.flat(LPR * Fraction("1.5")), 88_159),
        (InterestRule.flat(LPR * Fraction("1.3"), "actual/360"), 77_466),
        (InterestRule.flat(LPR * Fraction("1.3"), "30/360"), 75_563),
    ],
)
def test_worked_numbers(rule: InterestRule, expected: int) -> None:
    """100,000 for 16 days, then 70,000 for 76 days."""
    parts = segments(PRINCIPALS, AS_OF, rule)
    assert total(parts) == expected
    if rule.day_count != "30/360":
        assert [(part.principal, part.days) for part in parts] == [(10_000_000, 16), (7_000_000, 76)]


def test_thirty_days_a_month() -> None:
    assert days_between(DUE, PAID, "30/360") == 15
    assert days_between(PAID, AS_OF, "30/360") == 75


def test_a_new_rate_cuts_the_segment() -> None:
    rule = InterestRule(((day("2025-01-01"), Fraction("0.04")), (day("2025-05-01"), Fraction("0.03"))))
    parts = segments([(DUE, 10_000_000)], AS_OF, rule)
    assert [(part.days, part.rate) for part in parts] == [(31, Fraction("0.04")), (61, Fraction("0.03"))]
    assert total(parts) == 84_110  # 100,000 x (31 x 4 % + 61 x 3 %) / 365 = 841.0959


def test_grace() -> None:
    """Within the grace nothing is due; after it interest runs from the due date, or from the end of the grace."""
    rule = InterestRule(((DUE - 1000, Fraction("0.0005")),), "daily", grace_days=10)
    assert segments([(DUE, 10_000_000)], DUE + 10, rule) == []
    assert total(segments([(DUE, 10_000_000)], DUE + 11, rule)) == 55_000
    kind = InterestRule(((DUE - 1000, Fraction("0.0005")),), "daily", grace_days=10, grace_forgives=True)
    assert total(segments([(DUE, 10_000_000)], DUE + 11, kind)) == 5_000


def test_from_the_ledger_with_a_reversal_and_a_dispute() -> None:
    """30,000 of 04-15, reversed on 05-15; 20,000 disputed from 06-01."""
    tables = {
        "invoices": table(
            "invoices",
            "document_no customer_id document_date due_date amount",
            ("INV1", "C001", day("2025-02-28"), DUE, Decimal(100_000)),
        ),
        "receipts": table("receipts", "receipt_no date customer_id amount", ("R1", PAID, "C001", Decimal(30_000))),
        "applications": table(
            "applications",
            "application_id source_no document_no date amount reversed_on",
            ("A1", "R1", "INV1", PAID, Decimal(30_000), day("2025-05-15")),
        ),
        "disputes": table("disputes", "document_no amount opened", ("INV1", Decimal(20_000), day("2025-06-01"))),
    }
    ledger = assemble(tables, {}).ledger
    parts = line_interest(ledger, 0, AS_OF, InterestRule.flat("0.0005", "daily"))
    assert [(part.principal, part.days) for part in parts] == [
        (10_000_000, 16),
        (7_000_000, 30),
        (10_000_000, 17),
        (8_000_000, 29),
    ]
    assert total(parts) == 80_000 + 105_000 + 85_000 + 116_000
    everything = InterestRule(((day("2020-01-01"), Fraction("0.0005")),), "daily", exclude_disputed=False)
    assert sum(part.days * part.principal for part in line_interest(ledger, 0, AS_OF, everything)) == (
        10_000_000 * 16 + 7_000_000 * 30 + 10_000_000 * 46
    )


def test_not_overdue_bears_nothing() -> None:
    assert segments([(DUE, 10_000_000)], DUE, InterestRule.flat("0.05")) == []


def test_an_unknown_day_count_is_refused() -> None:
    with pytest.raises(ArsheetError, match="day count"):
        InterestRule.flat("0.05", "actual/364")
