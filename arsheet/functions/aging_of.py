"""Worksheet function that ages any range with a header row, live: no import, no refresh."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from arsheet.functions.aging import BYS, aging_policy, shown
from arsheet.functions.asking import AS_OF, BASIS, BUCKETS, BY, choose, no_data
from arsheet.functions.live_range import LiveRange, read_range
from arsheet.functions.registry import Example, Param, worksheet_function
from arsheet.functions.values import Word
from arsheet.ledger.aging import aging as aging_report
from arsheet.ledger.calendar import Calendar
from arsheet.ledger.money import exponent, to_minor
from arsheet.table import Table

_PART = Decimal("50000.50")
_LIST = (
    ("客户", "单据号", "到期日", "未收金额"),
    ("甲公司", "A1", dt.date(2025, 3, 30), 70000),
    ("甲公司", "A2", dt.date(2025, 5, 31), 70000),
    ("乙公司", "B1", dt.date(2025, 7, 31), 50000.5),
)


@worksheet_function(
    "AR_AGING_OF",
    zh="任意一块带表头的明细直接出账龄，随数据即时重算；有未收金额列时按未收金额",
    en="Aging of any range with a header row, recalculated live; an open amount column counts before the full amount",
    params=(
        Param("data", "带表头的明细", "Range with a header row", "range"),
        AS_OF,
        BASIS,
        BUCKETS,
        BY,
    ),
    returns="table",
    examples=(
        Example(
            (_LIST, dt.date(2025, 6, 30)),
            (
                ("乙公司", "乙公司", "CNY", _PART, _PART, 0, 0, 0, 0, 0, _PART, 0, 0),
                ("甲公司", "甲公司", "CNY", 140000, 0, 70000, 0, 0, 70000, 0, 140000, 0, 0),
            ),
        ),
    ),
    needs=("policy", "calendar", "language"),
)
def aging_of(
    data: list[list[Any]],
    as_of: int,
    basis: str | None = None,
    buckets: Any = None,
    by: str | None = None,
    *,
    policy: Mapping[str, str],
    calendar: Calendar,
    language: str,
) -> Table:
    """The columns of AR_AGING; rows that cannot be counted stand in rows 未计入 at the end with their amount."""
    chosen = aging_policy(policy, basis, buckets)
    split = choose(BY, by, BYS) or "customer"
    live = read_range(data, as_of, chosen.basis, split, settings=policy, calendar=calendar)
    report = aging_report(live.ledger, as_of, chosen, split)
    left = _left_out(live, len(report.header), language)
    if not len(report) and not left:
        raise no_data("没有未清项", "nothing is open")
    return shown(report, list(report.rows()), total=False, extra=left)


def _left_out(live: LiveRange, width: int, language: str) -> list[tuple[Any, ...]]:
    """A row per reason and currency, so that Σ total is the sum of the amounts as they stand in the range."""
    rows = []
    for left in live.left_out:
        words = f"{left.rows}行：{left.zh}" if language == "zh" else f"{left.rows} rows: {left.en}"
        amount = None if left.amount is None else to_minor(left.amount, exponent(left.currency))
        rest = [None] * (width - 4)
        rows.append((Word("left_out"), words, left.currency, amount, *rest))
    return rows
