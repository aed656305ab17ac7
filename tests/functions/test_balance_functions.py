"""AR_BALANCE, AR_RECLASS, AR_UNAPPLIED and AR_OPEN_ITEMS on the example ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from arsheet.functions.invoke import Result, invoke, to_json
from arsheet.functions.registry import Version
from arsheet.ledger.assembly import assemble
from arsheet.table import CellError, Table, to_day

Call = Callable[..., Result]


@pytest.mark.parametrize(
    ("what", "figure"),
    [
        (None, 225000),
        ("net", 225000),
        ("净额", 225000),
        ("gross", 250000),
        ("overdue", 140000),
        ("逾期", 140000),
        ("not_due", 110000),
        ("unapplied", 25000),
        ("disputed", 0),
    ],
)
def test_each_figure_of_the_worked_example(call: Call, what: str | None, figure: int) -> None:
    found = call("AR_BALANCE", "C001", None, what).value
    assert found == figure
    assert found.as_tuple().exponent == -2


def test_a_known_customer_with_nothing_has_a_balance_of_zero(call: Call) -> None:
    assert call("AR_BALANCE", "C004").value == Decimal("0.00")
    assert call("AR_BALANCE", "C001", "2025-01-01").value == 0


def test_an_unknown_customer_is_never_zero(call: Call) -> None:
    found = call("AR_BALANCE", "C999").error
    assert found is not None
    assert (found.error, found.code, found.zh) == ("#N/A", "customer_unknown", "没有客户“C999”")
    assert call("AR_BALANCE", None).error is not None


def test_a_range_has_one_value_per_cell(call: Call) -> None:
    result = call("AR_BALANCE", [["C001"], ["C999"], [None], ["C003"], ["C004"]])
    assert [row[0] if not isinstance(row[0], CellError) else row[0].text for row in result.cells()] == [
        Decimal("225000.00"),
        "#N/A",
        None,
        Decimal("-5000.00"),
        Decimal("0.00"),
    ]
    assert [error.code for error in result.errors()] == ["customer_unknown"]


def test_currencies_are_never_added(call: Call) -> None:
    found = call("AR_BALANCE", "*").error
    assert found is not None
    assert (found.error, found.code) == ("#VALUE!", "several_currencies")
    assert "CNY, USD" in found.zh
    assert "CNY, USD" in found.en
    assert call("AR_BALANCE", "*", None, None, "CNY").value == 220000
    assert call("AR_BALANCE", "*", None, "gross", "美元").value == 10000
    assert call("AR_BALANCE", "C001", None, None, "USD").value == 0


@pytest.mark.parametrize(
    ("args", "code"),
    [(("C001", None, "size"), "what_is_unknown"), (("C001", None, None, "gold bars"), "currency_unknown")],
)
def test_words_that_are_not_known(call: Call, args: tuple[Any, ...], code: str) -> None:
    found = call("AR_BALANCE", *args).error
    assert found is not None
    assert (found.error, found.code) == ("#VALUE!", code)
    assert found.zh != found.en


def in_yen(version: Version) -> Version:
    invoices = Table(
        "invoices",
        ("document_no", "customer_id", "document_date", "amount", "currency"),
        (["J1", "J2"], ["J", "J"], [to_day(dt.date(2025, 6, 1))] * 2, [Decimal(1500), Decimal(7)], ["JPY", "CNY"]),
    )
    return replace(version, ledger=assemble({"invoices": invoices}).ledger)


def test_a_customer_of_two_currencies(version: Version) -> None:
    both = in_yen(version)
    found = invoke("AR_BALANCE", ("J",), version=both).error
    assert found is not None
    assert found.code == "several_currencies"
    assert to_json(invoke("AR_BALANCE", ("J", "", "", "JPY"), version=both)) == "1500"
    assert to_json(invoke("AR_BALANCE", (["J"],), version=both))["code"] == "several_currencies"
    column = to_json(invoke("AR_BALANCE", (["J", "J"],), version=both))
    assert column["rows"][0][0]["code"] == "several_currencies"


def test_reclassification_moves_credit_balances(call: Call) -> None:
    result = call("AR_RECLASS")
    assert result.header == ("客户编码", "客户名称", "币种", "账面", "重分类", "报表数")
    assert result.rows[2] == ("C003", "示例三", "CNY", -5000, 5000, 0)
    assert all(row[3] + row[4] == row[5] for row in result.rows)
    english = call("AR_RECLASS", language="en").header
    assert english[3:] == ("Book", "Reclassified", "Reported")
    found = call("AR_RECLASS", "2020-01-01").error
    assert found is not None
    assert (found.error, found.code) == ("#N/A", "no_data")


def test_unapplied_money_of_a_range(call: Call) -> None:
    rows = call("AR_UNAPPLIED", ["C003", "C999", "C001"]).rows
    assert [row[3] if isinstance(row[3], str) else row[3].text for row in rows] == ["R4", "#N/A", "R2"]
    assert rows[0][7] == 5000
    assert [row[7] for row in call("AR_UNAPPLIED", "*").rows] == [25000, 5000]


def test_unapplied_sum_is_the_figure_of_the_balance(call: Call) -> None:
    assert call("AR_UNAPPLIED", "C001", None, 1).value == 25000
    assert call("AR_UNAPPLIED", "C004", None, 1).value == 0
    assert call("AR_UNAPPLIED", "*", None, 1, "CNY").value == 30000
    assert [row[0] for row in call("AR_UNAPPLIED", ["C001", "C003"], None, 1).rows] == [25000, 5000]


@pytest.mark.parametrize("name", ["AR_UNAPPLIED", "AR_OPEN_ITEMS"])
@pytest.mark.parametrize(
    ("customer", "error", "code"),
    [("C999", "#N/A", "customer_unknown"), ("C004", "#N/A", "no_data"), ("", "#VALUE!", "argument_missing")],
)
def test_lists_of_nobody(call: Call, name: str, customer: str, error: str, code: str) -> None:
    found = call(name, customer).error
    assert found is not None
    assert (found.error, found.code) == (error, code)
    assert found.zh != found.en
    assert call("AR_UNAPPLIED", "C001", None, None, "USD").error is not None


def test_open_items_of_the_worked_example(call: Call) -> None:
    result = call("AR_OPEN_ITEMS", "C001", language="en")
    assert [(row[2], row[9], row[10], row[11], row[13]) for row in result.rows] == [
        ("INV1", 70000, 92, "91+ days", "Overdue"),
        ("INV2", 70000, 30, "1-30 days", "Overdue"),
        ("INV3", 60000, 0, "Not due", "Not due"),
        ("INV4", 50000, -31, "Not due", "Not due"),
    ]
    assert result.header[2:5] == ("Document no", "Instalment", "Kind")
    assert sum(row[9] for row in result.rows) == call("AR_BALANCE", "C001", None, "gross").value


def test_open_items_by_status_and_of_a_range(call: Call) -> None:
    assert [row[2] for row in call("AR_OPEN_ITEMS", "*", None, "逾期").rows] == ["INV1", "INV2", "US1"]
    assert len(call("AR_OPEN_ITEMS", "C001", None, "not_due").rows) == 2
    rows = call("AR_OPEN_ITEMS", ["C002", "C999"]).rows
    assert rows[0][2] == "US1"
    assert rows[1][0] == "C999"
    assert isinstance(rows[1][9], CellError)
    found = call("AR_OPEN_ITEMS", "C001", None, "lost").error
    assert found is not None
    assert (found.error, found.code) == ("#VALUE!", "status_is_unknown")


def test_days_are_called_by_what_they_count(call: Call) -> None:
    assert call("AR_OPEN_ITEMS", "C001").header[10] == "逾期天数"
    assert call("AR_OPEN_ITEMS", "C001", settings={"aging_basis": "invoice"}).header[10] == "账龄天数"
