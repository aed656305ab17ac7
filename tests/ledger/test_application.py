"""Applications: what they reduce, when, how far, and what of them cannot stand."""

from __future__ import annotations

from typing import Any

import pytest

from arsheet.ledger.assembly import Assembly
from arsheet.ledger.items import open_items
from arsheet.ledger.replay import FAR_DAY, applied, proportional, replay
from arsheet.table import NO_DAY, ArsheetError
from tests.ledger.books import apply, book, day, invoice, minor, note, receipt

END = day("2025-12-31")
I1 = invoice("I1", "100.00", "2025-03-01", "2025-03-31")
SCHEDULE = [
    {"document_no": "I1", "sequence": 1, "due_date": "2025-03-31", "amount": "60.00"},
    {"document_no": "I1", "sequence": 2, "due_date": "2025-04-30", "amount": "30.00"},
    {"document_no": "I1", "sequence": 3, "due_date": "2025-05-31", "amount": "10.00"},
]


def opens(found: Assembly, at: int = END) -> dict[str, int]:
    """Open amount by document or instalment, 0 included."""
    state = replay(found.ledger, at)
    return {found.ledger.line_name(line): int(value) for line, value in enumerate(state.open)}


def free(found: Assembly, at: int = END) -> dict[str, int]:
    return {found.ledger.receipt_id(row): int(value) for row, value in enumerate(replay(found.ledger, at).free)}


def codes(found: Assembly) -> list[str]:
    return [problem.code for problem in found.problems]


def test_an_application_counts_from_the_latest_of_three_dates() -> None:
    """Receipt 10 March, document 1 March, typed 5 March: it counts from the 10th; typed 20 March: from the 20th."""
    for typed, first in (("2025-03-05", "2025-03-10"), ("2025-03-20", "2025-03-20"), (None, "2025-03-10")):
        found = book([I1], receipts=[receipt("R1", "40", "2025-03-10")], applications=[apply("R1", "I1", "40", typed)])
        assert opens(found, day(first) - 1)["I1"] == minor("100")
        assert opens(found, day(first))["I1"] == minor("60")


def test_money_received_before_the_document_waits_for_it() -> None:
    found = book([I1], receipts=[receipt("R1", "40", "2025-02-10")], applications=[apply("R1", "I1", "40")])
    assert free(found, day("2025-02-28")) == {"R1": minor("40")}
    assert opens(found, day("2025-03-01")) == {"I1": minor("60")}


def test_discount_and_difference_leave_the_document_only() -> None:
    found = book(
        [I1],
        receipts=[receipt("R1", "97.00", "2025-03-10")],
        applications=[apply("R1", "I1", "97.00", discount="2.00", difference="1.00")],
    )
    assert (opens(found), free(found)) == ({"I1": 0}, {"R1": 0})


def test_a_reversal_puts_everything_back() -> None:
    found = book(
        [I1],
        receipts=[receipt("R1", "97.00", "2025-03-10")],
        applications=[apply("R1", "I1", "97.00", discount="3.00", reversed_on="2025-04-01")],
    )
    assert opens(found, day("2025-03-31"))["I1"] == 0
    assert opens(found, day("2025-04-01"))["I1"] == minor("100")
    assert free(found, day("2025-04-01"))["R1"] == minor("97")


def test_what_a_reversal_freed_may_be_applied_again() -> None:
    found = book(
        [I1],
        receipts=[receipt("R1", "100", "2025-03-10"), receipt("R2", "100", "2025-04-05")],
        applications=[apply("R1", "I1", "100", reversed_on="2025-04-01"), apply("R2", "I1", "100", "2025-04-05")],
    )
    assert codes(found) == []
    assert (opens(found), free(found)) == ({"I1": 0}, {"R1": minor("100"), "R2": 0})


def test_more_than_is_open_stays_with_the_receipt() -> None:
    found = book(
        [I1],
        receipts=[receipt("R1", "80", "2025-03-10"), receipt("R2", "80", "2025-03-20")],
        applications=[apply("R1", "I1", "80"), apply("R2", "I1", "80")],
    )
    assert (opens(found), free(found)) == ({"I1": 0}, {"R1": 0, "R2": minor("60")})
    (problem,) = [one for one in found.problems if one.table == "applications"]
    assert (problem.code, problem.row, problem.facts["document_no"]) == ("application_exceeds_open_amount", 1, "I1")


def test_the_earlier_one_stands_whatever_the_order_of_the_rows() -> None:
    found = book(
        [I1],
        receipts=[receipt("R1", "80", "2025-03-10"), receipt("R2", "80", "2025-03-20")],
        applications=[apply("R2", "I1", "80"), apply("R1", "I1", "80")],
    )
    assert free(found) == {"R1": 0, "R2": minor("60")}


