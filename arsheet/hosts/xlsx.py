"""The host of one closed workbook file: tables are read through calamine, writes are queued and patched in at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arsheet.hosts.keeping import value_at
from arsheet.hosts.package import Package, companion_folder, replace_file
from arsheet.hosts.patching import Edit, Patcher, PatchReport
from arsheet.hosts.protocol import Capabilities, SaveReport, table_not_found
from arsheet.hosts.queueing import QueueingHost
from arsheet.hosts.reading import Book, TableInfo, parse_area, read_package
from arsheet.table import Grid, Place, Table, WorkbookError

if TYPE_CHECKING:
    from arsheet.hosts.arcells.solving import Answer, Note
    from arsheet.hosts.arcells.update import ArCells

KEPT_BACKUPS = 20
LARGE = 5_000
"""Rows from which a sheet's cells are not kept beside its table."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A save about to happen: the file as it was read, its new bytes, and what the patch reports."""

    package: Package
    data: bytes
    report: PatchReport


class XlsxHost(QueueingHost):
    """One .xlsx or .xlsm file. ``clock`` gives the time that names a backup."""

    def __init__(self, path: str | Path, *, clock: Callable[[], dt.datetime] = dt.datetime.now) -> None:
        super().__init__()
        self.path = Path(path)
        self._clock = clock
        self._queue: list[Edit] = []
        self._book: Book | None = None
        self._package: Package | None = None
        self._patcher: Patcher | None = None
        self._applied = 0
        self._open()

    def _open(self) -> Book:
        if self._book is None:
            self._package = Package.open(self.path)
            self._book = read_package(self._package, self.path)
        return self._book

    @property
    def capabilities(self) -> Capabilities:
        """A closed file: saved whole, looks kept."""
        return Capabilities("xlsx")

    @property
    def book(self) -> Book:
        """The file as it was read last."""
        return self._open()

    def tables(self) -> tuple[str, ...]:
        """The names of the Excel tables, and of the sheets that have none."""
        book = self._open()
        with_tables = {table.sheet for table in book.tables}
        return (*(t.name for t in book.tables), *(n for n in book.sheet_names if n not in with_tables))

    def read(self, table: str, *, sheet: str = "", header: Sequence[str] = ()) -> Table:
        """A table's raw cell values with their place: by table name, else by sheet name and header row."""
        book = self._open()
        info = book.table(table)
        if info is not None:
            found = _read_table(book.grid(info.sheet), info)
            if len(found) > LARGE:
                book.forget(info.sheet)  # a second copy of a large sheet is not worth its memory
            return found
        wanted = (sheet or table).casefold()
        name = next((n for n in book.sheet_names if n.casefold() == wanted), None)
        if name is None:
            raise self._no_table(table)
        return _read_sheet(book.grid(name), table, header)

    def read_cells(self, sheet: str, addresses: Sequence[str]) -> dict[str, Any]:
        """Single cells by address."""
        grid = self._open().grid(sheet)
        found = {}
        for address in addresses:
            area = parse_area(address.upper())
            if area is None:
                raise ValueError(f"not an address: {address}")
            found[address] = value_at(grid, area.first_row, area.first_column)
        return found

    def info(self, table: str) -> TableInfo:
        """A table by its name; raises ``table_not_found``."""
        found = self._open().table(table)
        if found is None:
            raise self._no_table(table)
        return found

    def set_results(self, sheet: str, values: Mapping[str, Any]) -> None:
        """Queue stored results of formula cells: their formulas and styles stay; a cell without one is left alone."""
        from arsheet.hosts.arcells.results import SetResults

        self._queue.append(SetResults(sheet, dict(values)))

    def update_formulas(self, answer: Answer, note: Note | None = None, *, later: Sequence[str] = ()) -> ArCells:
        """Work out the AR_ cells of the book from what is saved and what is queued so far; stored by the next save.

        ``answer`` calls a function by name with raw arguments; ``note`` is told what each cell got. A cell that reads
        a sheet of ``later``, which is queued afterwards, is left alone. Raises ShapeRefused where an earlier edit
        cannot be done.
        """
        from arsheet.hosts.arcells.update import UpdateCells

        edit = UpdateCells(self._large_or_small, answer, note, frozenset(later))
        self._queue.append(edit)
        self._staged()
        return edit.done

    def _large_or_small(self, sheet: str) -> Grid:
        """The cells of a sheet; those of a large one are not kept."""
        book = self._open()
        grid = book.grid(sheet)
        if len(grid.cells) > LARGE:
            book.forget(sheet)
        return grid

    def _staged(self) -> Patcher:
        """All that is queued, done in memory; edits that are queued later go on from there."""
        self._open()
        assert self._package is not None
        patcher = self._patcher or Patcher(self._package)
        applied, self._patcher = self._applied if self._patcher else 0, None
        patcher.apply(self._queue[applied:])  # where this is refused, the next attempt begins anew
        self._patcher, self._applied = patcher, len(self._queue)
        return patcher

    def save(self, backup: Callable[[Pending], Path] | None = None) -> SaveReport:
        """Patch the file with all that is queued: one patch, one backup, one atomic replace.

        ``backup`` keeps the old file in the host's stead and gives the place of the copy; what it raises ends the save.
        """
        if not self._queue:
            return SaveReport()
        patcher, self._patcher = self._staged(), None
        assert self._package is not None
        data = patcher.data()
        found = patcher.report
        kept = backup(Pending(self._package, data, found)) if backup else self._back_up(self._package)
        replace_file(self.path, data, expect=self._package.digest, label="workbook")
        self._queue, self._keys, self._book, self._package = [], {}, None, None
        return SaveReport(
            found.tables,
            found.dropped_columns,
            found.waiting,
            found.dependents,
            found.recalculates,
            found.cleared_filters,
            found.changed_parts,
            str(kept),
            found.dropped_links,
            found.beside,
        )

    def discard(self) -> None:
        """Forget what is queued, and read the file again when it is next asked for."""
        self._queue, self._keys, self._book, self._package, self._patcher = [], {}, None, None, None

    def _back_up(self, package: Package) -> Path:
        folder = companion_folder(self.path) / "backups"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkbookError(
                "backup_failed",
                f"无法建立备份文件夹 {folder.name}，未保存",
                f"The backup folder {folder} cannot be made; nothing was saved",
                exit_code=5,
            ) from error
        suffix = self.path.suffix
        same = sorted(folder.glob(f"*-{package.digest[:12]}{suffix}"))
        if same:
            return same[-1]
        backup = folder / f"{self._clock():%Y%m%dT%H%M%S%f}-{package.digest[:12]}{suffix}"
        replace_file(backup, package.data)
        for old in sorted(folder.glob(f"[0-9]*-*{suffix}"))[:-KEPT_BACKUPS]:
            old.unlink(missing_ok=True)
        return backup

    def _no_table(self, table: str) -> WorkbookError:
        return table_not_found(self.path.name, table, self.tables())


