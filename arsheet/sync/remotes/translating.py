"""Changes of the sync as requests of a batch: titles become tab ids, single cells blocks, kinds number formats."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from arsheet.hosts.google import requests as build
from arsheet.hosts.google.cells import NUMBER_FORMATS
from arsheet.hosts.google.requests import Block
from arsheet.hosts.online import Cell, Formula, RemoteError
from arsheet.sync.remote import (
    AddTab,
    AppendRows,
    Change,
    DeleteTab,
    ProtectedArea,
    ProtectRange,
    ResizeTab,
    SetCells,
    SetFormulas,
    SetValidation,
    SwapStage,
)

STAGE = "_arsheet_stage"
"""The hidden tab in which a load too large for one request is put together."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab as far as changes need it.

    ``next_row``: of a tab that the same batch adds, so that nobody else has touched it, the first row still blank.
    """

    tab_id: int
    rows: int
    columns: int
    protected: tuple[ProtectedArea, ...] = ()
    next_row: int = -1


@dataclass(slots=True)
class Work:
    """Requests in the order of the changes, blocks of cells kept apart so that they can be staged."""

    steps: list[str | Block] = field(default_factory=list)
    cells: int = 0
    grid: int = 0
    """By how many cells the grids grow."""

    @property
    def size(self) -> int:
        """Bytes of all requests."""
        return sum(step.size + 160 if isinstance(step, Block) else len(step.encode("utf-8")) + 1 for step in self.steps)


def translate(changes: Sequence[Change], tabs: dict[str, Tab], *, editor: str) -> Work:
    """The work of some changes on a spreadsheet with these tabs; raises RemoteError where a tab is not as expected."""
    here, work = dict(tabs), Work()
    coming: dict[str, int] = {}
    for change in changes:
        if isinstance(change, AppendRows):
            coming[change.tab] = coming.get(change.tab, 0) + len(change.rows)
    for kind, group in itertools.groupby(changes, key=lambda change: (type(change), getattr(change, "tab", ""))):
        if kind[0] is SetCells:
            _set_cells(list(group), here, work)  # type: ignore[arg-type]
            continue
        for change in group:
            _one(change, coming, here, work, editor)
    return work


def _one(change: Change, coming: dict[str, int], here: dict[str, Tab], work: Work, editor: str) -> None:
    if isinstance(change, AddTab):
        _add_tab(change, coming.get(change.title, 0), here, work, editor)
    elif isinstance(change, AppendRows):
        _append(change, here, work)
    elif isinstance(change, SetFormulas):
        tab = _tab(here, change.tab)
        rows: list[list[Cell]] = [[Formula(text) if text else None for text in row] for row in change.rows]
        _block(work, tab, change.tab, change.header_row + 1 + change.row, change.column, rows, ())
    elif isinstance(change, ProtectRange):
        _protect(change, _tab(here, change.tab), work, editor)
    elif isinstance(change, SetValidation):
        tab = _tab(here, change.tab)
        first = change.header_row + 1
        work.steps.append(
            build.validate(tab.tab_id, change.column, change.words, first_row=first, strict=change.strict)
        )
    elif isinstance(change, ResizeTab):
        tab = _tab(here, change.tab)
        _grow(change.tab, tab, here, work, max(tab.rows, change.rows), max(tab.columns, change.columns))
    elif isinstance(change, DeleteTab):
        if change.title != STAGE:
            raise _words("tab_not_ours", tab=change.title)
        if change.title in here:
            work.steps.append(build.delete_sheet(here.pop(change.title).tab_id))
    elif isinstance(change, SwapStage):
        _swap(change, here, work)


def _tab(here: dict[str, Tab], title: str) -> Tab:
    if title in here:
        return here[title]
    raise _words("tab_not_found", tab=title)


def _add_tab(change: AddTab, coming: int, here: dict[str, Tab], work: Work, editor: str) -> None:
    """``coming``: how many rows the same batch appends to it."""
    if change.title in here:
        raise _words("tab_name_taken", tab=change.title)
    taken = {tab.tab_id for tab in here.values()}
    tab_id = own_id(change.title, taken)
    frozen = change.header_row + 1
    rows, columns = max(change.rows, frozen + max(coming, 1)), max(change.columns, len(change.header), 1)
    tab = here[change.title] = Tab(tab_id, rows, columns, next_row=frozen)
    work.steps.append(build.add_sheet(tab_id, change.title, rows, columns, hidden=change.hidden, frozen=frozen))
    work.grid += rows * columns
    for column, kind in enumerate(change.formats):
        if kind in NUMBER_FORMATS:
            work.steps.append(build.column_format(tab_id, column, kind, first_row=frozen))
    if change.header:
        _block(work, tab, change.title, change.header_row, 0, [list(change.header)], ())
    if change.protected:
        _protect(ProtectRange(change.title), tab, work, editor)


def _append(change: AppendRows, here: dict[str, Tab], work: Work) -> None:
    tab = _tab(here, change.tab)
    if not change.rows:
        return
    new = tab.next_row >= 0
    block = Block.of(tab.tab_id, tab.next_row, 0, change.rows, kinds=() if new else change.formats, tab=change.tab)
    if block.width > tab.columns:
        tab = _grow(change.tab, tab, here, work, tab.rows, block.width)
    work.steps.append(block)
    work.cells += sum(1 for row in change.rows for cell in row if cell is not None and cell != "")
    if new:
        here[change.tab] = replace(tab, next_row=tab.next_row + len(change.rows))
    else:
        work.grid += len(change.rows) * tab.columns


def _set_cells(changes: list[SetCells], here: dict[str, Tab], work: Work) -> None:
    """Values of one tab, cells that touch written together."""
    tab = _tab(here, changes[0].tab)
    if len(changes) == 1 or any(change.formats for change in changes):
        rectangles = [
            (change.header_row + 1 + change.row, change.column, change.rows, change.formats) for change in changes
        ]
    else:
        rectangles = [(row, column, rows, ()) for row, column, rows in grouped(changes)]
    for row, column, rows, formats in rectangles:
        _block(work, tab, changes[0].tab, row, column, rows, formats)


def grouped(changes: Sequence[SetCells]) -> Iterator[tuple[int, int, list[list[Cell]]]]:
    """The fewest plain rectangles for many small ones: runs along a row first, then equal runs below each other.

    Of two values for one cell the later counts. Rows are those of the sheet.
    """
    cells: dict[int, dict[int, Cell]] = {}
    for change in changes:
        for down, row in enumerate(change.rows):
            there = cells.setdefault(change.header_row + 1 + change.row + down, {})
            for right, cell in enumerate(row):
                there[change.column + right] = cell
    open_: dict[tuple[int, int], tuple[int, list[list[Cell]]]] = {}
    last = -2
    for number in sorted(cells):
        runs = dict(_runs(cells[number]))
        if number != last + 1:
            yield from _closed(open_, {})
        yield from _closed(open_, runs)
        for key, values in runs.items():
            open_.setdefault(key, (number, []))[1].append(values)
        last = number
    yield from _closed(open_, {})


def _runs(row: dict[int, Cell]) -> Iterator[tuple[tuple[int, int], list[Cell]]]:
    """(first column, width) and the values of each run of neighbouring columns."""
    columns = sorted(row)
    for _, run in itertools.groupby(enumerate(columns), key=lambda pair: pair[1] - pair[0]):
        found = [column for _, column in run]
        yield (found[0], len(found)), [row[column] for column in found]


def _closed(
    open_: dict[tuple[int, int], tuple[int, list[list[Cell]]]], kept: dict[tuple[int, int], list[Cell]]
) -> Iterator[tuple[int, int, list[list[Cell]]]]:
    """Take out and give the rectangles that do not go on."""
    for key in [key for key in open_ if key not in kept]:
        row, rows = open_.pop(key)
        yield row, key[0], rows


def _block(
    work: Work, tab: Tab, title: str, row: int, column: int, rows: list[list[Cell]], formats: tuple[str, ...]
) -> None:
    if not rows:
        return
    block = Block.of(tab.tab_id, row, column, rows, kinds=formats, tab=title)
    if row + len(rows) > tab.rows or column + block.width > tab.columns:
        raise _words("cells_outside_tab", tab=title)
    work.steps.append(block)
    work.cells += sum(len(each) for each in rows)


def _protect(change: ProtectRange, tab: Tab, work: Work, editor: str) -> None:
    """Once is enough: an area of ours that is already there is left."""
    first = change.column
    end = None if first is None else first + change.columns
    if not any(area.ours and (area.first_column, area.end_column) == (first, end) for area in tab.protected):
        work.steps.append(build.protect(tab.tab_id, first, change.columns, editor=editor))


def _grow(title: str, tab: Tab, here: dict[str, Tab], work: Work, rows: int, columns: int) -> Tab:
    if (rows, columns) == (tab.rows, tab.columns):
        return tab
    work.steps.append(build.resize_sheet(tab.tab_id, rows, columns))
    work.grid += rows * columns - tab.rows * tab.columns
    here[title] = replace(tab, rows=rows, columns=columns)
    return here[title]


def _swap(change: SwapStage, here: dict[str, Tab], work: Work) -> None:
    if change.stage != STAGE:
        raise _words("tab_not_ours", tab=change.stage)
    stage, live = _tab(here, change.stage), _tab(here, change.live)
    rows, columns = change.header_row + 1 + stage.rows, stage.columns
    live = _grow(change.live, live, here, work, max(live.rows, rows), max(live.columns, columns))
    source = (stage.tab_id, 0, stage.rows, 0, stage.columns)
    work.steps.append(build.copy_values(source, live.tab_id, change.header_row + 1, 0))
    work.steps.append(build.delete_sheet(stage.tab_id))
    del here[change.stage]


def own_id(title: str, taken: set[int]) -> int:
    """A tab id of our own, the same for the same title, that nobody has."""
    for attempt in itertools.count():
        digest = hashlib.sha256(f"{title}\0{attempt}".encode()).digest()
        found = int.from_bytes(digest[:4], "big") & 0x7FFFFFFF
        if found and found not in taken:
            return found
    raise AssertionError


_WORDS = {
    "tab_not_found": (
        "表格中没有工作表“{tab}”（可能被改名或删除），整批未写入；请恢复原名后重新运行",
        "the spreadsheet has no tab {tab!r} (renamed or deleted?) and nothing was written; restore its name and run "
        "again",
    ),
    "tab_name_taken": (
        "表格中已有名为“{tab}”的工作表，整批未写入；请把它改名后重新运行",
        "the spreadsheet already has a tab {tab!r} and nothing was written; rename it and run again",
    ),
    "tab_not_ours": (
        "工作表“{tab}”不是同步用的暂存表，不会删除",
        "tab {tab!r} is not the sync's own staging tab and is not deleted",
    ),
    "cells_outside_tab": (
        "工作表“{tab}”的行列比读取时少，整批未写入；请重新运行",
        "tab {tab!r} has fewer rows or columns than when it was read and nothing was written; run again",
    ),
}


def _words(code: str, *, tab: str) -> RemoteError:
    zh, en = _WORDS[code]
    return RemoteError(code, zh.format(tab=tab), en.format(tab=tab), exit_code=4, facts={"tab": tab})
