"""An add-in built once, and the readers of other people for what is in it."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from arsheet.addins.excel.build import Addin, build
from tests.hosts.excel.fixtures import excel_app, excel_open

__all__ = ["excel_app", "excel_open"]
PYTHON = r"C:\Program Files\Python\python.exe"


@pytest.fixture(scope="session")
def addin() -> Addin:
    return build(interpreter=PYTHON)


@pytest.fixture(scope="session")
def parts(addin: Addin) -> dict[str, bytes]:
    """Every part of the add-in."""
    with zipfile.ZipFile(io.BytesIO(addin.data)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


@pytest.fixture(scope="session")
def macros() -> Callable[[bytes], dict[str, str]]:
    """The modules of a file as olevba reads them, without attribute lines."""

    def read(data: bytes) -> dict[str, str]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oletools uses names that pyparsing renamed
            from oletools.olevba import VBA_Parser

            parser = VBA_Parser("file.xlam", data=data)
            found = {name.rsplit(".", 1)[0]: code for _, _, name, code in parser.extract_all_macros()}
            parser.close()
        return {name: visible(code) for name, code in found.items()}

    return read


def visible(code: str) -> str:
    """What a person sees of a module."""
    return "\n".join(line for line in code.splitlines() if not line.startswith("Attribute VB_"))


@pytest.fixture
def sample(tmp_path: Path) -> Callable[..., Path]:
    """A book with sample data, refreshed."""

    def made(name: str = "应收.xlsx", *, refreshed: bool = True, **sizes: Any) -> Path:
        from arsheet import run

        path = run.new_book(tmp_path / name)
        run.fill_sample(path, invoices=sizes.get("invoices", 100), customers=sizes.get("customers", 30))
        if refreshed:
            run.refresh(path)
        return path

    return made
