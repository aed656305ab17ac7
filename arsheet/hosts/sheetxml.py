"""One worksheet part as bytes that can be edited by the cell: all that is not edited stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from arsheet.hosts.formulas import has_formula
from arsheet.hosts.reading import Area, column_index, parse_area
from arsheet.table import WorkbookError, column_letter

_DATA = re.compile(rb"<sheetData\s*(/?)>")
_ROW = re.compile(rb"<row\b[^>]*>")
_ROW_NUMBER = re.compile(rb"""\br=["'](\d+)["']""")
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.S)
_ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3})(\d+)["']""")
_STYLE = re.compile(rb"""\bs=["'](\d+)["']""")
_FORMULA = re.compile(rb"<f\b([^>]*?)(?:/>|>([^<]*)</f>)")
FORMULA_TEXT = re.compile(rb"<f\b[^>]*>([^<]*)</f>")
_REF = re.compile(rb"""\bref=["']([A-Z0-9:]+)["']""")
_SHARED_INDEX = re.compile(rb"""\bsi=["'](\d+)["']""")
_LETTERS = re.compile(rb"""<c [^>]*?\br=["']([A-Z]{1,3})\d""")
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"


@lru_cache(maxsize=8)
def _letters(columns: range) -> frozenset[bytes]:
    return frozenset(column_letter(column).encode() for column in columns)


class ShapeRefused(WorkbookError):
    """A workbook of a shape in which an edit cannot be done safely; nothing was written."""


