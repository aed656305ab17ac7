"""The words of the buttons: what will be written, what was found, what was done, in the language of the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from arsheet.functions.registry import Declaration
from arsheet.run.changes import Change, Write
from arsheet.run.live import Preview
from arsheet.table import ArsheetError, Finding

SHOWN_FINDINGS = 6
SHOWN_CHANGES = 6
LONGEST_CELL = 24
"""Characters of a value in a message box."""
_SAY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "writes": ("将写入：", "To be written:"),
        "rows": ("{sheet}：{before} 行 → {after} 行，{cells} 个单元格有变化",
                 "{sheet}: {before} rows → {after} rows, {cells} cells change"),
        "cells": ("{sheet}：{cells} 个单元格有变化", "{sheet}: {cells} cells change"),
        "for_example": ("例如：", "For example:"),
        "more": ("……另有 {count} 条", "… and {count} more"),
        "found": ("数据检查：{error} 个错误，{warning} 个警告，{note} 个提示",
                  "Data check: {error} errors, {warning} warnings, {note} notes"),
        "clean": ("没有发现问题。", "Nothing was found."),
        "nothing": ("没有要写入的内容。", "There is nothing to write."),
        "confirm": ("确定写入吗？写入后可用“撤销”恢复。", "Write this? Undo takes it back afterwards."),
        "done": ("已写入 {cells} 个单元格。请保存工作簿。", "{cells} cells written. Save the workbook to keep them."),
        "undone": ("已撤销：{action}。", "Taken back: {action}."),
        "no_journal": ("此工作簿不在本机文件夹里（尚未保存，或在 OneDrive、SharePoint 网址上），这一步不记入操作日志。",
                       "This workbook is in no local folder (never saved, or at an address of OneDrive or SharePoint); "
                       "this step will not be in the log of actions."),
    }
)  # fmt: skip


def say(key: str, language: str, **facts: Any) -> str:
    """A text of the buttons."""
    return _SAY[key][0 if language == "zh" else 1].format(**facts)


def preview_text(seen: Preview, language: str, *, journal: bool) -> str:
    """What a confirmation shows: findings, the sheets to be written with some changes, and the question."""
    lines = findings_lines(seen.findings, language) if seen.findings else []
    lines += [*([""] if lines else []), say("writes", language)]
    lines += [_write_line(write, language) for write in seen.writes]
    samples = [(write.sheet, change) for write in seen.writes for change in write.sample]
    if samples:
        lines += ["", say("for_example", language), *(_change_line(sheet, each) for sheet, each in _mixed(samples))]
    if not journal:
        lines += ["", say("no_journal", language)]
    return "\n".join([*lines, "", say("confirm", language)])


def _mixed(samples: Sequence[tuple[str, Change]]) -> list[tuple[str, Change]]:
    """A few changes; those that replace something come first, as they are what may be lost."""
    ordered = sorted(samples, key=lambda each: each[1].old in (None, ""))
    return ordered[:SHOWN_CHANGES]


def _write_line(write: Write, language: str) -> str:
    if write.mode == "cells" or not write.table:
        return "· " + say("cells", language, sheet=write.sheet, cells=write.changed_cells)
    facts = {"sheet": write.sheet, "before": write.rows_before, "after": len(write.rows), "cells": write.changed_cells}
    return "· " + say("rows", language, **facts)


def _change_line(sheet: str, change: Change) -> str:
    return f"· {sheet}!{change.cell}  {_short(change.old)} → {_short(change.new)}"


def _short(value: Any) -> str:
    text = "—" if value is None or value == "" else str(value)
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def findings_lines(findings: Sequence[Finding], language: str) -> list[str]:
    """How many of each severity, then the first ones with their cells, the errors before the rest."""
    counts = {name: sum(item.severity == name for item in findings) for name in ("error", "warning", "note")}
    lines = [say("found", language, **counts)]
    ordered = sorted(findings, key=lambda item: ("error", "warning", "note").index(item.severity))
    for item in ordered[:SHOWN_FINDINGS]:
        place = f"{item.sheet}!{item.cell}" if item.cell else item.sheet
        lines.append(f"· {place}  {item.text(language)}")
    if len(findings) > SHOWN_FINDINGS:
        lines.append(say("more", language, count=len(findings) - SHOWN_FINDINGS))
    return lines if findings else [say("clean", language)]


def refusal_text(error: ArsheetError) -> str:
    """A refusal in both languages: the book that would tell which may be the very thing that cannot be read."""
    return f"{error.zh}\n\n{error.en}"


def help_text(declarations: Sequence[Declaration], language: str) -> str:
    """The functions at a glance, and where the rest is."""
    zh = language == "zh"
    lines = [f"{declared.name}  {declared.zh if zh else declared.en}" for declared in declarations]
    head = (
        "可用的函数（插入函数 → 应收账款 有每个参数的说明）：" if zh else "Functions (Insert function → Receivables):"
    )
    tail = (
        "按钮：鼠标停在上面看说明。命令行：arsheet --help；出错时：arsheet excel doctor"
        if zh
        else "Buttons: rest the mouse on them. Command line: arsheet --help; in trouble: arsheet excel doctor"
    )
    return "\n".join([head, *lines, "", tail])
