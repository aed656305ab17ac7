"""LibreOffice runs our VBA: wrappers down to Python and back, and the parts of the buttons that need no Excel.

Only the module ``xlwings`` is replaced: its CallUDF goes to the same Python through the driver of
the test in place of COM.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from arsheet.actions.registry import actions
from arsheet.addins.excel import udfs
from arsheet.addins.excel.build import PROJECT_ID, modules
from arsheet.addins.excel.package import with_macros
from arsheet.addins.excel.ribbon import ribbon_xml
from arsheet.addins.excel.vba.modules import class_module, procedural
from arsheet.addins.excel.vba.project import vba_project
from arsheet.addins.excel.words import configuration_rows, help_rows, word_rows
from arsheet.addins.excel.xlwings_part import xlwings_part
from arsheet.functions.catalogue import functions
from arsheet.hosts.addin_book import addin_book
from arsheet.hosts.xlsx import XlsxHost
from arsheet.run.desk import Desk

pytestmark = pytest.mark.office
DRIVER = Path(__file__).with_name("office_driver.py")
SHIM = """Public bridge As Object
Public Sub UseBridge(other)
    Set bridge = other
End Sub
Public Function XLPy()
    Set XLPy = New XlPyShim
End Function
Public Function RunPython(command)
    Dim shim
    Set shim = New XlPyShim
    RunPython = shim.CallUDF("run", command, Array("" & command))
End Function
"""
SHIM_CLASS = """Public Function CallUDF(m, f, args, Optional wb, Optional caller)
    Dim given(), at, answer, row, column, out()
    ReDim given(UBound(args))
    For at = 0 To UBound(args)
        Set given(at) = CreateUnoStruct("com.sun.star.beans.NamedValue")
        given(at).Name = f
        given(at).Value = args(at)
    Next
    answer = bridge.execute(given)
    If Not IsArray(answer) Then
        CallUDF = answer
        Exit Function
    End If
    ReDim out(1 To UBound(answer) + 1, 1 To UBound(answer(0)) + 1)
    For row = 0 To UBound(answer)
        For column = 0 To UBound(answer(0))
            out(row + 1, column + 1) = answer(row)(column)
        Next
    Next
    CallUDF = out
End Function
"""
TOOLS = """Public Function ControlError()
    ControlError = CVErr(2042)
End Function
Public Function FormulaRuns(part)
    Dim area, found
    FormulaRuns = ""
    Set found = ArsheetFormulas(ThisWorkbook.Worksheets(1), "" & part)
    FormulaRuns = found.Count & ":"
    For Each area In found
        FormulaRuns = FormulaRuns & Replace(area.Address, "$", "") & ";"
    Next
End Function
Public Function ErrorNumber(words)
    Dim answer, cell
    answer = ArsheetResult(XLPy.CallUDF("", "AR_BALANCE", Array("" & words, Empty, Empty, "")))
    ErrorNumber = IsError(answer)
End Function
"""


def python_with_uno() -> str:
    """An interpreter that can drive LibreOffice."""
    for candidate in ("/usr/bin/python3", shutil.which("python3") or ""):
        if candidate and Path(candidate).exists():
            done = subprocess.run([candidate, "-c", "import uno"], capture_output=True, check=False)
            if done.returncode == 0:
                return candidate
    pytest.skip("no Python with UNO (Debian: python3-uno)")


@pytest.fixture
def bridge(sample: Callable[..., Path]) -> Iterator[tuple[int, list[Any], Desk]]:
    """The Python end: the function server's own ``call``, over HTTP; it keeps what it was asked."""
    path, asked = sample(), list[Any]()
    at = Desk()
    at.refresh("应收.xlsx", XlsxHost(path))

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            name, args = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((name, args))
            if name.startswith("import "):
                rows: Any = [[0]]
            else:
                rows = udfs.call(name, args[:-1], "应收.xlsx\tSheet1!A1", at=at, host_of=lambda _: XlsxHost(path))
            body = json.dumps(rows).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, asked, at
    server.shutdown()
    server.server_close()
    thread.join(5)


def workbook(path: Path, kind: str) -> Path:
    """A workbook with our project, the module xlwings replaced."""
    ours = [each for each in modules(xlwings_part(), sheets=5) if each.name not in ("xlwings", "Dictionary")]
    ours += [procedural("xlwings", SHIM), class_module("XlPyShim", SHIM_CLASS), procedural("Tools", TOOLS)]
    rows = [
        ["客户", "单据号", "单据日期", "到期日", "未收金额"],
        ["甲公司", "A-1", 46000, 46030, 100.5],
        ["乙公司", "B-1", 46000, 46060, 200.25],
        ["甲公司", "A-2", 46010, 46090, 300],
    ]
    sheets = {
        "数据": rows,
        "words": word_rows("zh", xlwings="1"),
        "help": help_rows(functions().values(), "zh"),
        "arsheet.conf": configuration_rows("python"),
        "licences": [],
    }
    book = addin_book(sheets, title="t", notice="n")
    vba = vba_project(ours, name="ArSheet", project_id=PROJECT_ID)
    ribbon = ribbon_xml(actions().values(), "zh")
    path.write_bytes(with_macros(book, vba=vba, ribbon=ribbon, kind=kind))  # type: ignore[arg-type]
    return path


