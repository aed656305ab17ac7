"""Writes what a person adds to a Google spreadsheet: Code.gs, and a page of formulas and named functions."""

from __future__ import annotations

from pathlib import Path

from arsheet.addins.apps_script.code import code_gs
from arsheet.addins.apps_script.formulas import help_page

PAGES = {"zh": "Google表格公式.md", "en": "google-formulas.md"}


def build(folder: Path, language: str = "zh") -> list[Path]:
    """Writes the files into a folder, which is made where it is missing; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {folder / "Code.gs": code_gs(language), folder / PAGES[language]: help_page(language)}
    for path, text in files.items():
        path.write_text(text, "utf-8", newline="\n")
    return list(files)
