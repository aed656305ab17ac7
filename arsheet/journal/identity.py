"""Which journal belongs to which workbook: both hold one id; copies, mix-ups and network drives are noticed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any, Literal

from arsheet.journal.store import Journal
from arsheet.table import ArsheetError, Problem

Standing = Literal["new", "together", "copy", "foreign"]
_REMOTE = re.compile(r"nfs\d*|cifs|smb\d*|smbfs|9p|afs|afpfs|ncpfs|davfs|webdav|fuse\.(sshfs|davfs\d?|rclone|s3fs)")


def new_id() -> str:
    """An id that no spreadsheet takes for a number."""
    return f"book-{uuid.uuid4().hex}"


def standing(book_id: str, journal: Journal | None) -> Standing:
    """How a workbook with this id stands to the journal beside it.

    new: neither has an id; together: they belong to each other (a workbook whose id was undone joins its journal);
    copy: a workbook with an id and no journal of its own; foreign: the journal is that of another workbook.
    """
    held = journal.meta("book_id") if journal is not None else ""
    if not held:
        return "copy" if book_id else "new"
    assert journal is not None
    if book_id and book_id != held and book_id not in journal.meta("former").split():
        return "foreign"
    return "copy" if journal.meta("copy") else "together"


def foreign(folder: Path, book: str) -> ArsheetError:
    """The refusal to write while the journal beside the workbook is that of another one."""
    return ArsheetError(
        "journal_belongs_to_another_book",
        f"{folder.name} 是另一个工作簿的日志，未写入 {book}；请把它移回自己的工作簿旁边，"
        f"或运行 arsheet adopt {book}（旧日志改名保留，另建新日志）",
        f"{folder.name} is the journal of another workbook; {book} was not written. Move the folder beside its own "
        f"workbook, or run arsheet adopt {book} (the old journal is kept under another name and a new one made)",
        exit_code=4,
        facts={"folder": str(folder)},
    )


def found_in(journal: Journal, book_id: str) -> None:
    """Gives a new journal its id: the workbook's own (a copy until it is adopted), or a new one. In a transaction."""
    if not journal.meta("book_id"):
        journal.set_meta("book_id", book_id or new_id())
        journal.set_meta("copy", "1" if book_id else "")


def adopted(journal: Journal, book_id: str) -> None:
    """The workbook is a book of its own from now on; its earlier id stays known. Inside a transaction."""
    former = [*journal.meta("former").split(), journal.meta("book_id")]
    journal.set_meta("former", " ".join(dict.fromkeys(filter(None, former))))
    journal.set_meta("book_id", book_id)
    journal.set_meta("copy", "")


def problems(found: Standing, folder: Path, drive: str) -> list[Problem]:
    """What a person should know: a copy, a mix-up, a network drive."""
    facts: Mapping[str, Any] = {"folder": folder.name}
    out = []
    if found == "copy":
        out.append(Problem("workbook_has_no_journal", "settings", facts=facts))
    if found == "foreign":
        out.append(Problem("journal_belongs_to_another_book", "settings", facts=facts))
    if drive:
        out.append(Problem("journal_on_network_drive", "settings", facts={**facts, "drive": drive}))
    return out


def network_drive(path: Path, *, mounts: str | None = None, platform: str = sys.platform) -> str:
    """The kind of network drive that holds a path ("nfs", "cifs" …); "" for a drive of this computer.

    ``mounts`` is the text of /proc/mounts, or of the command mount on a Mac.
    """
    if str(path).startswith(("\\\\", "//")):
        return "UNC"
    if platform == "win32":
        return _windows_drive(path)
    if mounts is None:
        mounts = _mounts(path, platform)
    place = PurePath(os.path.realpath(path))
    best, kind = -1, ""
    for point, name in _mounted(mounts, platform):
        if (place == point or point in place.parents) and len(point.parts) >= best:
            best, kind = len(point.parts), name
    return kind if _REMOTE.fullmatch(kind) else ""


def _mounts(path: Path, platform: str) -> str:
    try:
        if platform == "darwin":
            if not os.path.realpath(path).startswith("/Volumes/"):
                return ""
            return subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=False).stdout
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    except (OSError, subprocess.SubprocessError):
        return ""


def _mounted(mounts: str, platform: str) -> list[tuple[PurePath, str]]:
    if platform == "darwin":
        return [(PurePath(point), kind) for point, kind in re.findall(r" on (.+?) \((\w+)", mounts)]
    lines = (line.split() for line in mounts.splitlines())
    return [(PurePath(_unescaped(line[1])), line[2]) for line in lines if len(line) > 2]


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def _windows_drive(path: Path) -> str:
    if sys.platform != "win32":
        return ""
    import ctypes

    remote = 4
    return "network" if ctypes.windll.kernel32.GetDriveTypeW(f"{path.drive}\\") == remote else ""
