"""The host of one workbook that is open in Excel: tables are ListObjects, writes are queued and carried out as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from arsheet.hosts.edits import AppendRows, ReplaceRows, SetCells
from arsheet.hosts.excel.native import fact, raw_rows
from arsheet.hosts.excel.pen import Pen, cells, size, table_area
from arsheet.hosts.excel.reading import read_area, read_sheet
from arsheet.hosts.excel.recalculation import recalculate
from arsheet.hosts.excel.refusals import number_of, refusal, told
from arsheet.hosts.excel.tabling import LiveTable, append_rows, replace_rows
from arsheet.hosts.excel.values import typed
from arsheet.hosts.protocol import Capabilities, SaveReport, table_not_found
from arsheet.hosts.queueing import QueueingHost
from arsheet.hosts.reading import Area, TableInfo, parse_area
from arsheet.table import ArsheetError, Table

_QUIET = {"screen_updating": False, "enable_events": False, "display_alerts": False, "calculation": "manual"}
_FROM_RANGE = 1


class ExcelHost(QueueingHost):
    """One workbook that Excel has open, as xlwings' ``Book``. What is saved here is in the cells; the person in front
    of them keeps the file, and until then may close it without."""

    def __init__(self, workbook: Any) -> None:
        super().__init__()
        self.workbook = workbook
        self._queue: list[ReplaceRows | AppendRows | SetCells] = []
        self._places: dict[str, tuple[str, str]] | None = None
        self._dates: bool | None = None

    @property
    def capabilities(self) -> Capabilities:
        """A person may be looking at the cells."""
        return Capabilities("excel", live=True)

    @property
    def name(self) -> str:
        """The name of the workbook."""
        with suppress(Exception):  # asked for in messages that say it is gone
            return str(self.workbook.name)
        return "Excel"

    @property
    def date1904(self) -> bool:
        """Whether the workbook counts days from 1904."""
        if self._dates is None:
            self._dates = bool(fact(self.workbook.api, "Date1904", False))
        return self._dates

    def tables(self) -> tuple[str, ...]:
        """The names of the tables, and of the sheets that have none."""
        with told(self.name):
            names = self._index(again=True)
            used = {sheet for sheet, _ in names.values()}
            bare = [sheet.name for sheet in self.workbook.sheets if sheet.name not in used]
            return (*(table for _, table in names.values()), *bare)

    def read(self, table: str, *, sheet: str = "", header: Sequence[str] = ()) -> Table:
        """A table's cell values with their place: by table name, else by sheet name and header row."""
        with told(self.name):
            live = self._find(table)
            if live is not None:
                return read_area(live.sheet, live.info, date1904=self.date1904)
            wanted = (sheet or table).casefold()
            page = next((page for page in self.workbook.sheets if page.name.casefold() == wanted), None)
            if page is None:
                raise self._no_table(table)
            return read_sheet(page, table, header, date1904=self.date1904)

    def read_cells(self, sheet: str, addresses: Sequence[str]) -> dict[str, Any]:
        """Single cells by address."""
        with told(self.name):
            page = self._sheet(sheet)
            return {address: self._cell(page, address) for address in addresses}

    def _cell(self, page: Any, address: str) -> Any:
        rng = page.range(_area_of(address).ref.split(":")[0])
        rows, plain = raw_rows(rng, 1, 1)
        return typed(rows[0], lambda *_: rng.number_format, date1904=self.date1904, plain=plain)[0]

    def info(self, table: str) -> TableInfo:
        """A table by its name, as it stands on its sheet now; raises ``table_not_found``."""
        with told(self.name):
            return self._table(table).info

    def set_results(self, sheet: str, values: Mapping[str, Any]) -> None:
        """Nothing: the cells of an open workbook compute their results themselves (see ``recalculate_ar``)."""

    def recalculate_ar(self) -> int:
        """Recalculate exactly the cells whose formula calls an AR_ function, and what depends on them; how many."""
        with told(self.name):
            return recalculate(self.workbook)

    def save(self) -> SaveReport:
        """Carry out what is queued; if Excel refuses any of it, all former contents are put back."""
        report = SaveReport()
        if not self._queue:
            return report
        with told(self.name, "workbook_write_failed"):
            pen = Pen(date1904=self.date1904)
            self._check()
            with quiet(self.workbook.app):
                try:
                    for edit in self._queue:
                        self._carry_out(pen, edit, report)
                except BaseException as error:
                    self._take_back(pen, error)
                    raise
        self.discard()
        return report

    def discard(self) -> None:
        """Forget what is queued."""
        self._queue, self._keys, self._places = [], {}, None

    def _take_back(self, pen: Pen, error: BaseException) -> None:
        try:
            pen.take_back()
        except Exception as failed:
            raise refusal("workbook_not_restored", book=self.name, reason=str(failed)) from error
        finally:
            self._places = None

    def _carry_out(self, pen: Pen, edit: ReplaceRows | AppendRows | SetCells, report: SaveReport) -> None:
        if isinstance(edit, SetCells):
            page = self._sheet(edit.sheet)
            for area, rows in blocks(edit.values):
                pen.put(page, area, rows)
            return
        live = self._table(edit.table)
        carry: Any = append_rows if isinstance(edit, AppendRows) else replace_rows
        carry(pen, live, edit, report, self._others(live.info))

    def _check(self) -> None:
        """Refuse before anything is touched what Excel would refuse half way."""
        for edit in self._queue:
            live = None if isinstance(edit, SetCells) else self._table(edit.table)
            page = live.sheet if live is not None else self._sheet(edit.sheet)  # type: ignore[union-attr]
            if fact(page.api, "ProtectContents", False):
                raise refusal("sheet_protected", sheet=page.name)
            if live is None:
                continue
            native = live.sheet.tables[live.info.name].api
            if fact(native, "SourceType", _FROM_RANGE) != _FROM_RANGE:
                raise refusal("table_from_query", table=live.info.name)
            filters = fact(native, "AutoFilter", None)
            if (filters is not None and fact(filters, "FilterMode", False)) or fact(page.api, "FilterMode", False):
                raise refusal("table_filtered", sheet=page.name, table=live.info.name)

    def _index(self, *, again: bool = False) -> dict[str, tuple[str, str]]:
        """The tables by folded name: sheet and table."""
        if self._places is None or again:
            self._places = {
                table.name.casefold(): (sheet.name, table.name)
                for sheet in self.workbook.sheets
                for table in sheet.tables
            }
        return self._places

    def _find(self, name: str) -> LiveTable | None:
        for again in (False, True):
            place = self._index(again=again).get(name.casefold())
            if place is not None:
                with suppress(KeyError):  # renamed since: looked for once more
                    return self._look(*place)
        return None

    def _look(self, sheet: str, name: str) -> LiveTable:
        page = self.workbook.sheets[sheet]
        table = page.tables[name]
        if not table.show_headers:
            raise refusal("table_without_header", sheet=sheet, table=name)
        area = table_area(table)
        top = Area(area.first_row, area.first_column, area.first_row, area.last_column)
        rows, _ = raw_rows(cells(page, top), *size(top))
        if area.first_row == area.last_row:  # a table that lost all its rows
            area = Area(area.first_row, area.first_column, area.first_row + 1, area.last_column)
        columns = tuple("" if text is None else str(text) for text in rows[0])
        return LiveTable(TableInfo(name, page.name, area, columns, True, int(bool(table.show_totals))), page)

    def _table(self, name: str) -> LiveTable:
        found = self._find(name)
        if found is None:
            raise self._no_table(name)
        return found

    def _others(self, info: TableInfo) -> list[TableInfo]:
        """The other tables on a table's sheet."""
        page = self.workbook.sheets[info.sheet]
        return [
            TableInfo(name, sheet, table_area(page.tables[name]), ())
            for sheet, name in self._index().values()
            if sheet == info.sheet and name != info.name
        ]

    def _sheet(self, name: str) -> Any:
        page = next((page for page in self.workbook.sheets if page.name.casefold() == name.casefold()), None)
        if page is None:
            raise refusal("sheet_not_found", book=self.name, sheet=name)
        return page

    def _no_table(self, table: str) -> ArsheetError:
        return table_not_found(self.name, table, self.tables())


