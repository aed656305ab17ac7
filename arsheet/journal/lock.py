"""One writer at a time: a lock file beside the journal that names who holds it.

On one computer the operating system holds the lock, so it ends with its process, however that ends. Drives that do not
carry locks from one computer to another are covered by what the file says: an owner elsewhere counts for a while.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from arsheet.journal.record import os_user
from arsheet.table import ArsheetError

FILE = "lock"
SYNC = "sync.lock"
"""The lock of a sync run, which may take minutes and must not keep people from working in the book."""
WAIT_SECONDS = 2.0
STALE_MINUTES = 15
_FAR = 1 << 30  # the byte that Windows locks: away from the words, which others read


@contextmanager
def held(folder: Path, at: dt.datetime, *, name: str = FILE) -> Iterator[None]:
    """Holds the book's lock, or that of a sync run (SYNC).

    ArsheetError ``book_locked`` or ``sync_running`` (7); OSError where the folder cannot be written.
    """
    folder.mkdir(exist_ok=True)
    path = folder / name
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        until = time.monotonic() + WAIT_SECONDS
        while not _take(handle):
            if time.monotonic() >= until:
                raise _refused(path, read_owner(path))
            time.sleep(0.02)
        owner = read_owner(path)
        if owner and not _stale(owner, at):
            raise _refused(path, owner)
        _write(handle, {"pid": os.getpid(), "host": socket.gethostname(), "user": os_user(), "at": at.isoformat()})
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, 0)
    finally:
        os.close(handle)  # which lets the lock go


def read_owner(path: Path) -> dict[str, Any]:
    """Who holds the lock, as the file says; {} for nobody."""
    try:
        said = json.loads(path.read_bytes() or b"{}")
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _stale(owner: dict[str, Any], at: dt.datetime) -> bool:
    """An owner of this computer without the system's lock has ended; one elsewhere counts for 15 minutes."""
    if owner.get("host") == socket.gethostname():
        return True
    try:
        return abs(at - dt.datetime.fromisoformat(str(owner.get("at")))) > dt.timedelta(minutes=STALE_MINUTES)
    except (TypeError, ValueError):
        return True


def _write(handle: int, owner: dict[str, Any]) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, json.dumps(owner, ensure_ascii=False).encode())


def _take(handle: int) -> bool:
    """Tries the lock of the operating system; a drive that knows none is left to what the file says."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def _refused(path: Path, owner: dict[str, Any]) -> ArsheetError:
    who, since = str(owner.get("user") or "?"), str(owner.get("at") or "?")[:19].replace("T", " ")
    host, pid = owner.get("host") or "?", owner.get("pid") or "?"
    if path.name != FILE:
        return ArsheetError(
            "sync_running",
            f"这个工作簿的另一次同步正在进行（{who}，电脑 {host}，进程 {pid}，自 {since}）；本次不再运行",
            f"Another sync of this workbook is running ({who} on {host}, process {pid}, since {since}); this one ends",
            exit_code=7,
            facts={"lock": str(path), **owner},
        )
    return ArsheetError(
        "book_locked",
        f"另一个运行正在写这个工作簿（{who}，电脑 {host}，进程 {pid}，自 {since}）；请等它结束后重试。"
        f"若那台电脑已关机，{STALE_MINUTES} 分钟后自动解除",
        f"Another run is writing this workbook ({who} on {host}, process {pid}, since {since}); try again when it has "
        f"ended. If that computer is off, the lock ends by itself after {STALE_MINUTES} minutes",
        exit_code=7,
        facts={"lock": str(path), **owner},
    )
