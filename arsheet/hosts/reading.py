"""Read a closed file into grids of typed cells: .xlsx, .xlsm and .xls through calamine, CSV and HTML as text.

calamine is the truth for values. It shows error cells as blanks, so they are found in the XML and put in their place.
Large sheets that are written plainly are read by column instead (sheetcells), which gives the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from arsheet.hosts.biff import scan_xls
from arsheet.hosts.contents import Content, active_contents, xls_contents
from arsheet.hosts.package import Package, SheetPart, damaged, encrypted, load, parse_xml, sniff
from arsheet.hosts.scanning import MAX_AREA, Range, Scan, WholeXml, check_whole, merged_ranges, scan
from arsheet.hosts.scanning import column_index as column_index
from arsheet.hosts.texts import csv_grid, html_grids
from arsheet.table import ArsheetError, CellError, Grid, WorkbookError, column_letter

if TYPE_CHECKING:
    from arsheet.hosts.probing import Lookups

MAX_SHEETS = 2_000
LARGE_PART = 64 * 1024
"""Bytes of XML from which a sheet is read by column."""
_UNCOMPUTED = re.compile(
    rb"""<c\b[^>]*?\br=["']([A-Z]+\d+)["'][^>]*?><f\b(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v></v>|<v/>)?</c>"""
)
_FORMULA = re.compile(rb"<f[ />]")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet's name and whether it is visible, hidden or veryHidden."""

    name: str
    visibility: Literal["visible", "hidden", "veryHidden"] = "visible"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle: 1-based rows and 0-based columns, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def ref(self) -> str:
        """The rectangle as A1:C9."""
        return f"{column_letter(self.first_column)}{self.first_row}:{column_letter(self.last_column)}{self.last_row}"

    def overlaps(self, other: Area) -> bool:
        """Whether the two have a cell in common."""
        return (self.first_row <= other.last_row and other.first_row <= self.last_row
                and self.first_column <= other.last_column and other.first_column <= self.last_column)  # fmt: skip

    def contains(self, other: Area) -> bool:
        """Whether the other one lies wholly inside."""
        return (self.first_row <= other.first_row and other.last_row <= self.last_row
                and self.first_column <= other.first_column and other.last_column <= self.last_column)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableInfo:
    """An Excel table (ListObject): its name, its sheet, the whole range, its headers, and its totals rows."""

    name: str
    sheet: str
    area: Area
    columns: tuple[str, ...]
    header: bool = True
    totals_rows: int = 0
    part: str = ""

    @property
    def first_data_row(self) -> int:
        """The row under the header."""
        return self.area.first_row + int(self.header)

    @property
    def last_data_row(self) -> int:
        """The row above the totals."""
        return self.area.last_row - self.totals_rows


def parse_area(ref: str) -> Area | None:
    """The rectangle of a reference such as A1, $A$1:C9; None for anything else."""
    found = _RANGE.fullmatch(ref)
    if not found:
        return None
    c0, r0, c1, r1 = found.groups()
    return Area(int(r0), column_index(c0), int(r1 or r0), column_index(c1 or c0))


def read_table_info(package: Package, sheet: SheetPart, part: str) -> TableInfo:
    """The table that one part describes."""
    root = parse_xml(package.part(part), package.name)
    area = parse_area(str(root.get("ref")))
    if area is None:
        raise damaged(package.name, f"{part}: ref")
    names = tuple(unescape(c.get("name") or "") for c in root.iter("{*}tableColumn"))
    if len(names) != area.last_column - area.first_column + 1:
        raise damaged(package.name, f"{part}: {len(names)} columns in {area.ref}")
    header = root.get("headerRowCount", "1") != "0"
    name = unescape(str(root.get("displayName") or root.get("name")))
    return TableInfo(name, sheet.name, area, names, header, int(root.get("totalsRowCount") or 0), part)


