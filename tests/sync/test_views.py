"""What a spreadsheet shows: typed cells, keys, owners, only its own customers, and nothing that must not get out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arsheet import run
from arsheet.importers.followup.items import items_of
from arsheet.run.landing import land
from arsheet.run.session import open_session, version_of
from arsheet.schema.tables import TABLES
from arsheet.sync.model import BookSide, TabData, Target
from arsheet.sync.privacy import published_text
from arsheet.sync.scope import Scope, customers_of, given_back, scopes, seeds, spreadsheet_id, targets
from arsheet.sync.source import BookSource
from arsheet.sync.views import REPORTS, Published, tab_data, views
from arsheet.table import ArsheetError, to_day
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


NUMBERS = (("inv-9", "C1", 5), ("INV-9", "C2", 9), ("R1#1", "C2", 77), ("R1#9", "C2", 88))
ALIKE: list[dict[str, Any]] = [
    {"document_date": dt.date(2026, 1, 5), "due_date": dt.date(2026, 2, 4), "document_no": number,
     "customer_id": customer, "amount": amount}
    for number, customer, amount in NUMBERS
]  # fmt: skip


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book with numbers that a look-up cannot tell apart: capitals, and R1#1 beside instalment 1 of R1."""
    path = make_book(tmp_path_factory.mktemp("alike"))
    session = open_session(path)
    run.append_records(session, {"invoices": ALIKE})
    session.host.save()
    return path


@pytest.mark.parametrize(
    ("spreadsheet", "hidden"),
    [("ALL", ["INV-9", "R1#1", "inv-9"]), ("ZHANG", ["R1#1"]), ("LI", ["R1#1"])],
    ids=["everybody", "one of each", "the other of each"],
)
def test_numbers_that_a_spreadsheet_cannot_tell_apart_are_not_published(
    alike: Path, spreadsheet: str, hidden: list[str]
) -> None:
    found = side(alike, spreadsheet)
    data, follow = tab(found, "google_data"), tab(found, "follow_up")
    assert not set(hidden) & set(data.keys)
    assert list(follow.keys) == list(data.keys)
    assert {len(column) for column in data.columns.values()} == {len(data.keys)}
    assert len({key.casefold() for key in data.keys}) == len(data.keys)
    assert {"ALL": "R1#9", "ZHANG": "inv-9", "LI": "INV-9"}[spreadsheet] in data.keys
    assert [(each.code, each.severity, each.facts["alike"]) for each in data.problems] == [
        ("sheet_keys_alike", "warning", hidden)
    ]
    assert "、".join(hidden) in data.problems[0].zh
    assert found.answers is not None
    told = dict(zip(*(found.answers([])[1].columns[key] for key in ("item", "value")), strict=True))
    assert told["未发布"].endswith(f"在线表格分不清的单据号：{'、'.join(hidden)}")
    assert not [key for key in tab(side(alike, "LI"), "follow_up").overrides if key in ("R1#1", "INV-9")]


def test_what_was_typed_beside_a_key_of_two_documents_is_asked_back(alike: Path) -> None:
    ledger = version_of(alike, AS_OF, clock).ledger
    found = items_of(ledger, to_day(AS_OF), {"R1#1", "R1#2", "R1#9", "inv-9", "INV-9"})
    assert {key: item.customer_id for key, item in found.items()} == {
        "R1#2": "C1", "R1#9": "C2", "inv-9": "C1", "INV-9": "C2",
    }  # fmt: skip


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


def scoped(folder: Path, spreadsheet: str, scope: str, kind: str = "个人") -> Path:
    path = make_book(folder)
    session = open_session(path)
    run.append_records(session, {"sync_targets": [{"spreadsheet_id": spreadsheet, "kind": kind, "scope": scope}]})
    session.host.save()
    return path


@pytest.mark.parametrize(
    ("scope", "kind", "said"), [("张山", "个人", "业务员"), ("", "个人", "业务员"), ("华中", "区域", "地区")]
)
def test_a_scope_without_customers_is_refused_rather_than_emptied(
    tmp_path: Path, scope: str, kind: str, said: str
) -> None:
    path = scoped(tmp_path, "NEW", scope, kind)
    if kind == "个人":  # 张三 has customers and, from now on, no spreadsheet
        change(path, "sync_targets", "scope", "张三", "李四")
    with pytest.raises(ArsheetError) as raised:
        side(path, "NEW")
    assert (raised.value.code, raised.value.exit_code) == ("scope_matches_no_customer", 8)
    assert said in raised.value.zh
    assert (scope or "没有写范围") in raised.value.zh
    assert {"个人": "没有在线表格的业务员：张三", "区域": "没有在线表格的地区：华东"}[kind] in raised.value.zh


def test_of_several_names_the_one_without_customers_is_told(tmp_path: Path) -> None:
    data = tab(side(scoped(tmp_path, "TEAM", "张三、王五"), "TEAM"), "google_data")
    assert set(data.columns["customer_id"]) == {"C1", "C3"}
    assert [(each.code, each.facts["names"]) for each in data.problems] == [("scope_name_matches_no_customer", "王五")]


def test_who_gave_all_customers_away_to_others_has_an_empty_sheet_and_that_is_told(tmp_path: Path) -> None:
    path = make_book(tmp_path, moved=True)
    change(path, "invoices", "salesperson", "张三", "李四")
    left = side(path, "ZHANG")
    assert len(tab(left, "follow_up").keys) == 0
    assert tab(left, "follow_up").overrides["A1"]["state"] == "已移交"
    assert [each.code for each in tab(left, "google_data").problems] == ["scope_name_matches_no_customer"]


def change(path: Path, table: str, column: str, old: str, new: str) -> None:
    """Types over the cells of a column."""
    session = open_session(path)
    found = session.tables[table]
    place, at = found.place, found.header.index(column)
    assert place is not None
    rows = [row for row, value in enumerate(found.column(column)) if value == old]
    session.host.set_cells(place.sheet, {place.cell(row, at): new for row in rows})
    session.host.save()


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


def test_a_row_that_comes_back_gets_what_was_typed_last_anywhere() -> None:
    listed = [
        dataclasses.replace(each, no=no)
        for no, each in enumerate(
            [
                entry("A1", "state", "已联系"),
                entry("A1", "next_action", "电话回访"),
                entry("A1", "next_action", "上门", sheet="LI"),
                entry("A1", "state", "已移交", sheet="LI"),  # his own word, not the job's
                entry("A2", "state", "已承诺", sheet="LI"),
                entry("A2", "state", None, sheet="LI"),
            ]
        )
    ]
    assert given_back(listed, "ZHANG") == {"A1": {"next_action": "上门"}, "A2": {}}
    assert given_back(listed, "LI") == {"A1": {"state": "已移交"}, "A2": {}}
