"""Where the table stands in a sheet: titles, blanks, headers, totals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from arsheet.importers.locate import locate
from arsheet.schema.tables import IMPORT_COLUMNS, TABLES
from arsheet.table import ArsheetError
from tests.importers.import_cases import HEADER, Planner, appended, codes, grid_of, invoices, only

A = ["XS001", "C001", "甲公司", "2026-01-05", "2026-02-04", "100.00"]
B = ["XS002", "C001", "甲公司", "2026-01-06", "2026-02-05", "50.50"]
C = ["XS003", "C002", "乙公司", "2026-01-07", "2026-02-06", "1,000.00"]


def find(grid: Any) -> Any:
    return locate(grid, TABLES["invoices"], extra=IMPORT_COLUMNS["invoices"])


def test_header_below_titles_keeps_true_rows_and_columns() -> None:
    grid = grid_of(
        ["应收账款明细表"], ["单位：元", None, "2026年1月"], [], HEADER, [], A, B, first_row=3, first_column=2
    )
    located = find(grid)
    assert located.header_row == 6
    assert list(located.raw.place.rows) == [8, 9]
    assert located.raw.place.cell(0, 0) == "C8"
    assert located.match.mapping["amount"] == 5


def test_blank_columns_and_rows_are_tolerated() -> None:
    rows = [[None, *row[:2], None, *row[2:]] for row in (HEADER, A, B)]
    located = find(grid_of(rows[0], [], rows[1], [], rows[2]))
    assert len(located.raw) == 2
    assert located.raw.place.cell(1, located.match.mapping["document_no"]) == "B5"


def test_aliases_of_another_system(plan: Planner) -> None:
    made = plan(grid_of(["BELNR", "KUNNR", "posting_date", "converted_usd"], ["1", "007", "2026-01-05", "3.5"]))
    assert made.preview.headers == {
        "BELNR": "document_no", "KUNNR": "customer_id", "posting_date": "document_date", "converted_usd": "amount",
    }  # fmt: skip
    assert appended(made)[0]["customer_id"] == "007"


def test_duplicate_headers_take_the_first_and_say_so(plan: Planner) -> None:
    made = plan(grid_of([*HEADER, "单据号"], [*A, "other"]))
    assert only(made, "column_named_by_two_headers").column == "document_no"
    assert appended(made)[0]["document_no"] == "XS001"


def test_no_header_is_refused() -> None:
    with pytest.raises(ArsheetError, match="header row") as caught:
        find(grid_of(["a", "b"], [1, 2]))
    assert caught.value.code == "header_row_not_found"


def test_subtotals_and_totals_that_agree_are_dropped(plan: Planner) -> None:
    made = plan(
        invoices(
            A,
            B,
            [None, None, "小 计", None, None, "150.50"],
            C,
            [None, None, "小计：", None, None, 1000.0],
            ["合计", None, None, None, None, "1,150.50"],
            ["制表人：张三", None, None, None, None, None],
        )
    )
    assert made.preview.total_rows == (4, 6, 7)
    assert made.preview.footer_rows == (8,)
    assert codes(made) == []
    assert made.preview.tables["invoices"].sum_new == {"CNY": Decimal("1150.50")}


def test_a_subtotal_that_differs_is_said_with_the_arithmetic(plan: Planner) -> None:
    made = plan(invoices(A, B, ["Total", None, None, None, None, "150.00"]))
    facts = only(made, "subtotal_differs").facts
    assert (facts["read"], facts["sum"], facts["difference"]) == (
        Decimal("150.00"),
        Decimal("150.50"),
        Decimal("-0.50"),
    )
    assert (facts["sheet"], facts["cell"]) == ("数据", "F4")
    assert len(appended(made)) == 2


def test_a_total_over_several_currencies_is_said(plan: Planner) -> None:
    header = [*HEADER, "币种"]
    made = plan(grid_of(header, [*A, "CNY"], [*B, "USD"], ["总计", None, None, None, None, "150.50", None]))
    assert only(made, "total_adds_different_currencies").facts["currencies"] == "CNY, USD"
    assert made.preview.tables["invoices"].sum_new == {"CNY": Decimal("100.00"), "USD": Decimal("50.50")}


def test_a_customer_called_total_is_no_total(plan: Planner) -> None:
    made = plan(
        invoices(
            ["XS009", "C009", "Total", "2026-01-05", None, "7"],
            ["XS010", "C010", "会计学会小计", "2026-01-05", None, "8"],
        )
    )
    assert made.preview.total_rows == ()
    assert len(appended(made)) == 2


def test_a_header_printed_again_is_no_row(plan: Planner) -> None:
    assert len(appended(plan(invoices(A, HEADER, B)))) == 2
