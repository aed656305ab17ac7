"""What an open workbook may answer instead of doing what it is asked, in words for the person before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from arsheet.table import ArsheetError, WorkbookError

_BUSY = frozenset((-2147418111, -2147417846, -2146777998))
"""RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER and Excel's own 0x800AC472: a cell is edited, a dialog is open."""
_GONE = frozenset((-2147417848, -2147023174, -2147023170, -2147220995, -2146827864))
"""The server or the object behind the call is no longer there."""

_WORDS = {
    "cell_in_edit_mode": (
        "{book} 正在编辑单元格或开着对话框，Excel 暂不接受修改；未改动。请按回车或 Esc 结束编辑后重试",
        "{book}: a cell is being edited or a dialog is open, and Excel accepts no change; nothing was changed. "
        "Press Enter or Esc, then try again",
    ),
    "workbook_closed": (
        "{book} 已关闭或 Excel 已退出；请重新打开工作簿后重试",
        "{book} was closed or Excel has quit; open the workbook and try again",
    ),
    "sheet_protected": (
        "工作表“{sheet}”受保护，未写入；请在“审阅”中撤消工作表保护后重试",
        "Sheet {sheet!r} is protected and nothing was written; unprotect it under Review, then try again",
    ),
    "table_filtered": (
        "工作表“{sheet}”的表“{table}”正在筛选，有行被隐藏，未写入；请先清除筛选（数据 → 清除）",
        "Table {table!r} on {sheet!r} is filtered and hides rows; nothing was written. Clear the filter (Data, Clear)",
    ),
    "table_from_query": (
        "表“{table}”来自外部查询，未修改",
        "Table {table!r} is filled by a query; not changed",
    ),
    "table_without_header": (
        "工作表“{sheet}”的表“{table}”没有标题行；请在“表设计”中勾选“标题行”",
        "Table {table!r} on {sheet!r} shows no header row; tick Header Row under Table Design",
    ),
    "cells_below_table": (
        "“{sheet}”中表“{table}”下方第 {row} 行有内容，表格无法向下扩展；未修改",
        "{sheet!r}: row {row} below table {table!r} is in use and cannot be moved; not changed",
    ),
    "cells_right_of_table": (
        "“{sheet}”中表“{table}”右侧有内容，无法增加列；未修改",
        "{sheet!r}: the cells to the right of table {table!r} are in use; not changed",
    ),
    "merge_in_replaced_rows": (
        "“{sheet}”中表“{table}”的数据行里有合并单元格；未修改，请先取消合并",
        "{sheet!r}: the rows of table {table!r} hold merged cells; not changed, unmerge them first",
    ),
    "comment_of_absent_row": (
        "“{sheet}”{cells} 有批注，而它所在的行这次没有了；未修改，请先移走或删除批注",
        "{sheet!r}: {cells} has a comment and its row is no longer there; not changed, "
        "move or delete the comment first",
    ),
    "comment_cannot_move": (
        "“{sheet}”{cells} 有带回复的批注，无法随行移动；未修改，请先把它改为备注或删除",
        "{sheet!r}: {cells} has a threaded comment that cannot move with its row; not changed, "
        "make it a note or delete it first",
    ),
    "sheet_full": (
        "“{sheet}”放不下这些行",
        "{sheet!r} cannot hold that many rows",
    ),
    "sheet_not_found": (
        "{book} 中没有工作表“{sheet}”",
        "{book} has no sheet {sheet!r}",
    ),
    "workbook_write_failed": (
        "{book} 未能写入，已恢复原内容。Excel 的说明：{reason}",
        "{book} could not be written; its former contents were put back. Excel says: {reason}",
    ),
    "workbook_not_restored": (
        "{book} 写入中断，且未能恢复原内容；请不要保存，关闭后重新打开。Excel 的说明：{reason}",
        "{book}: the write broke off and the former contents could not be put back; close it without saving and open "
        "it again. Excel says: {reason}",
    ),
}
_EXITS = {"cell_in_edit_mode": 7, "workbook_closed": 7, "workbook_write_failed": 5, "workbook_not_restored": 5}


def refusal(code: str, **facts: Any) -> WorkbookError:
    """The refusal with a code; the facts fill its words."""
    zh, en = (words.format(**facts) for words in _WORDS[code])
    return WorkbookError(code, zh, en, exit_code=_EXITS.get(code, 3), facts=facts)


@contextmanager
def told(book: str, otherwise: str = "") -> Iterator[None]:
    """What Excel refuses becomes a refusal in words; ``otherwise`` is the code of what is not known by its number."""
    try:
        yield
    except (ArsheetError, MemoryError):
        raise
    except Exception as error:
        code = number_of(error)
        if code in _BUSY:
            raise refusal("cell_in_edit_mode", book=book) from error
        if code in _GONE:
            raise refusal("workbook_closed", book=book) from error
        if code is None or not otherwise:
            raise
        raise refusal(otherwise, book=book, reason=str(error)) from error


def number_of(error: BaseException) -> int | None:
    """The number of an error of COM (pywintypes.com_error) or AppleScript; None for any other exception."""
    code = getattr(error, "hresult", getattr(error, "errornumber", None))
    if not isinstance(code, int):
        return None
    info = getattr(error, "excepinfo", None)
    inner = info[5] if isinstance(info, (list, tuple)) and len(info) > 5 else None
    return inner if code == -2147352567 and isinstance(inner, int) and inner else code
