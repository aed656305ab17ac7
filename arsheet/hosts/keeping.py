"""What a person keeps beside the rows of a table: cells of their own columns, keyed to the row, and their formulas."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from arsheet.hosts.cells import encode
from arsheet.hosts.drafting import Draft
from arsheet.hosts.edits import ReplaceRows
from arsheet.hosts.protocol import key_text
from arsheet.hosts.reading import TableInfo, column_index, read_package
from arsheet.hosts.sheetxml import FORMULA_TEXT, Cell, SheetXml, refusal
from arsheet.table import Grid, WorkbookError, column_letter

_CORNER = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d+)")
_CELLS = re.compile(r"\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?")
_FORMULA = re.compile(rb"<f\b[^>]*?(?:/>|>[^<]*</f>)")


LOOK = "\x1flook "
"""What leads the name of a column where the look of a cell waits, not its value."""


def _looks(draft: Draft) -> str:
    """The digest of the styles of a book: while it stays, a style's number means the same look."""
    package = draft.package
    found = next((r.target for r in package.relations(package.workbook_part) if r.kind == "styles"), "")
    return hashlib.sha256(package.part(found)).hexdigest()[:16] if found in package else ""


def _usual(cells: Sequence[tuple[str, Cell | None]]) -> str:
    """The style of a column for a new row: that of most rows, else that of most of its blank cells."""
    (style, count), *_ = Counter(style for style, _ in cells).most_common(1)
    blank = Counter(style for style, cell in cells if cell is None or not cell.has_content)
    return blank.most_common(1)[0][0] if 2 * count <= len(cells) and blank else style


def value_at(grid: Grid, row: int, column: int) -> Any:
    """The value at a place of the sheet; None outside the grid."""
    y, x = row - grid.first_row, column - grid.first_column
    return grid.cells[y][x] if 0 <= y < len(grid.cells) and 0 <= x < len(grid.cells[y]) else None


def moved_formula(
    sheet: SheetXml,
    cell: Cell,
    row: int,
    column: int,
    *,
    columns: Mapping[int, int] | None = None,
    keep_value: bool = True,
) -> bytes:
    """A formula at another address. A shared one gets a text of its own.

    ``columns`` says where the columns of a rearranged table went; then references to other sheets stay, as the row
    moved and not its meaning. Without it the formula is filled down as Excel would.
    """
    anchor = sheet.shared_anchor(cell) or cell
    found = FORMULA_TEXT.search(anchor.inner)
    if found is None or (anchor.block is not None and b"array" in anchor.inner):
        raise _immovable(sheet, cell)
    from openpyxl.formula.tokenizer import TokenizerError

    text = unescape(found[1].decode())
    try:
        if anchor is not cell:
            text = translate(text, cell.row - anchor.row, {}, cell.column - anchor.column)
        moved = translate(text, row - cell.row, columns or {}, other_sheets=columns is None)
    except TokenizerError:
        raise _immovable(sheet, cell) from None
    formula = f"<f>{escape(moved)}</f>".encode()
    if keep_value:
        return _FORMULA.sub(lambda _: formula, cell.at(row, column), count=1)
    return f'<c r="{column_letter(column)}{row}"{cell.style}>'.encode() + formula + b"</c>"


def _immovable(sheet: SheetXml, cell: Cell) -> WorkbookError:
    return refusal(
        "formula_cannot_move",
        f"“{sheet.name}”{cell.ref} 的公式无法随行移动；未修改",
        f"{sheet.name!r}: the formula in {cell.ref} cannot move with its row; not patched",
        cell=cell.ref,
    )


def translate(text: str, rows: int, columns: Mapping[int, int], right: int = 0, *, other_sheets: bool = True) -> str:
    """A formula whose relative rows move by ``rows``, whose columns go where ``columns`` says, else ``right``."""
    from openpyxl.formula import Tokenizer

    def corner(match: re.Match[str]) -> str:
        fixed_column, letters, fixed_row, number = match.groups()
        at = column_index(letters)
        at = columns.get(at, at if fixed_column else at + right)
        line = int(number) if fixed_row else int(number) + rows
        if line < 1 or at < 0:
            return "#REF!"
        return f"{fixed_column}{column_letter(at)}{fixed_row}{line}"

    tokens = Tokenizer("=" + text)
    for token in tokens.items:
        if token.type != "OPERAND" or token.subtype != "RANGE" or "[" in token.value:
            continue
        sheet, mark, ref = token.value.rpartition("!")
        if (not mark or other_sheets) and _CELLS.fullmatch(ref):
            token.value = sheet + mark + _CORNER.sub(corner, ref)
    return "".join(token.value for token in tokens.items)


