"""What a person writes and colours beside a report's row stays with that row, and waits while the row is gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.table import TableColumn

from arsheet import run
from arsheet.journal import waiting
from arsheet.run.saving import reading
from arsheet.schema.tables import TABLES
from tests.run.helping import AS_OF, clock_at, make_book, whole

EARLY = dt.date(2020, 1, 1)
"""Before the first document: no customer stands in a report."""
KEYS = {"overdue_aging": 3, "balances": 3, "open_items": 2}
REMARK, DAY = "我的备注", "我的日期"
COLOURS = ("FFFFC7CE", "FFC6EFCE", "FFFFEB9C")
Beside = dict[tuple[Any, ...], tuple[Any, Any, str]]


def key_of(key: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells a row of a report."""
    if key == "open_items":
        return (row["单据号"], row.get("分期号") or row.get("期次"))
    return (row["客户编码"], row["币种"])


def with_own_columns(path: Path, key: str) -> Beside:
    """Adds a remark and a date beside every second row, coloured; gives what was written by row."""
    opened = openpyxl.load_workbook(path)
    spec = TABLES[key]
    sheet = opened[spec.zh]
    table = sheet.tables[spec.table_name]
    left, top, right, bottom = range_boundaries(table.ref)
    for x, name in enumerate((REMARK, DAY), right + 1):
        sheet.cell(top, x).value = name
        for y in range(top + 1, bottom + 1):
            sheet.cell(y, x).number_format = "@" if name == REMARK else "yyyy-mm-dd"
    for y in range(top + 1, bottom + 1):
        if (y - top) % 3 == 1:
            sheet.cell(y, right + 1).value = f"=记 {y}"
            sheet.cell(y, right + 1).data_type = "s"
            sheet.cell(y, right + 1).fill = PatternFill("solid", fgColor=COLOURS[y // 3 % 3])
        if (y - top) % 3 == 2:
            sheet.cell(y, right + 2).value = dt.date(2026, 5, 1) + dt.timedelta(days=y % 20)
            if (y - top) % 6 == 2:
                sheet.cell(y, right + 1).fill = PatternFill("solid", fgColor=COLOURS[0])  # a colour without a word
            sheet.cell(y, right + 2).font = Font(bold=True)
    table.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right + 2)}{bottom}"
    if table.autoFilter is not None:
        table.autoFilter.ref = table.ref
    names = [sheet.cell(top, x).value for x in range(left, right + 3)]
    table.tableColumns = [TableColumn(id=i, name=name) for i, name in enumerate(names, 1)]
    opened.save(path)
    return beside(path, key)


