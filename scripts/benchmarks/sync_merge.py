"""The three-way merge of 200,000 rows against a pandas outer merge that gives the same plan."""

from __future__ import annotations

import datetime as dt
import gc
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

ROWS, SEED = 200_000, 20261122
MACHINE = ("customer_id", "customer", "kind", "document_date", "due_date", "amount", "open_amount", "days", "seller")
PEOPLE = ("promised_on", "note")
Cells = list[tuple[Any, ...]]
Plan = tuple[Cells, Cells, Cells, Cells]


def rows() -> Iterator[dict[str, Any]]:
    """The row ``merge_200000``, and the same with the sheet in another order; plans that differ end the run."""
    for name, in_order in (("merge_200000", True), ("merge_200000_sorted_by_people", False)):
        view, base, book, sheet = sides(ROWS, in_order=in_order)
        ours, our_seconds = _best(lambda: _ours(view, base, book, sheet), 5)  # noqa: B023
        theirs, their_seconds = _best(lambda: pandas_plan(base, book, sheet), 3)  # noqa: B023
        if _sorted(ours) != _sorted(theirs):
            raise SystemExit(f"{name}: the two plans differ")
        yield {
            "name": name, "ratio": round(their_seconds / our_seconds, 1), "asked": ">= 5" if in_order else "reported",
            "rows": ROWS, "columns": 1 + len(MACHINE) + len(PEOPLE), "seconds": round(our_seconds, 3),
            "pandas_seconds": round(their_seconds, 3), "pushed": len(ours[0]), "appended": len(ours[1]),
            "pulled": len(ours[2]), "plans_equal": True,
        }  # fmt: skip


def _best(call: Callable[[], Any], times: int) -> tuple[Any, float]:
    """The best of several times; the garbage collector rests for either way alike."""
    best, found = float("inf"), None
    gc.collect()
    gc.disable()
    try:
        for _ in range(times):
            started = time.perf_counter()
            found = call()
            best = min(best, time.perf_counter() - started)
    finally:
        gc.enable()
    return found, best


def _sorted(plan: Plan) -> tuple[Any, ...]:
    return tuple(sorted(tuple(map(_text, cells)) for cells in part) for part in plan)


def _text(value: Any) -> str:
    return (
        "" if value is None or value != value else str(float(value)) if isinstance(value, (int, float)) else str(value)
    )


