"""Aging: the worked example of the definitions (§3.1) in every reading, retention money, disputes, currencies."""

from __future__ import annotations

from typing import Any

import pytest

from arsheet.ledger.aging import AgingPolicy, aging
from arsheet.ledger.assembly import Assembly
from arsheet.ledger.items import open_items, unapplied
from arsheet.ledger.tie import tie_out, totals
from tests.ledger.books import apply, book, c001, day, invoice, minor, note, receipt

JUNE = day("2025-06-30")


def row(found: Assembly, at: int = JUNE, **policy: Any) -> dict[str, int]:
    """The only row of a report, money as ints."""
    (record,) = aging(found.ledger, at, AgingPolicy(**policy)).records()
    return {key: value if isinstance(value, str) else int(value) for key, value in record.items()}


WORKED = {
    "due": ({}, {"not_due": 110_000, "1-30": 70_000, "91+": 70_000, "total": 250_000, "unapplied": -25_000}),
    "invoice": (
        {"basis": "invoice"},
        {"0-30": 50_000, "31-60": 60_000, "61-90": 70_000, "91+": 70_000, "total": 250_000, "unapplied": -25_000},
    ),
    "due, oldest first": (
        {"unapplied": "fifo"},
        {"not_due": 110_000, "1-30": 70_000, "91+": 45_000, "total": 225_000},
    ),
    "due, merged": ({"not_due": "merge"}, {"0-30": 180_000, "91+": 70_000, "total": 250_000, "unapplied": -25_000}),
    "years": ({"basis": "invoice", "buckets": "years"}, {"y0-1": 250_000, "total": 250_000, "unapplied": -25_000}),
}


@pytest.mark.parametrize("name", WORKED)
def test_the_worked_example(name: str) -> None:
    policy, wanted = WORKED[name]
    found = row(c001(), **policy)
    assert found["net"] == minor("225,000")
    money = {key: value for key, value in found.items() if isinstance(value, int) and value}
    for memo in ("net", "not_due_memo"):
        money.pop(memo, None)
    assert money == {key: value * 100 for key, value in wanted.items()}


def test_what_is_not_due_is_remembered_by_other_bases() -> None:
    assert row(c001(), basis="invoice")["not_due_memo"] == minor("110,000")


def test_the_open_items_of_the_worked_example() -> None:
    items = {record["document_no"]: record for record in open_items(c001().ledger, JUNE).records()}
    assert {number: int(item["open"]) for number, item in items.items()} == {
        "INV1": minor("70,000"),
        "INV2": minor("70,000"),
        "INV3": minor("60,000"),
        "INV4": minor("50,000"),
    }
    assert {number: item["days"] for number, item in items.items()} == {"INV1": 92, "INV2": 30, "INV3": 0, "INV4": -31}
    assert int(items["INV2"]["credited"]) == minor("10,000")
    assert int(items["INV2"]["received"]) == 0, "the 40,000 of 5 July are not there yet"
    (free,) = unapplied(c001().ledger, JUNE).records()
    assert (free["source_no"], int(free["unapplied"]), free["days"]) == ("R2", minor("25,000"), 10)


def test_each_past_date_has_its_own_answer() -> None:
    found = c001()
    assert row(found, day("2025-04-14"))["total"] == minor("100,000")
    assert row(found, day("2025-04-15"))["total"] == minor("70,000")
    assert row(found, day("2025-06-04"))["total"] == minor("210,000")
    assert row(found, day("2025-06-05"))["total"] == minor("200,000")
    assert row(found, day("2025-07-05"))["total"] == minor("210,000")


def test_as_known_then() -> None:
    """The receipt of 15 April was booked on 3 May: the report of 30 April, as known then, did not have it."""
    found = book(
        [invoice("I1", "100.00", "2025-03-01", "2025-03-31")],
        receipts=[receipt("R1", "60.00", "2025-04-15", booked_at="2025-05-03")],
        applications=[apply("R1", "I1", "60.00", booked_at="2025-05-04")],
    )
    april = day("2025-04-30")
    assert row(found, april)["net"] == minor("40.00")
    then = row(found, april, known_at=april)
    assert (then["total"], then["unapplied"]) == (minor("100.00"), 0)
    between = row(found, april, known_at=day("2025-05-03"))
    assert (between["total"], between["unapplied"]) == (minor("100.00"), -minor("60.00"))


CREDIT_MODES = {
    "apply": {"1-30": 100, "unapplied": -30},
    "column": {"1-30": 100, "unapplied": -30},
    "own_date": {"not_due": -30, "1-30": 100, "unapplied": 0},
    "fifo": {"1-30": 70, "unapplied": 0},
}


@pytest.mark.parametrize("mode", CREDIT_MODES)
def test_a_note_that_names_no_document(mode: str) -> None:
    found = book(
        [invoice("I1", "100.00", "2025-05-01", "2025-06-10"), note("N1", "30.00", "2025-06-12", due_date="2025-07-01")]
    )
    record = row(found, credit_mode=mode)
    assert {key: record[key] for key in CREDIT_MODES[mode]} == {k: v * 100 for k, v in CREDIT_MODES[mode].items()}
    assert record["net"] == minor("70.00")


