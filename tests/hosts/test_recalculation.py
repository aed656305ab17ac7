"""The cells whose stored results are stale after a patch are found, and no others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from arsheet.hosts.package import Package
from arsheet.hosts.patching import Patcher, PatchReport, ReplaceRows

CELLS = {
    "A1": "=SUM(账龄!B2:B4)", "A2": "=SUM('旧账龄'!B2:B4)", "A3": "=SUM(T_A[金额])", "A4": "=SUM(T_AB[金额])",
    "A5": "=Total*2", "A6": "=Twice+1", "A7": "=Totals+1", "A8": "=SUM(账龄2!B2:B4)", "A9": "=sum(t_a[金额])", "B1": 7,
}  # fmt: skip


def book(path: Path, books: SimpleNamespace, title: str = "账龄", cells: dict[str, object] = CELLS) -> Path:
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.title = title
    ws.append(["客户", "金额"])
    for i in range(3):
        ws.append([f"C{i}", i])
    books.add_table(ws, "T_A", "A1:B4")
    other = wb.create_sheet("别处")
    for ref, value in cells.items():
        other[ref] = value
    quoted = title.replace("'", "''")
    for name, text in {"Twice": "Total*2", "Total": f"'{quoted}'!$B$2", "Totals": "别处!$B$1"}.items():
        wb.defined_names[name] = DefinedName(name, attr_text=text)
    wb.save(path)
    return path


def patched(path: Path, rows: Sequence[Sequence[object]] = (("X", 9),)) -> PatchReport:
    patcher = Patcher(Package.open(path))
    patcher.apply([ReplaceRows("T_A", rows)])
    patcher.data()
    return patcher.report


def test_directly_and_through_names_of_names(tmp_path: Path, books: SimpleNamespace) -> None:
    found = patched(book(tmp_path / "d.xlsx", books))
    assert found.dependents == tuple(f"别处!{ref}" for ref in ("A1", "A3", "A5", "A6", "A9"))
    assert found.recalculates


@pytest.mark.parametrize("title", ["O'Brien & Co", "A (1)", "账 龄"])
def test_names_that_are_quoted_or_escaped(tmp_path: Path, books: SimpleNamespace, title: str) -> None:
    quoted = title.replace("'", "''")
    found = patched(
        book(tmp_path / "q.xlsx", books, title, {"C3": f"=SUM('{quoted}'!B2:B4)", "C4": "=Twice", "C5": "=1"})
    )
    assert found.dependents == ("别处!C3", "别处!C4")


def test_a_sheet_of_an_unusual_shape_is_searched_too(tmp_path: Path, books: SimpleNamespace) -> None:
    path = book(tmp_path / "p.xlsx", books)
    part = Package.open(path).sheet("别处").part
    declared = b'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

    def prefixed(name: str, xml: bytes) -> bytes:
        if name != part:
            return xml
        return re.sub(rb"<(/?)([cfv])(?=[ >])", rb"<\1x:\2", xml).replace(
            b"<worksheet ", b"<worksheet " + declared + b" ", 1
        )

    books.rewrite(path, prefixed)
    assert len(patched(path).dependents) == 5


def test_no_sheet_without_formulas_is_held(
    tmp_path: Path, books: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path / "n.xlsx", books, cells={"A1": "text of T_A", "A2": 5})
    package = Package.open(path)
    patcher = Patcher(package)
    patcher.apply([ReplaceRows("T_A", [("X", 9)])])
    asked: list[str] = []
    part = package.part
    monkeypatch.setattr(package, "part", lambda name: asked.append(name) or part(name))  # type: ignore[func-returns-value]
    patcher.data()
    assert patcher.report.dependents == ()
    assert not patcher.report.recalculates
    assert package.sheet("别处").part not in asked


def test_results_that_are_accounted_for_are_not_named(tmp_path: Path, books: SimpleNamespace) -> None:
    patcher = Patcher(Package.open(book(tmp_path / "a.xlsx", books)))
    patcher.apply([ReplaceRows("T_A", [("X", 9)])])
    patcher.accounted |= {"别处!A1", "别处!A3"}
    patcher.data()
    assert patcher.report.dependents == ("别处!A5", "别处!A6", "别处!A9")
