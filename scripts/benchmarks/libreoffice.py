"""5,000 cells of AR_CREDIT_UTILISATION in a real LibreOffice: reported, beside as many cells of its own VLOOKUP."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CELLS, CUSTOMERS, INVOICES, ROUNDS = 5_000, 1_200, 3_000, 5


def libreoffice_5000() -> dict[str, Any]:
    """The first time (the book goes up, one request fetches every customer), and again with the version at hand."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from tests.addins.libreoffice.calc import office
    from tests.hosts.excel.office import NotHere

    with tempfile.TemporaryDirectory(prefix="arsheet-bench-") as folder:
        try:
            with office(Path(folder)) as calc:
                return _measured(calc, Path(folder) / "book.xlsx")
        except NotHere as reason:
            return {"name": "libreoffice_5000", "skipped": str(reason)}


def _measured(calc: Any, path: Path) -> dict[str, Any]:
    from arsheet import run

    run.new_book(path)
    run.fill_sample(path, invoices=INVOICES, customers=CUSTOMERS)
    document = calc.open(path)
    codes = [str(row[0]) for row in document.cell(f"A2:A{CUSTOMERS + 1}", "客户").getDataArray()]
    document.model.Sheets.insertNewByName("bench", 0)
    wanted = tuple((codes[at % len(codes)],) for at in range(CELLS))
    document.cell(f"A1:A{CELLS}", "bench").setDataArray(wanted)
    ours = tuple((f"=AR_CREDIT_UTILISATION(A{at})",) for at in range(1, CELLS + 1))
    theirs = tuple((f"=VLOOKUP(A{at};$'客户'.$A$2:$F${CUSTOMERS + 1};6;0)",) for at in range(1, CELLS + 1))
    first = _entered(document, "B", ours)
    again = min(_entered(document, "B", ours) for _ in range(ROUNDS))
    lookups = min(_entered(document, "C", theirs) for _ in range(ROUNDS))
    filled = sum(isinstance(cell, float) for (cell,) in document.cell(f"B1:B{CELLS}", "bench").getDataArray())
    document.close()
    return {
        "name": "libreoffice_5000",
        "ratio": round(again / lookups, 1),
        "asked": "reported",
        "first_ms": round(first * 1e3),
        "again_ms": round(again * 1e3),
        "each_ms": round(again / CELLS * 1e3, 3),
        "vlookup_ms": round(lookups * 1e3),
        "cells_with_a_number": filled,
        "customers": CUSTOMERS,
    }


def _entered(document: Any, column: str, formulas: tuple[tuple[str], ...]) -> float:
    """Seconds until entered formulas are worked out and read back."""
    cells = document.cell(f"{column}1:{column}{CELLS}", "bench")
    cells.clearContents(16)
    started = time.perf_counter()
    cells.setFormulaArray(formulas)
    cells.getDataArray()
    return time.perf_counter() - started
