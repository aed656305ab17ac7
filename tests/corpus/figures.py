"""What three readers say of workbooks, one JSON line a file: python -m tests.corpus.figures FILE...

A figure is [cells that are not blank, of these error cells, Σ of numbers that are neither dates nor booleans].
"""

from __future__ import annotations

import json
import math
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from arsheet.hosts.reading import read_file
from arsheet.table import CellError, WorkbookError

Figure = list[float]


def ours(path: str) -> tuple[Figure, dict[str, Any]]:
    """Arsheet's guarded reader, in this process."""
    book = read_file(path)
    grids = (book.grid(name) for name in book.sheet_names)
    cells = [value for grid in grids for row in grid.cells for value in row]
    strict = bool(book.package and b"purl.oclc.org" in book.package.part(book.package.workbook_part))
    return figure(cells, lambda value: isinstance(value, CellError)), {"kind": book.kind, "strict": strict}


def of_calamine(path: str) -> Figure:
    """python-calamine as it comes, all worksheets; it shows error cells as blanks."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(path)
    names = [meta.name for meta in book.sheets_metadata if "WorkSheet" in str(meta.typ)]
    return figure(v for n in names for row in book.get_sheet_by_name(n).to_python() for v in row)


def of_openpyxl(path: str) -> Figure:
    """openpyxl's stored cells: not iter_rows, which would make the cells of the whole rectangle."""
    import openpyxl

    book = openpyxl.load_workbook(path, data_only=True)
    cells = [cell for sheet in book.worksheets for cell in sheet._cells.values() if cell.value not in (None, "")]
    found = figure(cell.value for cell in cells)
    return [found[0], sum(cell.data_type == "e" for cell in cells), found[2]]


def figure(values: Iterable[Any], is_error: Callable[[Any], bool] = lambda value: False) -> Figure:
    """Count of what is not blank, count of errors, exact sum of the numbers."""
    cells = [value for value in values if value is not None and value != ""]
    numbers = [value for value in cells if isinstance(value, (int, float)) and not isinstance(value, bool)]
    finite = [value for value in numbers if math.isfinite(value)]
    return [len(cells), sum(map(is_error, cells)), math.fsum(finite)]


def measure(path: str) -> dict[str, Any]:
    """The figures of one file; a reader that fails says how."""
    out: dict[str, Any] = {"path": path}
    started = time.perf_counter()
    try:
        out["ours"], more = ours(path)
        out |= more
    except WorkbookError as error:
        out["refused"], out["words"] = error.code, [error.zh, error.en]
    out["seconds"] = round(time.perf_counter() - started, 2)
    for name, reader in (("calamine", of_calamine), ("openpyxl", of_openpyxl)):
        try:
            out[name] = reader(path)
        except Exception as error:
            out[f"{name}_failed"] = f"{type(error).__name__}: {error}"[:200]
    return out


def main() -> None:
    warnings.simplefilter("ignore")
    for path in sys.argv[1:]:
        print(json.dumps(measure(str(Path(path)))), flush=True)


if __name__ == "__main__":
    main()
