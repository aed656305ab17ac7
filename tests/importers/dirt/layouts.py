"""Dirt in the layout: titles, totals, blanks, merges, hidden rows, headers, sheets."""

from __future__ import annotations

from collections.abc import Callable

from arsheet.run import PlannedImport
from tests.importers.dirt.cases import BOOKS, EVERYWHERE, HEADER, SUM, A, B, C, Case, Expect, cases, lists
from tests.importers.dirt.files import Looks, several

TITLES = [
    ["上海某某贸易有限公司应收账款明细表", *[None] * 4],
    ["截止日期：2026年3月31日", None, None, None, "单位：元"],
    [None] * 5,
]
BLANK = [None] * 5


def _customers(planned: PlannedImport) -> list[str]:
    return sorted(planned.plan.preview.new_customers)


NAMES = lists(
    ["INV-1", "上海甲（集团）有限公司", "2026-01-05", "2026-02-04", 1200.5],
    ["INV-2", "上海甲(集团)有限公司 ", "2026-01-06", "2026-02-05", 300],
    ["INV-3", "上海 甲（集团）有限公司", "2026-01-07", "2026-02-06", 45.25],
)
SUFFIXES = lists(
    ["INV-1", "上海甲贸易有限公司", "2026-01-05", "2026-02-04", 1200.5],
    ["INV-2", "上海甲贸易", "2026-01-06", "2026-02-05", 300],
    ["INV-3", "上海甲贸易有限责任公司", "2026-01-07", "2026-02-06", 45.25],
)
MERGED = [["客户名称", "单据号", "单据日期", "到期日", "价税合计"]] + [
    ["上海甲公司" if at == 1 else None, f"INV-{at}", "2026-01-05", "2026-02-04", amount]
    for at, amount in enumerate((1200.5, 300, 45.25), 1)
]
NO_CUSTOMER = [[row[0], *row[2:]] for row in lists(A, B, C)]
SHUFFLED = [[row[4], row[2], row[0], row[3], row[1]] for row in lists(A, B, C)]
FULL_WIDTH_HEADER = [["单 据 号", "客户名称：", "单据日期　", " 到期日", "价税合计（元）"], A, B, C]
TOTALS = lists(
    *(A, C, [None, "上海甲公司小计", None, None, 1245.75]),
    *(B, ["小计", None, None, None, 300]),
    *(["合计", None, None, None, 1545.75], ["总计", None, None, None, "1,545.75"]),
)
WRONG_TOTAL = lists(A, B, C, ["合计", None, None, None, 1600])
DOUBLE = [[*HEADER, "到期日期"], *[[*row, "2026-12-31"] for row in (A, B, C)]]
SAME = [[*HEADER, "价税合计"], *[[*row, 999] for row in (A, B, C)]]
JANUARY = [["一月应收", *[None] * 4], HEADER, A, B, ["合计", None, None, None, 1500.5]]
FEBRUARY = [
    HEADER,
    ["INV-4", "上海甲公司", "2026-02-05", "2026-03-04", 20],
    ["INV-5", "广州丙公司", "2026-02-06", None, 30],
]
MARCH = [["单 据 号", *HEADER[1:]], ["INV-6", "广州丙公司", "2026-03-06", None, "4,000.00"]]
REPEATED_ROW = [HEADER, A, ["INV-7", "广州丙公司", "2026-03-07", None, 7]]
NOTES = [["说明"], ["一月至三月"]]
OTHER = [["单据号", "客户名称", "业务日期", "发票金额"], ["OLD-1", "丁公司", "2025-01-01", 5]]


def _months(*names: str, left: tuple[str, ...] = ()) -> Callable[[PlannedImport], bool]:
    def right(planned: PlannedImport) -> bool:
        preview = planned.plan.preview
        return preview.sheets == names and preview.sheets_left == left

    return right


CASES: list[Case] = [
    *cases("title_rows", [*TITLES, *lists(A, B, C)], Expect(header_row=4), looks=Looks(merged=((0, 0, 0, 4),))),
    *cases("columns_in_any_order", SHUFFLED),
    *cases("full_width_and_spaces_in_headers", FULL_WIDTH_HEADER),
    *cases("subtotals", TOTALS, Expect(totals=4)),
    *cases("total_that_differs", WRONG_TOTAL, Expect(totals=1, codes=("subtotal_differs",))),
    *cases("blank_rows", lists(A, BLANK, B, BLANK, BLANK, C)),
    *cases("blank_columns", [[None, row[0], None, *row[1:3], None, *row[3:]] for row in lists(A, B, C)]),
    *cases(
        "names_with_spaces_and_full_width_brackets",
        NAMES,
        Expect(codes=("customer_has_several_names",), also=lambda made: len(_customers(made)) == 1),
    ),
    *cases(
        "names_with_other_suffixes",
        SUFFIXES,
        Expect(codes=("customers_differ_by_suffix",), also=lambda made: len(_customers(made)) == 3),
    ),
    *cases("no_customer_column", NO_CUSTOMER, Expect("0", 0, SUM, 3, codes=("column_missing",))),
    *cases(
        "merged_customers",
        MERGED,
        Expect(also=lambda made: _customers(made) == ["上海甲公司"]),
        forms=BOOKS,
        looks=Looks(merged=((1, 0, 3, 0),)),
    ),
    *cases(
        "merged_customers",
        MERGED,
        Expect("1200.5", 1, "345.25", 2, codes=("row_without_required_value",)),
        forms=("csv",),
    ),
    *cases(
        "hidden_rows", lists(A, B, C), Expect(codes=("rows_hidden_in_source",)), forms=BOOKS, looks=Looks(hidden=(2,))
    ),
    *cases(
        "filtered_rows",
        lists(A, B, C),
        Expect(codes=("rows_hidden_in_source",)),
        forms=("xlsx",),
        looks=Looks(hidden=(1, 3), filtered="A1:E4"),
    ),
    *cases("two_headers_for_one_column", DOUBLE, Expect(codes=("column_named_by_two_headers",))),
    *cases("the_same_header_twice", SAME, Expect(codes=("column_named_by_two_headers",))),
    *[
        Case(
            "one_sheet_per_month",
            form,
            several(form, {"1月": JANUARY, "2月": FEBRUARY, "3月": MARCH, "说明": NOTES}),
            Expect("5550.50", 5, totals=1, also=_months("1月", "2月", "3月")),
        )
        for form in BOOKS
    ],
    *[
        Case(
            "a_sheet_with_other_headers",
            form,
            several(form, {"旧": OTHER, "1月": JANUARY, "2月": FEBRUARY}),
            Expect("1550.50", 4, also=_months("1月", "2月", left=("旧",))),
        )
        for form in BOOKS
    ],
    *[
        Case(
            "the_same_row_in_two_sheets",
            form,
            several(form, {"1月": JANUARY, "2月": REPEATED_ROW}),
            Expect("1507.50", 3, also=lambda made: made.plan.preview.tables["invoices"].rows_known == 1),
        )
        for form in BOOKS
    ],
    *[
        Case("headers_repeated_on_each_page", form, each.build)
        for form, each in zip(EVERYWHERE, cases("", lists(A, B, HEADER, C)), strict=True)
    ],
]
