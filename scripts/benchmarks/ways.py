"""One way of refreshing a book, from process start to end: python -m benchmarks.ways arsheet|openpyxl BOOK AS_OF"""

from __future__ import annotations

import json
import resource
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any


def arsheet(book: Path, as_of: str) -> dict[str, str]:
    """The refresh; the sums of the overdue aging."""
    import datetime as dt

    from arsheet import run

    done = run.refresh(book, dt.date.fromisoformat(as_of))
    table = next(table for table in done.outcome.tables if table.name == "overdue_aging")
    keys = (*table.facts["buckets"], "unapplied")
    return {key: str(Decimal(int(sum(int(value) for value in table.column(key)))).scaleb(-2)) for key in keys}


def openpyxl(book: Path, as_of: str) -> dict[str, str]:
    """read_excel of the same tables, merges and group-bys, then the report written by openpyxl load and save."""
    import openpyxl as library
    import pandas as pd

    sheets = pd.read_excel(book, sheet_name=["应收单", "收款", "核销记录", "客户"], engine="openpyxl")
    until = pd.Timestamp(as_of)
    invoices, receipts, applied = (
        sheets["应收单"].dropna(subset=["单据号"]),
        sheets["收款"].dropna(subset=["收款单号"]),
        sheets["核销记录"].dropna(subset=["核销编号"]),
    )

    def cents(frame: Any, column: str) -> Any:
        return (frame[column] * 100).round().astype("int64")

    invoices = invoices.assign(cents=cents(invoices, "价税合计"))[invoices["单据日期"] <= until]
    receipts = receipts.assign(cents=cents(receipts, "收款金额"))[receipts["收款日期"] <= until]
    applied = applied.assign(cents=cents(applied, "核销金额"))[applied["核销日期"] <= until]
    by_document, by_source = applied.groupby("应收单据号")["cents"].sum(), applied.groupby("来源单号")["cents"].sum()
    open_ = invoices["cents"] - invoices["单据号"].map(by_document).fillna(0).astype("int64")
    free = receipts["cents"] - receipts["收款单号"].map(by_source).fillna(0).astype("int64")
    late = (until - invoices["到期日"]).dt.days
    bucket = pd.cut(late, [-100_000, 0, 30, 60, 90, 100_000], labels=["not_due", "1-30", "31-60", "61-90", "91+"])
    table = open_[open_ > 0].groupby([invoices["客户编码"], bucket], observed=False).sum().unstack(fill_value=0)
    sums = table.sum()
    out = {str(key): str(Decimal(int(value)).scaleb(-2)) for key, value in sums.items()}
    out["unapplied"] = str(Decimal(int(open_[open_ < 0].sum() - free.sum())).scaleb(-2))
    workbook = library.load_workbook(book)
    sheet = workbook["逾期账龄"]
    for number, (customer, row) in enumerate(table.iterrows(), 6):
        for column, value in enumerate((customer, *(int(part) / 100 for part in row)), 1):
            sheet.cell(number, column, value)
    workbook.save(book.with_name("theirs.xlsx"))
    return out


def _peak_mb() -> int:
    """The peak of this process (its ru_maxrss would include what its parent held when it started it)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    way, book, as_of = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    started = time.perf_counter()
    buckets: dict[str, Any] = {"arsheet": arsheet, "openpyxl": openpyxl}[way](book, as_of)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": round(seconds, 2), "peak_mb": _peak_mb(), "buckets": buckets}))


if __name__ == "__main__":
    main()
