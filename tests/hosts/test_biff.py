"""Error cells and hidden rows of an old .xls stand where LibreOffice put them; a broken one is refused."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from arsheet.hosts.biff import scan_xls
from arsheet.hosts.reading import read_file
from arsheet.table import CellError, WorkbookError


@pytest.mark.office
@pytest.mark.slow
def test_error_cells_hidden_rows_and_merged_cells(tmp_path: Path, libreoffice: Callable[..., Path]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(3, 400):
        sheet.cell(row, 2, f"C{row}")
        sheet.cell(row, 3, row * 1.5)
    sheet["C5"], sheet["F450"], sheet["A1"] = "=NA()", "#REF!", "=1/0"
    sheet.row_dimensions[7].hidden = True
    sheet.merge_cells("B10:B12")
    book.create_sheet("二")["A3"] = "=1/0"
    book.save(tmp_path / "e.xlsx")
    old = libreoffice(tmp_path / "e.xlsx", "xls")
    read = read_file(old)
    grid = read.grid(read.sheet_names[0])
    assert (grid.hidden_rows, grid.merged) == ({7}, ((10, 1, 12, 1),))
    errors = {
        grid.address(at, column): value.text
        for at, row in enumerate(grid.cells)
        for column, value in enumerate(row)
        if isinstance(value, CellError)
    }
    assert errors == {"A1": "#DIV/0!", "C5": "#N/A", "F450": "#REF!"}
    assert read.grid("二").cells == [[CellError("#DIV/0!")]]
    _broken_ones_are_refused(old, tmp_path)


def _broken_ones_are_refused(old: Path, folder: Path) -> None:
    data, rng = old.read_bytes(), random.Random(7)
    path = folder / "broken.xls"
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(rng.choice((1, 8, 64))):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        path.write_bytes(bytes(broken[: rng.choice((len(broken), rng.randrange(600, len(broken))))]))
        try:
            book = read_file(path)
            for name in book.sheet_names:
                book.grid(name)
        except WorkbookError:
            continue


def test_sectors_in_a_circle() -> None:
    data = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504 + 512 * 4))
    struct.pack_into("<HH", data, 30, 9, 6)
    struct.pack_into("<L", data, 48, 1)
    struct.pack_into("<L", data, 68, 0xFFFFFFFE)
    struct.pack_into("<109L", data, 76, 0, *[0xFFFFFFFF] * 108)
    struct.pack_into("<2L", data, 512, 0xFFFFFFFD, 1)
    with pytest.raises(ValueError, match="circle"):
        scan_xls(bytes(data))


@pytest.mark.parametrize("data", [b"", bytes(100), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)])
def test_no_file_at_all(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        scan_xls(data)