def unescape(text: str) -> str:
    """Turn _x000A_ into the character it stands for."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


@dataclass
class Book:
    """A closed file that can be read: its sheets, its Excel tables, and one grid a sheet."""

    path: Path
    kind: Literal["xlsx", "xls", "csv", "html"]
    sheets: tuple[SheetInfo, ...]
    tables: tuple[TableInfo, ...] = ()
    package: Package | None = None
    contents: tuple[Content, ...] | None = None
    """What is active in the file, where it was looked for already: ``active`` looks."""
    _grids: dict[str, Grid] = field(default_factory=dict, repr=False)
    _reader: Any = field(default=None, repr=False)
    _lookups: Lookups | None = field(default=None, repr=False)
    _scans: dict[str, Scan] = field(default_factory=dict, repr=False)
    _uncomputed: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """The names of the sheets that hold cells, in the order of the tabs."""
        return tuple(sheet.name for sheet in self.sheets)

    def grid(self, sheet: str) -> Grid:
        """The cells of one sheet; raises WorkbookError ``sheet_not_found``."""
        name = next((n for n in self.sheet_names if n.casefold() == sheet.casefold()), None)
        if name is None:
            raise WorkbookError(
                "sheet_not_found",
                f"{self.path.name} 中没有工作表“{sheet}”",
                f"{self.path.name} has no sheet {sheet!r}",
                facts={"sheet": sheet, "sheets": list(self.sheet_names)},
            )
        if name not in self._grids:
            with _coded(self.path.name):
                self._grids[name] = self._read(name)
        return self._grids[name]

    def _read(self, name: str) -> Grid:
        xml = self.package.part(self.package.sheet(name).part) if self.package else b""
        if self.package is not None and len(xml) >= LARGE_PART:
            from arsheet.hosts.probing import Lookups

            self._lookups = self._lookups or Lookups(self.package)
            found = _grid_by_column(name, xml, self.path.name, self._lookups)
            if found is not None:
                self._uncomputed[name] = found[1]
                return found[0]
        return _grid(self._reader, name, xml, self.path.name, self._scans.get(name))

    def active(self) -> tuple[Content, ...]:
        """Macros, links, queries and the like: what a person should know of before the file is used."""
        if self.contents is None:
            self.contents = active_contents(self.package) if self.package else ()
        return self.contents

    def forget(self, sheet: str) -> None:
        """Let go of the cells of one sheet; they are read again when asked for."""
        self._grids.pop(sheet, None)

    def table(self, name: str) -> TableInfo | None:
        """One Excel table by its name, as Excel compares names."""
        return next((t for t in self.tables if t.name.casefold() == name.casefold()), None)

    def uncomputed(self, sheet: str) -> tuple[str, ...]:
        """The addresses of formulas without a stored result: they read as blank."""
        if self.package is None or sheet in self._uncomputed:
            return self._uncomputed.get(sheet, ())
        xml = self.package.part(self.package.sheet(sheet).part)
        cells = (_UNCOMPUTED.match(xml, xml.rfind(b"<c", 0, m.start())) for m in _FORMULA.finditer(xml))
        return tuple(cell[1].decode() for cell in cells if cell)


def read_file(path: str | Path) -> Book:
    """Read any file that can be read; the content decides what it is, not the extension.

    In this process: for a file that arsheet did not write there is ``child.read_guarded``.
    """
    path = Path(path)
    data = load(path)
    kind = sniff(data, path.name)
    with _coded(path.name):
        if kind == "xlsx":
            return read_package(Package(data, path.name), path)
        if kind == "xls":
            return _read_xls(path, data)
        if kind == "html":
            grids = html_grids(path.name, data)
        else:
            grids = {path.name: csv_grid(path.name, data)}
        return Book(path, kind, tuple(SheetInfo(name) for name in grids), contents=(), _grids=grids)


@contextmanager
def _coded(name: str) -> Iterator[None]:
    """Whatever a library raises over a broken file becomes one kind of refusal."""
    try:
        yield
    except (ArsheetError, MemoryError):
        raise
    except Exception as error:
        raise damaged(name, f"{type(error).__name__}: {error}"[:300]) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a panic inside calamine is no Exception
            raise
        raise damaged(name, f"panic: {error}"[:300]) from None


def read_workbook(path: str | Path) -> Book:
    """Read an .xlsx, .xlsm or .xls; refuse text files with ``file_not_workbook``."""
    book = read_file(path)
    if book.kind in ("csv", "html"):
        raise WorkbookError(
            "file_not_workbook",
            f"{book.path.name} 的内容是文本，不是工作簿",
            f"{book.path.name} holds text, not a workbook",
        )
    return book


def read_csv(path: str | Path) -> Grid:
    """Read a text file as cells of text (None where empty): one encoding for the whole file, delimiter found."""
    path = Path(path)
    return csv_grid(path.name, load(path))


def read_package(package: Package, path: Path) -> Book:
    """Read a package that is in memory already."""
    with _coded(package.name):
        return _read_package(package, path)


def _read_package(package: Package, path: Path) -> Book:
    if "mimetype" in package or "xl/workbook.bin" in package:
        raise WorkbookError(
            "format_not_supported", f"{path.name} 是 .ods 或 .xlsb 格式；请另存为 .xlsx",
            f"{path.name} is an .ods or .xlsb file; save it as .xlsx",
        )  # fmt: skip
    sheets = [s for s in package.sheets if s.kind == "worksheet"]
    if len(sheets) > MAX_SHEETS:
        raise WorkbookError(
            "too_many_sheets", f"{path.name} 有 {len(sheets)} 个工作表，超过 {MAX_SHEETS} 个，未打开；请只留需要的",
            f"{path.name} has {len(sheets)} sheets, more than {MAX_SHEETS}, and was not opened; keep only those needed",
        )  # fmt: skip
    for part in _beside_the_sheets(package):
        check_whole(package.part(part), part, package.name)
    tables = tuple(read_table_info(package, s, part) for s in sheets for part in package.table_parts(s))
    infos = tuple(SheetInfo(s.name, s.visibility) for s in sheets)
    return Book(path, "xlsx", infos, tables, package, _reader=_open_reader(package.data, path.name))


def _beside_the_sheets(package: Package) -> list[str]:
    """The parts beside its sheets that a book is read with: texts and formats."""
    wanted = ("sharedStrings", "styles")
    return [r.target for r in package.relations(package.workbook_part) if r.kind in wanted and r.target in package]


def _read_xls(path: Path, data: bytes) -> Book:
    reader = _open_reader(data, path.name)
    states = {"Hidden": "hidden", "VeryHidden": "veryHidden"}
    infos = []
    for meta in reader.sheets_metadata:
        if "WorkSheet" in str(meta.typ):
            state: Any = states.get(str(meta.visible).rsplit(".", 1)[-1], "visible")
            infos.append(SheetInfo(meta.name, state))
    scans = scan_xls(data)
    if len(scans) != len(infos):
        raise damaged(path.name, f"{len(scans)} sheets, {len(infos)} named")
    found = {info.name: scan for info, scan in zip(infos, scans, strict=True)}
    return Book(path, "xls", tuple(infos), contents=xls_contents(data), _reader=reader, _scans=found)


def _open_reader(data: bytes, name: str) -> Any:
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError:
        raise encrypted(name) from None
    except Exception as error:
        raise damaged(name, str(error)) from None


def _grid_by_column(name: str, xml: bytes, file: str, lookups: Lookups) -> tuple[Grid, tuple[str, ...]] | None:
    """A sheet and its formulas without a result; None where only calamine will do."""
    from arsheet.hosts.digits import Unusual
    from arsheet.hosts.sheetcells import read_cells

    try:
        found = read_cells(xml, lambda: lookups.formats, lambda: lookups.texts)
    except Unusual:
        return None
    if len(found.cells) * found.cells.width > MAX_AREA:
        return None
    check_whole(found.skeleton, name, file)
    merged = merged_ranges(found.skeleton)
    grid = Grid(name, found.cells, found.first_row, found.first_column, found.hidden, merged)
    return grid, tuple(f"{column_letter(column)}{row}" for row, column in found.uncomputed)


def _grid(reader: Any, name: str, xml: bytes, file: str, found: Scan | None) -> Grid:
    whole = WholeXml(xml, name, file) if xml else None
    found = found or scan(xml, name, file)
    try:
        sheet = reader.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=True)
        start = sheet.start or (0, 0)
        merged = found.merged if xml else _merged(sheet)
    except Exception as error:
        raise damaged(file, f"{name}: {error}") from None
    if whole is not None:
        whole.done()
    for row in rows:
        if "" in row:
            row[:] = [None if value == "" else value for value in row]
    first_row, first_column = start[0] + 1, start[1]
    cells, first_row, first_column = _place_errors(rows, first_row, first_column, found.errors)
    return Grid(name, cells, first_row, first_column, found.hidden, merged)


def _merged(sheet: Any) -> tuple[Range, ...]:
    ranges = sheet.merged_cell_ranges or ()
    return tuple((top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges)


def _place_errors(
    cells: list[list[Any]], first_row: int, first_column: int, errors: Sequence[tuple[int, int, str]]
) -> tuple[list[list[Any]], int, int]:
    if not errors:
        return cells, first_row, first_column
    top, left = min(e[0] for e in errors), min(e[1] for e in errors)
    if not cells:
        first_row, first_column = top, left
    width = max([len(cells[0]) if cells else 0, *(e[1] - first_column + 1 for e in errors)])
    before = max(first_column - left, 0)
    if before or any(len(row) < width for row in cells):
        cells = [[None] * before + row + [None] * (width - len(row)) for row in cells]
    cells = [[None] * (before + width) for _ in range(max(first_row - top, 0))] + cells
    first_row, first_column = min(first_row, top), min(first_column, left)
    for row, column, text in errors:
        while row - first_row >= len(cells):
            cells.append([None] * (before + width))
        cells[row - first_row][column - first_column] = CellError(text)
    return cells, first_row, first_column
