"""Early-payment discount: the worked numbers, each setting, and the peer cases."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arsheet.ledger.discount import (
    DiscountInvoice,
    DiscountPayment,
    DiscountPolicy,
    Settlement,
    implied_annual_rate,
    settle,
)
from arsheet.ledger.money import to_decimal, to_minor
from arsheet.ledger.terms import Discount, Due, Share, TermError, TermLine, Terms, schedule
from arsheet.table import iso, to_day

PEERS = Path(__file__).parents[2].parent / "shared" / "data" / "peer_cases"
TWO_TEN = Discount(percent=Decimal(2), days=10)
INVOICE = DiscountInvoice("I1", 100, 10_000_000, 1_300_000)


def settled(payment: DiscountPayment | None, **policy: Any) -> Settlement:
    return settle([INVOICE], TWO_TEN, payment, DiscountPolicy(**policy))


def test_implied_annual_rate_of_the_definitions() -> None:
    simple = implied_annual_rate(Decimal(2), 10, 30)
    compound = implied_annual_rate(Decimal(2), 10, 30, compound=True)
    assert simple is not None
    assert compound is not None
    assert round(simple * 100, 2) == Decimal("37.24")
    assert round(compound * 100, 2) == Decimal("44.59")
    assert round((implied_annual_rate(Decimal(2), 10, 30, 360) or 0) * 100, 2) == Decimal("36.73")


@pytest.mark.parametrize(("percent", "first", "last"), [(2, 30, 30), (2, 31, 30), (100, 10, 30)])
def test_no_annual_rate(percent: int, first: int, last: int) -> None:
    assert implied_annual_rate(Decimal(percent), first, last) is None


def test_gross_and_net_base_of_the_definitions() -> None:
    gross = settled(DiscountPayment(110))
    assert (gross.discount_minor, gross.cash_minor, gross.open_after_minor) == (226_000, 11_074_000, 0)
    assert (gross.discount_untaxed_minor, gross.discount_tax_minor) == (200_000, 26_000)
    net = settled(DiscountPayment(110), discount_base="net")
    assert (net.discount_minor, net.discount_untaxed_minor, net.discount_tax_minor) == (200_000, 200_000, 0)


def test_the_last_day_counts_and_grace_extends_it() -> None:
    assert settled(DiscountPayment(110)).discount_minor == 226_000
    late = settled(DiscountPayment(111))
    assert (late.discount_minor, late.cash_minor) == (0, 11_300_000)
    assert settled(DiscountPayment(111), discount_grace_days=1).discount_minor == 226_000
    assert settled(DiscountPayment(1)).discount_minor == 226_000
    assert settled(DiscountPayment(110)).discount_day == 110


def test_partial_payment_earns_pro_rata() -> None:
    half = settled(DiscountPayment(110, 4_900_000))
    assert (half.cash_minor, half.discount_minor, half.open_after_minor) == (4_900_000, 100_000, 6_300_000)
    late = settled(DiscountPayment(111, 4_900_000))
    assert (late.discount_minor, late.open_after_minor) == (0, 6_400_000)


def test_what_is_too_much_is_left_over() -> None:
    over = settled(DiscountPayment(110, 12_000_000))
    assert (over.cash_minor, over.unapplied_minor, over.open_after_minor) == (11_074_000, 926_000, 0)


def test_no_payment_takes_nothing() -> None:
    quote = settled(None)
    assert (quote.payable_if_early_minor, quote.cash_minor, quote.open_after_minor) == (11_074_000, 0, 11_300_000)


@pytest.mark.parametrize(("rounding", "discount"), [("payable", 575), ("discount", 576)])
def test_rounding(rounding: str, discount: int) -> None:
    invoice = DiscountInvoice("I1", 0, 5000, 755)
    policy = DiscountPolicy(discount_rounding=rounding)
    assert settle([invoice], Discount(Decimal(10), None, 10), DiscountPayment(0), policy).discount_minor == discount


def test_mixed_computes_the_tax_on_the_discounted_amount_from_the_start() -> None:
    invoice = DiscountInvoice("I1", 0, 100_000, tax_percent=Decimal(10))
    quote = settle([invoice], Discount(Decimal(10), None, 10), None, DiscountPolicy(discount_base="mixed"))
    assert (quote.total_minor, quote.tax_minor, quote.payable_if_early_minor) == (109_000, 9_000, 99_000)


def test_fixed_amount_is_capped_at_the_invoice() -> None:
    invoice = DiscountInvoice("I1", 0, 3000, 0)
    done = settle([invoice], Discount(None, Decimal(50), 10), DiscountPayment(5), DiscountPolicy())
    assert (done.discount_minor, done.cash_minor) == (3000, 0)


def test_one_payment_for_several_invoices_goes_to_the_oldest_first() -> None:
    newer = DiscountInvoice("I2", 120, 100_000, 0)
    older = DiscountInvoice("I1", 100, 100_000, 0)
    done = settle([newer, older], TWO_TEN, DiscountPayment(115, 198_000), DiscountPolicy())
    assert [one.cash_minor for one in done.invoices] == [98_000, 100_000]
    assert [one.discount_minor for one in done.invoices] == [2_000, 0]
    assert done.discount_day is None
    assert (done.open_after_minor, done.unapplied_minor) == (0, 0)


def test_foreign_currency_and_money_that_arrived() -> None:
    invoice = DiscountInvoice("I1", 0, 1_000_000, 0, currency="USD", rate=Decimal("7.1"))
    payment = DiscountPayment(5, None, 7_000_000)
    done = settle([invoice], TWO_TEN, payment, DiscountPolicy())
    assert (done.cash_minor, done.discount_in_base_minor, done.open_after_in_base_minor) == (980_000, 142_000, 0)
    assert done.cash_in_base_minor == 7_000_000
    assert done.fx_difference_in_base_minor == 7_000_000 - 6_958_000


def test_money_left_over_is_no_exchange_gain() -> None:
    invoice = DiscountInvoice("I1", 0, 100_000, 0, currency="USD", rate=Decimal(7))
    done = settle([invoice], None, DiscountPayment(5, 200_000, 1_400_000), DiscountPolicy())
    assert (done.cash_in_base_minor, done.fx_difference_in_base_minor) == (700_000, 0)


def test_base_currency_without_the_documents_decimals() -> None:
    invoice = DiscountInvoice("I1", 0, 10_000, 0, currency="JPY", rate=Decimal("0.05"))
    assert settle([invoice], None, DiscountPayment(5), DiscountPolicy()).cash_in_base_minor == 50_000


@pytest.mark.parametrize(
    ("application", "paid", "covered"),
    [("due_order", (29_400, 3_920), (30_000, 4_000)), ("prorata", (24_990, 8_330), (25_500, 8_500))],
)
def test_instalments(application: str, paid: tuple[int, ...], covered: tuple[int, ...]) -> None:
    invoice = DiscountInvoice("I1", 0, 36_000, 4_000, schedule=((10, 30_000), (20, 10_000)))
    policy = DiscountPolicy(instalment_application=application)
    done = settle([invoice], TWO_TEN, DiscountPayment(5, 33_320), policy)
    assert done.settled_per_instalment == covered
    assert done.paid_per_instalment == paid


@pytest.mark.parametrize(
    "stated", [{"discount_base": "all"}, {"discount_grace_days": "-1"}, {"instalment_application": "x"}]
)
def test_bad_settings_are_named(stated: dict[str, str]) -> None:
    with pytest.raises(TermError, match=next(iter(stated))):
        DiscountPolicy.from_settings(stated)


def test_a_negative_grace_is_refused() -> None:
    with pytest.raises(TermError):
        DiscountPolicy(discount_grace_days=-1)


money = st.integers(0, 10**10)


@settings(deadline=None)
@given(
    st.lists(st.tuples(money, st.integers(0, 30), st.integers(0, 40)), min_size=1, max_size=4),
    st.none() | money,
    st.sampled_from(("gross", "net", "mixed")),
    st.sampled_from(("payable", "discount")),
    st.one_of(
        st.decimals(0, 100, places=2).map(lambda p: Discount(p, None, 10)),
        st.decimals(0, 10**6, places=2).map(lambda a: Discount(None, a, 10)),
    ),
)
def test_cash_discount_and_open_add_up(
    rows: list[tuple[int, int, int]], amount: int | None, base: str, rounding: str, discount: Discount
) -> None:
    invoices = [
        DiscountInvoice(str(n), day, untaxed, tax_percent=Decimal(tax)) for n, (untaxed, tax, day) in enumerate(rows)
    ]
    done = settle(invoices, discount, DiscountPayment(20, amount), DiscountPolicy(base, rounding))
    assert done.cash_minor + done.discount_minor + done.open_after_minor == done.total_minor
    assert done.discount_untaxed_minor + done.discount_tax_minor == done.discount_minor
    assert all(one.open_after_minor >= 0 and one.cash_minor >= 0 for one in done.invoices)
    if amount is not None:
        assert done.cash_minor + done.unapplied_minor == amount
    assert done.discount_minor <= done.total_minor - done.payable_if_early_minor


def peer_invoice(row: dict[str, Any]) -> DiscountInvoice:
    return DiscountInvoice(
        row["invoice_id"],
        to_day(dt.date.fromisoformat(row["invoice_date"])),
        to_minor(row["untaxed"]),
        to_minor(row["tax"]) if "tax" in row else None,
        Decimal(row["tax_percent"]) if "tax_percent" in row else None,
        row.get("currency", "CNY"),
        Decimal(row["rate"]) if "rate" in row else None,
        tuple((to_day(dt.date.fromisoformat(due)), to_minor(amount)) for due, amount in row.get("schedule", [])),
    )


def peer_payment(row: dict[str, Any] | None) -> DiscountPayment | None:
    if row is None:
        return None
    minor = [None if row[key] is None else to_minor(row[key]) for key in ("amount", "amount_in_base")]
    return DiscountPayment(to_day(dt.date.fromisoformat(row["payment_date"])), minor[0], minor[1])


def peer_found(key: str, done: Settlement, due_days: list[int | None]) -> Any:
    if key == "due_dates":
        return [iso(due) for due in due_days if due is not None]
    if key == "discount_date":
        return None if done.discount_day is None else iso(done.discount_day)
    value = getattr(done, key if key == "paid_per_instalment" else f"{key}_minor")
    return [to_decimal(part) for part in value] if isinstance(value, tuple) else to_decimal(value)


@pytest.mark.skipif(not PEERS.exists(), reason="the peer cases are not beside the repository")
def test_peer_cases() -> None:
    files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(PEERS.glob("*.json"))]
    cases = [case for file in files for case in file.get("cases", []) if case["topic"] == "early_discount"]
    assert cases
    for case in cases:
        term, invoices = case["inputs"]["term"], [peer_invoice(row) for row in case["inputs"]["invoices"]]
        discount, lines = None, (TermLine(),)
        if term is not None:
            stated = term["discount"]
            percent, amount = (None if stated[key] is None else Decimal(stated[key]) for key in ("percent", "amount"))
            discount = Discount(percent, amount, stated["days"])
            lines = tuple(TermLine(Share("rest"), Due(**line["due"])) for line in term["lines"])
        policy = DiscountPolicy.from_settings(case["settings"])
        done = settle(invoices, discount, peer_payment(case["inputs"]["payment"]), policy)
        plan = schedule(Terms(lines), amount_minor=done.total_minor, base_day=invoices[0].invoice_day)
        for key, value in case["expected"].items():
            found = peer_found(key, done, [line.due_day for line in plan.lines])
            if isinstance(found, Decimal):
                value = Decimal(value)
            elif key == "paid_per_instalment":
                value = [Decimal(part) for part in value]
            assert found == value, (case["case_id"], key)
