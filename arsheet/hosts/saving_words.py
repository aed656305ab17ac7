"""What a refused save says, in both languages, and how a fault of the file system is told from another."""

from __future__ import annotations

import errno
from pathlib import Path

from arsheet.table import WorkbookError

_WINDOWS_NAME_TOO_LONG = 206
_WORDS = {
    "file_read_only": (
        "{0} 是只读文件，未写入；请取消“只读”属性，或另存一份再试",
        "{0} is read-only; nothing was written. Clear its read-only mark or work on a copy",
    ),
    "folder_read_only": (
        "{0} 所在的文件夹不可写，未写入；请把工作簿移到可写的文件夹，或请管理员开通写入权限",
        "The folder of {0} cannot be written to; nothing was written. "
        "Move the workbook to a folder you may write to, or ask for permission",
    ),
    "folder_not_found": (
        "{0} 所在的文件夹不存在；请检查路径，网络盘请确认已连接",
        "The folder of {0} does not exist; check the path, and that a network drive is connected",
    ),
    "file_in_use": (
        "{0} 正被其他程序占用，未写入；请关闭后重试",
        "{0} is in use; nothing was written, close it and try again",
    ),
    "disk_full": (
        "磁盘已满，{0} 保持原样；请清理空间后重试",
        "The disk is full; {0} is as it was. Free some space and try again",
    ),
    "name_too_long": (
        "“{0}”的文件名或路径太长，未写入；请改短文件名，或移到更浅的文件夹",
        "The name or path of {0} is too long; nothing was written. Shorten the name or use a folder higher up",
    ),
    "save_failed": (
        "{0} 未能保存，原文件保持原样；请检查磁盘或网络后重试",
        "{0} could not be saved; the file is as it was. Check the disk or the network and try again",
    ),
}


def save_code(error: OSError, *, made: bool) -> str:
    """The code of a failed save; ``made`` = the file in the folder could be made, so the folder can be written to."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "disk_full"
    if error.errno == errno.ENAMETOOLONG or getattr(error, "winerror", None) == _WINDOWS_NAME_TOO_LONG:
        return "name_too_long"
    if isinstance(error, FileNotFoundError):
        return "folder_not_found"
    if not made:
        return "folder_read_only" if isinstance(error, PermissionError) or error.errno == errno.EROFS else "save_failed"
    return "file_in_use" if isinstance(error, PermissionError) else "save_failed"


def refused(code: str, path: Path) -> WorkbookError:
    """The refusal of a save."""
    zh, en = (words.format(path.name) for words in _WORDS[code])
    return WorkbookError(code, zh, en, exit_code=7 if code == "file_in_use" else 5, facts={"path": str(path)})


def changed_meanwhile(path: Path) -> WorkbookError:
    """The refusal to write over somebody else's save."""
    return WorkbookError(
        "workbook_changed_meanwhile",
        f"{path.name} 在读取之后被别人保存过；未写入，请重新运行",
        f"{path.name} was saved by someone else after it was read; nothing was written, run again",
        exit_code=4,
        facts={"path": str(path)},
    )


def check_not_open(path: Path) -> None:
    """Refuse while another program shows the file: Excel and WPS leave ~$NAME beside it, LibreOffice .~lock.NAME#."""
    for owner in (f"~${path.name}", f".~lock.{path.name}#"):
        try:
            there = path.with_name(owner).exists()
        except OSError:  # the owner's name would be too long to exist
            continue
        if there:
            who = _owner(path.with_name(owner))
            zh_who, en_who = (f"，使用者 {who}", f", by {who}") if who else ("", "")
            raise WorkbookError(
                "workbook_open_elsewhere",
                f"{path.name} 正在其他程序中打开（{owner}{zh_who}），未写入；请保存并关闭后重试。"
                "若确认没有程序打开它（例如程序曾崩溃），请删除该标记文件",
                f"{path.name} is open in another program ({owner}{en_who}); nothing was written. Save and close it, "
                "then try again. If no program has it open (one may have crashed), delete that marker file",
                exit_code=7,
                facts={"owner_file": owner, "owner": who},
            )


def _owner(marker: Path) -> str:
    """Who has the file open, as far as the marker says: LibreOffice writes fields, Excel a length and a name."""
    try:
        data = marker.read_bytes()[:1024]
    except OSError:  # Excel keeps its marker to itself
        return ""
    if marker.name.startswith(".~lock."):
        name, user, host, *_ = (*data.decode("utf-8", "replace").split(","), "", "", "")
        return " @ ".join(part for part in (name or user, host) if part)
    name = data[1 : 1 + data[0]].decode("ascii", "replace").strip() if data and data[0] <= 54 else ""
    return name if name.isprintable() else ""