def test_more_money_than_debts_stays_in_its_column() -> None:
    found = book(
        [invoice("I1", "100.00", "2025-05-01", "2025-06-10")], receipts=[receipt("R1", "130.00", "2025-06-01")]
    )
    record = row(found, unapplied="fifo")
    assert (record["total"], record["unapplied"], record["net"]) == (0, -minor("30.00"), -minor("30.00"))


RETENTION = [
    {"document_no": "I1", "sequence": 1, "due_date": "2025-03-31", "amount": "950.00"},
    {"document_no": "I1", "sequence": 2, "amount": "50.00", "event": "质保期满", "happened_on": None},
]


def test_retention_money_is_a_late_instalment() -> None:
    """5 % kept until the guarantee ends: open, not due, and named as awaiting its event."""
    found = book([invoice("I1", "1000.00", "2025-03-01")], instalments=RETENTION)
    record = row(found)
    assert (record["91+"], record["not_due"], record["pending"]) == (minor("950"), minor("50"), minor("50"))
    assert found.ledger.lines.retention is not None
    assert found.ledger.lines.retention.tolist() == [False, True]
    (item,) = [one for one in open_items(found.ledger, JUNE).records() if one["sequence"] == 2]
    assert (item["due_date"], item["days"], item["pending"], item["bucket"]) == (None, None, True, "not_due")


def test_retention_money_falls_due_when_its_event_happens() -> None:
    happened = [RETENTION[0], RETENTION[1] | {"happened_on": "2025-06-20"}]
    found = book([invoice("I1", "1000.00", "2025-03-01")], instalments=happened)
    assert row(found)["1-30"] == minor("50")
    before = row(found, day("2025-06-19"))
    assert (before["not_due"], before["pending"]) == (minor("50"), minor("50"))


def test_what_awaits_its_event_is_paid_last_in_the_report() -> None:
    """On 19 June nobody knew that the guarantee would end on the 20th: the spread goes to what has a due date."""
    happened = [
        {"document_no": "I1", "sequence": 1, "due_date": "2025-07-31", "amount": "950.00"},
        {"document_no": "I1", "sequence": 2, "amount": "50.00", "event": "质保期满", "happened_on": "2025-06-20"},
    ]
    found = book(
        [invoice("I1", "1000.00", "2025-03-01")], instalments=happened, receipts=[receipt("R1", "900", "2025-06-01")]
    )
    record = row(found, day("2025-06-19"), unapplied="fifo")
    assert (record["total"], record["pending"]) == (minor("100"), minor("50"))
    applied = book(
        [invoice("I1", "1000.00", "2025-03-01")],
        instalments=happened,
        receipts=[receipt("R1", "900", "2025-06-01")],
        applications=[apply("R1", "I1", "900")],
    )
    opens = {one["sequence"]: int(one["open"]) for one in open_items(applied.ledger, day("2025-06-19")).records()}
    assert opens == {1: minor("50"), 2: minor("50")}
    later = {one["sequence"]: int(one["open"]) for one in open_items(applied.ledger, day("2025-06-20")).records()}
    assert later == {1: minor("100")}, "then the retention money is due first"


def test_disputes_are_a_memo_and_stay_in_their_bucket() -> None:
    found = book(
        [invoice("I1", "100.00", "2025-05-01", "2025-06-10")],
        disputes=[{"document_no": "I1", "amount": "30.00", "opened": "2025-06-15", "closed": "2025-07-10"}],
    )
    record = row(found)
    assert (record["1-30"], record["disputed"]) == (minor("100"), minor("30"))
    assert row(found, day("2025-06-14"))["disputed"] == 0
    assert row(found, day("2025-07-10"))["disputed"] == 0


def test_bases_with_dates_of_their_own() -> None:
    found = book(
        [
            invoice("I1", "100.00", "2025-06-01", "2025-08-01", delivered_on="2025-05-20"),
            invoice("O1", "40.00", "2025-01-01", "2025-08-01", kind="opening", base_date="2023-11-05"),
        ]
    )
    assert row(found, basis="delivery")["31-60"] == minor("100"), "41 days from delivery"
    years = row(found, basis="original", buckets="years")
    assert (years["y0-1"], years["y1-2"]) == (minor("100"), minor("40")), "opening items keep their first date"


def test_currencies_are_never_added() -> None:
    found = book(
        [
            invoice("I1", "100.00", "2025-05-01", "2025-06-10"),
            invoice("I2", "100.00", "2025-05-01", "2025-06-10", currency="USD"),
        ],
        receipts=[receipt("R1", "70.00", "2025-06-01", currency="USD")],
    )
    rows = {one["currency"]: one for one in aging(found.ledger, JUNE, AgingPolicy(unapplied="fifo")).records()}
    assert {currency: int(one["total"]) for currency, one in rows.items()} == {"CNY": 10_000, "USD": 3_000}
    whole = {one["currency"]: int(one["open"]) for one in totals(found.ledger, JUNE).records()}
    assert whole == {"CNY": 10_000, "USD": 10_000}


def test_the_report_and_the_books() -> None:
    found = c001()
    tie = tie_out(found.ledger, JUNE, minor("225,000"))
    assert (tie.open, tie.difference) == (minor("250,000"), -minor("25,000")), "the unapplied 25,000"
    assert tie_out(found.ledger, JUNE, minor("225,000"), AgingPolicy(unapplied="fifo")).difference == 0
