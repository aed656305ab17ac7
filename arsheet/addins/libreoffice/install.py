"""Hands the extension to LibreOffice's own unopkg, and writes down which arsheet it is to start."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arsheet.addins.libreoffice.build import FILE_NAME, build
from arsheet.addins.libreoffice.calc import places
from arsheet.addins.libreoffice.texts import IDENTIFIER
from arsheet.table import ArsheetError

_USUAL = (
    "/usr/lib/libreoffice/program/unopkg",
    "/opt/libreoffice/program/unopkg",
    "/Applications/LibreOffice.app/Contents/MacOS/unopkg",
    r"C:\Program Files\LibreOffice\program\unopkg.com",
    r"C:\Program Files (x86)\LibreOffice\program\unopkg.com",
)
_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Installed:
    """What was installed: LibreOffice's program, our file with the command, the size of the extension."""

    unopkg: str
    config: Path
    size: int


def start_command(language: str = "zh") -> list[str]:
    """What the extension runs to start the service: this very arsheet."""
    return [sys.executable, "-c", "from arsheet.cli import main; main()", "serve", "--quiet", "--lang", language]


def install(*, language: str = "zh", unopkg: str | None = None, profile: str | None = None) -> Installed:
    """Adds the extension for this user; an older one is replaced. ``profile``: URL of another user profile.

    Raises ArsheetError ``libreoffice_not_found`` (8), ``not_as_root`` (5), ``unopkg_failed`` (8).
    """
    program = _ready(unopkg)
    data = build()
    with tempfile.TemporaryDirectory(prefix="arsheet-oxt-") as folder:
        file = Path(folder) / FILE_NAME
        file.write_bytes(data)
        _run([program, "add", "--force", "--suppress-license", *_profile(profile), str(file)])
    return Installed(program, write_config(start_command(language)), len(data))


def uninstall(*, unopkg: str | None = None, profile: str | None = None) -> bool:
    """Takes the extension away; False where it was not there. Raises as ``install`` does."""
    program = _ready(unopkg)
    listed = _run([program, "list", *_profile(profile)])
    Path(places.config_file()).unlink(missing_ok=True)
    if IDENTIFIER not in listed:
        return False
    _run([program, "remove", *_profile(profile), IDENTIFIER])
    return True


def write_config(command: Sequence[str]) -> Path:
    """Writes the command for the extension, readable by this user alone."""
    target = Path(places.config_file())
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix="libreoffice-", suffix=".tmp")  # made with 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"command": list(command)}, file, ensure_ascii=False)
    os.replace(name, target)
    return target


def find_unopkg() -> str | None:
    """LibreOffice's package program, from the path or where it usually lies."""
    return shutil.which("unopkg") or next((path for path in _USUAL if Path(path).exists()), None)


def _profile(url: str | None) -> list[str]:
    return [f"-env:UserInstallation={url}"] if url else []


def _ready(unopkg: str | None) -> str:
    program = unopkg or find_unopkg()
    if program is None:
        raise ArsheetError(
            "libreoffice_not_found",
            "没有找到 LibreOffice 的 unopkg；请先安装 LibreOffice，或用 arsheet libreoffice build 生成 arsheet.oxt，"
            "再在“工具-扩展管理器”里添加",
            "LibreOffice's unopkg was not found; install LibreOffice, or make arsheet.oxt with arsheet libreoffice "
            "build and add it in Tools - Extension Manager",
            exit_code=8,
        )
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        raise ArsheetError(
            "not_as_root",
            "unopkg 不给 root 安装扩展；请用平时使用 LibreOffice 的用户运行 arsheet libreoffice install",
            "unopkg installs nothing for root; run arsheet libreoffice install as the user who works with LibreOffice",
            exit_code=5,
        )
    return program


def _run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(str(error)) from error
    if done.returncode:
        raise _failed((done.stderr or done.stdout).strip()[-600:])
    return done.stdout


def _failed(reason: str) -> ArsheetError:
    return ArsheetError(
        "unopkg_failed",
        f"LibreOffice 没有接受扩展；请关闭所有 LibreOffice 窗口后再试。原因：{reason}",
        f"LibreOffice did not take the extension; close every LibreOffice window and try again. Reason: {reason}",
        exit_code=8,
    )
