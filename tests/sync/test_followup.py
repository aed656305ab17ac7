"""The whole way: typed in the spreadsheet, answered there, written into the workbook; and formulas over the data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arsheet import run
from arsheet.addins.apps_script.formulas import formulas
from arsheet.run.landing import land
from arsheet.run.session import open_session
from arsheet.schema.model import Column
from arsheet.schema.tables import TABLES
from arsheet.sync.emulator.server import Emulator
from arsheet.sync.model import Target
from arsheet.sync.source import BookSource
from arsheet.sync.views import views
from arsheet.table import iso
from tests.scenarios.test_scenarios import Story, read_story, typed
from tests.sync.followup_book import AS_OF, NOW, clock, kept, make_book
from tests.sync.world import World

PAGE = Path(__file__).parents[1] / "scenarios" / "google_followup.md"
FOLLOW = next(view for view in views("zh") if view.key == "follow_up")


@pytest.fixture(scope="module")
def google() -> Iterator[Emulator]:
    """One emulator for all tests of this module."""
    with Emulator() as emulator:
        yield emulator


def world(google: Emulator, book: Path) -> World:
    """A spreadsheet of 张三 beside a book."""
    folder = book.parent / "world"
    folder.mkdir()
    made = World(google, folder)
    made.book, made.side, made.moment = book, BookSource(), NOW  # type: ignore[assignment]
    return made


def book_for(google: Emulator, folder: Path, story: Story | None = None) -> World:
    """A book whose table 同步目标 names the new spreadsheet as that of 张三."""
    path = folder / "book.xlsx"
    if story is None:
        path = make_book(folder)
    else:
        run.new_book(path, "zh")
        session = open_session(path)
        for key, (header, rows) in story.sources.items():
            columns = typed(TABLES[key], header, rows)
            run.append_records(
                session, {key: [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]}
            )
        session.host.save()
    made = world(google, path)
    session = open_session(path)
    run.append_records(session, {"sync_targets": [{"spreadsheet_id": made.person.id, "kind": "个人", "scope": "张三"}]})
    session.host.save()
    return made


def sections(text: str) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """The headings of level 4 with the table under each."""
    for part in text.split("\n#### ")[1:]:
        lines = part.split("\n")
        rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines if line.startswith("|")]
        yield lines[0].strip(), rows[0], rows[2:]


def shown(column: Column, value: Any) -> str:
    """A cell of a source table as the page writes it."""
    if value is None:
        return ""
    if column.kind == "money":
        return f"{value:,.2f}"
    if column.kind == "date":
        return iso(value)
    return next((choice.zh for choice in column.choices if choice.key == value), str(value))


def test_the_story(google: Emulator, tmp_path: Path) -> None:
    made = book_for(google, tmp_path, read_story(PAGE))
    made.sync()
    told = 0
    for heading, header, rows in sections(PAGE.read_text("utf-8")):
        told += 1
        if heading == "填写":
            keys = {column.zh: column.key for column in FOLLOW.columns}
            for row in rows:
                for text, cell in zip(header[1:], row[1:], strict=True):
                    if cell:
                        made.type(row[0], keys[text], cell, FOLLOW)
            made.sync()
        elif heading == "系统回复":
            answers = made.table(FOLLOW)
            assert [[key, answers[key]["reply"]] for key, _ in rows] == rows
        else:
            run.refresh(made.book, AS_OF, clock=clock)
            spec = next(spec for spec in TABLES.values() if spec.zh == heading.removeprefix("刷新后 "))
            columns = {column.zh: column for column in spec.columns}
            records = open_session(made.book).tables[spec.key].records()
            said = [[shown(columns[text], record[columns[text].key]) for text in header] for record in records]
            assert said == rows, heading
            made.sync()
    assert told == 8
    assert made.sync().writes == 0


def test_what_people_see_beside_their_rows(google: Emulator, tmp_path: Path) -> None:
    made = book_for(google, tmp_path)
    made.sync()
    row = made.table(FOLLOW)["A1"]
    assert (row["name"], row["open"], row["days"], row["available"], row["due_soon"]) == (
        "甲公司",
        50000,
        28,
        41693,
        8000,
    )
    made.type("A1", "promised_for", "3/13", FOLLOW)  # stays the text that was typed, whatever the locale
    made.sync()
    assert kept(made.book)[0].new == "3/13"
    assert made.table(FOLLOW)["A1"]["reply"].startswith("已收到：承诺 2026-03-13")
    made.type("A1", "promised_for", "3/14", FOLLOW)
    assert made.table(FOLLOW)["A1"]["reply"] in (None, "")  # the old answer does not stand beside new words
    made.person.sort(FOLLOW.zh, 0, descending=True)
    made.sync()
    table = made.table(FOLLOW)
    assert table["A1"]["open"] == 50000
    assert table["S1"]["open"] == 900
    assert table["A1"]["reply"].startswith("已收到：承诺 2026-03-14")


def test_a_customer_that_changes_hands(google: Emulator, tmp_path: Path) -> None:
    made = book_for(google, tmp_path)
    made.sync()
    made.type("A1", "promised_for", "3/13", FOLLOW)
    made.type("A1", "next_action", "再打电话", FOLLOW)
    made.sync()
    land(made.book, clock=clock)
    session = open_session(made.book)
    place = session.tables["customers"].place
    assert place is not None
    at = session.tables["customers"].header.index("salesperson")
    session.host.set_cells("客户", {place.cell(0, at): "李四"})
    session.host.save()
    made.sync()
    row = made.table(FOLLOW)["A1"]
    assert (row["promised_for"], row["next_action"], row["state"]) == (None, None, "已移交")
    assert made.sync().writes == 0
    assert [(each.column, each.new) for each in kept(made.book)] == [
        ("promised_for", "3/13"),
        ("next_action", "再打电话"),
    ]
    side = BookSource()(made.book, Target("LI"), opened=False, at=NOW)
    new = next(tab for tab in side.tabs if tab.view.key == "follow_up")
    assert new.columns["promised_for"][list(new.keys).index("A1")] == "3/13"


def test_formulas_over_the_data_tab(google: Emulator, tmp_path: Path) -> None:
    made = book_for(google, tmp_path)
    made.sync()
    made.person.add_tab("算", 20, 5)
    asked = {
        "open": (("C1", "CNY"), 58300), "overdue": (("C1", "CNY"), 50100), "bucket": (("C1", "CNY", "1-30天"), 50000),
        "documents": (("C1",), 4), "document": (("R1#2",), 200), "due_date": (("A1",), 46057),
        "available": (("C1",), 41693), "soon": (("C1",), 8000), "total": (("CNY",), 59200),
    }  # fmt: skip
    for at, each in enumerate(formulas("zh")):
        arguments, expected = asked[each.key]
        made.person.type("算", (at, 0), each.call(*(f'"{text}"' for text in arguments)))
        assert made.person.value("算", (at, 0)) == expected, each.key
    assert len(asked) == len(formulas("zh"))
