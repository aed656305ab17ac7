"""The running account: opening, movements in order, closing; it ends where the aging report ends."""

from __future__ import annotations

from typing import Any

from arsheet.ledger.account import account
from arsheet.ledger.aging import aging
from arsheet.ledger.assembly import Assembly
from arsheet.ledger.balance import balances, reclassification
from tests.ledger.books import apply, book, c001, day, invoice, minor, note, receipt


def lines(found: Assembly, start: str, end: str, **options: Any) -> list[tuple[str, int, int, int]]:
    """number, debit, credit, balance of the only account, without the closing row."""
    (table,) = account(found.ledger, 0, day(start), day(end), **options)
    return [
        (row["number"] or row["kind"], row["debit"] or 0, row["credit"] or 0, row["balance"])
        for row in table.records()[:-1]
    ]


def test_the_worked_example() -> None:
    found = c001()
    assert lines(found, "2025-04-01", "2025-06-30") == [
        ("opening_balance", 0, 0, minor("100,000")),
        ("R1", 0, minor("30,000"), minor("70,000")),
        ("INV2", minor("80,000"), 0, minor("150,000")),
        ("INV3", minor("60,000"), 0, minor("210,000")),
        ("CN1", 0, minor("10,000"), minor("200,000")),
        ("INV4", minor("50,000"), 0, minor("250,000")),
        ("R2", 0, minor("25,000"), minor("225,000")),
    ]
    (report,) = aging(found.ledger, day("2025-06-30")).records()
    assert int(report["net"]) == minor("225,000")


def test_without_what_went_before() -> None:
    first = lines(c001(), "2025-04-01", "2025-06-30", carry_forward=False)
    assert first[0][3] == 0
    assert first[-1][3] == minor("125,000")


def test_on_one_date_documents_then_receipts_then_notes() -> None:
    found = book(
        [note("A-note", "5", "2025-03-01"), invoice("Z-invoice", "20", "2025-03-01")],
        receipts=[receipt("M-receipt", "8", "2025-03-01")],
    )
    numbers = [row[0] for row in lines(found, "2025-03-01", "2025-03-31")]
    assert numbers == ["opening_balance", "Z-invoice", "M-receipt", "A-note"]


def test_discounts_and_their_reversal_are_movements() -> None:
    found = book(
        [invoice("I1", "100", "2025-03-01")],
        receipts=[receipt("R1", "98", "2025-03-10")],
        applications=[apply("R1", "I1", "98", discount="2", reversed_on="2025-03-20")],
    )
    assert lines(found, "2025-03-01", "2025-03-31") == [
        ("opening_balance", 0, 0, 0),
        ("I1", minor("100"), 0, minor("100")),
        ("R1", 0, minor("98"), minor("2")),
        ("I1", 0, minor("2"), 0),
        ("I1", minor("2"), 0, minor("2")),
    ]


def test_a_refund_is_a_debit() -> None:
    found = book([], receipts=[receipt("R1", "50", "2025-03-10"), receipt("R2", "20", "2025-03-12", kind="refund")])
    assert lines(found, "2025-03-01", "2025-03-31")[1:] == [
        ("R1", 0, minor("50"), -minor("50")),
        ("R2", minor("20"), 0, -minor("30")),
    ]


def test_money_of_one_customer_for_anothers_document() -> None:
    """C001 pays 30 for C002: its credit falls to 0, and C002 owes 70."""
    found = book(
        [invoice("I2", "100", "2025-03-01", customer_id="C002")],
        receipts=[receipt("R1", "30", "2025-03-10")],
        applications=[apply("R1", "I2", "30")],
    )
    ends = [
        int(table.facts["closing"])
        for customer in (0, 1)
        for table in account(found.ledger, customer, day("2025-03-01"), day("2025-03-31"))
    ]
    assert ends == [0, minor("70")]


def test_an_account_per_currency() -> None:
    found = book([invoice("I1", "100", "2025-03-01"), invoice("I2", "100", "2025-03-01", currency="USD")])
    tables = account(found.ledger, 0, day("2025-03-01"), day("2025-03-31"))
    assert [(table.facts["currency"], table.facts["closing"]) for table in tables] == [("CNY", 10_000), ("USD", 10_000)]


def test_credit_balances_move_to_contract_liabilities() -> None:
    """重分类: a customer who is 40 ahead is no negative receivable; nothing of the ledger changes."""
    found = book(
        [invoice("I1", "100", "2025-03-01"), invoice("I2", "60", "2025-03-01", customer_id="C002")],
        receipts=[receipt("R1", "140", "2025-03-10")],
    )
    at = day("2025-03-31")
    rows = {row["customer_id"]: row for row in reclassification(found.ledger, at).records()}
    found_rows = {
        customer: tuple(int(row[key]) for key in ("book", "reclass", "reported")) for customer, row in rows.items()
    }
    assert found_rows == {"C001": (-4_000, 4_000, 0), "C002": (6_000, 0, 6_000)}
    assert sum(int(row["net"]) for row in balances(found.ledger, at).records()) == 2_000
