"""arsheet.xlam: the registries, our VBA and the installed xlwings made into one add-in file."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from arsheet import __version__
from arsheet.actions.registry import actions
from arsheet.addins.excel import macros, wrappers
from arsheet.addins.excel.package import Kind, with_macros
from arsheet.addins.excel.ribbon import ribbon_xml
from arsheet.addins.excel.vba.modules import Module, class_module, document_module, procedural
from arsheet.addins.excel.vba.project import vba_project
from arsheet.addins.excel.words import CONFIGURATION, configuration_rows, help_rows, word_rows
from arsheet.addins.excel.xlwings_part import XlwingsPart, xlwings_part
from arsheet.functions.catalogue import functions
from arsheet.hosts.addin_book import addin_book

FILE_NAME = "arsheet.xlam"
PROJECT_NAME = "ArSheet"
PROJECT_ID = "{6A1E8B57-6C7D-4D52-9E6F-0A1B2C3D4E5F}"
OWN_MODULES = ("ArsheetCells", "ArsheetRun", "ArsheetBooks")
"""Modules whose text is a file in basic/."""


@dataclass(frozen=True, slots=True)
class Addin:
    """A built add-in: its bytes, and what it is made of."""

    data: bytes
    language: str
    interpreter: str
    xlwings: str
    functions: int
    buttons: int


def build(
    *, language: str = "zh", interpreter: str | None = None, kind: Kind = "xlam", part: XlwingsPart | None = None
) -> Addin:
    """The add-in for this machine; equal arguments and equal xlwings give equal bytes.

    ``interpreter`` is the Python that Excel will start, by default the running one. Raises ArsheetError (8) where
    xlwings is missing or unknown.
    """
    xlwings = part or xlwings_part()
    python = interpreter or sys.executable
    sheets: dict[str, Sequence[Sequence[Any]]] = {
        "words": word_rows(language, xlwings=xlwings.version),
        "help": help_rows(functions().values(), language),
        CONFIGURATION: configuration_rows(python),
        "licences": [(line,) for line in _notice(xlwings).splitlines()],
    }
    book = addin_book(
        sheets,
        title="应收账款 arsheet" if language == "zh" else "arsheet receivables",
        notice=f"arsheet {__version__} (MIT). Contains xlwings {xlwings.version} (BSD-3-Clause) and "
        "VBA-Dictionary (MIT); their licences stand in the sheet licences.",
    )
    vba = vba_project(modules(xlwings, sheets=len(sheets)), name=PROJECT_NAME, project_id=PROJECT_ID)
    data = with_macros(book, vba=vba, ribbon=ribbon_xml(actions().values(), language), kind=kind)
    return Addin(data, language, python, xlwings.version, len(functions()), len(actions()))


def modules(xlwings: XlwingsPart, *, sheets: int) -> list[Module]:
    """Every module of the project: those behind the workbook and its sheets, ours, the generated ones, xlwings'."""
    texts = basic_texts()
    return [
        document_module("ThisWorkbook", "book", texts["ThisWorkbook"]),
        *(document_module(f"Sheet{number}", "sheet") for number in range(1, sheets + 1)),
        *(procedural(name, texts[name]) for name in OWN_MODULES),
        procedural(wrappers.NAME, wrappers.functions_module(functions().values())),
        procedural(macros.NAME, macros.buttons_module(actions().values())),
        class_module("ArsheetEvents", texts["ArsheetEvents"]),
        procedural("xlwings", xlwings.module),
        class_module("Dictionary", xlwings.dictionary, exposed=True),
    ]


def basic_texts() -> Mapping[str, str]:
    """The VBA that we wrote by hand, by name of the module."""
    folder = resources.files("arsheet.addins.excel") / "basic"
    files = (file for file in folder.iterdir() if file.name.endswith((".bas", ".cls")))
    return {Path(file.name).stem: file.read_text("ascii") for file in files}


def _notice(xlwings: XlwingsPart) -> str:
    return (
        f"arsheet {__version__}: MIT License\n\n"
        f"xlwings {xlwings.version}, module xlwings (its open source part, changed as its file xlwings_part.py says):\n"
        f"{xlwings.licence}\n\n"
        "VBA-Dictionary, class Dictionary: (c) Tim Hall, MIT License, "
        "http://www.opensource.org/licenses/mit-license.php\n"
    )
