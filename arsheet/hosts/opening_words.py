"""What is said of a file that cannot be opened, in both languages: each refusal with its cure."""

from __future__ import annotations

from pathlib import Path

from arsheet.table import WorkbookError

_NOT_WHOLE = {"File is not a zip file": ("文件不完整", "it is not whole")}
"""What the zip library says of a file whose end is missing: a download that broke off."""
_ANEW = (
    "请重新导出或下载；若是账簿，用 arsheet restore {0} --list 找回保留的版本",
    "export or download it again; if it is a book, find a kept version with arsheet restore {0} --list",
)
REBUILD_ADDIN = ("请运行 arsheet excel install 重新生成", "make it again with arsheet excel install")


def not_found(path: str | Path) -> WorkbookError:
    """The refusal of a file that is not there."""
    return WorkbookError(
        "file_not_found",
        f"找不到文件 {path}；请检查文件名（含 .xlsx 等后缀）和所在文件夹",
        f"No such file: {path}; check its name (with .xlsx or the like) and its folder",
    )


def empty(name: str) -> WorkbookError:
    """The refusal of a file without content."""
    zh, en = (words.format(name) for words in _ANEW)
    return WorkbookError("file_empty", f"{name} 是空文件；{zh}", f"{name} is empty; {en}")


def unknown_kind(name: str) -> WorkbookError:
    """The refusal of what is neither a workbook nor a text."""
    return WorkbookError(
        "file_kind_unknown",
        f"{name} 不是可识别的表格文件；请在原来的程序中另存为 .xlsx 或 .csv 再试",
        f"{name} is not a spreadsheet file that can be recognised; save it as .xlsx or .csv where it comes from",
    )


def not_xlsx(name: str) -> WorkbookError:
    """The refusal of a file that cannot be a book."""
    return WorkbookError(
        "file_not_xlsx",
        f"{name} 不是 .xlsx/.xlsm 工作簿；请在 Excel 或 WPS 中另存为 .xlsx",
        f"{name} is not an .xlsx or .xlsm workbook; save it as .xlsx in Excel or WPS",
    )


def encrypted(name: str) -> WorkbookError:
    """The refusal of a file with a password."""
    return WorkbookError(
        "file_encrypted",
        f"{name} 有打开密码；请在 Excel 中取消密码后再试",
        f"{name} is protected by a password; remove the password in Excel and try again",
    )


def damaged(name: str, what: str, *, cure: tuple[str, str] = _ANEW) -> WorkbookError:
    """The refusal of a file that is broken inside; ``cure`` in zh and en, ``{0}`` is the file's name."""
    zh, en = (words.format(name) for words in cure)
    in_zh, in_en = _NOT_WHOLE.get(what, (what, what))
    return WorkbookError(
        "file_damaged", f"{name} 已损坏（{in_zh}）；{zh}", f"{name} is damaged ({in_en}); {en}", facts={"what": what}
    )