class Kept:
    """The cells of the user's own columns, by the key of their row."""

    def __init__(self, draft: Draft, sheet: SheetXml, table: TableInfo, edit: ReplaceRows, columns: Sequence[str]):
        self.sheet, self.keep, self.key = sheet, tuple(edit.keep), tuple(edit.key)
        left = table.area.first_column
        now = {name.casefold(): left + i for i, name in enumerate(columns)}
        before = {left + i: name.casefold() for i, name in enumerate(table.columns)}
        self.columns = {at: now.get(name, -1) for at, name in before.items()}
        self.cells: dict[tuple[str, ...], dict[str, tuple[Cell, Any]]] = {}
        self.usual: dict[str, str] = {}
        self.looks = ""
        self.restored = {key: dict(values) for key, values in edit.restored.items()}
        self.epoch = draft.epoch
        if not edit.keep:
            return
        self.looks = _looks(draft)
        grid = read_package(draft.package, Path(draft.package.name)).grid(table.sheet)
        place = {name.casefold(): table.area.first_column + i for i, name in enumerate(table.columns)}
        if any(key.casefold() not in place for key in edit.key):
            return
        rows = range(table.first_data_row, table.last_data_row + 1)
        held: list[tuple[int, tuple[str, ...], dict[str, Cell | None]]] = []
        for row in rows:
            cells = sheet.cells(row)
            key = tuple(key_text(value_at(grid, row, place[k.casefold()])) for k in self.key)
            held.append((row, key, {k: cells.get(place[k.casefold()]) for k in self.keep}))
        for name in self.keep:
            column = place[name.casefold()]
            looks = [(own[name], row) for row, _, own in held]
            self.usual[name] = _usual([(c.style if c else sheet.default_style(row, column), c) for c, row in looks])
        for row, key, own in held:
            if any(key) and key not in self.cells:
                self.cells[key] = {
                    k: (cell, value_at(grid, row, cell.column))
                    for k, cell in own.items()
                    if cell and (cell.has_content or cell.style != self.usual[k])
                }

    def pick(self, header: Sequence[str], values: Sequence[Any]) -> list[Any]:
        """The key values of one new row."""
        by_name = {name.casefold(): value for name, value in zip(header, values, strict=True)}
        return [by_name[k.casefold()] for k in self.key]

    def place(
        self,
        cells: dict[int, bytes],
        row: int,
        key: tuple[str, ...],
        at: Mapping[str, int],
    ) -> None:
        """Put the kept cells of a key into its new row."""
        found, waited = self.cells.pop(key, {}), self.restored.get(key, {})
        for name in self.keep:
            column = at[name.casefold()]
            cell = found.get(name, (None, None))[0]
            value, look = waited.pop(name, None), waited.pop(LOOK + name, "")
            if cell is None or (value is not None and not cell.has_content):
                ref = f"{column_letter(column)}{row}"
                style = cell.style if cell else self._waited_style(look, self.usual.get(name, ""))
                cells[column] = encode(value, ref, style, self.epoch).encode()
            elif cell.has_formula:
                cells[column] = moved_formula(self.sheet, cell, row, column, columns=self.columns)
            else:
                cells[column] = cell.at(row, column)

    def _waited_style(self, look: Any, usual: str) -> str:
        """The style that waited, if the book's styles are still the same; else the usual one."""
        style, _, looks = str(look).rpartition("@")
        return style if look and looks == self.looks else usual

    def waiting(self) -> dict[tuple[str, ...], dict[str, Any]]:
        """What the user wrote beside rows that are gone, by key, with what waited before and found no row.

        A look of its own waits as the number of its style, which holds while the styles of the book stay as they are.
        A formula does not wait: its result would come back as a number that no longer follows anything.
        """
        gone: dict[tuple[str, ...], dict[str, Any]] = {}
        for key, cells in self.cells.items():
            values = gone[key] = {k: v for k, (cell, v) in cells.items() if v is not None and not cell.has_formula}
            for name, (cell, _) in cells.items():
                if cell.style != self.usual[name]:
                    values[LOOK + name] = f"{cell.style}@{self.looks}"
        gone = {key: values for key, values in gone.items() if values}
        for key, values in self.restored.items():
            if values:
                gone[key] = {**values, **gone.get(key, {})}
        return gone
