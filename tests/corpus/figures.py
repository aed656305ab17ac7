"""What three readers say of workbooks, one JSON line a file: python tests/corpus/figures.py FILE...

A figure is [cells that are not blank, of these error cells, Σ of numbers that are neither dates nor booleans].
"""

from __future__ import annotations

import json
import math
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from typing import Any

Figure = list[float]
MEGABYTES = 1000


def ours(book: Any) -> Figure:
    """A book that arsheet read."""
    from arsheet.table import CellError

    cells = [value for name in book.sheet_names for row in book.grid(name).cells for value in row]
    return figure(cells, lambda value: isinstance(value, CellError))


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
    return [len(cells), sum(map(is_error, cells)), math.fsum(value for value in numbers if math.isfinite(value))]


def read(path: str, reader: Callable[[str], Any]) -> dict[str, Any]:
    """Our figures, or the refusal with its words, and the seconds it took."""
    from arsheet.table import WorkbookError

    out: dict[str, Any] = {"path": path}
    started = time.perf_counter()
    try:
        book = reader(path)
        out["strict"] = _is_strict(path)
        out["ours"] = ours(book)
    except WorkbookError as error:
        out |= {"refused": error.code, "zh": error.zh, "en": error.en, "what": str(error.facts.get("what", ""))}
    out["seconds"] = round(time.perf_counter() - started, 2)
    return out


def _is_strict(path: str) -> bool:
    import zipfile

    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        found = [name for name in archive.namelist() if name.lower().endswith("workbook.xml")]
        return any(b"purl.oclc.org" in archive.read(name) for name in found)


def theirs(path: str) -> dict[str, Any]:
    """The figures of the two others; a reader that fails says how."""
    out: dict[str, Any] = {}
    for name, reader in (("calamine", of_calamine), ("openpyxl", of_openpyxl)):
        try:
            out[name] = reader(path)
        except BaseException as error:  # a panic of the reader is no Exception
            out[f"{name}_failed"] = f"{type(error).__name__}: {error}"[:200]
    return out


def main(paths: list[str]) -> None:
    """All files in this one process; a file that takes it down is looked at alone by the caller."""
    from arsheet.hosts.reading import read_file

    warnings.simplefilter("ignore")
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 1024**2, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ImportError, ValueError, OSError):
        pass
    for path in paths:
        print(json.dumps({**read(path, read_file), **theirs(path)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
