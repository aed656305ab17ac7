"""What the calculation looks up: advance rules, the account map, exchange rates, the prime rate, holidays."""

from __future__ import annotations

from arsheet.schema.model import Choice, TableSpec
from arsheet.schema.tables.declare import choice, column, day, flag, ident, percent, text

ADVANCE_TIMES = (
    Choice("signing", "签约时", "On signing", ("签订合同",)),
    Choice("before_delivery", "发货前", "Before delivery"),
    Choice("on_delivery", "发货时", "On delivery"),
)
ADVANCE_METHODS = (
    Choice("percent", "按比例", "Percent"),
    Choice("full", "全款", "Full amount", ("全额",)),
    Choice("none", "不预收", "None"),
)
ACCOUNT_ROLES = (
    Choice("receivable", "应收账款", "Receivables", ("1122",)),
    Choice("prepayment", "预收账款", "Prepayments", ("2203", "合同负债")),
    Choice("notes", "应收票据", "Bills receivable", ("1121",)),
    Choice("allowance", "坏账准备", "Loss allowance", ("1231",)),
    Choice("bank", "银行存款", "Bank", ("1002",)),
    Choice("discount", "现金折扣", "Discount"),
    Choice("fee", "手续费", "Fees"),
    Choice("difference", "抹零差异", "Differences", ("尾差",)),
    Choice("fx", "汇兑损益", "Exchange differences"),
    Choice("interest", "逾期利息收入", "Late interest"),
)

ADVANCE_RULES = TableSpec(
    key="advance_rules",
    table_name="AdvanceRules",
    zh="预收规则",
    en="Advance rules",
    columns=(
        text("applies_to", "客户类别或项目", "Class or project", "适用范围", "class|project", required=True),
        percent("percent", "预收比例", "Percent", "比例"),
        choice("when", "收取时点", "When", ADVANCE_TIMES, "时点"),
        choice("method", "方式", "Method", ADVANCE_METHODS, "收取方式"),
    ),
    role="parameter",
    group="documents",
    visible=False,
    note_zh="哪类客户或项目要先收多少预收款。",
    note_en="How much must be paid in advance, by class or project.",
)
ACCOUNT_MAP = TableSpec(
    key="account_map",
    table_name="AccountMap",
    zh="科目对照",
    en="Account map",
    columns=(
        choice("role", "用途", "Role", ACCOUNT_ROLES, "对应项目", required=True),
        ident("code", "科目编码", "Account code", "科目代码", "code|gl account"),
        text("name", "科目名称", "Account name", "科目", "name"),
    ),
    role="parameter",
    group="documents",
    visible=False,
    note_zh="总账科目与本簿用途的对照，用于与总账核对和导出凭证。",
    note_en="Which ledger account stands for what: for the tie-out and exported vouchers.",
)
FX = TableSpec(
    key="fx",
    table_name="FX",
    zh="汇率",
    en="Exchange rates",
    columns=(
        day("date", "日期", "Date", "汇率日期", "rate date", required=True),
        ident("currency", "币种", "Currency", "币别|外币", "currency code", required=True),
        column("rate", "rate", "汇率", "Rate", "中间价", "exchange rate", required=True),
    ),
    role="parameter",
    group="parameters",
    visible=False,
    note_zh="1 单位外币折合多少本位币；取截止日或之前最近一天。",
    note_en="Base currency for one unit; the last rate on or before the as-of date is used.",
)
LPR = TableSpec(
    key="lpr",
    table_name="LPR",
    zh="LPR",
    en="LPR",
    columns=(
        day("date", "公布日期", "Date", "日期|发布日期", required=True),
        percent("1Y", "一年期", "1 year", "1年期|一年期LPR", required=True),
        percent("5Y", "五年期以上", "5 years and over", "5年期|五年期|五年期LPR"),
    ),
    role="parameter",
    group="parameters",
    visible=False,
    note_zh="贷款市场报价利率，用于逾期利息。",
    note_en="The loan prime rate, for late interest.",
)
HOLIDAYS = TableSpec(
    key="holidays",
    table_name="Holidays",
    zh="节假日",
    en="Holidays",
    columns=(
        day("date", "日期", "Date", required=True),
        text("name", "名称", "Name", "节日|节日名称", "holiday"),
        flag("workday", "调休上班", "Working day", "是否上班", "workday"),
    ),
    role="parameter",
    group="parameters",
    visible=False,
    note_zh="本簿自己的例外：节假日，或周末调休上班的日子。",
    note_en="Exceptions of this book: holidays, or weekend days that are worked.",
)
TABLES = (ADVANCE_RULES, ACCOUNT_MAP, FX, LPR, HOLIDAYS)
