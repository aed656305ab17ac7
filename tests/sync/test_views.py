"""What a spreadsheet shows: typed cells, keys, owners, only its own customers, and nothing that must not get out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arsheet.run.landing import land
from arsheet.run.session import open_session, version_of
from arsheet.schema.tables import TABLES
from arsheet.sync.model import BookSide, TabData, Target
from arsheet.sync.privacy import published_text
from arsheet.sync.scope import Scope, customers_of, scopes, seeds, spreadsheet_id, targets
from arsheet.sync.source import BookSource
from arsheet.sync.views import REPORTS, Published, tab_data, views
from tests.sync.followup_book import (
    ACCOUNT,
    AS_OF,
    ID_CARD,
    NOW,
    PHONE,
    TAX,
    clock,
    entry,
    keep,
    make_book,
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book, which no test of this module changes."""
    return make_book(tmp_path_factory.mktemp("book"))


def side(path: Path, spreadsheet: str, *, opened: bool = False, language: str = "zh") -> BookSide:
    return BookSource()(path, Target(spreadsheet, language=language), opened=opened, at=NOW)


def tab(found: BookSide, key: str) -> TabData:
    return next(each for each in found.tabs if each.view.key == key)


def record(data: TabData, key: str) -> dict[str, Any]:
    return {name: column[list(data.keys).index(key)] for name, column in data.columns.items()}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("own", [True, False])
def test_every_published_view_is_declared_with_keys_owners_and_landing_tables(language: str, own: bool) -> None:
    for view in views(language, own=own):
        spec = TABLES[view.key]
        assert spec.published
        assert view.key_columns == spec.keys
        for column in view.columns:
            assert bool(column.landing) == (column.owner != "machine")
            if column.landing:
                table, name = column.landing.split(".")
                assert TABLES[table].column(name)
            assert not column.formula or column.formula.startswith("=IFERROR(XLOOKUP(")
    assert REPORTS == ("overdue_aging", "credit", "reminder_list")
    assert [spec.key for spec in TABLES.values() if spec.role != "view" and spec.published] == []


def test_ids_are_texts_dates_are_dates_and_money_is_numbers(book: Path) -> None:
    data = tab(side(book, "ALL"), "google_data")
    assert sorted(data.keys) == ["000123", "A1", "A2", "R1#1", "R1#2", "S1"]
    row = record(data, "000123")
    assert (row["key"], row["document_no"], row["due_date"], row["open"], row["days"], row["status"]) == (
        "000123", "000123", dt.date(2026, 3, 1), Decimal("1200.50"), 3, "逾期")  # fmt: skip
    first = record(data, "A1")
    assert first["available"] == Decimal("41693.00")  # 100,000 - 50,000 - 8,000 - 300 - 7
    assert first["due_soon"] == Decimal("8000.00")
    assert (record(data, "R1#2")["sequence"], record(data, "R1#2")["document_no"]) == (2, "R1")


def test_a_number_of_two_customers_is_not_published_and_that_is_said(book: Path) -> None:
    found = side(book, "ALL")
    assert "DUP" not in tab(found, "google_data").keys
    assert found.answers is not None
    told = dict(zip(*(found.answers([])[1].columns[key] for key in ("item", "value")), strict=True))
    assert told["未发布"] == "两个客户共用的单据号：DUP"


def test_a_settled_document_is_not_there(book: Path) -> None:
    assert "P1" not in tab(side(book, "ALL"), "follow_up").keys


def test_each_sees_only_their_own_customers(book: Path) -> None:
    wanted = {
        "ZHANG": {"C1", "C3"},
        "LI": {"C2"},
        "NORTH": {"C2"},
        "ALL": {"C1", "C2", "C3"},
        "OTHER": {"C1", "C2", "C3"},
    }
    for spreadsheet, customers in wanted.items():
        found = side(book, spreadsheet)
        assert set(tab(found, "google_data").columns["customer_id"]) == customers, spreadsheet
        assert set(tab(found, "overdue_aging").columns["key"]) == customers
        assert set(tab(found, "credit").columns["customer_id"]) <= customers
        assert set(tab(found, "reminder_list").columns["customer_id"]) <= customers
        assert set(tab(found, "follow_up").keys) == set(tab(found, "google_data").keys)


def test_the_targets_of_the_book(book: Path) -> None:
    tables = open_session(book).tables
    assert [each.spreadsheet for each in targets(tables, "zh")] == ["ZHANG", "LI", "NORTH", "ALL"]
    assert scopes(tables)["NORTH"] == Scope("region", ("华北",))
    assert spreadsheet_id("https://docs.google.com/spreadsheets/d/1Ab_c-9/edit#gid=0") == "1Ab_c-9"
    ledger = version_of(book, AS_OF, clock).ledger
    assert customers_of(ledger, Scope("person")) == frozenset()  # no name: nobody rather than everybody


