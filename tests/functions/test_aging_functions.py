"""AR_AGING and AR_AGING_DERIVED: the worked example of the definitions, whom it is asked for, its errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from arsheet.functions.invoke import Result, invoke
from arsheet.functions.registry import Version
from arsheet.ledger.assembly import assemble
from arsheet.table import CellError, Table

Call = Callable[..., Result]


def amounts(result: Result, row: int = 0) -> list[Any]:
    """The figures of a row from total to net."""
    return list(result.rows[row][3:])


def test_due_basis_is_the_worked_example(call: Call) -> None:
    assert amounts(call("AR_AGING", "C001"))[:8] == [250000, 110000, 70000, 0, 0, 70000, -25000, 225000]


def test_invoice_basis_is_the_worked_example(call: Call) -> None:
    for basis in ("invoice", "单据日期", "开票日"):
        assert amounts(call("AR_AGING", "C001", "", basis))[:7] == [250000, 50000, 60000, 70000, 70000, -25000, 225000]


def test_fifo_setting_is_the_worked_example(call: Call) -> None:
    found = amounts(call("AR_AGING", "C001", settings={"unapplied": "fifo"}))
    assert found[:8] == [225000, 110000, 70000, 0, 0, 45000, 0, 225000]


def test_without_a_customer_it_is_the_whole_aging(call: Call) -> None:
    everybody = call("AR_AGING", "*")
    assert len(everybody.rows) > 1
    for args in ((), (None,), ("",), ([[None]],), (None, "2025-06-30")):
        assert call("AR_AGING", *args).rows == everybody.rows
    blank = call("AR_AGING", [[None], [""]])
    assert blank.error is not None
    assert blank.error.code == "argument_missing", "cells that are blank still name nobody"


def test_any_past_date_is_replayed(call: Call) -> None:
    assert amounts(call("AR_AGING", "C001", "2025-04-14"))[:6] == [100000, 0, 100000, 0, 0, 0]


def test_header_is_in_the_language(call: Call) -> None:
    assert call("AR_AGING", "C001").header[:5] == ("客户编码", "客户名称", "币种", "应收合计", "未到期")
    english = call("AR_AGING", "C001", language="en").header
    assert english[:6] == ("Customer ID", "Customer name", "Currency", "Total", "Not due", "1-30 days")
    assert call("AR_AGING", "*", None, None, None, "region").header[0] == "地区"


def test_a_name_and_a_code_in_another_width_find_the_customer(call: Call) -> None:
    assert call("AR_AGING", "示例一").rows == call("AR_AGING", "C001").rows == call("AR_AGING", " ｃ００１ ").rows


def test_everybody_is_a_row_per_key_and_currency(call: Call) -> None:
    rows = call("AR_AGING", "*").rows
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("C001", "CNY", 250000),
        ("C002", "USD", 10000),
        ("C003", "CNY", 0),
    ]


def test_a_range_has_a_row_for_each_code_in_its_order(call: Call) -> None:
    rows = call("AR_AGING", [["C003"], ["C999"], [None], ["C004"], ["C001"]]).rows
    assert [row[0] for row in rows] == ["C003", "C999", "C004", "C001"]
    assert all(isinstance(cell, CellError) and cell.text == "#N/A" for cell in rows[1][1:])
    assert rows[2][2:5] == ("CNY", Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    ("customer", "error", "code", "zh", "en"),
    [
        ("C999", "#N/A", "customer_unknown", "没有客户“C999”", "There is no customer 'C999'"),
        ("C004", "#N/A", "no_data", "没有数据：没有未清项", "No data: nothing is open"),
        (
            [[None], [""]],
            "#VALUE!",
            "argument_missing",
            "参数“客户（留空为全部）”这块区域是空白",
            "The argument “Customer (blank for all)” is a range of blank cells",
        ),
    ],
)
def test_whom_it_cannot_answer_for(call: Call, customer: Any, error: str, code: str, zh: str, en: str) -> None:
    found = call("AR_AGING", customer).error
    assert found is not None
    assert (found.error, found.code, found.zh, found.en) == (error, code, zh, en)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("C001", "", "born"), "basis_is_unknown"),
        (("C001", "", "", "90,60"), "buckets_not_a_rising_list"),
        (("C001", "", "", "", "moon"), "by_is_unknown"),
        (("C001", "", "", "", "", "hidden"), "not_due_is_unknown"),
        (("C001", "", "", "", "", "", "perhaps"), "flag_not_readable"),
    ],
)
def test_words_that_are_not_known(call: Call, args: tuple[Any, ...], code: str) -> None:
    found = call("AR_AGING", *args).error
    assert found is not None
    assert (found.error, found.code) == ("#VALUE!", code)


@pytest.mark.parametrize("buckets", ["30,60", "30、60", [[30.0, 60.0]], [["30"], ["60"]]])
def test_buckets_in_every_form(call: Call, buckets: Any) -> None:
    assert call("AR_AGING", "C001", "", "", buckets).header[4:8] == ("未到期", "1-30天", "31-60天", "61天以上")


def test_buckets_by_year_and_one_edge(call: Call) -> None:
    assert call("AR_AGING", "C001", "", "invoice", "按年").header[4:6] == ("1年以内", "1-2年")
    assert call("AR_AGING", "C001", "", "", 30).header[4:7] == ("未到期", "1-30天", "31天以上")


def test_not_due_can_be_merged(call: Call) -> None:
    assert amounts(call("AR_AGING", "C001", "", "", "", "", "并入第一段"))[:3] == [250000, 180000, 0]


def test_total_row_per_currency_and_never_across(call: Call) -> None:
    plain, totalled = call("AR_AGING", "*"), call("AR_AGING", "*", "", "", "", "", "", 1)
    assert totalled.rows[: len(plain.rows)] == plain.rows
    assert [row[:4] for row in totalled.rows[len(plain.rows) :]] == [
        ("合计", None, "CNY", Decimal(250000)),
        ("合计", None, "USD", Decimal(10000)),
    ]
    with_error = call("AR_AGING", ["C001", "C999"], "", "", "", "", "", 1)
    assert with_error.rows[-1][3] == 250000


def test_split_by_another_dimension_adds_the_customers_asked_for(call: Call) -> None:
    everybody = call("AR_AGING", "*", "", "", "", "region").rows
    assert [(row[0], row[2], row[3]) for row in everybody] == [("华东", "CNY", 250000), ("海外", "USD", 10000)]
    some = call("AR_AGING", ["C001", "C003", "C999"], "", "", "", "地区").rows
    assert some[0][3:] == everybody[0][3:]
    assert isinstance(some[1][3], CellError)
    assert call("AR_AGING", "C003", "", "", "", "region").rows[0][9] == -5000


def two_of_a_name(version: Version) -> Version:
    customers = Table("customers", ("customer_id", "name"), (["B1", "B2"], ["同名公司", "同名公司"]))
    return replace(version, ledger=assemble({"customers": customers}).ledger)


def test_a_name_of_two_customers_names_their_codes(version: Version) -> None:
    found = invoke("AR_AGING", ("同名公司",), version=two_of_a_name(version)).error
    assert found is not None
    assert (found.error, found.code) == ("#VALUE!", "customer_name_is_not_unique")
    assert "B1, B2" in found.zh
    assert "B1, B2" in found.en


def test_derived_aging_ties_to_the_balance(call: Call) -> None:
    rows = call("AR_AGING_DERIVED", "500,000", 300000, [[150000, 80000, 40000]]).rows
    assert rows == ((Decimal(300000), Decimal(150000), Decimal(50000)),)
    assert sum(call("AR_AGING_DERIVED", 900000, 300000, [[150000], [80000], [None]]).rows[0]) == 900000
    assert call("AR_AGING_DERIVED", -100, 0, [[1, 2]]).rows == ((Decimal(-100), Decimal(0)),)


def test_derived_aging_refuses_what_is_no_amount(call: Call) -> None:
    for args, code in (
        ((500, 300, [["x"]]), "amount_not_a_number"),
        ((500, -300, [[1]]), "derived_aging_input_negative"),
        ((500, 300, None), "argument_missing"),
    ):
        found = call("AR_AGING_DERIVED", *args).error
        assert found is not None
        assert (found.error, found.code) == ("#VALUE!", code)
        assert found.zh != found.en
