"""Which sheets compute is found without taking them apart, wherever the formula stands."""

from __future__ import annotations

import io
import zipfile

import pytest

from arsheet.hosts import zipping
from arsheet.hosts.formulas import address, formula_parts, formulas, has_formula
from arsheet.hosts.package import Package
from arsheet.table import WorkbookError

SHEET = "xl/worksheets/sheet1.xml"


def package(xml: bytes, method: int = zipfile.ZIP_DEFLATED) -> Package:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as z:
        z.writestr(SHEET, xml)
    return Package(stream.getvalue())


def filler(count: int) -> bytes:
    """Cells without a formula that do not compress away: pieces end in many places."""
    return b"".join(b'<c r="A%d"><v>%d</v></c>' % (i, i * 7919 % 1_000_003) for i in range(1, count))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("tag", [b"<f>A1</f>", b'<f t="shared" si="0"/>', b"<x:f>A1</x:f>", b"<f/>", b"<f\n>A1</f>"])
def test_a_formula_is_found_wherever_a_piece_ends(monkeypatch: pytest.MonkeyPatch, tag: bytes, method: int) -> None:
    monkeypatch.setattr(zipping, "PIECE", 1)
    for count in range(2, 12):
        found = package(b"<sheetData>" + filler(count) + b"<c>" + tag + b"</c></sheetData>", method)
        assert formula_parts(found, [SHEET]) == {SHEET}


def test_other_elements_are_no_formula() -> None:
    xml = (
        b"<sheetFormatPr/><sheetData>" + filler(5_000) + b"</sheetData><formula1>A1</formula1><x:formula>B1</x:formula>"
    )
    assert not formula_parts(package(xml), [SHEET])
    assert not has_formula(b"<font/><firstHeader>&lt;f&gt;</firstHeader>")


def test_a_part_is_looked_through_once() -> None:
    found = package(b"<c><f>A1</f></c>")
    assert formula_parts(found, [SHEET]) == {SHEET}
    found.data = b""
    assert formula_parts(found, [SHEET]) == {SHEET}
    assert found.computing == {SHEET: True}


def test_a_damaged_part_is_refused() -> None:
    whole = package(filler(20_000))
    at = len(whole.raw(SHEET)) // 2
    for broken in (
        whole.data.replace(bytes(whole.raw(SHEET)[at : at + 40]), bytes(40)),
        package(filler(9), zipfile.ZIP_STORED).data.replace(b"<v>", b"<w>"),
    ):
        with pytest.raises(WorkbookError) as error:
            formula_parts(Package(broken), [SHEET])
        assert error.value.code in ("file_damaged", "file_unsafe")


def test_the_text_and_the_cell_of_each_formula() -> None:
    xml = (
        b'<sheetData><row r="1"><c r="A1"/><c s="1" r="B1"><f>A1&amp;"x"</f><v>1</v></c><c r="C1"><f si="0"/></c></row>'
        b'<x:c r="D2" t="n"><x:f t="shared">SUM(A:A)</x:f></x:c><c r="E9"/><c><f>B2</f></c></sheetData>'
        b"<ext><xm:f>Report!A1</xm:f></ext>"
    )
    found = [(address(xml, at), text) for at, text in formulas(xml)]
    assert found == [("B1", 'A1&"x"'), ("D2", "SUM(A:A)"), ("*", "B2")]
    assert not list(formulas(b"<sheetData/><ext><xm:f>Report!A1</xm:f></ext>"))
