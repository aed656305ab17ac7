"""Dirt of the account: directions, debits and credits, running balances, balances brought forward, trial balances."""

from __future__ import annotations

from arsheet.run import PlannedImport
from tests.importers.dirt.cases import Case, Expect, cases, column

AHEAD = ["单据号", "客户名称", "单据日期"]
DIRECTED = [
    [*AHEAD, "方向", "金额"],
    ["INV-1", "上海甲公司", "2026-01-05", "借", 1000],
    ["INV-2", "上海甲公司", "2026-01-06", "借方", 500],
    ["CN-3", "上海甲公司", "2026-01-07", "贷", 300],
    ["CN-4", "上海甲公司", "2026-01-08", "贷方", "20.50"],
]
UNDIRECTED = [
    *DIRECTED,
    ["INV-5", "上海甲公司", "2026-01-09", "不详", 70],
    ["INV-6", "上海甲公司", "2026-01-09", None, 7],
]
ACCOUNT = [*AHEAD, "摘要", "借方金额", "贷方金额"]
MOVED = [
    ["INV-1", "上海甲公司", "2026-01-05", "销售商品", 1000, None],
    ["SK-1", "上海甲公司", "2026-01-06", "收到货款", None, 400],
    ["CN-1", "上海甲公司", "2026-01-07", "退货红字", None, 100],
    ["INV-2", "上海甲公司", "2026-01-08", "销售商品", "250.00", 0],
]
LEDGER = [
    [*ACCOUNT, "方向", "余额"],
    [None, "上海甲公司", "2026-01-01", "期初余额", None, None, "借", 200],
    ["INV-1", "上海甲公司", "2026-01-05", "销售商品", 1000, None, "借", 1200],
    ["SK-1", "上海甲公司", "2026-01-06", "银行收款", None, 1300, "贷", 100],
    ["INV-2", "上海甲公司", "2026-01-08", "销售商品", 250, None, "借", 150],
    [None, None, None, "本月合计", 1250, 1300, "借", 150],
    [None, None, None, "期末余额", None, None, "借", 150],
]
BALANCED = [*AHEAD, "金额", "余额"]


def _ran(*rows: tuple[float, float]) -> list[list[object]]:
    """Documents of one customer with amount and balance."""
    body = [[f"INV-{at}", "上海甲公司", f"2026-01-{at:02}", *row] for at, row in enumerate(rows, 1)]
    return [BALANCED, *body]


RED = _ran((1000, 1000), (500, 1500), (200, 1300), (100, 1400))
GAP = _ran((1000, 1000), (500, 1500), (200, 2000), (100, 2100))
OPEN = _ran((1000, 1000), (500, 200), (200, 200), (100, 50))
OPENING = [
    [*AHEAD, "金额"],
    ["期初余额", "上海甲公司", None, 800],
    ["INV-1", "上海甲公司", "2026-01-05", 1000],
    ["INV-2", "北京乙公司", "2026-01-06", 500],
]
OPENING_ALONE = [
    [*AHEAD, "摘要", "金额"],
    [None, "上海甲公司", "上年结转", None, 800],
    ["INV-1", "上海甲公司", "2026-01-05", "货款", 1000],
    ["INV-2", None, "2026-01-06", "货款", 500],
]
GROUPED = [
    ["单据号", "客户名称", "单据日期", "摘要", "金额", None],
    [None, None, None, None, "借方", "贷方"],
    *MOVED,
]
BOTH = [ACCOUNT, *MOVED, ["X-1", "上海甲公司", "2026-01-09", "对冲", 60, 60]]
TRIAL = [
    ["科目余额表", *[None] * 6],
    ["科目编码", "科目名称", "期初余额", "本期借方", "本期贷方", "期末余额", "备注"],
    ["1122", "应收账款", 300, 1500, 600, 1200, None],
    ["1122.01", "应收账款-上海甲公司", 300, 1000, 400, 900, None],
    ["1122.02", "应收账款-北京乙公司", 0, 500, 200, 300, None],
    ["合计", None, 300, 1500, 600, 1200, None],
]
TWO_ROWS = [
    ["科目编码", "客户名称", "期初余额", None, "本期发生额", None, "期末余额", None],
    [None, None, "借方", "贷方", "借方", "贷方", "借方", "贷方"],
    ["112201", "上海甲公司", 300, None, 1000, 400, 900, None],
    ["112202", "北京乙公司", None, 100, 500, 600, None, 200],
    ["1001", "库存现金", 50, None, None, None, 50, None],
]
DIRECTIONS = [
    ["科目编码", "科目名称", "方向", "期初余额", "本期借方", "本期贷方", "方向", "期末余额"],
    ["1122.01", "上海甲公司", "借", 300, 100, 500, "贷", 100],
    ["1122.02", "北京乙公司", "借", 200, 500, 200, "借", 500],
    ["合计", None, "借", 500, 600, 700, "借", 400],
]
BACKWARDS = [RED[0], *RED[:0:-1]]
WRONG = [
    TRIAL[1],
    ["1122.01", "上海甲公司", 300, 1000, 400, 950, None],
    ["1122.02", "北京乙公司", 0, 500, 200, 300, None],
]


