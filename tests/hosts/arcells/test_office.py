"""What LibreOffice without the add-in makes of stored results: plain cells show them."""

from __future__ import annotations

import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arsheet import run
from arsheet.hosts.reading import read_csv
from arsheet.table import CellError
from tests.hosts.arcells import book as made

pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, list[str], Path]:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("soffice is not installed")
    folder = tmp_path_factory.mktemp("office")
    path = folder / "book.xlsx"
    codes = made.make_book(path)
    run.refresh(path, made.AS_OF)
    at = _sheets(path).index(made.SHEET) + 1
    kind = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,{at}"
    command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=180)
    (out,) = folder.glob("book*.csv")
    return read_csv(out), codes, path


def _sheets(path: Path) -> list[str]:
    from arsheet.hosts.package import Package

    return [sheet.name for sheet in Package.open(path).sheets]


def test_plain_cells_show_the_stored_values(opened: Any) -> None:
    from arsheet.hosts.keeping import value_at
    from arsheet.hosts.reading import parse_area

    grid, codes, path = opened
    version = run.version_of(path, made.AS_OF)
    looked_at = 0
    for case in made.CASES:
        wanted = made.expected(case, codes, version)
        area = parse_area(case.ref)
        assert area is not None
        found = value_at(grid, area.first_row, area.first_column)
        if isinstance(wanted, CellError) or hasattr(wanted, "year"):
            continue  # errors are worked out again, and dates are shown as their cell is formatted
        if case.ref.startswith("B"):
            continue  # formulas filled down are stored as shared ones, which LibreOffice 7.4 always works out again
        looked_at += 1
        if isinstance(wanted, (int, float, Decimal)):
            assert abs(Decimal(str(found)) - Decimal(str(wanted))) < Decimal("0.005"), case
        else:
            assert found == wanted, case
    assert looked_at >= 11