def test_more_than_the_receipt_has_is_cut() -> None:
    found = book([I1], receipts=[receipt("R1", "30", "2025-03-10")], applications=[apply("R1", "I1", "50")])
    assert (opens(found), free(found)) == ({"I1": minor("70")}, {"R1": 0})
    assert "application_exceeds_source" in codes(found)


def test_money_goes_before_discount_and_difference() -> None:
    """Open 100: 98 of money, then 2 of the 5 discount, nothing of the difference."""
    found = book(
        [I1],
        receipts=[receipt("R1", "98", "2025-03-10")],
        applications=[apply("R1", "I1", "98", discount="5", difference="1")],
    )
    assert (opens(found), free(found)) == ({"I1": 0}, {"R1": 0})
    assert "application_exceeds_open_amount" in codes(found)


def test_on_one_date_the_receipt_goes_before_the_note() -> None:
    """100 paid on the day of a linked note of 30: the money stands, the note keeps its 30."""
    found = book(
        [I1, note("N1", "30", "2025-03-10", "I1")],
        receipts=[receipt("R1", "100", "2025-03-10")],
        applications=[apply("R1", "I1", "100")],
    )
    assert (opens(found), free(found)) == ({"I1": 0, "N1": -minor("30")}, {"R1": 0})
    assert max(applied(found.ledger, END).receipts.tolist()) == minor("100")


def test_an_earlier_note_goes_before_the_receipt() -> None:
    found = book(
        [I1, note("N1", "30", "2025-03-09", "I1")],
        receipts=[receipt("R1", "100", "2025-03-10")],
        applications=[apply("R1", "I1", "100")],
    )
    assert (opens(found), free(found)) == ({"I1": 0, "N1": 0}, {"R1": minor("30")})


def test_what_is_used_of_a_linked_note_by_hand_is_not_used_twice() -> None:
    """A note of 30 for I1, of which 20 are applied to I2 by hand: 10 are left for I1."""
    found = book(
        [I1, invoice("I2", "50", "2025-03-01"), note("N1", "30", "2025-03-09", "I1")],
        applications=[apply("N1", "I2", "20")],
    )
    assert opens(found) == {"I1": minor("90"), "I2": minor("30"), "N1": 0}


def test_a_receipt_may_use_up_a_credit_note() -> None:
    """70 arrive for 100 less a note of 30."""
    found = book(
        [I1, note("N1", "30", "2025-03-05")],
        receipts=[receipt("R1", "70", "2025-03-10")],
        applications=[apply("R1", "I1", "100"), apply("R1", "N1", "-30")],
    )
    assert (opens(found), free(found), codes(found)[:1]) == ({"I1": 0, "N1": 0}, {"R1": 0}, codes(found)[:1])


def test_a_receipt_that_uses_up_a_note_is_cut_as_a_whole() -> None:
    """The same, but 20 were paid before: 80 are open, so 80 stand, and 20 of the 100 in hand are left."""
    found = book(
        [I1, note("N1", "30", "2025-03-05")],
        receipts=[receipt("R0", "20", "2025-03-04"), receipt("R1", "70", "2025-03-10")],
        applications=[apply("R0", "I1", "20"), apply("R1", "I1", "100"), apply("R1", "N1", "-30")],
    )
    assert (opens(found), free(found)) == ({"I1": 0, "N1": 0}, {"R0": 0, "R1": minor("20")})


def test_a_note_is_not_used_by_a_receipt_and_a_document_at_once() -> None:
    found = book(
        [I1, note("N1", "30", "2025-03-05")],
        receipts=[receipt("R1", "10", "2025-03-10")],
        applications=[apply("R1", "N1", "-30"), apply("N1", "I1", "30", "2025-03-20")],
    )
    assert opens(found) == {"I1": minor("100"), "N1": 0}
    assert free(found) == {"R1": minor("40")}
    assert "application_exceeds_source" in codes(found)


def test_a_refund_pays_a_credit_note_out() -> None:
    found = book(
        [note("N1", "30", "2025-03-05")],
        receipts=[receipt("R1", "30", "2025-03-10", kind="refund")],
        applications=[apply("R1", "N1", "-30")],
    )
    assert (opens(found), free(found)) == ({"N1": 0}, {"R1": 0})


INSTALMENTS: list[tuple[str, str, list[int]]] = [
    ("due_order", "70", [0, 20, 10]),
    ("due_order", "100", [0, 0, 0]),
    ("prorata", "70", [18, 9, 3]),
    ("prorata", "100", [0, 0, 0]),
]


@pytest.mark.parametrize(("mode", "paid", "left"), INSTALMENTS)
def test_what_names_no_instalment(mode: str, paid: str, left: list[int]) -> None:
    found = book(
        [I1],
        {"instalment_application": mode},
        instalments=SCHEDULE,
        receipts=[receipt("R1", paid, "2025-03-10")],
        applications=[apply("R1", "I1", paid)],
    )
    assert list(opens(found).values()) == [value * 100 for value in left]