def sides(count: int, *, in_order: bool = True) -> tuple[Any, Any, Any, Any]:
    """A view, what was agreed, the book with 1 % of its rows changed and some new, and the sheet with 1 % typed."""
    from arsheet.sync.cells import plain_column
    from arsheet.sync.columns import Amounts, Days
    from arsheet.sync.model import ColumnView, TabBase, TabData, TabView
    from arsheet.sync.remote import TabRead

    pick = random.Random(SEED)
    kinds = {"document_date": "date", "due_date": "date", "amount": "money", "open_amount": "money", "days": "int"}
    columns = [ColumnView("document_no", "单据号", "Document no.", "id")]
    columns += [ColumnView(name, name, name, kinds.get(name, "text")) for name in MACHINE]
    columns += [ColumnView(name, name, name, "text", "user") for name in PEOPLE]
    view = TabView("follow_up", "AR_跟进", "Follow-up", tuple(columns), ("document_no",), people=True)
    keys = [f"INV-{number:07d}" for number in range(count + count // 200)]
    day = (dt.date(2026, 1, 1) - dt.date(1899, 12, 30)).days
    numbers = np.arange(len(keys))
    data: dict[str, Any] = {
        "customer_id": [f"C{n % 4000:05d}" for n in range(len(keys))],
        "customer": [f"客户{n % 4000}有限公司" for n in range(len(keys))],
        "kind": ["应收单"] * len(keys),
        "document_date": Days((day + numbers % 300).tolist()),
        "due_date": Days((day + numbers % 300 + 30).tolist()),
        "amount": Amounts(numbers * 137 % 10**8, 2),
        "open_amount": Amounts(numbers * 131 % 10**8, 2),
        "days": [n % 400 for n in range(len(keys))],
        "seller": [f"业务员{n % 40}" for n in range(len(keys))],
    }
    typed = {name: [None if pick.random() < 0.9 else f"{name}{n}" for n in range(count)] for name in PEOPLE}
    agreed = {name: list(plain_column(data[name][:count])) for name in MACHINE} | typed
    names = (*MACHINE, *PEOPLE)
    base = TabBase(
        names, {keys[n]: [0, *values] for n, values in enumerate(zip(*(agreed[name] for name in names), strict=True))}
    )
    lines = [[keys[n], *(agreed[name][n] for name in names)] for n in range(count)]
    for n in pick.sample(range(count), count // 100):
        lines[n][1 + names.index("note")] = f"新说明{n}"
    if not in_order:
        pick.shuffle(lines)
    for n in pick.sample(range(count), count // 100):
        data["open_amount"].minor[n] += 100
        data["days"][n] += 1
    sheet = TabRead(
        "AR_跟进",
        1,
        count + 1,
        1 + len(names),
        ("单据号", *names),
        0,
        [list(column) for column in zip(*lines, strict=True)],
    )
    return view, base, TabData(view, keys, {"document_no": keys, **data}), sheet


def _ours(view: Any, base: Any, book: Any, sheet: Any) -> Plan:
    from arsheet.sync.cells import plain
    from arsheet.sync.merge import merge
    from arsheet.sync.model import Policy

    plan = merge(view, base, book, sheet, policy=Policy())
    return (
        [(write.key, write.column, write.row, write.old, plain(write.new)) for write in plan.writes],
        [tuple(map(plain, cells)) for _, cells in plan.appends],
        [(entry.row_key, entry.column, entry.old, entry.new) for entry in plan.pulls],
        [(each.key,) for each in plan.unmatched],
    )


def pandas_plan(base: Any, book: Any, sheet: Any) -> Plan:
    """The same plan by outer merges of the three sides as frames, columns compared as wholes.

    Cells to write with their row and both values, rows to append with all cells, entries with both values, rows that
    the book does not know; a repeated or blank key ends it, as it stops a tab.
    """
    import pandas as pd

    names = list(base.names)
    agreed = pd.DataFrame.from_dict(base.rows, orient="index", columns=["gone", *names]).drop(columns="gone")
    agreed = agreed.rename_axis("document_no").reset_index()
    columns = dict(book.columns)
    for name in ("amount", "open_amount"):
        columns[name] = columns[name].minor / 100
    for name in ("document_date", "due_date"):
        columns[name] = columns[name].serials
    mine = pd.DataFrame(columns)
    there = pd.DataFrame(dict(zip(("document_no", *names), sheet.cells, strict=True)))
    if there["document_no"].isna().any() or there["document_no"].duplicated().any():
        raise SystemExit("merge_200000: the keys are not one to a row")
    there["row"] = range(len(there))
    both = mine.merge(there, on="document_no", how="outer", suffixes=("_book", ""), indicator="met")
    both = both.merge(agreed, on="document_no", how="outer", suffixes=("", "_base"), indicator="known")
    met = both["met"] == "both"
    pushed: Cells = []
    pulled: Cells = []
    for name in MACHINE:
        differs = met & (both[name] != both[f"{name}_book"])
        found = both.loc[differs, ["document_no", "row", name, f"{name}_book"]]
        pushed += [(key, name, row, old, new) for key, row, old, new in found.to_numpy()]
    for name in PEOPLE:
        new, old = both[name], both[f"{name}_base"]
        differs = met & (new != old) & ~(new.isna() & old.isna())
        found = both.loc[differs, ["document_no", f"{name}_base", name]]
        pulled += [(key, name, old, new) for key, old, new in found.to_numpy()]
    columns = ["document_no", *(f"{name}_book" for name in MACHINE), *PEOPLE]
    appended = [tuple(row) for row in both.loc[both["met"] == "left_only", columns].to_numpy()]
    unknown = both.loc[(both["met"] == "right_only") & (both["known"] == "left_only"), "document_no"]
    return pushed, appended, pulled, [(key,) for key in unknown]
