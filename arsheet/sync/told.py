"""Findings of the sync, in words: what stops a tab, what was found on it, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from arsheet.table import Finding

_Words = tuple[str, str, str, str, str]
WORDS: Mapping[str, _Words] = MappingProxyType(
    {
        "sheet_tab_missing": (
            "error",
            "在线表格中没有工作表“{tab}”（上次还在）：可能被改名或删除；此表未同步，未写入任何内容",
            "The online spreadsheet has no tab {tab} (it was there before): it may have been renamed or deleted; "
            "this tab was left alone and nothing was written",
            "把工作表名改回“{tab}”；若确已删除，运行 arsheet sync push --recreate {tab} 重建",
            "Give the tab its name {tab} back; if it was deleted, run arsheet sync push --recreate {tab}",
        ),
        "sheet_header_missing": (
            "error",
            "工作表“{tab}”缺少表头 {names}：表头可能被改名或删除；此表未写入任何内容",
            "The tab {tab} lacks the headers {names}: they may have been renamed or deleted; nothing was written to it",
            "把第 {row_no} 行的表头改回原来的文字，再运行一次",
            "Put the headers in row {row_no} back as they were, then run again",
        ),
        "sheet_header_twice": (
            "error",
            "工作表“{tab}”有重复的表头 {names}；无法判断哪一列是真的，未写入任何内容",
            "The tab {tab} has the headers {names} more than once; which column is meant is unclear, "
            "nothing was written to it",
            "删除或改名多出来的那一列，再运行一次",
            "Delete or rename the extra column, then run again",
        ),
        "sheet_tab_not_ours": (
            "error",
            "工作表“{tab}”已有别的内容，不是本程序的表；未写入任何内容",
            "The tab {tab} holds something else and is not one of ours; nothing was written to it",
            "把那张工作表改名，再运行一次，会新建“{tab}”",
            "Rename that tab and run again; {tab} will then be made",
        ),
        "sheet_cells_merged": (
            "error",
            "工作表“{tab}”的表格区域有合并单元格 {names}；未写入任何内容",
            "The tab {tab} has merged cells inside its table ({names}); nothing was written to it",
            "取消这些合并单元格，再运行一次",
            "Unmerge these cells, then run again",
        ),
        "sheet_key_twice": (
            "error",
            "工作表“{tab}”中 {key} 出现在第 {rows} 行，重复；无法判断哪一行是真的，此表未写入任何内容",
            "In the tab {tab}, {key} stands in rows {rows}; which of them is meant is unclear, "
            "nothing was written to this tab",
            "保留一行，删除其余的行（其中填写的内容请先移到保留的行）",
            "Keep one of the rows and delete the others, moving first what was typed there",
        ),
        "sheet_key_blank": (
            "error",
            "工作表“{tab}”第 {rows} 行有内容但没有“{column}”；此表未写入任何内容",
            "In the tab {tab}, rows {rows} hold something but no {column}; nothing was written to this tab",
            "补上“{column}”，或把整行清空",
            "Fill in {column}, or empty the whole row",
        ),
        "sheet_too_large": (
            "error",
            "写入后表格将有 {cells} 个单元格，超过上限 {limit}；未写入任何内容",
            "The spreadsheet would have {cells} cells, more than the limit of {limit}; nothing was written",
            "缩小同步范围（按业务员或地区分表），或删除不用的工作表",
            "Narrow the scope (a spreadsheet per salesperson or region), or delete tabs that are not used",
        ),
        "sheet_key_unknown": (
            "warning",
            "工作表“{tab}”第 {rows} 行的 {key} 不在账上；已记入“同步冲突”，没有导入",
            "In the tab {tab}, row {rows}: {key} is not in the book; listed under the conflicts, not taken over",
            "核对单据号；若是新单据，先录入工作簿",
            "Check the number; if the document is new, enter it in the workbook first",
        ),
        "sheet_row_removed_again": (
            "warning",
            "工作表“{tab}”中 {key} 的行被删除后已补回一次，又被删除；这次没有再补",
            "In the tab {tab}, the row of {key} was deleted, put back once and deleted again; it was not put back",
            "需要时在任意空行重新填上 {key}",
            "If it is needed, type {key} into any empty row",
        ),
        "sheet_row_left_book": (
            "warning",
            "{key} 已不在发布范围内，但工作表“{tab}”中有人改过它；内容已保留并记入“同步冲突”",
            "{key} is no longer published, but somebody edited it in {tab}; kept, and listed under the conflicts",
            "看一下“同步冲突”，需要时手工处理",
            "See the conflicts and act by hand if need be",
        ),
        "sheet_entry_is_error": (
            "warning",
            "工作表“{tab}”{cell} 是错误值 {value}，没有导入，原样保留",
            "In the tab {tab}, {cell} is the error value {value}; not taken over, left as it is",
            "改成日期、金额或文字",
            "Replace it by a date, an amount or a text",
        ),
        "sheet_entry_too_long": (
            "warning",
            "工作表“{tab}”{cell} 的文字有 {length} 字，超过 {most} 字，没有导入，原样保留",
            "In the tab {tab}, the text in {cell} has {length} characters, more than {most}; not taken over, left as "
            "it is",
            "请在在线表格里把它缩短到 {most} 字以内，较长的材料另存文件，单元格里写明存放处",
            "Shorten it to {most} characters in the online sheet; keep longer material in a file and say where it is",
        ),
        "sheet_keys_alike": (
            "warning",
            "单据号 {keys} 在线表格分不清：只有大小写不同，或与某张单据的分期号（单据号#期次）相同；这些单据没有发布",
            "An online spreadsheet cannot tell {keys} apart: they differ by capitals only, or a number is also that of "
            "an instalment (number#instalment); these documents are not published",
            "在工作簿中改掉其中一个单据号，再运行一次",
            "Change one of the numbers in the workbook, then run again",
        ),
        "scope_name_matches_no_customer": (
            "warning",
            "范围中的“{names}”没有对应的客户：客户和单据上都没有这个{word_zh}；没有为它发布任何客户",
            "{names} in the scope is the {word_en} of no customer or document; no customers are published for it",
            "核对“同步目标”的范围与“客户”里的{word_zh}是否一致（错字、改名）；已没有客户的名字请从范围中删去",
            "Compare the scope in Sync targets with the customers' {word_en} (misspelt, renamed); delete from the "
            "scope a name that has no customers any more",
        ),
        "sheet_still_changing": (
            "warning",
            "写入后复核了 {times} 次，表格仍在被修改；下次运行会继续核对",
            "Checked {times} times after writing, and the sheet is still being changed; the next run goes on checking",
            "请使用“过滤视图”排序，不要直接对整张表排序",
            "Sort with filter views rather than the sheet itself",
        ),
    }
)


def finding(code: str, tab: str, *, cell: str = "", **facts: Any) -> Finding:
    """A finding on a tab of an online spreadsheet."""
    severity, *texts = WORDS[code]
    zh, en, hint_zh, hint_en = (text.format(tab=tab, cell=cell, **facts) for text in texts)
    return Finding(code, severity, tab, cell, zh, en, hint_zh, hint_en, {"tab": tab, **facts})


def some(keys: list[str], most: int = 10, *, comma: str = "、") -> str:
    """Keys for a message; the first few where there are many."""
    return comma.join(keys[:most]) + (f" … ({len(keys)})" if len(keys) > most else "")


def listed(numbers: list[int], most: int = 10) -> str:
    """Row numbers for a message; the first few where there are many."""
    text = ", ".join(str(number) for number in numbers[:most])
    return f"{text} …" if len(numbers) > most else text
