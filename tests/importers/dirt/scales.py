"""Dirt in the unit: amounts in 万元, in another currency, in two units at once, and titles that only look so."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from arsheet.run import PlannedImport
from tests.importers.dirt.cases import BOOKS, HEADER, A, B, C, Case, Expect, cases, column, lists
from tests.importers.dirt.files import several

Right = Callable[[PlannedImport], bool]
SCALED = "amounts_in_another_scale"
CONTRADICT = "amount_units_contradict"
TEN_THOUSAND = Expect(new="15457500", codes=(SCALED,))
THOUSAND = Expect(new="1545750", codes=(SCALED,))
LEFT_OUT = Expect(new="0", rows=0, refused="1545.75", rows_refused=3, codes=(CONTRADICT,))


def titled(*title: str) -> list[list[object]]:
    """The usual list under title cells."""
    return [[*title, *[None] * (len(HEADER) - len(title))], *lists(A, B, C)]


def headed(amount: str, **more: list[object]) -> list[list[object]]:
    """The usual list with another header of the amounts, and more columns behind."""
    rows = [[*HEADER[:-1], amount], A, B, C]
    return [[*row, *extra] for row, *extra in zip(rows, *([name, *cells] for name, cells in more.items()), strict=True)]


def in_currency(code: str) -> Right:
    """All of it in one currency, and said."""

    def right(planned: PlannedImport) -> bool:
        said = any(found.code == "currency_stated_for_all_rows" for found in planned.findings)
        return set(column(planned, "currency")) == {code} and said

    return right


def nothing_said(planned: PlannedImport) -> bool:
    """Plain yuan: no word of units."""
    return not {found.code for found in planned.findings} & {SCALED, CONTRADICT, "currency_stated_for_all_rows"}


def no_customer_is_a_unit(planned: PlannedImport) -> bool:
    """The customers are those of the names."""
    return set(planned.plan.preview.new_customers) == {"上海甲公司", "北京乙公司"}


def dollars(scale: int = 1) -> Expect:
    """Three documents in dollars."""

    def right(planned: PlannedImport) -> bool:
        total = planned.plan.preview.tables["invoices"].sum_new
        return in_currency("USD")(planned) and total == {"USD": Decimal("1545.75") * scale}

    return Expect(new="0", codes=(SCALED,) if scale > 1 else (), also=right)


YUAN = ("单位：元", "金额单位：人民币元", "（单位：元）", "币种：人民币", "Unit: yuan")
NO_UNIT = (
    *("单位名称：某某公司", "编制单位：上海万元实业有限公司", "客户：上海万元", "注册资本 500 万元", "单位：个"),
    *("授信额度三百万元", "美元汇率：7.10", "往来单位：全部", "K"),
)
CASES: list[Case] = [
    *cases("title_in_ten_thousands", titled("应收账款明细表", "单位：万元"), TEN_THOUSAND),
    *cases("title_in_ten_thousands_with_currency", titled("应收账款（人民币万元）"), TEN_THOUSAND, forms=("csv",)),
    *cases("title_in_thousands", titled("（单位：千元）"), THOUSAND),
    *cases("title_in_a_cell_of_its_own", titled("单位：", "万元"), TEN_THOUSAND, forms=("xlsx",)),
    *cases("title_beside_the_company", titled("编制单位：某某公司   单位：万元"), TEN_THOUSAND, forms=("csv",)),
    *cases("title_in_english", titled("(in thousands of RMB)"), THOUSAND, forms=("csv",)),
    *cases("unit_under_the_data", [*lists(A, B, C), ["注：金额单位为万元", *[None] * 4]], TEN_THOUSAND, forms=("csv",)),
    *cases("unit_beside_the_header", headed("价税合计", **{"单位：万元": [None] * 3}), TEN_THOUSAND),
    *cases("header_in_ten_thousands", headed("价税合计（万元）"), TEN_THOUSAND),
    *cases("header_ends_in_ten_thousands", headed("应收金额万元"), TEN_THOUSAND, forms=("csv",)),
    *cases("header_in_rmb_thousands", headed("Amount (RMB'000)"), THOUSAND, forms=("csv",)),
    *cases(
        "header_named_by_a_person",
        headed("原值（万元）"),
        TEN_THOUSAND,
        forms=("csv",),
        mapping={"原值（万元）": "amount"},
    ),
    *cases(
        "two_headers_one_in_yuan",
        headed("价税合计（万元）", **{"价税合计（元）": [100, 200, 300]}),
        Expect(new="600", also=nothing_said),
    ),
    *cases(
        "unit_column",
        headed("价税合计", 单位=["万元", "元", "千元"]),
        Expect(new="12050550", codes=(SCALED,), also=no_customer_is_a_unit),
    ),
    *cases("unit_column_of_yuan", headed("价税合计", 单位=["元"] * 3), Expect(also=nothing_said)),
    *cases("unit_column_of_goods", headed("价税合计", 单位=["件", "台", "吨"]), Expect(also=no_customer_is_a_unit)),
    *cases(
        "unit_column_with_an_odd_unit",
        headed("价税合计", 单位=["元", "贯", "元"]),
        Expect(new="1245.75", rows=2, refused="300", rows_refused=1, codes=("amount_unit_not_understood",)),
    ),
    *cases(
        "units_contradict",
        [["单位：万元", *[None] * 4], *headed("价税合计（元）")],
        LEFT_OUT,
    ),
    *cases("titles_contradict", titled("单位：万元", "单位：千元"), LEFT_OUT, forms=("csv",)),
    *cases(
        "cell_with_a_scale_of_its_own",
        [["单位：万元", *[None] * 4], *lists(A, [*B[:4], "300元"], [*C[:4], "1.5万元"])],
        Expect(new="12020300", codes=(SCALED,)),
    ),
    *cases("total_in_ten_thousands", [*titled("单位：万元"), ["合计", *[None] * 3, 1545.75]], TEN_THOUSAND),
    *cases("title_in_dollars", titled("应收明细   币种：美元"), dollars()),
    *cases("title_in_thousands_of_dollars", titled("单位：千美元"), dollars(1000)),
    *cases("header_in_dollars", headed("价税合计（USD）"), dollars()),
    *cases("header_with_a_dollar_sign", headed("Amount ($)"), dollars(), forms=("csv",)),
    *cases(
        "currencies_contradict", [["币种：港币", *[None] * 4], *headed("价税合计（USD）")], LEFT_OUT, forms=("csv",)
    ),
    *cases(
        "one_of_two_amounts_in_dollars",
        headed("价税合计", **{"税额（USD）": [1, 2, 3]}),
        LEFT_OUT,
        forms=("csv",),
    ),
    *cases(
        "rows_with_a_currency_keep_it",
        [["币种：美元", *[None] * 5], *headed("价税合计", 币种=["人民币", "人民币", "人民币"])],
        Expect(also=nothing_said),
    ),
    *(
        case
        for at, text in enumerate((*YUAN, *NO_UNIT))
        for case in cases(f"no_scale_{at}", titled(text), Expect(also=nothing_said), forms=("csv",))
    ),
    *(
        Case(
            "one_sheet_of_two_in_ten_thousands",
            form,
            several(form, {"1月": titled("单位：万元")[:3], "2月": lists(B, C)}),
            Expect(new="12005345.25", codes=(SCALED,)),
        )
        for form in BOOKS
    ),
]
