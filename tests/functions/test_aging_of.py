"""AR_AGING_OF: ranges as people have them, with the headers of other systems."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from arsheet.functions.invoke import Result, invoke, to_json

AS_OF = dt.date(2025, 6, 30)
EXAMPLE = [
    ["客户编码", "单据号", "类型", "单据日期", "到期日", "价税合计", "未收金额", "业务员", "地区", "合同号"],
    ["C001", "INV1", "", "2025-02-28", "2025-03-30", 100000, 70000, "王芳", "华东", "HT1"],
    ["C001", "INV2", "", "2025-04-20", "2025-05-31", 80000, 70000, "王芳", "华东", "HT1"],
    ["C001", "INV3", "", "2025-05-05", "2025-06-30", 60000, 60000, "李强", "华东", "HT2"],
    ["C001", "INV4", "", "2025-06-10", "2025-07-31", 50000, 50000, "李强", "华东", "HT2"],
]


def age(data: Any, *args: Any, **keywords: Any) -> Result:
    return invoke("AR_AGING_OF", (data, AS_OF, *args), **keywords)


def test_open_amounts_age_as_in_the_worked_example() -> None:
    assert age(EXAMPLE).rows[0][3:9] == (250000, 110000, 70000, 0, 0, 70000)
    assert age(EXAMPLE, "invoice").rows[0][3:8] == (250000, 50000, 60000, 70000, 70000)


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("业务员", [("李强", 110000), ("王芳", 140000)]),
        ("region", [("华东", 250000)]),
        ("contract", [("HT1", 140000), ("HT2", 110000)]),
        ("currency", [("CNY", 250000)]),
    ],
)
def test_split_by_what_the_range_has(by: str, rows: list[tuple[str, int]]) -> None:
    assert [(row[0], row[3]) for row in age(EXAMPLE, None, None, by).rows] == rows


@pytest.mark.parametrize("by", ["department", "class"])
def test_split_by_a_column_that_is_not_there(by: str) -> None:
    found = age(EXAMPLE, None, None, by).error
    assert found is not None
    assert (found.error, found.code) == ("#VALUE!", "column_missing")


@pytest.mark.parametrize(
    "header",
    [
        ["客户名称", "到期日期", "未收金额"],
        ["往来单位", "应收日期", "余额"],
        ["Customer", "Due date", "Outstanding Amount"],
        ["customer name", "due", "balance due"],
        ["cust_id", "due_in_date", "total_open_amount"],
    ],
)
def test_headers_of_other_systems(header: list[str]) -> None:
    result = age([header, ["甲公司", dt.date(2025, 5, 31), 70000.005]])
    assert result.rows[0][:6] == ("甲公司", "甲公司", "CNY", Decimal("70000.01"), 0, Decimal("70000.01"))


def test_titles_above_and_totals_below_do_not_count() -> None:
    data = [["应收明细表", None, None], ["客户", "到期日", "金额"], ["甲", "2025-05-31", 100], ["合计", None, 100]]
    assert [row[3] for row in age(data).rows] == [100]


def test_settled_amounts_and_dates_leave_what_is_open() -> None:
    data = [
        ["客户", "到期日", "金额", "已收金额"],
        ["甲", "2025-05-31", 100, 30],
        ["甲", "2025-05-31", -50, -20],
    ]
    row = age(data).rows[0]
    assert (row[3], row[9], row[10]) == (70, -30, 40)
    data = [
        ["customerID", "InvoiceDate", "DueDate", "InvoiceAmount", "SettledDate"],
        ["A", "2025-05-01", "2025-05-31", 100, "2025-06-15"],
        ["A", "2025-05-01", "2025-05-31", 60, "2025-07-15"],
    ]
    assert age(data).rows[0][3] == 60


def test_what_cannot_be_counted_is_told_with_its_amount() -> None:
    data = [
        ["客户", "单据号", "到期日", "金额"],
        ["甲", "A1", "2025-05-31", 100],
        ["甲", "A1", "2025-05-31", 100],
        ["甲", "A1", "2025-06-30", 40],
        [None, "A2", "2025-05-31", 7],
        ["甲", "A3", "2025-05-31", "看合同"],
        ["甲", "A4", None, 5],
    ]
    rows = age(data).rows
    assert rows[0][3] == 140
    told = {row[1]: row[3] for row in rows[1:]}
    assert told == {"1行：重复的行": 100, "1行：没有客户": 7, "1行：金额不是数字": None, "1行：没有日期": 5}
    assert {row[0] for row in rows[1:]} == {"未计入"}
    assert sum(row[3] or 0 for row in rows) == 252
    english = age(data, language="en").rows
    assert english[1][:2] == ("Left out", "1 rows: repeated rows")


def test_documents_dated_after_the_as_of_date_are_told() -> None:
    data = [["客户", "单据日期", "到期日", "金额"], ["甲", "2025-07-01", "2025-07-31", 100]]
    assert age(data).rows[0][:4] == ("未计入", "1行：单据日期晚于截止日期", "CNY", 100)


def test_terms_make_the_due_date() -> None:
    data = [["客户", "单据日期", "账期条款", "金额"], ["甲", "2025-04-15", "月结30天", 100]]
    assert age(data).rows[0][3:8] == (100, 0, 0, 100, 0), "due 2025-05-30, 31 days ago"


def test_a_range_without_customers_is_one_row() -> None:
    data = [["到期日", "未收金额"], ["2025-05-31", 100], ["2025-03-31", 50]]
    assert [row[3] for row in age(data).rows] == [150]


def test_currencies_are_rows_of_their_own() -> None:
    data = [["客户", "到期日", "金额", "币种"], ["甲", "2025-05-31", 100, "美元"], ["甲", "2025-05-31", 70, "CNY"]]
    assert [(row[2], row[3]) for row in age(data).rows] == [("CNY", 70), ("USD", 100)]


@pytest.mark.parametrize(
    ("data", "args", "code"),
    [
        ([["a", "b"], [1, 2]], (), "header_row_not_recognised"),
        ([[None]], (), "header_row_not_recognised"),
        ([["客户", "金额"], ["甲", 1]], (), "column_missing"),
        ([["客户", "到期日", "金额"], ["甲", "2025-05-31", 1]], ("invoice",), "column_missing"),
        ([["客户", "到期日", "金额"], ["甲", "2025-05-31", 1]], ("born",), "basis_is_unknown"),
        (None, (), "argument_missing"),
    ],
)
def test_ranges_that_are_refused(data: Any, args: tuple[Any, ...], code: str) -> None:
    found = age(data, *args).error
    assert found is not None
    assert (found.error, found.code) == ("#VALUE!", code)
    assert found.zh != found.en


def test_nothing_open_is_no_data() -> None:
    found = age([["客户", "到期日", "金额"], ["甲", "2025-05-31", 0]]).error
    assert found is not None
    assert (found.error, found.code) == ("#N/A", "no_data")
    assert to_json(age([["客户", "到期日", "金额"]]))["error"] == "#N/A"


def test_an_amount_beyond_all_money_is_told_and_left_out() -> None:
    rows = age([["客户", "到期日", "金额"], ["甲", "2025-05-31", 1e20], ["甲", "2025-05-31", 5]]).rows
    assert rows[0][3] == 5
    assert [row[1] for row in rows[1:]] == ["1行：金额过大"]