def _read_table(grid: Grid, info: TableInfo) -> Table:
    columns = range(info.area.first_column, info.area.last_column + 1)
    rows = range(info.first_data_row, info.last_data_row + 1)
    return _table(grid, info.name, info.columns, rows, columns, {"range": info.area.ref})


def _read_sheet(grid: Grid, name: str, wanted: Sequence[str]) -> Table:
    at = header_row(grid, wanted)
    if at is None:
        return Table(name, (), ())
    labels = ["" if value is None else str(value).strip() for value in grid.cells[at]]
    while labels and not labels[-1]:
        labels.pop()
    rows = range(grid.first_row + at + 1, grid.first_row + len(grid.cells))
    columns = range(grid.first_column, grid.first_column + len(labels))
    return _table(grid, name, labels, rows, columns, {"header_row": grid.first_row + at})


def header_row(grid: Grid, wanted: Sequence[str]) -> int | None:
    """The position of the row that holds most of the wanted headers, else of the first row of texts only."""
    labels = {name.strip().casefold() for name in wanted}
    best, choice = 0, None
    for i, row in enumerate(grid.cells[:200]):
        hits = sum(isinstance(v, str) and v.strip().casefold() in labels for v in row)
        if hits > best:
            best, choice = hits, i
    if choice is not None:
        return choice
    for least in (2, 1):
        for i, row in enumerate(grid.cells[:200]):
            filled = [v for v in row if v is not None]
            if len(filled) >= least and all(isinstance(v, str) for v in filled):
                return i
    return None


def _table(
    grid: Grid, name: str, header: Sequence[str], rows: range, columns: range, facts: Mapping[str, Any]
) -> Table:
    left = columns.start - grid.first_column
    there = range(max(rows.start, grid.first_row), min(rows.stop, grid.first_row + len(grid.cells)))
    if not isinstance(grid.cells, list):
        return _placed(grid, name, header, there, columns, _by_column(grid, there, columns), facts)
    lines = grid.cells[there.start - grid.first_row : there.stop - grid.first_row] if there else []
    width = len(lines[0]) if lines else 0
    if left >= 0 and left + len(columns) <= width:
        found = list(zip(*lines, strict=True))[left : left + len(columns)]
    else:
        found = list(zip(*([value_at(grid, row, column) for column in columns] for row in there), strict=True))
    return _placed(grid, name, header, there, columns, found, facts)


def _by_column(grid: Grid, there: range, columns: range) -> list[Sequence[Any]]:
    from arsheet.hosts.columns import ColumnCells

    cells = grid.cells
    assert isinstance(cells, ColumnCells)
    rows = slice(there.start - grid.first_row, there.stop - grid.first_row)
    blank = [None] * len(there)
    return [
        cells.column(at)[rows] if there and 0 <= (at := column - grid.first_column) < cells.width else blank
        for column in columns
    ]


def _placed(
    grid: Grid, name: str, header: Sequence[str], there: range, columns: range, found: Any, facts: Mapping[str, Any]
) -> Table:
    """The rows of a table that hold anything."""
    kept: Sequence[int] = there
    if found and all(None in column for column in found):  # only then can a whole row be blank
        filled = [any(value is not None for value in values) for values in zip(*found, strict=True)]
        kept = list(compress(there, filled))
        found = [tuple(compress(column, filled)) for column in found]
    values_by_column = tuple(map(list, found)) if found else tuple([] for _ in columns)
    place = Place(grid.sheet, kept, list(columns))
    return Table(name, tuple(header), values_by_column, ("any",) * len(header), place, facts)
