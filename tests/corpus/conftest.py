"""Where the workbooks come from: ``--workbooks DIR`` (repeatable) and ARSHEET_WORKBOOKS (parted like a search path).

``--workbooks`` wants a folder of tests beside it, such as ``tests`` or ``tests/corpus``; else use the variable.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

KINDS = frozenset((".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb"))


def folders(config: pytest.Config) -> list[Path]:
    """The folders that were asked for, each once."""
    asked = [*(config.getoption("--workbooks", default=None) or [])]
    asked += [part for part in os.environ.get("ARSHEET_WORKBOOKS", "").split(os.pathsep) if part]
    found: dict[Path, None] = {}
    for text in asked:
        path = (Path(config.invocation_params.dir) / text).resolve()
        if not path.is_dir():
            raise pytest.UsageError(f"no folder of workbooks: {text}")
        found[path] = None
    return list(found)


def files(config: pytest.Config) -> dict[str, Path]:
    """Every workbook under the folders, by its path inside them."""
    return {
        path.relative_to(folder).as_posix(): path
        for folder in folders(config)
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in KINDS and path.is_file() and not path.name.startswith("~$")
    }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "workbook" in metafunc.fixturenames:
        found = files(metafunc.config)
        if found:
            metafunc.parametrize("workbook", [pytest.param(path, id=name) for name, path in found.items()])
        else:
            reason = "no folder of workbooks: give --workbooks DIR or ARSHEET_WORKBOOKS"
            metafunc.parametrize("workbook", [pytest.param(None, id="none", marks=pytest.mark.skip(reason=reason))])
