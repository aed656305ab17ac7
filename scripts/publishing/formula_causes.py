"""Causes of findings in the formulas of a workbook: cells of Sheet1 in a real file, updated as a refresh does."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.formula import ArrayFormula

from arsheet.functions.invoke import invoke
from arsheet.hosts.xlsx import XlsxHost
from arsheet.table import Problem


def problems(said: Mapping[str, Any]) -> list[Problem]:
    """``said`` is address -> value or formula; {"spills": formula} is a dynamic array."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "Sheet1"
    spilling = []
    for ref, value in said.items():
        if isinstance(value, dict):
            spilling.append(ref)
            value = ArrayFormula(ref, value["spills"])
        sheet[ref] = value
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "formulas.xlsx"
        made.save(path)
        _spilling(path, spilling)
        return XlsxHost(path).update_formulas(lambda name, args: invoke(name, args)).problems


def _spilling(path: Path, refs: list[str]) -> None:
    """Marks array formulas as dynamic, which openpyxl does not write."""
    from arsheet.hosts.package import Package

    package = Package.open(path)
    part = "xl/worksheets/sheet1.xml"
    xml = package.part(part)
    for ref in refs:
        xml = xml.replace(f'<c r="{ref}"'.encode(), f'<c r="{ref}" cm="1"'.encode())
    path.write_bytes(package.rebuilt({part: xml}))
