"""Puts the add-in where Excel loads it at every start, and takes it away again."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from arsheet.addins.excel.build import FILE_NAME, Addin
from arsheet.addins.excel.doctor.facts import Platform
from arsheet.addins.excel.xlwings_part import xlwings_home
from arsheet.table import ArsheetError

_MAC_GROUP = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
_MAC_SCRIPTS = "Library/Application Scripts/com.microsoft.Excel"


def startup_folder(platform: Platform) -> Path | None:
    """The person's own XLSTART. Whatever lies in it is opened at every start and is trusted by default, so the add-in
    needs no entry in the registry. None where there is no Excel."""
    if platform == "windows":
        roaming = os.environ.get("APPDATA") or str(Path.home() / "AppData" / "Roaming")
        return Path(roaming) / "Microsoft" / "Excel" / "XLSTART"
    return Path.home() / _MAC_GROUP if platform == "mac" else None


def mac_scripts() -> Path:
    """The only folder from which Excel for Mac runs scripts."""
    return Path.home() / _MAC_SCRIPTS


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the add-in went, and the script that a Mac needs beside it."""

    path: Path
    script: Path | None = None


def install(addin: Addin, *, platform: Platform, folder: Path | None = None) -> Installed:
    """Writes the add-in into Excel's folder as one step; an old one is replaced.

    Raises ArsheetError ``excel_folder_unknown`` (8) where there is no Excel and no folder was named, and
    ``addin_in_use`` (7) while Excel has it open.
    """
    place = folder or startup_folder(platform)
    if place is None:
        raise _no_folder()
    place.mkdir(parents=True, exist_ok=True)
    target = place / FILE_NAME
    write_whole(target, addin.data)
    return Installed(target, _script(addin) if platform == "mac" else None)


def write_whole(target: Path, data: bytes) -> None:
    """Writes a file beside its place and moves it there; the old one stays until then. Its folder is made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".arsheet", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, target)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, PermissionError):
            raise _in_use(target) from error
        raise


def _script(addin: Addin) -> Path:
    """xlwings' script for RunPython, copied to where Excel may run it."""
    name = f"xlwings-{addin.xlwings}.applescript"
    scripts = mac_scripts()
    scripts.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy2(xlwings_home() / name, scripts / name))


def uninstall(*, platform: Platform, folder: Path | None = None) -> Path | None:
    """Removes the add-in; None where there was none. Raises as ``install`` does."""
    place = folder or startup_folder(platform)
    if place is None:
        raise _no_folder()
    target = place / FILE_NAME
    if not target.exists():
        return None
    try:
        target.unlink()
    except PermissionError as error:
        raise _in_use(target) from error
    return target


def _no_folder() -> ArsheetError:
    return ArsheetError(
        "excel_folder_unknown",
        "这台机器上没有 Excel 的加载文件夹；请用 --folder 指定，或用 arsheet excel build --out 只生成文件",
        "This machine has no folder from which Excel loads; name one with --folder, or only make the file with "
        "arsheet excel build --out",
        exit_code=8,
    )


def _in_use(target: Path) -> ArsheetError:
    return ArsheetError(
        "addin_in_use",
        f"{target.name} 正被 Excel 使用；请关闭所有 Excel 窗口后再试",
        f"{target.name} is in use by Excel; close every Excel window and try again",
        exit_code=7,
        facts={"path": str(target)},
    )
