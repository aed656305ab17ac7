"""What a cell says in a real LibreOffice when the service cannot be had, or does not fit, or days are counted oddly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arsheet.addins.libreoffice.build import files
from tests.addins.libreoffice.calc import Calc, Document, office
from tests.hosts.excel.office import NotHere

pytestmark = pytest.mark.office
DECLARED = "pythonpath/arsheet_calc/declared.json"


def start_of_days(document: Document, year: int, month: int, day: int) -> None:
    """The day that the document counts as day 0."""
    found = document.model.NullDate
    found.Year, found.Month, found.Day = year, month, day
    document.model.NullDate = found


def test_no_service_and_none_to_start(tmp_path: Path) -> None:
    try:
        with office(tmp_path, command=[str(tmp_path / "no-arsheet-here")]) as calc:
            document = calc.new()
            assert document.enter('=AR_DUE_DATE("net 30";DATE(2026;1;15))') == "#N/A"
            told = document.enter('=AR_LAST_ERROR("Sheet1!A1")', "A2")
            assert "no-arsheet-here was not found" in told
            assert "arsheet libreoffice install" in told
            said = document.press("refresh")
            assert said["error"] == "service_not_startable"
            assert "arsheet libreoffice install" in said["zh"]
            document.close()
    except NotHere as reason:
        pytest.skip(str(reason))


def test_an_old_extension_before_a_new_service(tmp_path: Path) -> None:
    old = {**json.loads(files()[DECLARED]), "protocol": 0}
    try:
        with office(tmp_path, changed={DECLARED: json.dumps(old).encode()}) as calc:
            document = calc.new()
            assert document.enter('=AR_DUE_DATE("net 30";DATE(2026;1;15))') == "#N/A"
            assert document.enter('=AR_LAST_ERROR("Sheet1!A1")', "A2").startswith("Update the add-in")
            assert document.press("refresh")["error"] == "protocol"
            document.close()
    except NotHere as reason:
        pytest.skip(str(reason))


def test_days_are_counted_as_the_document_counts_them(calc: Calc) -> None:
    document = calc.new()
    start_of_days(document, 1904, 1, 1)
    assert document.enter('=AR_DUE_DATE("net 30";DATE(2026;1;15))') == 46067 - 1462
    assert document.enter('=AR_DUE_DATE("net 30";DATE(2026;1;15))=DATE(2026;2;14)') == 1
    document.close()
    document = calc.new()
    start_of_days(document, 1900, 1, 1)
    assert document.enter('=AR_DUE_DATE("net 30";DATE(2026;1;15))') == "#VALUE!"
    assert "1899-12-30" in document.enter("=AR_LAST_ERROR()", "A2")
    assert document.press("refresh")["error"] == "date_system"
    document.close()


def test_a_service_that_dies_is_started_again(calc: Calc) -> None:
    document = calc.new()
    assert document.enter('=AR_DUE_DATE("net 30";DATE(2026;1;15))') == 46067
    first = calc.service()
    calc.end_service()
    assert document.enter('=AR_DUE_DATE("net 31";DATE(2026;1;15))') == 46068
    second = calc.service()
    assert first is not None
    assert second is not None
    assert first["pid"] != second["pid"]
    document.close()
