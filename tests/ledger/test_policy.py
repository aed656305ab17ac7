"""The order of application for money without a document (definitions §3.2), with numbers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from arsheet.ledger.assembly import Assembly
from arsheet.ledger.policy import propose
from arsheet.table import ArsheetError
from tests.ledger.books import book, day, invoice, minor, note, receipt

AT = day("2025-09-30")
THREE = [
    invoice("I1", "400", "2025-07-01", "2025-08-31"),
    invoice("I2", "600", "2025-07-01", "2025-08-15"),
    invoice("I3", "500", "2025-07-01", "2025-10-01"),
]


def paid(amount: str, date: str = "2025-09-05") -> Assembly:
    return book(THREE, receipts=[receipt("R1", amount, date)])


def proposed(found: Assembly, policy: str, at: int = AT, **options: object) -> dict[str, int]:
    """What each document gets, in yuan; the order is that of the proposal."""
    ledger = found.ledger
    made = propose(ledger, at, policy, **options)  # type: ignore[arg-type]
    return {ledger.line_name(one.line): one.amount for one in made}


NUMBERS = {
    "legal": {"I2": "600", "I1": "400", "I3": "100"},
    "fifo": {"I2": "600", "I1": "400", "I3": "100"},
    "prorata": {"I1": "293.33", "I2": "440.00", "I3": "366.67"},
    "specified": {},
}


@pytest.mark.parametrize("policy", NUMBERS)
def test_1100_over_three_documents(policy: str) -> None:
    assert proposed(paid("1,100"), policy) == {number: minor(share) for number, share in NUMBERS[policy].items()}


def test_legal_takes_what_is_due_on_the_day_of_payment_first() -> None:
    """Paid on 20 August, I2 is due and I1 is not: I2, then by due date."""
    assert list(proposed(paid("1,100", "2025-08-20"), "legal").items()) == [
        ("I2", minor("600")),
        ("I1", minor("400")),
        ("I3", minor("100")),
    ]


def test_equal_due_dates_share_in_proportion_the_remainder_to_the_largest() -> None:
    found = book(
        [invoice(number, amount, "2025-07-01", "2025-08-31") for number, amount in (("A", 1), ("B", 1), ("C", 2))],
        receipts=[receipt("R1", "1.01", "2025-09-05")],
    )
    assert proposed(found, "legal") == {"A": 25, "B": 25, "C": 51}


def test_less_secured_then_heavier_burden_then_earlier() -> None:
    """Secured debts wait; of the unsecured the one with the higher agreed rate goes first."""
    found = paid("700")
    ledger = found.ledger
    documents = replace(
        ledger.documents,
        secured=np.array([0, 1, 0]),
        late_rates=[Decimal("0.0003"), Decimal("0.0009"), None],
    )
    chosen = replace(found, ledger=replace(ledger, documents=documents, _memo={}))
    assert proposed(chosen, "legal") == {"I1": minor("400"), "I2": minor("300")}
    burden = replace(documents, secured=None)
    chosen = replace(found, ledger=replace(ledger, documents=burden, _memo={}))
    assert proposed(chosen, "legal") == {"I2": minor("600"), "I1": minor("100")}


def test_receipts_go_by_date_and_each_customer_pays_its_own() -> None:
    found = book(
        [*THREE, invoice("X1", "50", "2025-07-01", "2025-08-31", customer_id="C002")],
        receipts=[
            receipt("R2", "100", "2025-09-06"),
            receipt("R1", "600", "2025-09-05"),
            receipt("R3", "80", "2025-09-05", customer_id="C002"),
        ],
    )
    ledger = found.ledger
    made = propose(ledger, AT)
    assert [(ledger.receipt_id(one.receipt), ledger.line_name(one.line), one.amount) for one in made] == [
        ("R1", "I2", minor("600")),
        ("R3", "X1", minor("50")),
        ("R2", "I1", minor("100")),
    ]


def test_money_in_one_currency_pays_documents_in_it() -> None:
    found = book([*THREE, invoice("U1", "10", "2025-07-01", currency="USD")], receipts=[
        receipt("R1", "25", "2025-09-05", currency="USD")])  # fmt: skip
    assert proposed(found, "legal") == {"U1": minor("10")}


def test_what_is_reserved_or_not_asked_for_stays() -> None:
    found = paid("700")
    assert proposed(found, "fifo", reserved={0: minor("50")}) == {"I2": minor("600"), "I1": minor("50")}
    assert proposed(found, "fifo", receipts=np.zeros(0, np.int64)) == {}


def test_credit_notes_are_no_debts() -> None:
    found = book([THREE[0], note("N1", "100", "2025-07-02")], receipts=[receipt("R1", "900", "2025-09-05")])
    assert proposed(found, "legal") == {"I1": minor("400")}


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ArsheetError) as refused:
        propose(paid("1").ledger, AT, "random")
    assert refused.value.facts["read"] == "random"
