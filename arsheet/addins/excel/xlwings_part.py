"""What of xlwings goes into the add-in: its VBA module and Dictionary class, from the installed wheel (BSD-3, MIT)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from arsheet.table import ArsheetError

PROJECT = "arsheet"
"""Names the sheet and the files in which the add-in looks for its configuration: arsheet.conf."""
_CHANGES = (
    # (what stands in xlwings' text, what stands in ours, how often it must be there)
    ('PROJECT_NAME As String = "myaddin"', f'PROJECT_NAME As String = "{PROJECT}"', 1),
    # a workbook that came by mail must not say which program its buttons start
    ('SheetExists(ActiveWorkbook, PROJECT_NAME & ".conf")', 'SheetExists(ThisWorkbook, PROJECT_NAME & ".conf")', 1),
    # code embedded in a workbook is no part of the open source xlwings, and such a book must not stop our buttons
    ("uses_embedded_code = True\n", "uses_embedded_code = False\n", 1),
    ("GetConfigFromSheet(ActiveWorkbook)", "GetConfigFromSheet(ThisWorkbook)", 2),
)


@dataclass(frozen=True, slots=True)
class XlwingsPart:
    """The texts from the wheel, and the version that names the DLL."""

    version: str
    module: str
    dictionary: str
    licence: str


def xlwings_part(folder: Path | None = None) -> XlwingsPart:
    """Reads the installed xlwings without importing it.

    Raises ArsheetError ``xlwings_missing`` or ``xlwings_not_understood`` (8) where the wheel is not as expected.
    """
    home = folder or xlwings_home()
    try:
        module = (home / "xlwings_custom_addin.bas").read_text("ascii")
        dictionary = (home / "addin" / "Dictionary.cls").read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise _not_understood(str(getattr(error, "filename", "") or error)) from None
    for old, new, times in _CHANGES:
        if module.count(old) != times:
            raise _not_understood(old)
        module = module.replace(old, new)
    version = re.search(r'XLWINGS_VERSION As String = "([^"]+)"', module)
    if version is None:
        raise _not_understood("XLWINGS_VERSION")
    return XlwingsPart(version[1], module, dictionary, _licence(module))


def xlwings_home() -> Path:
    """The folder of the installed xlwings; raises ArsheetError ``xlwings_missing`` (8)."""
    found = util.find_spec("xlwings")
    if found is None or found.origin is None:
        raise ArsheetError(
            "xlwings_missing",
            "没有安装 xlwings；请运行 pip install xlwings",
            "xlwings is not installed; run pip install xlwings",
            exit_code=8,
        )
    return Path(found.origin).parent


def _licence(module: str) -> str:
    """The licence of xlwings, from the wheel, else the notice in the module itself."""
    try:
        for file in metadata.files("xlwings") or ():
            if file.name == "LICENSE.txt" or (file.name == "LICENSE" and "dist-info" in str(file)):
                return Path(str(file.locate())).read_text("utf-8")
    except (metadata.PackageNotFoundError, OSError):
        pass
    return "\n".join(line.lstrip("'") for line in module.splitlines() if line.startswith("'"))


def _not_understood(what: str) -> ArsheetError:
    return ArsheetError(
        "xlwings_not_understood",
        f"已安装的 xlwings 与 arsheet 不相符（{what}）；请按 constraints.txt 安装 xlwings",
        f"The installed xlwings is not one that arsheet knows ({what}); install the version in constraints.txt",
        exit_code=8,
        facts={"what": what},
    )
