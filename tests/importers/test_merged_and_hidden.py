"""Merged cells hold for every row they cover, amounts excepted; rows hidden in the file are said."""

from __future__ import annotations

from decimal import Decimal

from arsheet.importers.tabular import plan_import
from arsheet.table import Grid

HEADER = ["客户名称", "单据号", "单据日期", "到期日", "价税合计"]
ROWS = [
    ["甲公司", "INV-1", "2026-01-05", "2026-02-04", 100],
    [None, "INV-2", "2026-01-06", "2026-02-05", 200],
    [None, "INV-3", "2026-01-07", "2026-02-06", 300],
    ["乙公司", "INV-4", "2026-01-08", "2026-02-07", 400],
]


def test_a_merged_customer_cell_is_filled_down() -> None:
    merged = Grid("应收", [["明细", *[None] * 4], HEADER, *ROWS], 3, 1, merged=((5, 1, 7, 1), (3, 1, 3, 5)))
    plan = plan_import("invoices", merged, {})
    counts = plan.preview.tables["invoices"]
    assert (counts.rows_new, counts.rows_refused) == (4, 0)
    assert counts.sum_new == {"CNY": Decimal(1000)}
    ids = plan.source.column("customer_id")
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert plan_import("invoices", Grid("应收", [HEADER, *ROWS]), {}).preview.tables["invoices"].rows_refused == 2


def test_a_merged_amount_is_not_counted_again() -> None:
    rows = [[name or "甲公司", no, day, due, amount if no in ("INV-1", "INV-4") else None]
            for name, no, day, due, amount in ROWS]  # fmt: skip
    plan = plan_import("invoices", Grid("应收", [HEADER, *rows], merged=((2, 4, 4, 4),)), {})
    assert plan.preview.tables["invoices"].sum_read == {"CNY": Decimal(500)}
    assert plan.preview.tables["invoices"].rows_refused == 2


def test_a_merge_that_runs_over_a_total_row_leaves_the_total_a_total() -> None:
    total = [None, "小计", None, None, 600]
    grid = Grid("应收", [HEADER, *ROWS[:3], total, ROWS[3]], merged=((2, 0, 5, 0),))
    plan = plan_import("invoices", grid, {})
    assert plan.preview.total_rows == (5,)
    assert plan.preview.tables["invoices"].sum_new == {"CNY": Decimal(1000)}


def test_ranges_outside_the_table_do_no_harm() -> None:
    grid = Grid("应收", [HEADER, *ROWS[:1]], merged=((1, 0, 900000, 40), (2, 90, 7, 90), (2000000, 0, 2000009, 0)))
    assert plan_import("invoices", grid, {}).preview.tables["invoices"].rows_new == 1


def test_hidden_rows_are_said() -> None:
    grid = Grid(
        "应收", [HEADER, *[[name or "甲公司", *rest] for name, *rest in ROWS]], hidden_rows=frozenset((1, 3, 4))
    )
    plan = plan_import("invoices", grid, {})
    (problem,) = [each for each in plan.problems if each.code == "rows_hidden_in_source"]
    assert problem.facts == {"count": 2, "of": 4, "cell": "A3"}
    assert plan.preview.tables["invoices"].rows_new == 4