def _numbered(planned: PlannedImport) -> bool:
    """Whether openings have numbers made from their customers, and are of the kind opening."""
    numbers, kinds = column(planned, "document_no"), column(planned, "kind")
    made = [number for number, kind in zip(numbers, kinds, strict=True) if kind == "opening"]
    return bool(made) and all(number.startswith("期初-") for number in made)


CASES: list[Case] = [
    *cases("amount_and_direction", DIRECTED, Expect("1179.50", 4, codes=("credits_taken_as_credit_notes",))),
    *cases("direction_unknown", UNDIRECTED, Expect("1179.50", 4, "77", 2, codes=("direction_not_readable",))),
    *cases(
        "debit_and_credit",
        [ACCOUNT, *MOVED],
        Expect("1150", 3, receipts="400", codes=("credits_taken_as_receipts", "credits_taken_as_credit_notes")),
    ),
    *cases(
        "debit_and_credit_under_one_heading",
        GROUPED,
        Expect("1150", 3, receipts="400", codes=("credits_taken_as_receipts", "credits_taken_as_credit_notes")),
    ),
    *cases(
        "debit_and_credit_in_one_row",
        BOTH,
        Expect("1150", 3, "0", 1, receipts="400", codes=("row_with_debit_and_credit",)),
    ),
    *cases(
        "account_with_running_balance",
        LEDGER,
        Expect("1450", 3, receipts="1300", totals=2, codes=("opening_rows_taken",), also=_numbered),
    ),
    *cases("red_letter_without_minus", RED, Expect("1600", 3, "200", 1, codes=("negative_amount_without_sign",))),
    *cases("red_letter_latest_first", BACKWARDS, Expect("1600", 3, "200", 1, codes=("negative_amount_without_sign",))),
    *cases(
        "total_of_amounts_with_direction",
        [*DIRECTED, ["合计", None, None, None, 1179.5]],
        Expect("1179.50", 4, totals=1, codes=("credits_taken_as_credit_notes",)),
    ),
    *cases("a_row_missing_from_the_balance", GAP, Expect("1800", 4, codes=("running_balance_differs",))),
    *cases("open_amounts_are_no_balance", OPEN, Expect("1800", 4, codes=("documents_partly_settled_without_date",))),
    *cases("opening_row", OPENING, Expect("2300", 3, codes=("opening_rows_taken",), also=_numbered)),
    *cases(
        "opening_row_and_a_row_without_customer",
        OPENING_ALONE,
        Expect("1800", 2, "500", 1, codes=("opening_rows_taken", "row_without_required_value"), also=_numbered),
    ),
    *cases(
        "trial_balance",
        TRIAL,
        Expect("1200", 2, totals=2, header_row=2, codes=("document_date_missing_as_of_date_taken",)),
        kind="opening",
    ),
    *cases(
        "trial_balance_with_headers_of_two_rows",
        TWO_ROWS,
        Expect("700", 2, "50", 1, codes=("accounts_not_receivables", "document_date_missing_as_of_date_taken")),
        kind="opening",
    ),
    *cases(
        "trial_balance_with_directions",
        DIRECTIONS,
        Expect("400", 2, totals=1, codes=("document_date_missing_as_of_date_taken",)),
        kind="opening",
    ),
    *cases(
        "trial_balance_that_differs",
        WRONG,
        Expect("1250", 2, codes=("trial_balance_differs", "document_date_missing_as_of_date_taken")),
        kind="opening",
    ),
    *cases("trial_balance_as_invoices", TRIAL, Expect(error="trial_balance_is_opening")),
]
