"""Closed months and files that come again, through real imports."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arsheet import run
from arsheet.run.session import append_records, open_session
from arsheet.table import ArsheetError
from tests.run.helping import AS_OF, add_receipt, clock_at, make_book, receipts

INVOICES = (
    "document_no,customer_id,customer_name,document_date,due_date,amount,settled_on,settled_amount\n"
    "I1,C1,甲,2026-02-10,2026-03-10,100,2026-02-20,100\n"
    "I2,C2,乙,2026-03-10,2026-04-10,200,,\n"
    "I3,C2,乙,2026-02-11,2026-04-10,50.5,,\n"
    "I4,C3,丙,2026-02-12,2026-04-10,7,,\n"
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book whose February is closed."""
    path = make_book(tmp_path, 0)
    session = open_session(path)
    row = {"month": "2026-02", "locked_on": dt.date(2026, 3, 3), "by": "王芳"}
    append_records(session, {"periods": [row]})
    run.save(session, "close", clock=clock_at())
    return path


def plan(book: Path, kind: str, text: str, name: str = "f.csv", **options: Any) -> run.PlannedImport:
    """A file planned for import."""
    file = book.with_name(name)
    file.write_text(text, encoding="utf-8")
    return run.plan_import(kind, file, book, clock=clock_at(), **options)


def test_rows_of_a_closed_month_are_left_out_and_said(book: Path) -> None:
    planned = plan(book, "invoices", INVOICES)
    found = [each for each in planned.findings if each.code == "row_in_locked_period"]
    assert [(each.cell, each.facts["amount"]) for each in found] == [
        ("D2", Decimal(100)), ("D4", Decimal("50.5")), ("D5", Decimal(7)),
    ]  # fmt: skip
    assert "王芳" in found[0].zh
    counts = planned.plan.preview.tables["invoices"]
    assert (counts.rows_read, counts.rows_new, counts.rows_refused) == (4, 1, 3)
    assert (dict(counts.sum_new), dict(counts.sum_refused)) == ({"CNY": Decimal(200)}, {"CNY": Decimal("157.5")})
    assert planned.plan.preview.new_customers == ("C2",)
    assert planned.plan.preview.settlements == {}
    run.write_import(planned, clock=clock_at(1))
    tables = open_session(book).tables
    assert list(tables["invoices"].column("document_no")) == ["I2"]
    assert list(tables["customers"].column("customer_id")) == ["C2"]
    assert len(tables["receipts"]) == len(tables["applications"]) == 0
    again = plan(book, "invoices", INVOICES)
    assert not again.has_news
    assert again.plan.preview.tables["invoices"].rows_known == 1


def test_an_import_of_a_closed_month_only_has_nothing_to_write(book: Path) -> None:
    planned = plan(book, "receipts", "receipt_no,date,customer_id,amount\nR1,2026-02-01,C1,1\n")
    assert not planned.has_news
    assert planned.plan.preview.tables["receipts"].rows_refused == 1


def test_any_other_write_into_a_closed_month_is_refused(book: Path) -> None:
    old = book.read_bytes()
    with pytest.raises(ArsheetError) as caught:
        add_receipt(book, "R1", dt.date(2026, 2, 28))
    assert (caught.value.code, caught.value.exit_code) == ("period_locked", 4)
    assert book.read_bytes() == old
    add_receipt(book, "R2", dt.date(2026, 3, 1))
    assert receipts(book) == ["R2"]


def test_going_back_must_not_change_a_closed_month_either(tmp_path: Path) -> None:
    path = make_book(tmp_path, 0)
    add_receipt(path, "R1", dt.date(2026, 2, 1), minute=1)
    add_receipt(path, "R2", dt.date(2026, 3, 1), minute=2)
    session = open_session(path, only=())
    append_records(session, {"periods": [{"month": "2026-02", "locked_on": dt.date(2026, 3, 3), "by": "王芳"}]})
    run.save(session, "close", clock=clock_at(3))
    add_receipt(path, "R3", dt.date(2026, 3, 2), minute=4)
    run.undo(path, clock=clock_at(5))
    assert receipts(path) == ["R1", "R2"]
    with pytest.raises(ArsheetError) as caught:
        run.restore(path, 1, clock=clock_at(6))
    assert caught.value.code == "period_locked"
    run.undo(path, clock=clock_at(7))
    assert open_session(path, only=("periods",)).tables["periods"].columns[0] == [], "the close itself can be undone"
    run.undo(path, clock=clock_at(8))
    run.undo(path, clock=clock_at(9))
    assert receipts(path) == []


def test_a_refresh_is_always_allowed(book: Path) -> None:
    run.refresh(book, dt.date(2026, 2, 28), clock=clock_at())
    assert [each.action for each in run.log(book)] == ["close", "refresh"]


def test_a_lock_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    path = make_book(tmp_path, 0)
    session = open_session(path)
    append_records(session, {"periods": [{"month": "上个月", "locked_on": AS_OF, "by": "王"}]})
    run.save(session, "close", clock=clock_at())
    codes = [each.code for each in run.look(path, AS_OF)[1].outcome.findings]
    assert codes == ["month_not_readable"]


def test_a_file_that_comes_again(tmp_path: Path) -> None:
    path = make_book(tmp_path, 0)
    text = "receipt_no,date,customer_id,amount\nR1,2026-03-01,C1,1\nR2,2026-03-02,C1,2\n"
    customers = plan(path, "customers", "customer_id,name\nC1,甲\n", "c.csv")
    run.write_import(customers, clock=clock_at())
    first = plan(path, "receipts", text)
    assert not [each for each in first.findings if each.code == "file_imported_before"]
    run.write_import(first, clock=clock_at(1))
    again = plan(path, "receipts", text)
    assert not again.has_news
    assert [each.facts["back"] for each in again.findings if each.code == "file_imported_before"] == [0]
    run.undo(path, clock=clock_at(2))
    third = plan(path, "receipts", text)
    assert third.has_news
    assert not [each for each in third.findings if each.code == "file_imported_before"]


def test_a_mapping_given_once_is_remembered(tmp_path: Path) -> None:
    path = make_book(tmp_path, 0)
    run.write_import(plan(path, "customers", "customer_id,name\nC1,甲\n", "c.csv"), clock=clock_at())
    text = "流水,日,谁,多少\n{0},2026-03-01,C1,1\n"
    mapping = {"流水": "receipt_no", "日": "date", "谁": "customer_id", "多少": "amount"}
    run.write_import(plan(path, "receipts", text.format("R1"), mapping=mapping), clock=clock_at(1))
    later = plan(path, "receipts", text.format("R2"), "later.csv")
    assert later.remembered == mapping
    assert later.summary()["remembered"] == mapping
    run.write_import(later, clock=clock_at(2))
    assert receipts(path) == ["R1", "R2"]
