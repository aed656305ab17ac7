"""Text from outside never becomes a formula or a live link, whatever it looks like and wherever it is written."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from arsheet import run
from arsheet.cli import main
from arsheet.hosts.patching import AppendRows, SetCells, patch
from arsheet.hosts.rows import Report, patch_rows, write_copy_beside
from arsheet.table import WorkbookError

PAYLOADS: dict[str, str] = {
    "equals": "=1+1",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(1,1)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "newline": "\n=1+1",
    "blank": " =1+1",
    "no-break blank": "\u00a0=1+1",
    "mark": "\ufeff=1+1",
    "zero width": "\u200b=1+1",
    "full-width equals": "＝1+1",
    "full-width plus": "＋1+1",
    "full-width minus": "－1+1",
    "full-width at": "＠SUM(1,1)",
    "apostrophe": "'=1+1",
    "quote": '"=1+1',
    "dde": "=cmd|' /C calc'!A0",
    "dde plus": "+cmd|' /C calc'!A0",
    "dde minus": "-2+3+cmd|' /C calc'!A0",
    "dde at": '@SUM(1+1)*cmd|" /C calc"!A0',
    "dde function": '=DDE("cmd";"/C calc";"x")',
    "ddeauto": 'DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc"',
    "hyperlink": '=HYPERLINK("http://example.com/?x="&A1,"click")',
    "webservice": '=WEBSERVICE("http://example.com/"&A1)',
    "importxml": '=IMPORTXML("http://example.com","//a")',
    "image": '=IMAGE("http://example.com/a.png")',
    "rtd": '=RTD("prog.id",,"topic")',
    "filterxml": '=FILTERXML(A1,"//x")',
    "external book": "='C:\\x\\[book.xlsx]Sheet1'!A1",
    "path": "='\\\\server\\share\\[b.xlsx]S'!A1",
    "call": '=CALL("kernel32","WinExec","JJ",1)',
    "register": '=REGISTER.ID("a","b")',
    "array": "{=1+1}",
    "address": "http://example.com/evil",
    "mail": "mailto:someone@example.com",
    "script": "<script>alert(1)</script>&amp;",
    "closes the cell": "</t></is></c><c><f>1+1</f></c>",
    "cdata": "]]><f>1+1</f><![CDATA[",
    "long": "=" + "A" * 32_766,
    "escape of equals": "_x003D_1+1",
    "escape of return": "a_x000D_b",
    "escape twice": "_x005F_x000D_",
    "control characters": "=\x00\x01\x08\x0b\x0c\x1f1",
    "lone surrogate": "=\ud83d1+1",
    "not a character": "=\ufffe\uffff",
    "right to left": "\u202e=1+1",
    "new lines": "a\r\n=1+1\nb",
    "emoji": "😀=1+1",
    "percent": "%0A=1+1",
}
ROWS = [[f"C{i}", text] for i, text in enumerate(PAYLOADS.values())]
ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
LIVE = ("externalLink", "connections", "queryTable", "webExtension", "oleObject")


def decoded(xml: str) -> str:
    """Text as Excel reads it from a cell's XML."""
    from html import unescape

    return ESCAPE.sub(lambda match: chr(int(match[1], 16)), unescape(xml))


def texts(package: zipfile.ZipFile, sheet: str) -> list[str]:
    """All inline texts of a sheet part, in order."""
    xml = package.read(sheet).decode()
    return [decoded(text) for text in re.findall(r"<t\b[^>]*>([^<]*)</t>", xml)]


def check_dead(path: Path) -> None:
    """No formula, no link, nothing that reaches outside, and XML that every reader takes."""
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            data = package.read(name)
            assert not any(word.lower() in name.lower() for word in LIVE), name
            if name.startswith("xl/worksheets/"):
                assert not re.search(rb"<(?:\w+:)?f[\s>/]", data), name
                assert b"<hyperlink" not in data
            if name.endswith(".rels"):
                assert b"TargetMode" not in data, name
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None


def by_calamine(path: Path, sheet: str) -> list[list[Any]]:
    """The rows as the other reader sees them."""
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()


@pytest.fixture
def book(tmp_path: Path, books: SimpleNamespace) -> Path:
    """A table of two columns, a sheet without one."""
    wb = openpyxl.Workbook()
    wb.active.title = "T"
    wb.active.append(["key", "text"])
    wb.active.append(["C", "t"])
    books.add_table(wb.active, "TT", "A1:B2")
    wb.create_sheet("S").append(["key", "text"])
    path = tmp_path / "book.xlsx"
    wb.save(path)
    return path


def test_there_are_enough() -> None:
    assert len(PAYLOADS) >= 40
    assert len(set(PAYLOADS.values())) == len(PAYLOADS)


