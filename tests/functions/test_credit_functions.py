"""Limits, exposure, utilisation, overdue amounts and buckets on the example ledger, and against a slow count."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from arsheet.functions.invoke import Result, invoke, to_json
from arsheet.functions.registry import Version
from arsheet.ledger.assembly import assemble
from arsheet.table import CellError, Table

Call = Callable[..., Result]
DAY = 20_000


def book(
    invoices: list[tuple[str, str, int, int, int]],
    limits: list[tuple[str, str, int, int | None, int | None]],
    receipts: list[tuple[str, str, int, int]] = (),  # type: ignore[assignment]
    **settings: str,
) -> Version:
    """(number, customer, date, due, amount) and (customer, kind, amount, from, to) and (number, customer, date, ...)"""

    def table(name: str, keys: str, rows: Any) -> Table:
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in keys.split()]
        at = keys.split().index("amount")
        columns[at] = [Decimal(value) for value in columns[at]]
        return Table(name, tuple(keys.split()), tuple(columns))

    made = assemble(
        {
            "invoices": table("invoices", "document_no customer_id document_date due_date amount", invoices),
            "limits": table("limits", "customer_id kind amount from to", limits),
            "receipts": table("receipts", "receipt_no customer_id date amount", receipts),
        },
        settings,
    )
    return Version(made.ledger, settings, {"as_of": DAY}, "book")


def value(version: Version, name: str, *args: Any) -> Any:
    return to_json(invoke(name, args, version=version))


def test_no_limit_is_not_available_and_never_zero(call: Call) -> None:
    for name in ("AR_CREDIT_LIMIT", "AR_CREDIT_UTILISATION", "AR_CREDIT_AVAILABLE"):
        found = call(name, "C004").error
        assert found is not None
        assert (found.error, found.code, found.zh) == ("#N/A", "no_credit_limit", "无额度控制")
        found = call(name, "C999").error
        assert found is not None
        assert (found.error, found.code) == ("#N/A", "customer_unknown")


def test_a_range_has_a_cell_per_customer(call: Call) -> None:
    cells = [row[0] for row in call("AR_CREDIT_LIMIT", [["C001"], ["C999"], [None], ["C003"], ["C004"]]).cells()]
    assert [cell.text if isinstance(cell, CellError) else cell for cell in cells] == [
        300000,
        "#N/A",
        None,
        50000,
        "#N/A",
    ]
    rows = call("AR_EXPOSURE", [["C001"], ["C003"], ["C002"]]).rows
    assert rows[0] == (110000, 140000, -25000, 225000)
    assert rows[1] == (0, 0, -5000, -5000)
    assert [cell.text if isinstance(cell, CellError) else cell for cell in rows[2]] == [0, "#N/A", 0, "#N/A"]


def test_all_customers_together(call: Call) -> None:
    assert call("AR_CREDIT_LIMIT", "*").value == 350000
    assert call("AR_CREDIT_UTILISATION", "*").value == pytest.approx(220000 / 350000)
    assert call("AR_CREDIT_AVAILABLE", "*").value == 130000
    found = call("AR_EXPOSURE", "*").error
    assert found is not None
    assert found.code == "fx_rate_missing"
    assert "USD" in found.zh
    assert "USD" in found.en


def test_the_last_base_row_in_force_stands_and_temporary_ones_are_added() -> None:
    version = book(
        [("A", "C", DAY - 40, DAY - 10, 100)],
        [("C", "base", 500, DAY - 100, None), ("C", "base", 800, DAY - 50, None), ("C", "base", 900, DAY + 1, None),
         ("C", "temporary", 50, DAY - 5, DAY), ("C", "temporary", 30, DAY, DAY + 9), ("C", "insured", 70, None, None)],
    )  # fmt: skip
    assert value(version, "AR_CREDIT_LIMIT", "C") == "880.00"
    assert value(version, "AR_CREDIT_LIMIT", "C", "2024-08-01") == "500.00"
    insured = replace(version, settings={"insured_limit": "add"})
    assert value(insured, "AR_CREDIT_LIMIT", "C") == "950.00"


def test_a_limit_of_zero_is_cash_only_or_none_by_the_setting() -> None:
    version = book([("A", "C", DAY - 40, DAY - 10, 100)], [("C", "base", 0, None, None)])
    assert value(version, "AR_CREDIT_LIMIT", "C") == "0.00"
    assert value(version, "AR_CREDIT_AVAILABLE", "C") == "-100.00"
    assert value(version, "AR_CREDIT_UTILISATION", "C")["code"] == "limit_is_zero"
    free = replace(version, settings={"limit_zero": "no_limit"})
    assert value(free, "AR_CREDIT_LIMIT", "C")["code"] == "no_credit_limit"


def test_parts_and_margin_of_the_settings() -> None:
    invoices = [("A", "C", DAY - 40, DAY - 10, 100), ("B", "C", DAY - 40, DAY + 10, 40)]
    version = book(invoices, [("C", "base", 1000, None, None)])
    assert invoke("AR_EXPOSURE", ("C",), version=version).rows == ((40, 100, 0, 140),)
    late = replace(version, settings={"overdue_margin_days": "10"})
    assert invoke("AR_EXPOSURE", ("C",), version=late).rows == ((140, 0, 0, 140),)
    only = replace(version, settings={"exposure_parts": "unpaid,orders=500"})
    assert invoke("AR_EXPOSURE", ("C",), version=only).rows == ((40, 100, 0, 100),)


def test_everything_against_plain_loops() -> None:
    """The oracle: limits, exposure, overdue and oldest days counted one row at a time."""
    rng = random.Random(7)
    customers = [f"K{at}" for at in range(12)]
    invoices = [
        (f"D{at}", rng.choice(customers), day := DAY - rng.randrange(0, 200), day + rng.randrange(0, 90),
         rng.randrange(1, 9000)) for at in range(150)
    ]  # fmt: skip
    receipts = [
        (f"R{at}", rng.choice(customers), DAY - rng.randrange(-20, 90), rng.randrange(1, 4000)) for at in range(40)
    ]
    limits = [
        (rng.choice(customers), rng.choice(("base", "base", "temporary", "insured")), rng.randrange(0, 50000),
         DAY - rng.randrange(-20, 100), None if rng.random() < 0.5 else DAY + rng.randrange(-20, 50))
        for _ in range(40)
    ]  # fmt: skip
    limits = [row for row in limits if row[4] is None or row[4] >= row[3]]
    version = book(invoices, limits, receipts)
    for who in customers:
        mine = [row for row in invoices if row[1] == who and row[2] <= DAY]
        if not mine:
            continue
        owed, late = sum(row[4] for row in mine), [row for row in mine if row[3] < DAY]
        cash = sum(row[3] for row in receipts if row[1] == who and row[2] <= DAY)
        unpaid = sum(row[4] for row in late)
        exposed = owed - cash
        assert invoke("AR_EXPOSURE", (who,), version=version).rows == ((owed - unpaid, unpaid, -cash, exposed),)
        assert value(version, "AR_OVERDUE", who) == f"{unpaid:.2f}"
        assert value(version, "AR_OVERDUE", who, None, 40) == f"{sum(r[4] for r in late if DAY - r[3] >= 40):.2f}"
        assert value(version, "AR_OLDEST_DAYS", who) == max((DAY - row[3] for row in late), default=0)
        live = [row for row in limits if row[0] == who and row[3] <= DAY and (row[4] is None or row[4] >= DAY)]
        base = [row for row in live if row[1] == "base"]
        granted = sum(row[2] for row in live if row[1] == "temporary")
        if base:
            start = max(row[3] for row in base)
            granted += [row for row in base if row[3] == start][-1][2]
        if not base and not any(row[1] == "temporary" for row in live):
            assert value(version, "AR_CREDIT_LIMIT", who)["code"] == "no_credit_limit"
            continue
        assert value(version, "AR_CREDIT_LIMIT", who) == f"{granted:.2f}"
        assert value(version, "AR_CREDIT_AVAILABLE", who) == f"{granted - exposed:.2f}"
        if granted:
            assert value(version, "AR_CREDIT_UTILISATION", who) == pytest.approx(exposed / granted)


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("AR_AGING_BUCKET", ("C001", "5-6"), "bucket_is_unknown"),
        ("AR_OVERDUE", ("C001", None, 0.5), "min_days_not_a_whole_number"),
        ("AR_OVERDUE", ("C001", None, None, "gold"), "currency_unknown"),
        ("AR_OVERDUE", ("*",), "several_currencies"),
        ("AR_CREDIT_LIMIT", ("C001", "soon"), "date_not_readable"),
        ("AR_CREDIT_LIMIT", (CellError("#DIV/0!"),), "argument_is_an_error"),
    ],
)
def test_bad_input_is_an_error_with_its_reason_in_both_languages(
    call: Call, name: str, args: tuple[Any, ...], code: str
) -> None:
    found = call(name, *args).error
    assert found is not None
    assert (found.error, found.code) == ("#VALUE!", code)
    assert found.zh
    assert found.en
    assert found.zh != found.en


@pytest.mark.parametrize("word", ["1-30", "1-30天", "1-30 days", "1 - 30"])
def test_a_bucket_by_any_of_its_names(call: Call, word: str) -> None:
    assert call("AR_AGING_BUCKET", "C001", word).value == 70000


def test_buckets_add_up_to_the_aging(call: Call) -> None:
    parts = [call("AR_AGING_BUCKET", "C001", key).value for key in ("not_due", "1-30", "31-60", "61-90", "91+")]
    assert sum(parts) == call("AR_BALANCE", "C001", None, "gross").value


@pytest.mark.parametrize("name", ["AR_BALANCE", "AR_OVERDUE", "AR_OLDEST_DAYS", "AR_CREDIT_UTILISATION"])
def test_cells_looked_up_are_those_worked_out_alone(version: Version, name: str) -> None:
    """The answer that the first cell brought along is the one that each customer gets from a version of its own."""
    together = replace(version)
    for who in ("C001", "C002", "C003", "C004", "C999", "示例一"):
        alone = to_json(invoke(name, (who,), version=replace(version)))
        assert to_json(invoke(name, (who,), version=together)) == alone
        assert to_json(invoke(name, (who,), version=together)) == alone


def test_answers_keep_settings_dates_and_truths_apart(version: Version) -> None:
    together = replace(version)
    assert invoke("AR_BALANCE", ("C001",), version=together).value == 225000
    assert invoke("AR_BALANCE", ("C001", "2025-03-01"), version=together).value == 100000
    assert invoke("AR_BALANCE", ("C001", None, "overdue"), version=together).value == 140000
    assert invoke("AR_OVERDUE", ("C001", None, 1), version=together).value == 140000
    assert invoke("AR_OVERDUE", ("C001", None, 31), version=together).value == 70000
    later = replace(together, ledger=book([("A", "C001", DAY, DAY, 5)], []).ledger)
    assert invoke("AR_BALANCE", ("C001",), version=later).value == 5
