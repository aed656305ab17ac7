"""Kept versions: the workbook as it was before an action, each content once, the last 20, and sweeping leftovers."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from arsheet.journal.store import Journal
from arsheet.table import ArsheetError

KEPT = 20
FOLDER = "backups"
Put = Callable[[Path, bytes], None]


@dataclass(frozen=True, slots=True)
class Version:
    """One kept version: made before the action ``before`` (0 = found beside the journal)."""

    no: int
    path: Path
    sha256: str
    at: str
    action: str
    size: int
    before: int

    def load(self) -> bytes:
        """The workbook's bytes; ``version_not_kept`` where the file is gone, ``version_damaged`` where it changed."""
        try:
            data = self.path.read_bytes()
        except OSError:
            raise not_kept(self.no) from None
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise ArsheetError(
                "version_damaged",
                f"版本 {self.no} 的文件 {self.path.name} 已被改动，未恢复；请选择另一个版本",
                f"The file {self.path.name} of version {self.no} has been changed and is not restored; choose another",
                facts={"version": self.no},
            )
        return data


def not_kept(no: int | str) -> ArsheetError:
    """The refusal of a version that is not there."""
    return ArsheetError(
        "version_not_kept",
        f"版本 {no} 已不在（只保留最近 {KEPT} 个）；用 arsheet restore BOOK --list 查看现有版本",
        f"Version {no} is not kept (only the last {KEPT} are); see arsheet restore BOOK --list",
        exit_code=4,
        facts={"version": no},
    )


def file_for(journal: Journal, digest: str, at: dt.datetime, suffix: str) -> Path:
    """Where a content is kept: where it is already, else a new name."""
    held = journal.rows("SELECT file FROM versions WHERE sha256 = ? ORDER BY no DESC LIMIT 1", (digest,))
    folder = journal.folder / FOLDER
    return folder / str(held[0][0]) if held else folder / f"{at:%Y%m%dT%H%M%S%f}-{digest[:12]}{suffix}"


def note(journal: Journal, path: Path, digest: str, size: int, *, at: str, action: str, before: int) -> None:
    """Enters a version before its file is written. A content held already keeps its number. Inside a transaction."""
    held = journal.rows("SELECT no FROM versions WHERE file = ?", (path.name,))
    if held:
        journal.run("UPDATE versions SET before = ?, at = ?, action = ? WHERE no = ?", (before, at, action, held[0][0]))
        return
    journal.run(
        "INSERT INTO versions (file, sha256, at, action, size, before) VALUES (?, ?, ?, ?, ?, ?)",
        (path.name, digest, at, action, size, before),
    )


def keep(path: Path, data: bytes, put: Put) -> None:
    """Writes the file of a version, if it is not there whole."""
    try:
        if path.exists() and path.read_bytes() == data:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArsheetError(
            "backup_failed",
            f"无法在 {path.parent} 保留备份，未保存；请检查该文件夹的写入权限和磁盘",
            f"No backup can be kept in {path.parent}; nothing was saved. Check its permissions and the disk",
            exit_code=5,
        ) from error
    put(path, data)


def versions(journal: Journal) -> list[Version]:
    """The versions whose file is there, oldest first."""
    folder = journal.folder / FOLDER
    rows = journal.rows("SELECT no, file, sha256, at, action, size, before FROM versions ORDER BY no")
    found = (Version(no, folder / file, *rest) for no, file, *rest in rows)
    return [version for version in found if version.path.exists()]


def version(journal: Journal, no: int) -> Version:
    """One version by its number."""
    found = next((each for each in versions(journal) if each.no == no), None)
    if found is None:
        raise not_kept(no)
    return found


def by_file(journal: Journal, file: str) -> Version | None:
    """The version that a file keeps, None where it has been let go."""
    return next((each for each in versions(journal) if each.path.name == file), None)


def tidy(journal: Journal, at: str) -> None:
    """Lets go of what is beyond the last 20, enters files found beside the journal, and sweeps half-written ones."""
    folder = journal.folder / FOLDER
    if not folder.is_dir():
        return
    sweep(folder, ".*.tmp")
    rows = journal.rows("SELECT no, file FROM versions ORDER BY before, no")
    files = {str(file) for _, file in rows}
    strays = sorted(path for path in folder.glob("*.xls[xm]") if path.name not in files)
    gone = [no for no, file in rows if not (folder / file).exists()]
    held = [(no, file) for no, file in rows if no not in gone]
    beyond = held[: max(0, len(held) + len(strays) - KEPT)]
    too_old = strays[: max(0, len(strays) - KEPT)]
    if not (gone or strays or beyond):
        return
    with journal.transaction():
        for no in (*gone, *(no for no, _ in beyond)):
            journal.run("DELETE FROM versions WHERE no = ?", (no,))
        for path in strays[len(too_old) :]:
            data = path.read_bytes()
            note(journal, path, hashlib.sha256(data).hexdigest(), len(data), at=at, action="", before=0)
    for path in (*too_old, *(folder / file for _, file in beyond)):
        with contextlib.suppress(OSError):
            path.unlink()


def sweep(folder: Path, pattern: str) -> list[str]:
    """Removes what interrupted saves left behind; gives their names."""
    swept = []
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            path.unlink()
            swept.append(path.name)
    return swept
