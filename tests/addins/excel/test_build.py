"""The add-in file: reproducible, whole, in both languages, with a ribbon that Excel can show."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from arsheet.actions.registry import GROUPS, actions
from arsheet.addins.excel import macros
from arsheet.addins.excel.build import Addin, build
from arsheet.addins.excel.package import with_macros
from arsheet.addins.excel.ribbon import NAMESPACE, faults, ribbon_xml
from arsheet.addins.excel.xlwings_part import xlwings_home, xlwings_part
from arsheet.functions.catalogue import functions
from arsheet.hosts.addin_book import read_addin_book
from arsheet.hosts.package import Package
from arsheet.hosts.xlsx import XlsxHost
from arsheet.table import ArsheetError, WorkbookError
from tests.addins.excel.conftest import PYTHON

HAN = re.compile(r"[\u4e00-\u9fff]")
CALLBACKS = [macros.callback_name(key) for key in actions()]


def test_two_builds_are_equal_byte_by_byte(addin: Addin) -> None:
    assert build(interpreter=PYTHON).data == addin.data
    assert build(interpreter=PYTHON, language="en").data != addin.data
    assert (addin.functions, addin.buttons) == (len(functions()), len(actions()))


def test_the_parts_and_their_types(parts: dict[str, bytes]) -> None:
    types = parts["[Content_Types].xml"].decode()
    assert "application/vnd.ms-excel.addin.macroEnabled.main+xml" in types
    assert '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>' in types
    relations = {child.get("Type"): child.get("Target") for child in ET.fromstring(parts["_rels/.rels"])}
    assert relations["http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"] == (
        "customUI/customUI14.xml"
    )
    book = {child.get("Type"): child.get("Target") for child in ET.fromstring(parts["xl/_rels/workbook.xml.rels"])}
    assert book["http://schemas.microsoft.com/office/2006/relationships/vbaProject"] == "vbaProject.bin"
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            ET.fromstring(data)
    assert b'codeName="ThisWorkbook"' in parts["xl/workbook.xml"]
    assert b'codeName="Sheet1"' in parts["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sheets_hold_the_words(language: str) -> None:
    sheets = read_addin_book(build(interpreter=PYTHON, language=language).data)
    assert list(sheets) == ["words", "help", "arsheet.conf", "licences"]
    help_ = {row[0]: row for row in sheets["help"]}
    assert set(help_) == set(functions())
    for name, declared in functions().items():
        _, text, count, *arguments = help_[name]
        assert (len(text) <= 255, int(count)) == (True, len(declared.params))
        filled = [each for each in arguments if each]
        assert len(filled) == len(declared.params)
        assert all(len(each) <= 255 for each in filled)
        assert bool(HAN.search(text)) == (language == "zh")
    words = {row[0]: row[1] for row in sheets["words"]}
    assert words["title"] == ("应收账款" if language == "zh" else "Receivables")
    assert "|invoices|" in words["sources"]
    assert len(words["import_kinds"]) <= 255, "Application.InputBox shows no more"
    assert words["xlwings"] == xlwings_part().version


def test_the_configuration_starts_this_python_and_nothing_beside_the_workbook(addin: Addin) -> None:
    rows = {row[0]: row[1] for row in read_addin_book(addin.data)["arsheet.conf"]}
    assert rows["Interpreter_Win"] == rows["Interpreter"] == PYTHON
    assert rows["UDF Modules"] == "arsheet.addins.excel.udfs"
    assert rows["Use UDF Server"] == "True"
    assert rows["Add_Workbook_To_PYTHONPATH"] == "False"
    asked = set(re.findall(r'GetConfig\("([^"]+)"', xlwings_part().module)) - {"TEMP DIR"}
    assert asked <= {key.upper() for key in rows}, "a key that is not set is looked up beside the workbook"


def test_the_licences_travel_with_the_file(addin: Addin) -> None:
    text = "\n".join(str(row[0]) for row in read_addin_book(addin.data)["licences"])
    for words in ("MIT License", "Zoomer Analytics", "Redistribution and use", "Tim Hall"):
        assert words in text
    assert "PolyForm" not in text


def test_a_workbook_that_came_by_mail_configures_nothing() -> None:
    module = xlwings_part().module
    assert 'SheetExists(ActiveWorkbook, PROJECT_NAME & ".conf")' not in module
    assert "GetConfigFromSheet(ActiveWorkbook)" not in module
    assert "uses_embedded_code = True\n" not in module
    assert 'PROJECT_NAME As String = "arsheet"' in module


def test_another_xlwings_than_expected_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArsheetError) as missing:
        xlwings_part(tmp_path)
    text = (xlwings_home() / "xlwings_custom_addin.bas").read_text("ascii")
    (tmp_path / "addin").mkdir()
    (tmp_path / "addin" / "Dictionary.cls").write_text("x")
    (tmp_path / "xlwings_custom_addin.bas").write_text(text.replace("GetConfigFromSheet(ActiveWorkbook)", "Other()"))
    with pytest.raises(ArsheetError) as changed:
        xlwings_part(tmp_path)
    for raised in (missing, changed):
        assert (raised.value.code, raised.value.exit_code) == ("xlwings_not_understood", 8)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_ribbon_shows_every_action_in_its_group(language: str) -> None:
    part = ribbon_xml(actions().values(), language)
    assert faults(part, CALLBACKS) == []
    root = ET.fromstring(part)
    tab = root.find(f".//{{{NAMESPACE}}}tab")
    assert tab is not None
    assert tab.get("label") == ("应收账款" if language == "zh" else "Receivables")
    wanted = [key for key, _, _ in GROUPS if any(each.group == key for each in actions().values())]
    assert [group.get("id") for group in tab] == [f"arsheet_group_{key}" for key in wanted]
    buttons = {button.get("id"): button for button in root.iter(f"{{{NAMESPACE}}}button")}
    assert list(buttons) == [f"arsheet_{key}" for key in actions()]
    for key, declared in actions().items():
        assert buttons[f"arsheet_{key}"].get("label") == (declared.zh if language == "zh" else declared.en)
        assert (buttons[f"arsheet_{key}"].get("supertip") or "").strip()


BROKEN = {
    "not XML": (b"</customUI>", b"</customUi>"),
    "the root is": (b"2009/07/customui", b"2006/01/customui"),
    "is used twice": (b'"arsheet_import"', b'"arsheet_refresh"'),
    "callback": (b"ArsheetRibbon_undo", b"ArsheetRibbon_undone"),
    "has the attribute": (b"imageMso=", b"image="),
    "element": (b"<group ", b"<groups "),
    "no name": (b'"arsheet_undo"', b'"1 undo"'),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_excel_would_refuse_is_found(fault: str) -> None:
    old, new = BROKEN[fault]
    part = ribbon_xml(actions().values(), "en")
    assert old in part
    changed = part.replace(old, new) if fault != "element" else part.replace(b"group ", b"groups ").replace(
        b"</group>", b"</groups>")  # fmt: skip
    assert any(fault in text for text in faults(changed, CALLBACKS))


def test_a_package_of_another_shape_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(ValueError, match="in the package"):
        with_macros(out.getvalue(), vba=b"", ribbon=b"")
    with pytest.raises(WorkbookError):
        read_addin_book(b"no workbook")


def test_the_ribbon_of_a_macro_workbook_survives_our_saves(sample, parts: dict[str, bytes], tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    from arsheet import run

    book = tmp_path / "带宏.xlsm"
    plain = sample("无宏.xlsx", refreshed=False)
    ribbon = parts["customUI/customUI14.xml"]
    book.write_bytes(with_macros(plain.read_bytes(), vba=parts["xl/vbaProject.bin"], ribbon=ribbon, kind="xlsm"))
    before = Package.open(book)
    run.refresh(book)
    after = Package.open(book)
    for name in ("_rels/.rels", "customUI/customUI14.xml", "xl/vbaProject.bin", "[Content_Types].xml",
                 "xl/_rels/workbook.xml.rels"):  # fmt: skip
        assert after.part(name) == before.part(name), name
    assert len(XlsxHost(book).read("OpenItems")) > 0