def run(tmp_path: Path, port: int, job: dict[str, Any], kind: str = "xlsm") -> dict[str, Any]:
    """Opens the workbook in LibreOffice and does a job in it."""
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("soffice is not installed")
    profile = tmp_path / "profile"
    file = workbook(tmp_path / f"book.{kind}", kind)
    todo = tmp_path / "job.json"
    todo.write_text(json.dumps(job))
    command = [python_with_uno(), str(DRIVER), soffice, str(profile), str(file), str(todo), str(port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-1500:]
    return dict(json.loads(done.stdout))


def test_functions_in_cells_reach_python_and_come_back(tmp_path: Path, bridge: tuple[int, list[Any], Desk]) -> None:
    port, asked, at = bridge
    version = at.version("应收.xlsx")
    assert version is not None
    known = {key: at.call("应收.xlsx", "AR_BALANCE", [key]) for key in version.ledger.customer_ids}
    customer, balance = next((key, found.value) for key, found in known.items() if found.error is None and found.value)
    job = {
        "cells": {
            "K1": "=AR_AMOUNT_CN(1234.5)",
            "K2": '=AR_BALANCE("没有这个客户")',
            "K3": "=AR_BALANCE(A2:A3;D2:D3)",
            "K4": f'=AR_BALANCE("{customer}")',
            "K5": "=ControlError()",
            "K6": '=AR_DUE_DATE("月结30天";C2)',
        },
        "arrays": {"M1:T4": "=AR_AGING_OF(A1:E4;46082)"},
        "read": ["M1:T4"],
        "macros": [["ArsheetCells.ArsheetReason", []]],
    }
    told = run(tmp_path, port, job)
    cells = told["cells"]
    assert told["macros"][0].rstrip().endswith("原因："), told["macros"]
    assert cells["K1"] == "壹仟贰佰叁拾肆元伍角"
    assert cells["K5"] == "Error 2042", "how LibreOffice shows CVErr(xlErrNA)"
    assert cells["K2"] == "Error 2042"
    assert cells["K3"] == "Error 2015", "a range of dates is #VALUE!"
    assert cells["K4"] == pytest.approx(float(balance))
    assert cells["K6"] > 46000
    table = told["ranges"]["M1:T4"]
    assert table[0][0] in ("客户", "客户编码", "客户名称")
    assert {row[0] for row in table[1:3]} == {"甲公司", "乙公司"}
    assert all(({"甲公司": 400.5, "乙公司": 200.25}[row[0]]) in row for row in table[1:3]), table
    by_name = {name: args for name, args in asked if name != "run"}
    assert by_name["AR_AGING_OF"][0][1] == ["甲公司", "A-1", 46000, 46030, 100.5], "values, not the range itself"
    assert by_name["AR_AGING_OF"][0][0][0] == "客户"
    assert by_name["AR_AMOUNT_CN"][1] is None, "what is left out is Empty"


def test_the_rest_of_our_vba_runs(tmp_path: Path, bridge: tuple[int, list[Any], Desk]) -> None:
    port, asked, _ = bridge
    job = {
        # numbers all: LibreOffice's SpecialCells passes formulas with other results by, Excel's does not
        "cells": {"K1": '=AR_DUE_DATE("net 30";C2)', "K2": '=1+AR_DUE_DATE("net 30";C3)', "K3": '=LEN("AR_X(1)")',
                  "K4": "=SUM(E2:E4)", "K6": '=AR_DUE_DATE("net 60";C2)'},
        "macros": [
            ["ArsheetRun.ArsheetHex", ["应A"]],
            ["ArsheetRun.ArsheetText", ["title"]],
            ["ArsheetRun.ArsheetCalls", ["=SUM(AR_X(1))", "AR_"]],
            ["ArsheetRun.ArsheetCalls", ['="AR_X(1)"', "AR_"]],
            ["ArsheetRun.ArsheetCalls", ["=BAR_X(1)", "AR_"]],
            ["ArsheetRun.ArsheetCalls", ["='C:\\a\\arsheet.xlam'!ar_x(1)", "AR_"]],
            ["ArsheetBooks.ArsheetIsOurs", ["C:\\x\\Arsheet.xlam"]],
            ["ArsheetBooks.ArsheetIsOurs", ["C:\\x\\other.xlam"]],
            ["Tools.FormulaRuns", ["AR_"]],
            ["Tools.ErrorNumber", ["没有"]],
            ["ArsheetButtons.Arsheet_refresh", []],
        ],
    }  # fmt: skip
    told = run(tmp_path, port, job)
    assert told["macros"][:8] == ["5E940041", "应收账款", True, False, False, True, True, False]
    assert told["macros"][8] == "2:K1:K2;K6;"
    assert told["macros"][9] is True
    assert told["macros"][10] is None
    ran = [name for name, _ in asked if name.startswith("import ")]
    assert ran == ["import arsheet.addins.excel.buttons as b; b.press('refresh', '')"]


def test_the_add_in_file_opens_with_all_its_modules(tmp_path: Path, bridge: tuple[int, list[Any], Desk]) -> None:
    told = run(tmp_path, bridge[0], {"macros": [["ArsheetRun.ArsheetText", ["category"]]]}, kind="xlam")
    assert told["macros"] == ["应收账款"]
    assert {"ArsheetFunctions", "ArsheetButtons", "ArsheetEvents", "ThisWorkbook"} <= set(told["libraries"]["ArSheet"])
