"""A report as LibreOffice prints it: one PDF whose pages hold the figures and no #####, and whose text is Chinese."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.addins.libreoffice.calc import Calc
from tests.addins.libreoffice.conftest import Refreshed

pytestmark = pytest.mark.office


def test_the_aging_report_prints(calc: Calc, refreshed: Refreshed, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")
    document = calc.open(refreshed.path)
    assert document.press("refresh")["done"]
    keep = "逾期账龄"
    total = document.value("D6", keep)
    for name in list(document.model.Sheets.ElementNames):
        if name != keep:
            document.model.Sheets.getByName(name).IsVisible = False
    file = document.save_as(tmp_path / "report.pdf", "calc_pdf_Export")
    document.close()
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, timeout=60).stdout
    assert "逾期账龄" in text
    assert "截止日期：2026-03-31" in text
    assert "###" not in text
    assert "数据已变" not in text
    assert isinstance(total, float)
    assert f"{total:,.2f}" in text
    pictures = subprocess.run(
        ["pdftoppm", "-r", "75", "-png", str(file), str(tmp_path / "page")], capture_output=True, timeout=60
    )
    assert pictures.returncode == 0
    assert list(tmp_path.glob("page*.png"))
