"""Runs under a Python that has UNO: starts LibreOffice on a file, enters formulas and calls macros, prints JSON.

Usage: office_driver.py SOFFICE PROFILE FILE JOB.json PORT; the answers of Python are asked for at PORT; the job is
{"cells": {address: formula}, "arrays": {range: formula}, "read": [range…], "macros": [[module.name, [arguments]]…]}.
"""

import contextlib
import json
import subprocess
import sys
import time
import uuid
from urllib.request import Request, urlopen

import uno
import unohelper
from com.sun.star.beans import PropertyValue
from com.sun.star.task import XJob

FILTER = "Calc MS Excel 2007 VBA XML"
"""Named, as the detection of file types knows no add-ins."""


class Bridge(unohelper.Base, XJob):
    """What the Basic in the document calls: a function by name, and each of its arguments."""

    def __init__(self, port):
        self.port = port

    def execute(self, given):
        """The answer of Python as one cell, or as rows."""
        body = json.dumps([given[0].Name, [plain(each.Value) for each in given]]).encode()
        rows = json.load(urlopen(Request(f"http://127.0.0.1:{self.port}", body)))
        if len(rows) == 1 and len(rows[0]) == 1:
            return rows[0][0]
        return tuple(tuple(row) for row in rows)


def plain(value):
    """A value of Basic for JSON."""
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value if isinstance(value, (int, float, str, bool)) else None


def named(name, value):
    """A property for loading."""
    one = PropertyValue()
    one.Name, one.Value = name, value
    return one


def connected(pipe, process):
    """The component context of the running office."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            if process.poll() is not None:
                raise RuntimeError("soffice ended") from None
            time.sleep(0.25)
    raise RuntimeError("soffice does not answer")


def shown(cell):
    """A cell as number, text or error code."""
    if cell.getError():
        return {"error": cell.getError()}
    from com.sun.star.table.CellContentType import VALUE

    kind = cell.FormulaResultType2 if cell.getFormula().startswith(("=", "{=")) else None
    if kind is None:
        return cell.Value if cell.Type == VALUE else cell.String
    return cell.Value if kind == 1 else cell.String


def work(document, job, bridge):
    """Does what the job says; what a macro returns or raises is told."""
    provider = document.getScriptProvider()
    project = document.BasicLibraries.ProjectName or "Standard"
    url = "vnd.sun.star.script:{}.{}?language=Basic&location=document"
    provider.getScript(url.format(project, "xlwings.UseBridge")).invoke((bridge,), (), ())
    sheet = document.Sheets.getByIndex(job.get("sheet", 0))
    for address, formula in job.get("cells", {}).items():
        sheet.getCellRangeByName(address).Formula = formula
    for address, formula in job.get("arrays", {}).items():
        sheet.getCellRangeByName(address).setArrayFormula(formula)
    document.calculateAll()
    told = {"cells": {}, "ranges": {}, "macros": [], "libraries": {}}
    for address in job.get("cells", {}):
        told["cells"][address] = shown(sheet.getCellRangeByName(address))
    for address in job.get("read", []):
        area = sheet.getCellRangeByName(address)
        rows, columns = area.Rows.Count, area.Columns.Count
        told["ranges"][address] = [[shown(area.getCellByPosition(c, r)) for c in range(columns)] for r in range(rows)]
    for name, arguments in job.get("macros", []):
        try:
            answer = provider.getScript(url.format(project, name)).invoke(tuple(arguments), (), ())[0]
            told["macros"].append(answer if isinstance(answer, (str, int, float, bool, type(None))) else repr(answer))
        except Exception as error:
            told["macros"].append({"raised": str(error)[:400]})
    libraries = document.BasicLibraries
    for name in libraries.ElementNames:
        libraries.loadLibrary(name)
        told["libraries"][name] = list(libraries.getByName(name).ElementNames)
    return told


def main():
    """One office, one document."""
    soffice, profile, path, job, port = sys.argv[1:6]
    with open(job, encoding="utf-8") as file:
        todo = json.load(file)
    pipe = "arsheet" + uuid.uuid4().hex
    command = [soffice, f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", "--nologo",
               f"--accept=pipe,name={pipe};urp;"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        context = connected(pipe, process)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        options = (named("Hidden", True), named("MacroExecutionMode", 4), named("FilterName", FILTER))
        document = desktop.loadComponentFromURL(f"file://{path}", "_blank", 0, options)
        if document is None:
            raise RuntimeError("the file did not open")
        print(json.dumps(work(document, todo, Bridge(int(port))), ensure_ascii=True))
        document.close(True)
        with contextlib.suppress(Exception):
            desktop.terminate()
        process.wait(20)
    finally:
        if process.poll() is None:
            process.kill()


main()