@pytest.mark.parametrize("phones", [False, True])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_cell_holds_an_account_tax_or_id_number(book: Path, phones: bool, language: str) -> None:
    version = version_of(book, AS_OF, clock)
    cells = [
        str(cell)
        for data in tab_data(version, Published(language, phones=phones))
        for column in data.columns.values()
        for cell in column
        if cell is not None
    ]
    assert len(cells) > 100
    for secret in (ACCOUNT, TAX, ID_CARD, PHONE, "88886666", "26312000000012345678"):
        assert not [cell for cell in cells if secret in cell], secret
    assert any("138****5678" in cell for cell in cells) == phones


def test_masking() -> None:
    assert published_text(f"王经理 {PHONE}", phones=True) == "王经理 138****5678"
    assert published_text(f"王经理 {PHONE}") == "王经理"
    assert published_text("电话 010-88886666", phones=True) == "电话 010-****6666"
    assert (
        published_text("甲公司 2026-03-04 1,234,567.89 ÷ 2,000,000.00")
        == "甲公司 2026-03-04 1,234,567.89 ÷ 2,000,000.00"
    )
    assert published_text("6222 0212 3456 7890 123") == "（已隐去）"


def test_the_stamp_says_from_which_data_and_what_waits(tmp_path: Path) -> None:
    path = make_book(tmp_path)
    keep(path, [entry("A1", "state", "已联系"), entry("A2", "state", "也许")])
    found = side(path, "ZHANG", opened=True)
    assert found.answers is not None
    told = dict(zip(*(found.answers([])[1].columns[key] for key in ("item", "value")), strict=True))
    assert told["截止日期"] == "2026-03-04"
    assert told["来源"] == "book.xlsx（工作簿正在别处打开，取自上次保存的内容）"
    assert told["待写入"] == "待写入 2 条"
    assert told["范围"] == "张三"


def test_replies_name_the_text_they_answer_and_change_once_it_is_written(tmp_path: Path) -> None:
    path = make_book(tmp_path)
    later = "2026-03-04T09:30:00+08:00"
    keep(path, [entry("A1", "promised_for", "下周"), entry("A1", "promised_for", "下周五", old="下周", at=later),
                entry("000123", "state", "已联系", sheet="LI")])  # fmt: skip

    def told() -> dict[str, Any]:
        found = side(path, "ZHANG")
        assert found.answers is not None
        replies = found.answers([])[0]
        assert list(replies.keys) == replies.columns["key"]
        return dict(zip(replies.keys, replies.columns["reply"], strict=True))

    asked, understood = "A1|下周0|0|0|0|0|0", "A1|下周五0|0|0|0|0|0"
    assert told() == {
        asked: "请更正：“下周”是哪一天？请写成 2026-03-11",
        understood: "已收到：承诺 2026-03-13 付款 50,000.00 CNY（全部未收）（待写入工作簿）",
    }
    land(path, clock=clock)
    assert told() == {
        asked: "请更正：“下周”是哪一天？请写成 2026-03-11",
        understood: "已收到：承诺 2026-03-13 付款 50,000.00 CNY（全部未收）",
    }
    assert record(tab(side(path, "ZHANG"), "google_data"), "A1")["last_promise"] == dt.date(2026, 3, 13)


def test_a_customer_that_leaves_a_scope_takes_its_notes_along(tmp_path: Path) -> None:
    path = make_book(tmp_path, moved=True)  # 甲公司 went from 张三 to 李四
    keep(path, [entry("A1", "promised_for", "下周五"), entry("A1", "state", "已承诺"), entry("A2", "state", None)])
    left, new = tab(side(path, "ZHANG"), "follow_up"), tab(side(path, "LI"), "follow_up")
    assert "A1" not in left.keys
    assert left.overrides["A1"] == {
        "promised_for": None, "promised_amount": None, "dispute": None, "state": "已移交", "next_action": None,
        "next_date": None,
    }  # fmt: skip
    assert "S1" not in left.overrides
    row = record(new, "A1")
    assert (row["promised_for"], row["state"], row["dispute"]) == ("下周五", "已承诺", None)
    assert record(new, "A2")["state"] is None
    assert "A1" not in new.overrides
    assert "000123" in left.overrides  # looked for on the sheet only; a row that is not there is no matter
    assert tab(side(path, "ALL"), "follow_up").overrides == {}


def test_notes_typed_here_are_not_brought_here_again() -> None:
    here = [dataclasses.replace(entry("A1", "state", "已联系", sheet="LI"), no=2)]
    there = [dataclasses.replace(entry("A1", "state", "拒付"), no=1)]
    assert seeds([*there, *here], "LI") == {}
    assert seeds([*there, *here], "ZHANG") == {"A1": {"state": "已联系"}}
