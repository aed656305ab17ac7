"""A settlement column: one receipt and one application per document, dated on it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from arsheet.importers.plan import merged
from arsheet.ledger.assembly import assemble
from arsheet.ledger.items import open_items
from arsheet.table import Grid, iso, to_day
from tests.importers.import_cases import HEADER, Planner, appended, codes, grid_of, only

A = ["XS001", "C001", "甲公司", "2026-01-05", "2026-02-04", "100.00"]
B = ["XS002", "C001", "甲公司", "2026-01-06", "2026-02-05", "50.50"]


def settled(*dates: str | None, header: str = "结清日期") -> Grid:
    return grid_of([*HEADER, header], *[[*row, date] for row, date in zip((A, B), dates, strict=False)])


@pytest.mark.parametrize("header", ["SettledDate", "clear_date", "结清日期"])
def test_one_receipt_and_its_application(plan: Planner, header: str) -> None:
    made = plan(settled("2026-02-01", None, header=header))
    receipt, use = appended(made, "receipts")[0], appended(made, "applications")[0]
    assert (receipt["receipt_no"], receipt["amount"], iso(receipt["date"])) == ("R-XS001", Decimal(100), "2026-02-01")
    assert (use["application_id"], use["source_no"], use["document_no"]) == ("A-XS001", "R-XS001", "XS001")
    assert made.preview.settlements == {"CNY": (1, Decimal("100.00"))}
    assert len(appended(made, "receipts")) == 1
    assert codes(made) == []


def test_open_amounts_follow_the_dates(plan: Planner) -> None:
    ledger = assemble(merged({}, plan(settled("2026-02-01", None)))).ledger
    assert [len(open_items(ledger, day)) for day in (day_of("2026-01-31"), day_of("2026-02-01"))] == [2, 1]


def day_of(text: str) -> int:
    return to_day(dt.date.fromisoformat(text))


def test_a_later_export_settles_what_was_open(plan: Planner) -> None:
    tables = merged({}, plan(settled(None, None)))
    made = plan(settled("2026-02-01", None), tables)
    assert [table.name for table in made.appended] == ["receipts", "applications"]
    tables = merged(tables, made)
    assert plan(settled("2026-02-01", None), tables).changes_nothing
    assert only(plan(settled("2026-02-03", None), tables), "settlement_in_workbook_differs").facts["id"] == "R-XS001"


def test_settled_before_the_document_date_is_counted(plan: Planner) -> None:
    made = plan(settled("2026-01-01", "2026-01-05"))
    facts = only(made, "settled_before_document_date").facts
    assert (facts["count"], facts["days"]) == (2, 4)
    assert [iso(row["date"]) for row in appended(made, "applications")] == ["2026-01-05", "2026-01-06"]


def test_nothing_is_derived_from_an_amount_in_doubt(plan: Planner) -> None:
    rows: list[list[Any]] = [[*A, "2026-02-01"], [*A[:5], "101.00", "2026-02-01"]]
    assert appended(plan(grid_of([*HEADER, "结清日期"], *rows)), "receipts") == []


def test_a_credit_note_makes_no_receipt(plan: Planner) -> None:
    made = plan(grid_of([*HEADER, "结清日期"], [*A[:5], "-100", "2026-02-01"]))
    assert only(made, "credit_notes_with_settlement_date").facts["count"] == 1
    assert appended(made, "receipts") == []


def test_a_document_that_the_workbook_settles_otherwise(plan: Planner) -> None:
    tables = merged({}, plan(settled(None, None)))
    receipts = grid_of(
        ["收款单号", "收款日期", "客户编码", "金额", "发票号"], ["SK1", "2026-01-31", "C001", "100", "XS001"]
    )
    tables = merged(tables, plan(receipts, tables, kind="receipts"))
    made = plan(settled("2026-02-01", None), tables)
    assert only(made, "documents_settled_otherwise").facts["count"] == 1
    assert made.changes_nothing