def refusal(code: str, zh: str, en: str, **facts: object) -> ShapeRefused:
    """What the patcher cannot do safely: the caller writes a copy instead."""
    return ShapeRefused(code, zh, en, facts=facts)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it stands in the XML; ``inner`` is what stands between its tags."""

    row: int
    column: int
    attributes: bytes
    inner: bytes
    raw: bytes

    @property
    def ref(self) -> str:
        """The address, such as L2."""
        return f"{column_letter(self.column)}{self.row}"

    @property
    def style(self) -> str:
        """The style attribute ready to be written: "" or ' s="3"'."""
        found = _STYLE.search(self.attributes)
        return f' s="{found[1].decode()}"' if found else ""

    @property
    def has_formula(self) -> bool:
        """Whether the cell computes."""
        return b"<f" in self.inner

    @property
    def has_content(self) -> bool:
        """Whether anything stands in the cell beside its style."""
        if b"<f" in self.inner:
            return True
        value = re.sub(rb"<(?:/?(?:v|is|t|r|rPr)\b[^>]*)>", b"", self.inner)
        return bool(value) and (b"<v" in self.inner or b"<is" in self.inner)

    @property
    def block(self) -> Area | None:
        """The range of an array, shared or data table formula that is anchored here."""
        found = _FORMULA.search(self.inner)
        ref = _REF.search(found[1]) if found else None
        return parse_area(ref[1].decode()) if ref else None

    def at(self, row: int, column: int) -> bytes:
        """The same cell at another address."""
        address = f'r="{column_letter(column)}{row}"'.encode()
        return self.raw.replace(_ADDRESS.search(self.attributes)[0], address, 1)  # type: ignore[index]


class SheetXml:
    """Head, rows and tail of a worksheet part. Raises WorkbookError for shapes that cannot be edited safely."""

    def __init__(self, xml: bytes, name: str) -> None:
        self.name = name
        if _STRICT in xml[:4096]:
            raise refusal(
                "strict_ooxml", f"“{name}”是严格 OOXML 格式，未修改", f"{name!r} is strict OOXML; not patched"
            )
        found = _DATA.search(xml)
        if found is None or xml.find(b"<sheetData", found.end()) >= 0:
            raise refusal(
                "sheet_xml_unusual",
                f"“{name}”的 XML 带有命名空间前缀，未修改",
                f"{name!r} has prefixed XML; not patched",
            )
        if b"<!--" in xml or b"<![CDATA[" in xml or b"<!DOCTYPE" in xml[:4096]:
            raise refusal(
                "sheet_xml_unusual", f"“{name}”的 XML 含注释，未修改", f"{name!r} has XML comments; not patched"
            )
        end = found.end() if found[1] else xml.rindex(b"</sheetData>")
        self.head = xml[: found.start()]
        body = b"" if found[1] else xml[found.end() : end]
        self.tail = xml[end:] if not found[1] else b"</sheetData>" + xml[end:]
        self.rows = self._split(body)
        self._used: Area | None = None

    def _split(self, body: bytes) -> dict[int, bytes]:
        rows: dict[int, bytes] = {}
        starts = list(_ROW.finditer(body))
        last = 0
        ends = [start.start() for start in starts[1:]] + [len(body)]
        for this, end in zip(starts, ends, strict=bool(starts)):
            number = _ROW_NUMBER.search(this[0])
            if number is None or int(number[1]) <= last:
                raise refusal(
                    "row_without_address",
                    f"“{self.name}”中有没有行号或行号乱序的行，未修改",
                    f"{self.name!r} has rows without or with unsorted numbers; not patched",
                )
            last = int(number[1])
            rows[last] = body[this.start() : end]
        return rows

    def cells(self, row: int) -> dict[int, Cell]:
        """The cells of one row by column."""
        return self.parsed(row, self.rows.get(row, b""))

    def parsed(self, row: int, segment: bytes) -> dict[int, Cell]:
        """The cells of a piece of a row by column."""
        found: dict[int, Cell] = {}
        for match in _CELL.finditer(segment):
            address = _ADDRESS.search(match[1])
            if address is None:
                raise refusal(
                    "cell_without_address",
                    f"“{self.name}”第 {row} 行有没有地址的单元格，未修改",
                    f"{self.name!r} has cells without an address in row {row}; not patched",
                )
            column = column_index(address[1])
            found[column] = Cell(row, column, match[1], match[2] or b"", match[0])
        return found

    def cell(self, row: int, column: int) -> Cell | None:
        """One cell, if it is there."""
        return self.cells(row).get(column)

    def around(self, row: int, columns: range) -> tuple[bytes, bytes, list[Cell]]:
        """The cells of a row left and right of some columns, and the cells in these columns that compute."""
        segment = self.rows.get(row, b"")
        if not has_formula(segment) and b"<c>" not in segment and b"<c/>" not in segment:
            letters = _LETTERS.findall(segment)
            if len(letters) == segment.count(b"<c ") and _letters(columns).issuperset(letters):
                return b"", b"", []
        cells = self.cells(row)
        left = b"".join(cells[column].raw for column in sorted(cells) if column < columns.start)
        right = b"".join(cells[column].raw for column in sorted(cells) if column >= columns.stop)
        return left, right, [cell for column, cell in cells.items() if column in columns and cell.has_formula]

    def put(self, row: int, cells: Mapping[int, bytes]) -> None:
        """Replace all cells of a row; a row without cells and without looks of its own goes away."""
        self.put_row(row, b"".join(cells[column] for column in sorted(cells)))

    def put_row(self, row: int, body: bytes, *, unhide: bool = False, height: bytes = b"") -> None:
        """The same with the cells as they shall stand; ``height`` is what ``height`` gives, for a row not there yet."""
        self.__dict__.pop("blocks", None)
        plain = b'<row r="%d">' % row
        segment = self.rows.get(row)
        if segment is None:
            opening = b'<row r="%d"%s>' % (row, height) if height else plain
        else:
            tag = _ROW.match(segment)
            opening = tag[0] if tag else b""
            if b"spans=" in opening:
                opening = re.sub(rb"""\s+spans=["'][^"']*["']""", b"", opening)
            if unhide and b"hidden=" in opening:
                opening = re.sub(rb"""\s+hidden=["'][^"']*["']""", b"", opening)
            opening = opening.rstrip(b"/>").rstrip() + b">"
        if not body and opening == plain:
            self.rows.pop(row, None)
        else:
            self.rows[row] = opening + body + b"</row>"

    def height(self, row: int) -> bytes:
        """The attributes of a row that give it a height of its own, b"" if it has none."""
        tag = _ROW.match(self.rows.get(row, b""))
        kept = re.findall(rb"""\s(?:ht|customHeight)=["'][^"']*["']""", tag[0]) if tag else []
        return b"".join(kept) if len(kept) == 2 else b""

    def default_style(self, row: int, column: int) -> str:
        """The style a cell has that is not there: its row's or its column's."""
        tag = _ROW.match(self.rows.get(row, b""))
        if tag and re.search(rb"""\bcustomFormat=["'](?:1|true)["']""", tag[0]) and (own := _STYLE.search(tag[0])):
            return f' s="{own[1].decode()}"'
        for match in re.finditer(rb"<col\b[^>]*>", self.head):
            attributes = dict(re.findall(rb"""(\w+)=["']([^"']*)["']""", match[0]))
            if int(attributes[b"min"]) <= column + 1 <= int(attributes[b"max"]) and b"style" in attributes:
                return f' s="{attributes[b"style"].decode()}"'
        return ""

    def style(self, row: int, column: int) -> str:
        """The style of a cell, whether it is there or not."""
        cell = self.cell(row, column)
        return cell.style if cell else self.default_style(row, column)

    @cached_property
    def blocks(self) -> tuple[tuple[Cell, Area], ...]:
        """The array, shared and data table formulas of the sheet, with the range of each."""
        found = []
        for number, segment in self.rows.items():
            if has_formula(segment) and b"ref=" in segment:
                found += [(c, c.block) for c in self.cells(number).values() if c.block is not None]
        return tuple(found)

    def shared_anchor(self, cell: Cell) -> Cell | None:
        """The cell whose text a shared formula repeats; None if the cell does not share."""
        found = _FORMULA.search(cell.inner)
        index = _SHARED_INDEX.search(found[1]) if found else None
        if index is None:
            return None
        for anchor, _ in self.blocks:
            other = _SHARED_INDEX.search(_FORMULA.search(anchor.inner)[1])  # type: ignore[index]
            if other is not None and other[1] == index[1]:
                return anchor
        return None

    def check_blocks(self, removed: Iterable[Area]) -> None:
        """Refuse to cut through an array or shared formula: it must be removed whole or not at all."""
        areas = list(removed)
        for anchor, block in self.blocks:
            anchor_area = Area(anchor.row, anchor.column, anchor.row, anchor.column)
            touched = [a for a in areas if a.overlaps(block)]
            if not touched or any(a.contains(block) for a in areas):
                continue
            shared = b"shared" in anchor.inner
            if shared and not any(a.contains(anchor_area) for a in areas):
                continue  # children may go, their anchor stays
            raise refusal(
                "formula_block_crosses_edit",
                f"“{self.name}”{block.ref} 是一组公式，只能整体修改；未修改",
                f"{self.name!r} {block.ref} is one block of formulas and cannot be changed in part; not patched",
                range=block.ref,
            )

    def widen(self, area: Area) -> None:
        """Remember that an edit reached this far, for the dimension."""
        used = self._used or area
        self._used = Area(min(used.first_row, area.first_row), min(used.first_column, area.first_column),
                          max(used.last_row, area.last_row), max(used.last_column, area.last_column))  # fmt: skip

    def bytes(self) -> bytes:
        """The part with its edits; rows in order, the dimension right."""
        head = self.head
        found = re.search(rb"""<dimension\b[^>]*?\bref=["']([^"']+)["']""", head)
        old = parse_area(found[1].decode()) if found else None
        if found and self.rows and self._used:
            old = old or self._used
            area = Area(min(self.rows), min(old.first_column, self._used.first_column),
                        max(self.rows), max(old.last_column, self._used.last_column))  # fmt: skip
            head = head[: found.start(1)] + area.ref.encode() + head[found.end(1) :]
        return head + b"<sheetData>" + b"".join(self.rows[n] for n in sorted(self.rows)) + self.tail
