"""Loads too large for one request: staged out of sight, swapped in at once, and cleaned up after a crash."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from arsheet.hosts.online import Cell, RemoteError
from arsheet.sync.emulator import Person
from arsheet.sync.remote import (
    AddTab,
    AppendRows,
    Change,
    DeleteTab,
    Marker,
    Progress,
    SetCells,
    SetFormulas,
    SwapStage,
    TabWanted,
)
from arsheet.sync.remotes.staging import LARGEST
from arsheet.sync.remotes.translating import STAGE, grouped
from tests.sync.remotes.conftest import Setting

HEADER = ("编号", "客户", "到期日", "金额", "备注")
FORMATS = ("id", "text", "date", "money", "text")
KINDS = dict(zip(HEADER, FORMATS, strict=True))


def rows(count: int) -> list[list[Cell]]:
    day = dt.date(2026, 1, 1)
    return [
        [f"{i:08d}", f"客户{i % 97}", day + dt.timedelta(i % 300), Decimal(i * 7 + 13) / 100, "备注文字" * 4]
        for i in range(count)
    ]


def first_load(count: int) -> list[Change]:
    return [AddTab("AR_数据", 1, 5, HEADER, FORMATS, protected=True), AppendRows("AR_数据", rows(count), FORMATS)]


WHOLE = 9_000
COUNT = 1_200
SMALL = 256 * 1024
"""Bytes of a body, where the real limit would only make the test slow."""


def test_a_large_first_load_is_staged_and_swapped(google: Setting) -> None:
    book = google.book()
    told: list[Progress] = []
    remote = google.remote(book, read=20, progress=told.append)
    remote.read([])
    seen: list[tuple[list[str], bool]] = []
    google.emulator.before.append(lambda record: seen.append((book.tabs, "AR_数据" in book.tabs)))
    changes = first_load(WHOLE)
    cost = remote.cost(changes)
    done = remote.apply(changes, Marker(1, "r", "p"), expect=None)
    sizes = [each.bytes for each in google.emulator.requests if each.path.endswith("batchUpdate")]
    assert max(sizes) <= LARGEST
    assert done.staged >= 2
    assert len(sizes) == done.staged + 2 == cost.requests == done.requests
    assert abs(cost.bytes - done.bytes) < 1000
    assert abs(cost.largest - max(sizes)) < 1000
    assert not any(shown for _, shown in seen), "nobody saw the tab before it was whole"
    assert sizes[-1] < 4000, "the swap is one small batch"
    assert book.tabs[1:] == ["AR_数据"], "the staging tab is gone"
    assert [each.done for each in told] == list(range(done.staged + 1))
    read = remote.read([TabWanted("AR_数据", kinds=KINDS)])
    tab = read.tabs["AR_数据"]
    assert tab is not None
    assert list(map(list, zip(*tab.cells, strict=True))) == rows(WHOLE)
    assert (tab.rows, tab.columns) == (WHOLE + 1, 5)
    assert read.marker == Marker(1, "r", "p")


@pytest.mark.parametrize("kind", ["503", "cut_before", "cut_after", "html_502"])
@pytest.mark.parametrize("skip", [0, 1, 2, 3])
def test_a_fault_anywhere_in_a_staged_load_does_no_harm(google: Setting, kind: str, skip: int) -> None:
    book = google.book()
    remote = google.remote(book, read=20, largest=SMALL)
    remote.read([])
    google.emulator.faults.add(kind, match="batchUpdate", skip=skip)
    done = remote.apply(first_load(COUNT), Marker(1, "r", "p"), expect=None)
    assert len(google.emulator.faults.struck) == 1
    assert done.staged >= 2
    assert len(book.values("AR_数据")) == COUNT + 1
    assert STAGE not in book.tabs


def test_a_stopped_load_leaves_a_hidden_tab_that_the_next_one_replaces(google: Setting) -> None:
    book = google.book()
    remote = google.remote(book, read=20, largest=SMALL)
    remote.read([])
    google.emulator.faults.add("503", match="batchUpdate", skip=2, times=10_000)
    with pytest.raises(RemoteError) as caught:
        remote.apply(first_load(COUNT), Marker(1, "r", "p"), expect=None)
    assert caught.value.exit_code == 6
    google.emulator.faults.clear()
    assert book.tabs[1:] == [STAGE]
    fresh = google.remote(book, read=20, largest=SMALL)
    read = fresh.read([TabWanted("AR_数据")])
    assert read.marker is None
    assert read.tabs["AR_数据"] is None
    assert STAGE in read.titles
    left = fresh.read([TabWanted(STAGE)]).tabs[STAGE]
    assert left is not None
    assert left.hidden
    fresh.apply(first_load(COUNT), Marker(1, "r2", "p"), expect=None)
    assert book.tabs[1:] == ["AR_数据"]
    assert len(book.values("AR_数据")) == COUNT + 1


def load(google: Setting, count: int) -> tuple[Person, Marker]:
    book = google.book()
    done = google.remote(book, read=20, largest=SMALL).apply(first_load(count), Marker(1, "r", "p"), expect=None)
    return book, done.marker


def test_a_column_that_changes_in_every_row_is_staged_too(google: Setting) -> None:
    book, marker = load(google, 3_000)
    remote = google.remote(book, read=20, largest=SMALL // 4)
    remote.read([TabWanted("AR_数据")])
    column: list[list[Cell]] = [[Decimal(i) / 4 + 100_000] for i in range(3_000)]
    change = [SetCells("AR_数据", 0, 3, column), SetCells("AR_数据", 5, 4, [["改"]])]
    done = remote.apply(change, Marker(2, "r", "p2"), expect=marker)
    assert done.staged >= 2
    assert done.bytes < 75 * 3_000
    tab = remote.read([TabWanted("AR_数据", kinds=KINDS)]).tabs["AR_数据"]
    assert tab is not None
    assert [[cell] for cell in tab.column(3)] == column
    assert tab.column(4)[4:7] == ["备注文字" * 4, "改", "备注文字" * 4]
    assert tab.column(0)[-1] == "00002999"


def test_many_new_rows_on_a_tab_of_people_go_in_parts_that_each_land_once(google: Setting) -> None:
    book, marker = load(google, 10)
    remote = google.remote(book, read=20, largest=SMALL)
    remote.read([TabWanted("AR_数据")])
    google.emulator.faults.add("cut_after", match="batchUpdate")
    google.emulator.faults.add("cut_before", match="batchUpdate", skip=1)
    done = remote.apply([AppendRows("AR_数据", rows(2_000)[10:])], Marker(2, "r", "p2"), expect=marker)
    assert done.staged == 0
    assert (done.resolved, done.resent) == (True, 1)
    sizes = [each.bytes for each in google.emulator.requests if each.path.endswith("batchUpdate")]
    assert max(sizes) <= SMALL
    tab = remote.read([TabWanted("AR_数据", kinds=KINDS)]).tabs["AR_数据"]
    assert tab is not None
    assert tab.column(0) == [row[0] for row in rows(2_000)]


def test_a_write_in_parts_that_stops_half_way_has_not_happened_yet(google: Setting) -> None:
    book, marker = load(google, 10)
    remote = google.remote(book, read=20, largest=SMALL)
    remote.read([TabWanted("AR_数据")])
    google.emulator.faults.add("503", match="batchUpdate", skip=1, times=10_000)
    with pytest.raises(RemoteError):
        remote.apply([AppendRows("AR_数据", rows(2_000)[10:])], Marker(2, "r", "p2"), expect=marker)
    google.emulator.faults.clear()
    now = google.remote(book).read([]).marker
    assert now is not None
    assert now.generation == 1, "the generation moves with the last part only"


def test_formulas_are_never_staged_as_their_values(google: Setting) -> None:
    book, marker = load(google, 4_000)
    remote = google.remote(book, read=20, largest=SMALL)
    remote.read([TabWanted("AR_数据")])
    formulas = [[f'=D{i + 2}&""'] for i in range(4_000)]
    remote.apply([SetFormulas("AR_数据", 0, 4, formulas)], Marker(2, "r", "p2"), expect=marker)
    assert book.cell("AR_数据", "E2").formula == '=D2&""'
    assert book.cell("AR_数据", "E4001").formula == '=D4001&""'


def test_only_the_staging_tab_can_be_deleted_or_swapped(google: Setting) -> None:
    book, marker = load(google, 10)
    remote = google.remote(book)
    for change in (DeleteTab("AR_数据"), SwapStage("AR_数据", "AR_数据")):
        with pytest.raises(RemoteError) as caught:
            remote.apply([change], Marker(2, "r", "p"), expect=marker)
        assert (caught.value.code, caught.value.exit_code) == ("tab_not_ours", 4)
    stage: list[Change] = [AddTab(STAGE, 2, 2, (), hidden=True), SetCells(STAGE, -1, 0, [["x", 1], ["y", 2]])]
    done = remote.apply(stage, Marker(2, "r", "p"), expect=marker)
    done = remote.apply([SwapStage(STAGE, "AR_数据")], Marker(3, "r", "p"), expect=done.marker)
    assert book.values("AR_数据")[1][:2] == ["x", 1]
    assert STAGE not in book.tabs
    done = remote.apply([AddTab(STAGE, 2, 2, (), hidden=True)], Marker(4, "r", "p"), expect=done.marker)
    remote.apply([DeleteTab(STAGE)], Marker(5, "r", "p"), expect=done.marker)
    assert STAGE not in book.tabs


def test_cells_that_touch_are_written_together() -> None:
    changes = [
        SetCells("T", 2, 1, [["c"]]),
        SetCells("T", 0, 0, [["a"]]),
        SetCells("T", 0, 1, [["b"]]),
        SetCells("T", 1, 0, [["d", "e"]]),
        SetCells("T", 1, 0, [["later"]]),
        SetCells("T", 4, 0, [["f"]]),
        SetCells("T", 4, 2, [["g"]]),
    ]
    assert sorted(grouped(changes)) == [
        (1, 0, [["a", "b"], ["later", "e"]]),
        (3, 1, [["c"]]),
        (5, 0, [["f"]]),
        (5, 2, [["g"]]),
    ]
