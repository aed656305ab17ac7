"""Why a pass is refused as a whole: another writer, another book's journal, a plan that no longer fits."""

from __future__ import annotations

from typing import Any

from arsheet.journal.syncstate import Generation
from arsheet.sync.remote import Lease
from arsheet.table import ArsheetError


def another_writer(there: Generation, agreed: Generation) -> ArsheetError:
    """The marker is not the one that this journal wrote."""
    facts: dict[str, Any] = {"there": there.number, "agreed": agreed.number, "run_id": there.run_id}
    if not there.number:
        return ArsheetError(
            "sheet_marker_gone",
            f"在线表格里没有上次同步的标记（本机记录到第 {agreed.number} 次）：表格可能是副本或旧版本；未写入任何内容。"
            "核对无误后运行 arsheet sync apply --accept-sheet",
            f"The online spreadsheet lacks the marker of the last sync (number {agreed.number} here): it may be a copy "
            "or an older version; nothing was written. Once checked, run arsheet sync apply --accept-sheet",
            exit_code=4,
            facts=facts,
        )
    if there.number < agreed.number:
        return ArsheetError(
            "sheet_is_older",
            f"在线表格停在第 {there.number} 次同步，本机已到第 {agreed.number} 次：可能恢复过历史版本；未写入任何内容。"
            "核对无误后运行 arsheet sync apply --accept-sheet",
            f"The online spreadsheet is at sync {there.number}, this book at {agreed.number}: an older version may "
            "have been restored; nothing was written. Once checked, run arsheet sync apply --accept-sheet",
            exit_code=4,
            facts=facts,
        )
    return ArsheetError(
        "another_writer",
        f"另一个写入者先写过这张在线表格（第 {there.number} 次，运行 {there.run_id}；"
        f"本机记录到第 {agreed.number} 次）；未写入任何内容。"
        "请确认只有一份工作簿在同步它，再运行 arsheet sync apply --accept-sheet",
        f"Another writer has written this online spreadsheet (number {there.number}, run {there.run_id}; this book "
        f"knows {agreed.number}); nothing was written. Make sure that one workbook only syncs it, then run "
        "arsheet sync apply --accept-sheet",
        exit_code=4,
        facts=facts,
    )


def leased(lease: Lease) -> ArsheetError:
    """Another computer is writing now."""
    until = lease.expires.isoformat(timespec="minutes").replace("T", " ")
    return ArsheetError(
        "sheet_leased",
        f"另一台电脑正在写这张在线表格（{lease.holder}，最迟到 {until}）；未写入任何内容，请稍后重试",
        f"Another computer is writing this online spreadsheet ({lease.holder}, until {until} at the latest); "
        "nothing was written, try again later",
        exit_code=7,
        facts={"holder": lease.holder, "expires": lease.expires.isoformat()},
    )


def copy_of_book(folder: str) -> ArsheetError:
    """The workbook is a copy without a journal of its own."""
    return ArsheetError(
        "workbook_copy_not_synced",
        f"这是一份没有自己日志的副本（旁边没有 {folder}，或它属于原件）；副本不会写入在线表格。"
        "若只是改了文件名，请把日志文件夹改成这个名字；若要单独使用，先运行 arsheet adopt",
        f"This workbook is a copy without a journal of its own ({folder} is missing or that of the original); a copy "
        "does not write to online spreadsheets. If you renamed the workbook, rename the folder; to use the copy by "
        "itself, run arsheet adopt first",
        exit_code=4,
        facts={"folder": folder},
    )


def plan_is_old(*, sheet: bool) -> ArsheetError:
    """What was planned is no longer what would be done."""
    zh, en = ("在线表格", "The online spreadsheet") if sheet else ("工作簿", "The workbook")
    return ArsheetError(
        "sheet_changed_since_plan" if sheet else "book_changed_since_plan",
        f"{zh}在计划之后又有改动，计划已过时；未写入任何内容，请重新运行 arsheet sync plan",
        f"{en} has changed since the plan; nothing was written. Run arsheet sync plan again",
        exit_code=4,
    )