def beside(path: Path, key: str) -> Beside:
    """What stands in the own columns, by row: remark, date, colour of the remark."""
    sheet = openpyxl.load_workbook(path)[TABLES[key].zh]
    left, top, right, bottom = range_boundaries(sheet.tables[TABLES[key].table_name].ref)
    names = [sheet.cell(top, x).value for x in range(left, right + 1)]
    found: Beside = {}
    for y in range(top + 1, bottom + 1):
        row = {name: sheet.cell(y, left + i) for i, name in enumerate(names)}
        colour = row[REMARK].fill.fgColor.rgb if row[REMARK].fill.fill_type else ""
        held = (row[REMARK].value, row[DAY].value, colour)
        if any(held):
            found[key_of(key, {name: cell.value for name, cell in row.items()})] = held
    return found


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The refreshed sample with its journal."""
    path = make_book(tmp_path, 120)
    run.refresh(path, AS_OF, clock=clock_at())
    return path


def sort_rows(path: Path, key: str) -> None:
    """Turns a report upside down, own columns and colours with the rows."""
    opened = openpyxl.load_workbook(path)
    sheet = opened[TABLES[key].zh]
    left, top, right, bottom = range_boundaries(sheet.tables[TABLES[key].table_name].ref)
    held = [
        [(c.value, c.data_type, copy(c._style)) for c in sheet[y][left - 1 : right]] for y in range(top + 1, bottom + 1)
    ]
    for y, row in enumerate(reversed(held), top + 1):
        for x, (value, kind, style) in enumerate(row, left):
            cell = sheet.cell(y, x)
            cell.value, cell.data_type, cell._style = value, kind, style
    opened.save(path)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_remarks_and_colours_stay_with_their_row(book: Path, key: str) -> None:
    mine = with_own_columns(book, key)
    assert len(mine) > 5
    run.refresh(book, AS_OF, clock=clock_at(1))
    assert beside(book, key) == mine
    sort_rows(book, key)
    run.refresh(book, AS_OF, clock=clock_at(2))
    assert beside(book, key) == mine
    whole(book)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_customer_goes_and_comes_back(book: Path, key: str) -> None:
    mine = with_own_columns(book, key)
    run.refresh(book, EARLY, clock=clock_at(1))
    assert len(beside(book, key)) < len(mine)
    run.refresh(book, AS_OF, clock=clock_at(2))
    assert beside(book, key) == mine, "while nobody touched the styles, colours come back too"
    with reading(book) as journal:
        assert journal is not None
        assert not waiting.state(journal).get(TABLES[key].table_name)
    whole(book)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_some_go_and_others_stay_on_several_days(book: Path, key: str) -> None:
    mine = with_own_columns(book, key)
    for minute, day in enumerate((dt.date(2025, 12, 31), dt.date(2025, 6, 30), dt.date(2024, 12, 31)), 1):
        run.refresh(book, day, clock=clock_at(minute))
        if minute == 2:
            sort_rows(book, key)
        there = beside(book, key)
        assert 0 < len(there) < len(mine), day
        assert {row: held for row, held in mine.items() if row in there} == there
    run.refresh(book, AS_OF, clock=clock_at(9))
    found = beside(book, key)
    assert {row: held[:2] for row, held in found.items() if any(held[:2])} == {
        row: held[:2] for row, held in mine.items() if any(held[:2])
    }
    assert set(found) <= set(mine)


def test_words_come_back_even_after_another_program_numbered_the_styles_anew(book: Path) -> None:
    mine = with_own_columns(book, "overdue_aging")
    run.refresh(book, EARLY, clock=clock_at(1))
    opened = openpyxl.load_workbook(book)
    opened["设置"]["H1"].fill = PatternFill("solid", fgColor="FF00FF00")
    opened.save(book)
    run.refresh(book, AS_OF, clock=clock_at(2))
    found = beside(book, "overdue_aging")
    words = {key: held[:2] for key, held in mine.items() if any(held[:2])}
    assert {key: held[:2] for key, held in found.items()} == words


def test_undo_brings_back_what_waited(book: Path) -> None:
    mine = with_own_columns(book, "overdue_aging")
    run.refresh(book, EARLY, clock=clock_at(1))
    run.undo(book, clock=clock_at(2))
    assert beside(book, "overdue_aging") == mine
    run.refresh(book, AS_OF, clock=clock_at(3))
    assert beside(book, "overdue_aging") == mine


def test_a_comment_beside_a_customer_moves_with_the_customer(book: Path) -> None:
    opened = openpyxl.load_workbook(book)
    sheet = opened[TABLES["overdue_aging"].zh]
    left, top, _, bottom = range_boundaries(sheet.tables[TABLES["overdue_aging"].table_name].ref)
    customer = sheet.cell(top + 2, left).value
    sheet.cell(top + 2, left + 1).comment = Comment("答应周五付款", "A")
    opened.save(book)
    sort_rows(book, "overdue_aging")
    opened = openpyxl.load_workbook(book)
    sheet = opened[TABLES["overdue_aging"].zh]
    old = sheet.cell(top + 2, left + 1)
    text, old.comment = old.comment.text, None
    sheet.cell(bottom - 1, left + 1).comment = Comment(text, "A")
    assert sheet.cell(bottom - 1, left).value == customer
    opened.save(book)
    run.refresh(book, AS_OF, clock=clock_at(1))
    sheet = openpyxl.load_workbook(book)[TABLES["overdue_aging"].zh]
    commented = {
        sheet.cell(cell.row, left).value: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment
    }
    assert commented == {customer: text}
    run.refresh(book, EARLY, clock=clock_at(2))
    sheet = openpyxl.load_workbook(book)[TABLES["overdue_aging"].zh]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.comment], "the customer is not there yet"
    run.refresh(book, AS_OF, clock=clock_at(3))
    sheet = openpyxl.load_workbook(book)[TABLES["overdue_aging"].zh]
    back = {
        sheet.cell(cell.row, left).value: (cell.column, cell.comment.text, cell.comment.author)
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert back == {customer: (left + 1, text, "A")}
    run.undo(book, clock=clock_at(4))
    run.refresh(book, AS_OF, clock=clock_at(5))
    sheet = openpyxl.load_workbook(book)[TABLES["overdue_aging"].zh]
    assert [cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment] == [text]


def typed_beside(book: Path, *, column: int, header: str | None, gap: bool = False) -> dict[Any, str]:
    """Words beside the table of the aging, in a column that the table does not take in; customer -> its words."""
    opened = openpyxl.load_workbook(book)
    spec = TABLES["overdue_aging"]
    sheet = opened[spec.zh]
    left, top, right, bottom = range_boundaries(sheet.tables[spec.table_name].ref)
    at = right + column + gap
    if header:
        sheet.cell(top, at, header)
    said = {}
    for row in range(top + 1, bottom + 1):
        said[sheet.cell(row, left).value] = words = f"记 {sheet.cell(row, left).value}"
        sheet.cell(row, at, words).fill = PatternFill("solid", fgColor="FFFF00")
    opened.save(book)
    return said


def beside_now(book: Path) -> tuple[dict[Any, Any], list[str]]:
    """What stands in the last column of the table now, by customer, and the table's headers."""
    sheet = openpyxl.load_workbook(book)[TABLES["overdue_aging"].zh]
    left, top, right, bottom = range_boundaries(sheet.tables[TABLES["overdue_aging"].table_name].ref)
    found = {sheet.cell(row, left).value: sheet.cell(row, right).value for row in range(top + 1, bottom + 1)}
    return found, [sheet.cell(top, at).value for at in range(left, right + 1)]


