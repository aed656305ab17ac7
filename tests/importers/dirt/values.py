"""Dirt in the cells: amounts, dates, numbers and codes as people and programs write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from arsheet.run import PlannedImport
from arsheet.table import to_day
from tests.importers.dirt.cases import BOOKS, HEADER, A, B, C, Case, Expect, amounts, cases, column, lists
from tests.importers.dirt.files import Error, Looks

DAY = dt.date(2026, 8, 31)
SERIAL = (DAY - dt.date(1899, 12, 30)).days
NOT_READ = ("row_without_required_value",)


def _dated(*days: object) -> list[list[object]]:
    return lists(*[[f"INV-{at}", "上海甲公司", day, None, 100] for at, day in enumerate(days, 1)])


def _all_on(*days: dt.date) -> Callable[[PlannedImport], bool]:
    """Whether the documents are dated so."""
    return lambda made: column(made, "document_date") == [to_day(day) for day in days]


def _ids(*texts: str) -> Callable[[PlannedImport], bool]:
    return lambda made: column(made, "document_no") == list(texts)


WRITTEN = (
    "2026/8/31",
    "2026-08-31",
    "2026年8月31日",
    "20260831",
    "2026.8.31",
    "２０２６／８／３１",
    "2026-08-31 00:00:00",
)
DAY_FIRST = _dated("03/04/2026", "25/04/2026", "04/05/2026")
TAXED = [[*HEADER, "发票号码"], [*A, 24312000000012345], [*B, "24312000000012345678"], [*C, "24312000000012345679"]]
TAX_ID = [["客户编码", *HEADER], [913101150000000012, *A], ["91310115MA1K000001", *B], ["00123", *C]]
ACCOUNTS = [
    ["收款单号", "收款日期", "客户名称", "付款账号", "收款金额"],
    ["R-1", "2026-01-05", "上海甲公司", 6222021001012345678, 100],
    ["R-2", "2026-01-06", "上海甲公司", "6222021001012345678", 200],
]
ZEROS = lists(["000123", *A[1:]], ["INV 2", *B[1:]], ["ＩＮＶ－3", *C[1:]])

CASES: list[Case] = [
    *cases("thousands_and_brackets", amounts("1,200.50", "(300.00)", "（45.25）"), Expect("855.25")),
    *cases("signed_amounts", amounts(1200.5, -300, "-45.25"), Expect("855.25")),
    *cases("minus_after_and_full_width_minus", amounts("1,200.50", "300.00-", "－45.25"), Expect("855.25")),
    *cases("dash_for_an_amount", amounts(100, "--", 50), Expect("150", 2, "0", 1, 1, codes=NOT_READ)),
    *cases("thousands_in_text", amounts("2,000.50", " 1 ", "￥3"), Expect("2004.50")),
    *cases("no_break_spaces", amounts("1\xa0200.50", "\xa0300\xa0", "45.25\u3000"), Expect()),
    *cases("ten_thousands", amounts("1.5万元", "2万", "3.25万"), Expect("67500")),
    *cases("full_width_digits", amounts("１２００．５０", "３００", "４５．２５"), Expect()),
    *cases("to_be_confirmed", amounts(100, "待确认", 50), Expect("150", 2, "0", 1, 1, codes=("amount_not_a_number",))),
    *cases("with_a_currency", amounts("1,200.50元", "人民币300", "RMB 45.25"), Expect()),
    *cases("an_amount_too_large", amounts(100, 1e17), Expect("100", 1, "0", 1, 1, codes=("amount_too_large",))),
    *cases("written_dates", _dated(*WRITTEN), Expect("700", 7, also=_all_on(*[DAY] * 7))),
    *cases("dates", _dated(DAY, DAY), Expect("200", 2, also=_all_on(DAY, DAY)), forms=BOOKS),
    *cases("serial_dates", _dated(SERIAL, SERIAL), Expect("200", 2, also=_all_on(DAY, DAY)), forms=BOOKS),
    *cases("serial_dates", _dated(SERIAL), Expect("0", 0, "100", 1, codes=("date_not_readable",)), forms=("csv",)),
    *cases("compact_numbers_as_dates", _dated(20260831, 20260831), Expect("200", 2, also=_all_on(DAY, DAY))),
    *cases("month_without_day", _dated(DAY, "2026-08"), Expect("100", 1, "100", 1, codes=("date_without_day",))),
    *cases("month_in_words", _dated(DAY, "2026年8月"), Expect("100", 1, "100", 1, codes=("date_without_day",))),
    *cases("a_day_that_never_was", _dated(DAY, "2026-02-30"), Expect("100", 1, "100", 1, codes=("date_impossible",))),
    *cases(
        "day_first_by_column",
        DAY_FIRST,
        Expect("300", 3, also=_all_on(dt.date(2026, 4, 3), dt.date(2026, 4, 25), dt.date(2026, 5, 4))),
    ),
    *cases(
        "month_first_by_column",
        _dated("03/04/2026", "04/25/2026"),
        Expect("200", 2, also=_all_on(dt.date(2026, 3, 4), dt.date(2026, 4, 25))),
    ),
    *cases(
        "order_of_day_and_month_unknown",
        _dated("03/04/2026", "04/05/2026"),
        Expect("0", 0, "200", 2, codes=("date_order_unknown",)),
    ),
    *cases(
        "dates_of_1904",
        _dated(dt.date(2025, 12, 31), dt.date(2030, 1, 1)),
        Expect("200", 2, also=_all_on(dt.date(2025, 12, 31), dt.date(2030, 1, 1))),
        forms=BOOKS,
        looks=Looks(from_1904=True),
    ),
    *cases(
        "number_in_scientific_notation",
        lists(["1.2E+27", *A[1:]], ["INV-2", *B[1:]]),
        Expect("300", 1, "1200.5", 1, codes=("id_lost_digits",)),
    ),
    *cases(
        "number_of_27_digits_as_a_number",
        lists([1.2e27, *A[1:]], ["INV-2", *B[1:]]),
        Expect("300", 1, "1200.5", 1, codes=("id_lost_digits",)),
    ),
    *cases(
        "tax_invoice_number_as_a_number",
        TAXED,
        Expect("345.25", 2, "1200.5", 1, codes=("id_lost_digits",)),
        forms=BOOKS,
    ),
    *cases("tax_invoice_number_as_a_number", TAXED, Expect(), forms=("csv",)),
    *cases(
        "tax_id_of_18_digits_as_a_number",
        TAX_ID,
        Expect("345.25", 2, "1200.5", 1, codes=("id_lost_digits",)),
        forms=BOOKS,
    ),
    *cases("tax_id_of_18_digits_as_a_number", TAX_ID, Expect(), forms=("csv",)),
    *cases(
        "account_of_19_digits_as_a_number",
        ACCOUNTS,
        Expect("200", 1, "100", 1, codes=("id_lost_digits",)),
        forms=BOOKS,
        kind="receipts",
    ),
    *cases("account_of_19_digits_as_a_number", ACCOUNTS, Expect("300", 2), forms=("csv",), kind="receipts"),
    *cases("leading_zeros_and_widths_in_numbers", ZEROS, Expect(also=_ids("000123", "INV 2", "INV-3"))),
    *cases(
        "a_number_that_became_a_date",
        lists([DAY, *A[1:]], B),
        Expect("300", 1, "1200.5", 1, codes=("id_turned_into_a_date",)),
        forms=BOOKS,
    ),
    *cases(
        "error_cells",
        amounts(100, Error("#N/A"), 50),
        Expect("150", 2, "0", 1, 1, codes=("cell_is_an_error",)),
        forms=BOOKS,
    ),
    *cases(
        "error_cells",
        amounts(100, Error("#N/A"), 50),
        Expect("150", 2, "0", 1, 1, codes=("amount_not_a_number",)),
        forms=("csv",),
    ),
    *cases(
        "formulas_without_results",
        amounts(100, "=A3*2", 50),
        Expect("150", 2, "0", 1, 1, codes=("formula_without_result",)),
        forms=("xlsx",),
    ),
    *cases(
        "formulas_without_results",
        amounts(100, "=E2*2", 50),
        Expect("150", 2, "0", 1, 1, codes=NOT_READ),
        forms=("xls",),
    ),
    *cases(
        "a_total_without_result",
        [*amounts(100, 50), ["合计", None, None, None, "=SUM(E2:E3)"]],
        Expect("150", 2, totals=1),
        forms=("xlsx",),
    ),
    *cases(
        "a_column_of_formulas_without_results",
        amounts("=1+1", "=1+2"),
        Expect("0", 0, "0", 2, 2, codes=("formula_without_result",)),
        forms=("xlsx",),
    ),
]