def test_a_named_instalment_goes_first() -> None:
    found = book(
        [I1],
        instalments=SCHEDULE,
        receipts=[receipt("R1", "40", "2025-03-10")],
        applications=[apply("R1", "I1", "10", sequence=3), apply("R1", "I1", "30")],
    )
    assert opens(found) == {"I1#1": minor("30"), "I1#2": minor("30"), "I1#3": 0}


def test_an_instalment_takes_no_more_than_it_is() -> None:
    found = book(
        [I1],
        instalments=SCHEDULE,
        receipts=[receipt("R1", "40", "2025-03-10")],
        applications=[apply("R1", "I1", "40", sequence=3)],
    )
    assert (opens(found)["I1#3"], free(found)["R1"]) == (0, minor("30"))


def test_a_last_instalment_below_zero_is_settled_with_the_rest() -> None:
    """120 and −20: 100 settle both, under either rule."""
    lines = [
        {"document_no": "I1", "sequence": 1, "due_date": "2025-03-31", "amount": "120.00"},
        {"document_no": "I1", "sequence": 2, "due_date": "2025-04-30", "amount": "-20.00"},
    ]
    for mode in ("due_order", "prorata"):
        found = book(
            [I1],
            {"instalment_application": mode},
            instalments=lines,
            receipts=[receipt("R1", "100", "2025-03-10")],
            applications=[apply("R1", "I1", "100")],
        )
        assert opens(found) == {"I1#1": 0, "I1#2": 0}


def test_what_is_named_settles_nothing_else() -> None:
    """100, 30 and −30: 100 for the first leave the other two as they are."""
    lines = [
        {"document_no": "I1", "sequence": number, "due_date": "2025-03-31", "amount": amount}
        for number, amount in ((1, "100.00"), (2, "30.00"), (3, "-30.00"))
    ]
    found = book(
        [I1],
        instalments=lines,
        receipts=[receipt("R1", "100", "2025-03-10")],
        applications=[apply("R1", "I1", "100", sequence=1)],
    )
    assert opens(found) == {"I1#1": 0, "I1#2": minor("30"), "I1#3": -minor("30")}
    assert applied(found.ledger, END).receipts.tolist() == [minor("100"), 0, 0]


def test_a_credit_note_may_have_instalments_too() -> None:
    found = book(
        [I1, note("N1", "50", "2025-03-02", "I1")],
        instalments=[
            {"document_no": "N1", "sequence": 1, "due_date": "2025-03-31", "amount": "-30.00"},
            {"document_no": "N1", "sequence": 2, "due_date": "2025-04-30", "amount": "-20.00"},
        ],
    )
    assert opens(found) == {"I1": minor("50"), "N1#1": 0, "N1#2": 0}


@pytest.mark.parametrize(
    ("weights", "amount", "shares"),
    [
        ([1, 1, 1], 100, [1, 1, 1]),
        ([100, 100, 100], 100, [33, 33, 34]),
        ([5, 0, -3], 4, [4, 0, 0]),
        ([1, 1], 1, [1, 0]),
        ([0, 0], 7, [0, 0]),
        ([200, 100], 150, [100, 50]),
    ],
)
def test_shares(weights: list[int], amount: int, shares: list[int]) -> None:
    """Half up, the remainder to the last; never more than there is."""
    assert proportional(weights, amount) == shares


UNKNOWN: list[tuple[dict[str, Any], str]] = [
    (apply("R9", "I1", "10"), "application_source_not_found"),
    (apply("R1", "I9", "10"), "application_document_not_found"),
    (apply("I1", "I1", "10"), "application_source_not_found"),
    (apply("R1", "U1", "10"), "application_currency_differs_from_document"),
]


@pytest.mark.parametrize(("row", "code"), UNKNOWN)
def test_what_cannot_stand_is_said(row: dict[str, Any], code: str) -> None:
    found = book([I1, invoice("U1", "5", "2025-03-01", currency="USD")], receipts=[receipt("R1", "10", "2025-03-10")],
                 applications=[row])  # fmt: skip
    assert code in codes(found)
    assert opens(found)["I1"] == minor("100")
    assert free(found)["R1"] == minor("10")


def test_two_documents_of_one_number_are_refused_by_the_build() -> None:
    from arsheet.ledger.building import build
    from arsheet.ledger.columns import Documents
    from arsheet.ledger.store import days

    with pytest.raises(ArsheetError) as refused:
        build(
            documents=Documents(ids=["A", "A"], customers=["C", "C"], dates=days([1, 1]), due=days([1, 1]),
                                amounts=days([1, 1]).astype("int64"))
        )  # fmt: skip
    assert refused.value.code == "duplicate_id"


def test_nothing_at_all_is_a_ledger_too() -> None:
    found = book([])
    assert len(open_items(found.ledger, END)) == 0
    assert NO_DAY < END < FAR_DAY