@pytest.mark.parametrize("header", ["我的跟进", None])
def test_words_next_to_a_report_become_its_column_and_follow(book: Path, header: str | None) -> None:
    """Applications other than Excel do not widen a table for what is typed next to it: the refresh does."""
    run.refresh(book, AS_OF, clock=clock_at(1))
    said = typed_beside(book, column=1, header=header)
    run.refresh(book, EARLY, clock=clock_at(2))
    run.refresh(book, AS_OF, clock=clock_at(3))
    found, headers = beside_now(book)
    assert headers[-1] == (header or "备注")
    assert {customer: words for customer, words in found.items() if customer in said} == said
    sheet = openpyxl.load_workbook(book)[TABLES["overdue_aging"].zh]
    _left, top, right, bottom = range_boundaries(sheet.tables[TABLES["overdue_aging"].table_name].ref)
    assert {sheet.cell(row, right).fill.fgColor.rgb for row in range(top + 1, bottom + 1)} == {"00FFFF00"}


def test_words_apart_from_a_report_stay_and_are_named(book: Path) -> None:
    run.refresh(book, AS_OF, clock=clock_at(1))
    typed_beside(book, column=2, header=None)
    done = run.refresh(book, AS_OF, clock=clock_at(2))
    assert done.saved is not None
    (place,) = done.saved.beside
    assert place.startswith(TABLES["overdue_aging"].zh + "!")
