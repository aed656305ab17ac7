"""Why a pass is refused as a whole: another writer, another book's journal, a plan that no longer fits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from arsheet.journal.syncstate import Generation
from arsheet.schema.tables import TABLES
from arsheet.sync.remote import Lease
from arsheet.sync.told import some
from arsheet.table import ArsheetError

SCOPE_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"person": ("业务员", "salesperson"), "region": ("地区", "region")}
)
"""What a scope of each kind names, in both languages."""


def another_writer(there: Generation, agreed: Generation) -> ArsheetError:
    """The marker is not the one that this journal wrote."""
    facts: dict[str, Any] = {"there": there.number, "agreed": agreed.number, "run_id": there.run_id}
    if not there.number:
        return ArsheetError(
            "sheet_marker_gone",
            f"在线表格里没有上次同步的标记（本机记录到第 {agreed.number} 次）：表格可能是副本或旧版本；未写入任何内容。"
            "请运行 arsheet sync plan --accept-sheet 查看会怎样，无误后运行 arsheet sync apply --accept-sheet",
            f"The online spreadsheet lacks the marker of the last sync (number {agreed.number} here): it may be a copy "
            "or an older version; nothing was written. See with arsheet sync plan --accept-sheet what would happen, "
            "then run arsheet sync apply --accept-sheet",
            exit_code=4,
            facts=facts,
        )
    if there.number < agreed.number:
        return ArsheetError(
            "sheet_is_older",
            f"在线表格停在第 {there.number} 次同步，本机已到第 {agreed.number} 次：可能恢复过历史版本；未写入任何内容。"
            "请运行 arsheet sync plan --accept-sheet 查看会怎样，无误后运行 arsheet sync apply --accept-sheet",
            f"The online spreadsheet is at sync {there.number}, this book at {agreed.number}: an older version may "
            "have been restored; nothing was written. See with arsheet sync plan --accept-sheet what would happen, "
            "then run arsheet sync apply --accept-sheet",
            exit_code=4,
            facts=facts,
        )
    return ArsheetError(
        "another_writer",
        f"另一个写入者先写过这张在线表格（第 {there.number} 次，运行 {there.run_id}；"
        f"本机记录到第 {agreed.number} 次）；未写入任何内容。"
        "请确认只有一份工作簿在同步它，用 arsheet sync plan --accept-sheet 查看会怎样，"
        "再运行 arsheet sync apply --accept-sheet",
        f"Another writer has written this online spreadsheet (number {there.number}, run {there.run_id}; this book "
        f"knows {agreed.number}); nothing was written. Make sure that one workbook only syncs it, see with "
        "arsheet sync plan --accept-sheet what would happen, then run arsheet sync apply --accept-sheet",
        exit_code=4,
        facts=facts,
    )


def scope_matches_no_customer(kind: str, names: Sequence[str], unclaimed: Sequence[str]) -> ArsheetError:
    """A salesperson's or region's spreadsheet would show nobody, while others have customers and no spreadsheet."""
    (zh, en), shown = SCOPE_WORDS[kind], "、".join(names)
    found_zh = f"范围“{shown}”没有对应的客户：客户和单据上都没有这个{zh}" if names else f"没有写范围（哪个{zh}）"
    found_en = f"the scope {shown} is the {en} of no customer or document" if names else f"the scope names no {en}"
    meant_zh = f"（有客户而没有在线表格的{zh}：{some(list(unclaimed))}）" if unclaimed else ""
    meant_en = f" (with customers and no spreadsheet: {some(list(unclaimed), comma=', ')})" if unclaimed else ""
    return ArsheetError(
        "scope_matches_no_customer",
        f"{found_zh}，这张在线表格没有同步，内容保持原样；请核对“同步目标”的范围与“客户”里的{zh}是否一致"
        f"（错字、改名）{meant_zh}；若确已没有客户，请删去“同步目标”里的这一行，并停止共享这张表格",
        f"{found_en}: this spreadsheet was left as it is; compare the scope in Sync targets with the customers' {en}, "
        f"for a slip or a new name{meant_en}; if there are no customers any more, delete the row in Sync targets and "
        "stop sharing the spreadsheet",
        exit_code=8,
        facts={"scope": shown, "unclaimed": list(unclaimed)},
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


def tables_lacking(book: Path, tables: Collection[str]) -> ArsheetError:
    """What people typed belongs in tables that the workbook does not have."""
    specs = [TABLES[key] for key in sorted(tables)]
    zh = "、".join(f"“{spec.zh}”（{spec.table_name}）" for spec in specs)
    en = ", ".join(spec.table_name for spec in specs)
    return ArsheetError(
        "workbook_lacks_tables_of_entries",
        f"{book.name} 里没有 Excel 表 {zh}，要写进去的填写内容仍在等待。"
        "若是把表转换成了区域，请按 Ctrl+T 重新建表并改回表名；"
        "若已删除，用 arsheet restore 找回有它的版本，或从 arsheet new 另建的工作簿里把这张工作表移动过来",
        f"{book.name} has no Excel table {en}; what was typed for it goes on waiting. If it was turned into a range, "
        "press Ctrl+T and give the table its name again; if it was deleted, take back a version that has it with "
        "arsheet restore, or move the sheet over from a workbook made with arsheet new",
        exit_code=4,
        facts={"tables": [spec.table_name for spec in specs]},
    )
