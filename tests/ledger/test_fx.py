"""Currencies: dated rates, the closing rate and the document's, what later money is worth, missing rates."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arsheet.ledger.assembly import Assembly
from arsheet.ledger.balance import balances
from arsheet.ledger.fx import convert, missing_rates, rate_at
from arsheet.ledger.outlook import outlook
from arsheet.ledger.tie import tie_out
from arsheet.ledger.valuation import in_base
from arsheet.table import ArsheetError
from tests.ledger.books import apply, book, day, invoice, minor, receipt

AT = day("2025-06-30")
RATES = [
    {"date": "2025-03-01", "currency": "USD", "rate": "7.10"},
    {"date": "2025-06-28", "currency": "USD", "rate": "7.18"},
    {"date": "2025-07-01", "currency": "USD", "rate": "7.30"},
]
U1 = invoice("U1", "10,000", "2025-03-01", "2025-06-10", currency="USD")


def dollars(**more: object) -> Assembly:
    return book([U1 | more], fx=RATES)


def test_the_worked_example() -> None:
    """USD 10,000 booked at 7.10 = 71,000; at 7.18 = 71,800; unrealised +800."""
    found = dollars()
    closing, booked = in_base(found.ledger, AT), in_base(found.ledger, AT, base_rate="document")
    assert closing.column("open_in_base") == [minor("71,800")]
    assert booked.column("open_in_base") == [minor("71,000")]
    assert closing.column("unrealised_in_base") == booked.column("unrealised_in_base") == [minor("800")]


def test_a_rate_of_its_own_goes_before_the_table() -> None:
    found = dollars(rate="7.00")
    assert in_base(found.ledger, AT, base_rate="document").column("open_in_base") == [minor("70,000")]
    assert in_base(found.ledger, AT).column("unrealised_in_base") == [minor("1,800")]


@pytest.mark.parametrize(
    ("date", "rate"),
    [
        ("2025-02-28", None),
        ("2025-03-01", "7.10"),
        ("2025-06-27", "7.10"),
        ("2025-06-30", "7.18"),
        ("2026-01-01", "7.30"),
    ],
)
def test_the_last_rate_on_or_before_the_day(date: str, rate: str | None) -> None:
    assert rate_at(dollars().ledger.rates, "USD", "CNY", day(date)) == (None if rate is None else Decimal(rate))


@pytest.mark.parametrize(
    ("amount", "rate", "currency", "wanted"),
    [(100_00, "7.18", "USD", 718_00), (1000, "0.0482", "JPY", 48_20), (1, "0.5", "USD", 1), (-1, "0.5", "USD", -1),
     (1_000, "19.5", "KWD", 19_50)],
)  # fmt: skip
def test_converted_once_and_rounded_half_up(amount: int, rate: str, currency: str, wanted: int) -> None:
    """Decimals differ: the yen has none, the dinar three."""
    assert convert(amount, Decimal(rate), currency, "CNY") == wanted


def test_a_missing_rate_names_currency_and_day_and_is_never_1() -> None:
    found = book([U1, invoice("E1", "50", "2025-03-01", currency="EUR"), invoice("C1", "9", "2025-03-01")], fx=RATES)
    (problem,) = missing_rates(found.ledger, AT)
    assert problem.code == "fx_rate_missing"
    assert (problem.facts["currency"], AT in problem.facts.values()) == ("EUR", True)
    by_number = {row["number"]: row["open_in_base"] for row in in_base(found.ledger, AT).records()}
    assert by_number == {"U1": minor("71,800"), "E1": None, "C1": minor("9")}
    first = next(row for row in balances(found.ledger, AT).records())
    assert first["exposure_base"] is None
    with pytest.raises(ArsheetError) as refused:
        tie_out(found.ledger, AT, 0)
    assert (refused.value.code, refused.value.facts["currency"]) == ("fx_rate_missing", "EUR")


def test_later_money_is_worth_its_own_rate() -> None:
    """6,000 arrive on 5 July at 7.20: 43,200; of the 71,800 then 28,600 remain."""
    found = book(
        [U1],
        fx=RATES,
        receipts=[receipt("R1", "6,000", "2025-07-05", currency="USD", rate="7.20")],
        applications=[apply("R1", "U1", "6,000")],
    )
    row = in_base(found.ledger, AT).records()[0]
    assert (row["open_in_base"], row["future_in_base"], row["remaining_in_base"]) == (
        minor("71,800"),
        minor("43,200"),
        minor("28,600"),
    )
    own = outlook(found.ledger, AT).records()
    assert [(one["number"], one["open"], one["future"], one["remaining"]) for one in own] == [
        ("U1", minor("10,000"), minor("6,000"), minor("4,000")),
        ("R1", None, None, 0),
    ]


def test_a_later_reversal_is_negative_future() -> None:
    found = book(
        [U1],
        fx=RATES,
        receipts=[receipt("R1", "6,000", "2025-05-05", currency="USD", rate="7.00")],
        applications=[apply("R1", "U1", "6,000", reversed_on="2025-07-10")],
    )
    row = in_base(found.ledger, AT).records()[0]
    assert (row["open_in_base"], row["future_in_base"], row["remaining_in_base"]) == (
        minor("28,720"),
        -minor("42,000"),
        minor("70,720"),
    )


def test_what_arrived_in_base_currency_is_a_rate_too() -> None:
    found = book(
        [U1], fx=RATES, receipts=[receipt("R1", "1,000", "2025-05-05", currency="USD", base_amount=Decimal("7150"))]
    )
    free = in_base(found.ledger, AT).records()[-1]
    assert (free["number"], free["open_in_base"], free["remaining_in_base"]) == ("R1", -minor("7,150"), -minor("7,150"))


def test_instalments_share_what_comes_later_to_the_cent() -> None:
    lines = [
        {"document_no": "U1", "sequence": number, "due_date": "2025-08-31", "amount": amount}
        for number, amount in ((1, "3,333.33"), (2, "3,333.33"), (3, "3,333.34"))
    ]
    found = book(
        [U1 | {"due_date": None}],
        {"instalment_application": "prorata"},
        fx=RATES,
        instalments=lines,
        receipts=[receipt("R1", "100", "2025-07-05", currency="USD", rate="7.2345")],
        applications=[apply("R1", "U1", "100")],
    )
    parts = in_base(found.ledger, AT).column("future_in_base")[:3]
    assert sum(parts) == in_base(found.ledger, AT, by="document").column("future_in_base")[0] == 72_345


def test_an_unknown_rate_setting_is_refused() -> None:
    with pytest.raises(ArsheetError):
        in_base(dollars().ledger, AT, base_rate="average")