@pytest.mark.parametrize("way", ["table", "sheet", "append", "cells"])
def test_a_patched_workbook(book: Path, way: str) -> None:
    sheet = "S" if way in ("sheet", "cells") else "T"
    if way == "table":
        patch_rows(book, "TT", ROWS)
    elif way == "sheet":
        patch_rows(book, "S", ROWS)
    elif way == "append":
        patch(book, book, [AppendRows("TT", ["key", "text"], ROWS)])
    else:
        patch(book, book, [SetCells("S", {f"B{i}": row[1] for i, row in enumerate(ROWS, 2)})])
    check_dead(book)
    part = f"xl/worksheets/sheet{1 if sheet == 'T' else 2}.xml"
    with zipfile.ZipFile(book) as package:
        found = texts(package, part)
    assert [text for text in found if text in set(PAYLOADS.values())] == list(PAYLOADS.values())
    read = [row[1] for row in by_calamine(book, sheet)][-len(ROWS) :]
    plain = [text for text in PAYLOADS.values() if text.isprintable()]
    assert [text for text in read if text in plain] == plain


def test_headers_too(book: Path) -> None:
    header = ["=1+1", "@x"]
    patch_rows(book, "TT", [["a", "b"]], header=header)
    check_dead(book)
    assert [cell.value for cell in openpyxl.load_workbook(book)["T"][1]] == header


def test_longer_than_a_cell_is_refused(book: Path) -> None:
    before = book.read_bytes()
    with pytest.raises(WorkbookError) as error:
        patch_rows(book, "TT", [["a", "=" * 32_768]])
    assert error.value.code == "text_too_long"
    assert book.read_bytes() == before


def test_the_copy_beside(book: Path) -> None:
    reason = WorkbookError("x", "=1+1", '=HYPERLINK("http://example.com")')
    copy = write_copy_beside(book, [Report("报表", "AR_T", ["=key", "text"], ROWS)], reason)
    check_dead(copy)
    with zipfile.ZipFile(copy) as package:
        found = texts(package, "xl/worksheets/sheet2.xml")
    assert [text for text in found if text in set(PAYLOADS.values())] == list(PAYLOADS.values())


ONE_LINE = {name: text for name, text in PAYLOADS.items() if name != "lone surrogate" and "\0" not in text}
"""What can be a name in a workbook that another program wrote."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book whose customers are called like that, refreshed."""
    from arsheet.run.session import append_records, open_session
    from tests.run.helping import AS_OF, clock_at

    path = tmp_path_factory.mktemp("ledger") / "book.xlsx"
    run.new_book(path)
    session = open_session(path, only=("customers", "invoices"))
    names = list(enumerate(ONE_LINE.values()))
    day = {"document_date": AS_OF, "due_date": AS_OF}
    customers = [{"customer_id": f"K{i:03}", "name": text} for i, text in names]
    invoices = [{"document_no": f"D{i:03}", "customer_id": f"K{i:03}", "amount": 10 + i, **day} for i, _ in names]
    append_records(session, {"customers": customers, "invoices": invoices})
    run.save(session, "import", {}, clock=clock_at())
    run.refresh(path, AS_OF, clock=clock_at(1))
    return path


def test_a_refreshed_book(ledger: Path, tmp_path: Path) -> None:
    run.new_book(tmp_path / "new.xlsx")
    with zipfile.ZipFile(tmp_path / "new.xlsx") as package:  # the formulas of a book in which nobody has typed yet
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    ours = {text for sheet in sheets for text in re.findall(rb"<(?:\w+:)?f(?:\s[^>]*)?>([^<]*)<", sheet)}
    with zipfile.ZipFile(ledger) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/sheet"):
                found = set(re.findall(rb"<(?:\w+:)?f(?:\s[^>]*)?>([^<]*)<", package.read(name)))
                assert found <= ours, name
                assert b"example.com" not in b"".join(re.findall(rb"<hyperlink\b[^>]*>", package.read(name)))
            if name.endswith(".rels"):
                outside = re.findall(rb'Target="([^"]*)" TargetMode="External"', package.read(name))
                assert all(target.startswith(b"#") for target in outside), (
                    name
                )  # the template's links to its own sheets


DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def test_csv_of_the_command_line(ledger: Path) -> None:
    done = CliRunner().invoke(main, ["aging", str(ledger), "--as-of", "2026-03-31", "--format", "csv"])
    assert done.exit_code in (0, 1), done.output
    found = list(csv.reader(io.StringIO(done.stdout)))
    assert len(found) > len(ONE_LINE)
    names = {row[0]: row[1] for row in found[1:]}
    for i, text in enumerate(ONE_LINE.values()):
        shown = names[f"K{i:03}"]
        assert not shown.startswith(DANGEROUS), shown
        if text.isprintable() and text == text.strip():
            assert shown.removeprefix("'") == text.removeprefix("'")
    for row in found[1:]:
        for cell in row:
            assert not cell.startswith(DANGEROUS) or re.fullmatch(r"-[\d.]+", cell), cell
