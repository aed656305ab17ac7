"""Reading a spreadsheet: two requests, typed values, and what is not as it should be."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from arsheet.hosts.online import RemoteError
from arsheet.sync.remote import AddTab, AppendRows, Marker, SetCells, TabWanted
from arsheet.table import CellError
from tests.sync.remotes.conftest import Setting

KINDS = {"编号": "id", "到期日": "date", "金额": "money"}


def test_a_spreadsheet_is_read_in_two_requests(google: Setting) -> None:
    book = google.book()
    book.paste(
        book.tabs[0], "A1", [["编号", "到期日", "金额", "备注"], ["'000123", dt.date(2026, 3, 1), 12.5, "=NIRGENDS(1)"]]
    )
    book.paste(book.tabs[0], "A4", [["'1E5", "", "0.1", '王\'s "店"']])
    remote = google.remote(book)
    read = remote.read([TabWanted(book.tabs[0], kinds=KINDS), TabWanted("没有")])
    tab = read.tabs[book.tabs[0]]
    assert tab is not None
    assert tab.header == ("编号", "到期日", "金额", "备注")
    assert list(map(list, zip(*tab.cells, strict=True))) == [
        ["000123", dt.date(2026, 3, 1), Decimal("12.5"), CellError("#NAME?")],
        [None, None, None, None],
        ["1E5", None, Decimal("0.1"), '王\'s "店"'],
    ]
    assert tab.column(0) == ["000123", None, "1E5"]
    assert (tab.rows, tab.columns, tab.merged, tab.protected) == (1000, 26, False, ())
    assert read.tabs["没有"] is None
    assert (read.title, read.locale, read.time_zone, read.marker) == ("应收", "zh_CN", "Asia/Shanghai", None)
    assert (read.titles, read.cells) == ((book.tabs[0],), 26_000)
    assert remote.requests_made == 2
    assert len(google.operations()) == 2


def test_quoted_titles_header_rows_and_merges_are_seen(google: Setting) -> None:
    book = google.book()
    book.add_tab("王's '表'😀", 5, 3)
    book.paste("王's '表'😀", "A1", [["截至 2026-11-21"], ["编号", "备注"], ["1", "x"]])
    read = google.remote(book).read([TabWanted("王's '表'😀", header_row=1)])
    tab = read.tabs["王's '表'😀"]
    assert tab is not None
    assert tab.above == (("截至 2026-11-21",),)
    assert tab.header == ("编号", "备注")
    assert list(map(list, zip(*tab.cells, strict=True))) == [[1, "x"]]
    empty = google.remote(book).read([TabWanted(book.tabs[0])]).tabs[book.tabs[0]]
    assert empty is not None
    assert (empty.header, empty.cells, empty.height) == ((), [], 0)


def test_the_fingerprint_changes_with_every_value_and_tab_but_not_by_reading(google: Setting) -> None:
    book = google.book()
    wanted = [TabWanted(book.tabs[0])]
    remote = google.remote(book)
    seen = [remote.read(wanted).fingerprint]
    assert remote.read(wanted).fingerprint == seen[0]
    book.type(book.tabs[0], "B2", "x")
    seen.append(remote.read(wanted).fingerprint)
    book.add_tab("新")
    seen.append(remote.read(wanted).fingerprint)
    remote.apply([], Marker(1, "r", "d"), expect=None)
    seen.append(remote.read(wanted).fingerprint)
    assert len(set(seen)) == 4


def test_what_is_written_reads_back_the_same(google: Setting) -> None:
    book = google.book()
    remote = google.remote(book)
    rows = [["000123", dt.date(2026, 3, 1), Decimal("1234.50"), "=1+1"], ["1E5", None, Decimal("-0.01"), None]]
    header = ("编号", "到期日", "金额", "备注")
    changes = [
        AddTab("AR_数据", 3, 4, header, formats=("id", "date", "money", "text"), protected=True),
        AppendRows("AR_数据", rows),  # type: ignore[arg-type]
    ]
    done = remote.apply(changes, Marker(1, "r", "d"), expect=None)
    assert (done.requests, done.cells) == (2, 10)
    read = remote.read([TabWanted("AR_数据", kinds=KINDS)])
    tab = read.tabs["AR_数据"]
    assert tab is not None
    assert (tab.rows, tab.columns, list(map(list, zip(*tab.cells, strict=True)))) == (3, 4, rows)
    assert tab.protected[0].ours
    assert tab.protected[0].editable
    assert read.marker == Marker(1, "r", "d")
    assert book.cell("AR_数据", "B2").number_format == {"type": "DATE", "pattern": "yyyy-mm-dd"}
    assert book.shown("AR_数据")[1][:3] == ["000123", "2026-03-01", "1,234.50"]


def test_a_write_leaves_colours_notes_and_validation(google: Setting) -> None:
    book = google.book()
    title = book.tabs[0]
    book.paste(title, "A1", [["编号", "金额"], ["a", 1]])
    book.put(title, "B2", 1.0, format={"backgroundColor": {"red": 1}}, note="勿动")
    remote = google.remote(book)
    remote.read([TabWanted(title)])
    remote.apply([SetCells(title, 0, 1, [[Decimal("2.5")]])], Marker(1, "r", "d"), expect=None)
    cell = book.cell(title, "B2")
    assert (cell.value, cell.note, bool(cell.format)) == (2.5, "勿动", True)
    remote.read([TabWanted(title)])
    now = remote.read([TabWanted(title)]).marker
    remote.apply([SetCells(title, 0, 1, [[None]])], Marker(2, "r", "d"), expect=now)
    assert book.cell(title, "B2").note == "勿动"
    assert book.value(title, "B2") is None


def test_marker_of_a_newer_version_stops_the_run(google: Setting) -> None:
    book = google.book()
    book.book.metadata.append(
        {"metadataId": 5, "metadataKey": "arsheet.marker", "metadataValue": '{"v":2}', "visibility": "DOCUMENT",
         "location": {"locationType": "SPREADSHEET", "spreadsheet": True}}
    )  # fmt: skip
    with pytest.raises(RemoteError) as caught:
        google.remote(book).read([])
    assert (caught.value.code, caught.value.exit_code) == ("marker_unreadable", 4)
