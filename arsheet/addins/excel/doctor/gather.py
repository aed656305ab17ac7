"""Looks at the machine: Python, the system's record of Excel, the installed add-in. Nothing is judged here."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Mapping
from importlib import metadata, util
from pathlib import Path
from types import MappingProxyType

from arsheet.actions.registry import actions
from arsheet.addins.excel.build import FILE_NAME
from arsheet.addins.excel.doctor.facts import BookFacts, ExcelFacts, Facts, Platform, PythonFacts
from arsheet.addins.excel.doctor.files import addin_facts, book_facts
from arsheet.addins.excel.install import mac_scripts, startup_folder
from arsheet.functions.catalogue import functions

ENVIRONMENT = ("XLWINGS_ON_SERVER", "XLWINGS_LICENSE_KEY")


def gather(book: str | None = None, *, folder: Path | None = None) -> Facts:
    """The facts of this machine, and of a workbook if one is named."""
    platform = here()
    place = folder or startup_folder(platform)
    known: BookFacts | None = book_facts(book) if book else None
    addin = addin_facts(place or Path(), (place or Path()) / FILE_NAME, frozenset(actions()))
    return Facts(platform, _python(platform), _excel(), addin, known, frozenset(functions()))


def here() -> Platform:
    """The system that runs this."""
    return "windows" if sys.platform == "win32" else "mac" if sys.platform == "darwin" else "other"


def _python(platform: Platform) -> PythonFacts:
    try:
        version = metadata.version("xlwings")
    except metadata.PackageNotFoundError:
        version = ""
    script: str | None = None
    if platform == "mac":
        scripts = mac_scripts()
        names = sorted(file.name for file in scripts.glob("xlwings-*.applescript")) if scripts.is_dir() else []
        wanted = f"xlwings-{version}.applescript"
        script = wanted if wanted in names else names[-1] if names else ""
    return PythonFacts(
        path=sys.executable,
        bits=struct.calcsize("P") * 8,
        xlwings=version,
        pywin32=util.find_spec("win32api") is not None if platform == "windows" else None,
        folders=dll_folders(Path(sys.executable)) if platform == "windows" else MappingProxyType({}),
        environment={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
        applescript=script,
    )


def dll_folders(interpreter: Path) -> Mapping[str, tuple[str, ...]]:
    """Where xlwings' VBA looks for its DLL: beside the interpreter, and one folder up (a virtual environment)."""
    folders = (interpreter.parent, interpreter.parent.parent)
    return {str(folder): tuple(sorted(file.name for file in folder.glob("xlwings*.dll"))) for folder in folders}


def _excel() -> ExcelFacts:
    if sys.platform == "win32":
        from arsheet.addins.excel.doctor.windows import excel_facts, system_registry

        return excel_facts(system_registry())
    return ExcelFacts()
