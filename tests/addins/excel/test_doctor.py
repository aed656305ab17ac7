"""Every fault of the doctor from made-up facts, what it reads from files and the registry, and the command line."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from arsheet.actions.registry import actions
from arsheet.addins.excel.build import FILE_NAME, Addin
from arsheet.addins.excel.doctor.checks import faults, unchecked
from arsheet.addins.excel.doctor.facts import AddinFacts, BookFacts, ExcelFacts, Facts, PythonFacts
from arsheet.addins.excel.doctor.files import addin_facts, book_facts, program_bits
from arsheet.addins.excel.doctor.gather import dll_folders, gather
from arsheet.addins.excel.doctor.windows import POLICY, USER, excel_facts
from arsheet.addins.excel.doctor.words import FAULTS
from arsheet.addins.excel.install import install, startup_folder, uninstall
from arsheet.cli import main
from arsheet.table import ArsheetError
from tests.addins.excel.conftest import PYTHON

HAN = re.compile(r"[\u4e00-\u9fff]")
FUNCTIONS = frozenset({"AR_AGING", "AR_BALANCE"})
PLACE = r"C:\Users\某人\AppData\Roaming\Microsoft\Excel\XLSTART"
EXCEL = r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"
WELL = Facts(
    platform="windows",
    python=PythonFacts(
        path=PYTHON,
        bits=64,
        xlwings="0.37.8",
        pywin32=True,
        folders={r"C:\Program Files\Python": ("xlwings64-0.37.8.dll",)},
    ),
    excel=ExcelFacts(EXCEL, 64, 2, False, False, ()),
    addin=AddinFacts(PLACE, PLACE + r"\arsheet.xlam", "0.37.8", PYTHON, True, FUNCTIONS, (), False),
    functions=FUNCTIONS,
)
MAC = replace(WELL, platform="mac", python=replace(WELL.python, applescript="xlwings-0.37.8.applescript"))


def python(**changes: Any) -> Facts:
    return replace(WELL, python=replace(WELL.python, **changes))


def excel(**changes: Any) -> Facts:
    return replace(WELL, excel=replace(WELL.excel, **changes))


def installed(**changes: Any) -> Facts:
    return replace(WELL, addin=replace(WELL.addin, **changes))


def book(**changes: Any) -> Facts:
    return replace(WELL, book=replace(BookFacts("应收.xlsx", r"C:\应收.xlsx", (), False), **changes))


ILL: dict[str, Facts] = {
    "xlwings_missing": python(xlwings=""),
    "pywin32_missing": python(pywin32=False),
    "environment_asks_for_pro": python(environment={"XLWINGS_ON_SERVER": "true"}),
    "excel_missing": excel(program=""),
    "wps_holds_excel": excel(program=r"C:\Users\x\AppData\Local\Kingsoft\WPS Office\12.1\office6\et.exe"),
    "store_excel": excel(program=r"C:\Program Files\WindowsApps\Microsoft.Office.Desktop.Excel_16\EXCEL.EXE"),
    "dll_missing": python(folders={r"C:\Python": ("xlwings64-0.33.1.dll",)}),
    "bitness_differs": replace(
        excel(bits=32), python=replace(WELL.python, folders={"C:": ("xlwings32-0.37.8.dll",)})
    ),
    "macros_disabled": excel(vba_warnings=4),
    "signed_macros_only": excel(signed_add_ins_only=True),
    "add_ins_disabled": excel(add_ins_disabled=True),
    "addin_disabled_after_crash": excel(disabled_items=("arsheet.xlam",)),
    "addin_not_installed": replace(WELL, addin=AddinFacts(PLACE)),
    "addin_made_with_other_xlwings": installed(xlwings="0.33.1"),
    "addin_interpreter_gone": installed(interpreter_there=False),
    "addin_uses_other_python": installed(interpreter=r"D:\other\python.exe"),
    "addin_functions_outdated": installed(functions=frozenset({"AR_AGING", "AR_OLD"})),
    "ribbon_damaged": installed(ribbon_faults=("the relationship to the ribbon is missing",)),
    "addin_from_internet": installed(from_internet=True),
    "applescript_missing": replace(MAC, python=replace(MAC.python, applescript="xlwings-0.30.0.applescript")),
    "functions_not_on_mac": MAC,
    "book_on_the_web": book(path="https://d.docs.live.net/abc/应收.xlsx"),
    "book_from_internet": book(from_internet=True),
    "book_formulas_spelled_otherwise": book(foreign=("A1", "B2")),
}  # fmt: skip


def test_a_machine_that_is_well_has_no_fault() -> None:
    assert faults(WELL) == []
    assert unchecked(WELL) == []
    assert set(ILL) == set(FAULTS)


@pytest.mark.parametrize("code", FAULTS)
def test_each_fault_is_found_alone_and_says_its_cure_in_both_languages(code: str) -> None:
    found = {fault.code: fault for fault in faults(ILL[code])}
    assert set(found) - {"functions_not_on_mac"} == {code} - {"functions_not_on_mac"}
    fault = found[code]
    for zh, en in ((fault.zh, fault.en), (fault.cure_zh, fault.cure_en)):
        assert HAN.search(zh)
        assert en.strip()
        assert "{" not in zh + en
        if code not in ("book_on_the_web", "book_from_internet", "book_formulas_spelled_otherwise"):
            assert not HAN.search(re.sub(r"C:\\\S+", "", en))


def test_the_arithmetic_of_a_message_is_in_it() -> None:
    (dll,) = faults(ILL["dll_missing"])
    assert "xlwings64-0.37.8.dll" in dll.zh
    assert "xlwings64-0.33.1.dll" in dll.en
    (outdated,) = faults(ILL["addin_functions_outdated"])
    assert "AR_BALANCE" in outdated.zh
    assert "AR_OLD" in outdated.zh


def test_what_cannot_be_checked_is_said() -> None:
    other = Facts(platform="other", python=WELL.python, functions=FUNCTIONS)
    assert faults(other) == []
    (said,) = unchecked(other)
    assert "没有检查" in said.zh
    assert "not checked" in said.en
    assert len(unchecked(replace(WELL, excel=ExcelFacts()))) == 3
    assert len(unchecked(MAC)) == 1


class Keys(dict[str, dict[str, Any]]):
    """A registry made up."""

    def value(self, key: str, name: str) -> Any:
        return self.get(key, {}).get(name)

    def values(self, key: str) -> dict[str, Any]:  # type: ignore[override]
        return self.get(key, {})


def program(path: Path, machine: int) -> Path:
    """The head of a Windows program."""
    path.write_bytes(
        b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80) + bytes(64) + struct.pack("<4sH", b"PE\0\0", machine)
    )
    return path


@pytest.mark.parametrize(("machine", "bits"), [(0x8664, 64), (0x014C, 32), (0xAA64, 64), (0x1234, None)])
def test_the_bits_of_a_program_are_in_its_head(tmp_path: Path, machine: int, bits: int | None) -> None:
    assert program_bits(program(tmp_path / "EXCEL.EXE", machine)) == bits


def test_what_is_no_program_has_no_bits(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"MZ")
    (tmp_path / "text").write_text("no program at all, but long enough to hold a head of sixty-four bytes")
    assert [program_bits(tmp_path / name) for name in ("short", "text", "absent")] == [None, None, None]


def test_the_registry_is_read(tmp_path: Path) -> None:
    path = program(tmp_path / "EXCEL.EXE", 0x014C)
    keys = Keys({
        r"HKCR\Excel.Application\CLSID": {"": "{00024500-0000-0000-C000-000000000046}"},
        r"HKCR\CLSID\{00024500-0000-0000-C000-000000000046}\LocalServer32": {"": f'"{path}" /automation'},
        rf"{USER}\Security": {"VBAWarnings": 1, "RequireAddinSig": 0, "DisableAllAddins": 1},
        rf"{POLICY}\Security": {"VBAWarnings": 4},
        rf"{USER}\Resiliency\DisabledItems": {
            "A1": b"\1\0\0\0" + "C:\\Users\\x\\XLSTART\\arsheet.xlam\0".encode("utf-16-le"), "B": "text"},
    })  # fmt: skip
    found = excel_facts(keys)
    assert found == ExcelFacts(str(path), 32, 4, True, False, ("arsheet.xlam",))
    assert excel_facts(Keys()) == ExcelFacts("", None, None, False, False, ())


def test_an_installed_add_in_is_read(tmp_path: Path, addin: Addin) -> None:
    from arsheet.functions.catalogue import functions

    done = install(addin, platform="windows", folder=tmp_path / "XLSTART")
    assert done.path.read_bytes() == addin.data
    facts = addin_facts(tmp_path, done.path, frozenset(actions()))
    assert facts.functions == frozenset(functions())
    assert (facts.xlwings, facts.interpreter, facts.ribbon_faults) == (addin.xlwings, PYTHON, ())
    assert facts.interpreter_there is False
    install(addin, platform="windows", folder=tmp_path / "XLSTART")
    assert sorted(file.name for file in (tmp_path / "XLSTART").iterdir()) == [FILE_NAME]
    assert uninstall(platform="windows", folder=tmp_path / "XLSTART") == done.path
    assert uninstall(platform="windows", folder=tmp_path / "XLSTART") is None
    assert addin_facts(tmp_path, done.path, frozenset()).path == ""


def test_a_damaged_add_in_is_told(tmp_path: Path, addin: Addin) -> None:
    import io
    import zipfile

    path = tmp_path / FILE_NAME
    path.write_bytes(b"no zip at all")
    assert addin_facts(tmp_path, path, frozenset()).ribbon_faults
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(addin.data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"ui/extensibility", b"ui/gone") if name == "_rels/.rels" else data)
    path.write_bytes(out.getvalue())
    assert addin_facts(tmp_path, path, frozenset(actions())).ribbon_faults == (
        "the relationship to the ribbon is missing",
    )


def test_the_script_of_a_mac_goes_where_excel_may_run_it(
    tmp_path: Path, addin: Addin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    done = install(addin, platform="mac")
    assert done.path.parent.name == "Excel"
    assert done.script is not None
    assert done.script.name == f"xlwings-{addin.xlwings}.applescript"
    assert done.script.parent == tmp_path / "Library/Application Scripts/com.microsoft.Excel"
    monkeypatch.setenv("APPDATA", str(tmp_path / "Roaming"))
    assert startup_folder("windows") == tmp_path / "Roaming/Microsoft/Excel/XLSTART"


def test_while_excel_has_the_add_in_open_it_is_refused(
    tmp_path: Path, addin: Addin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> None:
        raise PermissionError(13, "in use")

    install(addin, platform="windows", folder=tmp_path)
    monkeypatch.setattr("os.replace", busy)
    with pytest.raises(ArsheetError) as refused:
        install(addin, platform="windows", folder=tmp_path)
    assert (refused.value.code, refused.value.exit_code) == ("addin_in_use", 7)
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME], "no leftovers"
    with pytest.raises(ArsheetError) as nowhere:
        install(addin, platform="other")
    assert (nowhere.value.code, nowhere.value.exit_code) == ("excel_folder_unknown", 8)


def test_foreign_spellings_of_a_workbook_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "抄来的.xlsx"
    wb = openpyxl.Workbook()
    sheet = wb.active
    sheet["A1"], sheet["A2"], sheet["A3"] = "=ARSHEET.AR_BALANCE(1)", "=AR_BALANCE(1)", '="ARSHEET.AR_BALANCE(1)"'
    sheet["B4"] = "='C:\\old\\arsheet.xlam'!AR_BALANCE(1)+COM.ARSHEET.CALCFUNCTIONS.ARBALANCE(1)"
    wb.save(path)
    assert book_facts(str(path)).foreign == ("A1", "B4")
    assert book_facts("https://contoso.sharepoint.com/x/应收.xlsx").name == "应收.xlsx"


def test_the_folders_of_the_dll(tmp_path: Path) -> None:
    (tmp_path / "venv" / "Scripts").mkdir(parents=True)
    (tmp_path / "venv" / "xlwings64-9.9.dll").write_bytes(b"")
    found = dll_folders(tmp_path / "venv" / "Scripts" / "python.exe")
    assert list(found.values()) == [(), ("xlwings64-9.9.dll",)]


def test_the_commands(tmp_path: Path, sample: Callable[..., Path]) -> None:
    runner = CliRunner()
    made = runner.invoke(main, ["excel", "build", "--out", str(tmp_path / "a.xlam"), "--lang", "en", "--json"])
    assert made.exit_code == 0, made.output
    facts = json.loads(made.output)
    assert facts["bytes"] == (tmp_path / "a.xlam").stat().st_size
    put = runner.invoke(main, ["excel", "install", "--folder", str(tmp_path / "start")])
    assert (put.exit_code, (tmp_path / "start" / FILE_NAME).exists()) == (0, True), put.output
    well = runner.invoke(main, ["excel", "doctor", "--folder", str(tmp_path / "start"), "--json"])
    assert json.loads(well.output)["faults"] == [], well.output
    (tmp_path / "start" / FILE_NAME).write_bytes(b"broken")
    ill = runner.invoke(main, ["excel", "doctor", "--folder", str(tmp_path / "start")])
    assert ill.exit_code == 8
    assert "功能区损坏" in ill.output
    gone = runner.invoke(main, ["excel", "uninstall", "--folder", str(tmp_path / "start"), "--json"])
    assert json.loads(gone.output)["removed"] == str(tmp_path / "start" / FILE_NAME)
    away = runner.invoke(main, ["excel", "doctor", str(tmp_path / "没有.xlsx"), "--json"])
    assert (away.exit_code, json.loads(away.output)["error"]) == (3, "file_not_found")
    assert gather(str(sample(refreshed=False))).book is not None
