"""Words for the journal beside the workbook, closed months, and files that come in a second time."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from arsheet.schema.finding_words.shape import Words

WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "journal_belongs_to_another_book": (
            "error",
            "旁边的 {folder} 是另一个工作簿的日志；本工作簿不会写入，也不会从它发送任何内容",
            "{folder} beside this workbook is the journal of another one; nothing is written or sent from here",
            "把它移回自己的工作簿旁边，或运行 arsheet adopt（旧日志改名保留）",
            "Move it beside its own workbook, or run arsheet adopt (the old journal is kept under another name)",
        ),
        "journal_not_readable": (
            "error",
            "日志打不开：{reason_zh}",
            "The journal cannot be opened: {reason_en}",
            "处理后重试；工作簿本身不受影响",
            "See to it and try again; the workbook itself is not affected",
        ),
        "workbook_has_no_journal": (
            "warning",
            "这是一份没有自己日志的副本（{folder} 不在旁边或属于原件）：看不到以前的操作，认领之前不会从它发送任何内容",
            "This is a copy without a journal of its own ({folder} is missing or that of the original): "
            "what was done before is not known, and nothing is sent from it until it is adopted",
            "若只是改了文件名，请把日志文件夹改成 {folder}；若要单独使用这份副本，运行 arsheet adopt",
            "If you renamed the workbook, rename its journal folder to {folder}; to use the copy by itself, run arsheet adopt",
        ),
        "journal_on_network_drive": (
            "warning",
            "工作簿和日志 {folder} 在网络盘（{drive}）上：能用，但网络盘的锁不一定可靠，请不要多人同时写入",
            "The workbook and its journal {folder} are on a network drive ({drive}): this works, "
            "but locks may not hold there; do not write from two computers at once",
            "最好放在本机磁盘，用同步或共享发送结果",
            "Better keep it on a drive of this computer and share the results",
        ),
        "month_not_readable": (
            "error",
            "“{column_zh}”读到“{read}”，不是月份；这一行没有锁定任何月份",
            "“{column_en}” reads “{read}”, which is no month; this row locks nothing",
            "写成 2026-03 的样子",
            "Write it like 2026-03",
        ),
        "row_in_locked_period": (
            "error",
            "{month} 已于 {locked_day} 由 {by} 关账；本行（金额 {amount}）未导入",
            "{month} was closed on {locked_day} by {by}; this row (amount {amount}) is not imported",
            "改用未关账月份的日期，或由关账人在“会计期间”解除锁定后重新导入",
            "Use a date of an open month, or have the month opened again on the sheet Periods and import again",
        ),
        "file_imported_before": (
            "note",
            "这个文件已于 {at} 由 {by} 导入过；已在工作簿中的行不会重复写入",
            "This file was imported before, on {at} by {by}; rows that the workbook has are not written twice",
            "如果本来要导入的是另一个文件，请核对文件名",
            "If you meant another file, check the name",
        ),
        "rows_deleted_since_import": (
            "warning",
            "以前从这个文件导入的行，有 {back} 行已不在工作簿中，会重新写入",
            "Rows of this file that were imported before and are no longer in the workbook, to be written again: {back}",
            "若那些行是有意删除的，请不要再次导入",
            "If those rows were deleted on purpose, do not import the file again",
        ),
    }
)
"""Every code of the journal in its order of precedence."""