def _area_of(address: str) -> Area:
    area = parse_area(address.upper())
    if area is None:
        raise ValueError(f"not an address: {address}")
    return area


def blocks(values: Mapping[str, Any]) -> Iterator[tuple[Area, list[list[Any]]]]:
    """Single cells gathered into stretches of a row, so that each is one call."""
    areas = [(_area_of(address), value) for address, value in values.items()]
    places = sorted(((area.first_row, area.first_column, value) for area, value in areas), key=lambda at: at[:2])
    row: list[Any] = []
    for at, (line, column, value) in enumerate(places):
        row.append(value)
        if at + 1 == len(places) or places[at + 1][:2] != (line, column + 1):
            yield Area(line, column - len(row) + 1, line, column), [row]
            row = []


@contextmanager
def quiet(app: Any) -> Iterator[None]:
    """No redraws, events, questions or calculation while cells change; all as it was afterwards."""
    before: dict[str, Any] = {}
    try:
        for name, value in _QUIET.items():
            try:
                was = getattr(app, name)
                setattr(app, name, value)
            except Exception as error:
                if number_of(error) is not None:
                    raise
                continue  # a platform that does not have the switch
            before[name] = was
        yield
    finally:
        for name, value in reversed(before.items()):
            with suppress(Exception):  # Excel itself is gone: what happened before matters
                setattr(app, name, value)
