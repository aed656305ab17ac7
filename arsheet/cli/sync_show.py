"""What the sync commands show to people, and say in JSON: plans, runs, the state, the diagnosis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from arsheet.cli.show import console
from arsheet.table import Finding

if TYPE_CHECKING:
    from arsheet.sync.doctor import Checked
    from arsheet.sync.job import JobReport, TargetRun
    from arsheet.sync.model import Target
    from arsheet.sync.plan import Plan
    from arsheet.sync.remote import Progress
    from arsheet.sync.status import Status

SIGNS = {"+": "green", "~": "yellow", "<": "cyan", "!": "magenta"}
MARKS = {"good": ("✓", "green"), "note": ("·", "dim"), "warning": ("!", "yellow"), "error": ("✗", "red")}
BUSY = 7
"""The exit code of what passes by itself: the workbook is open elsewhere."""
RESTORED = (
    "这张表格是旧版本或副本：空着的或更早的填写内容会按日志放回，并列入“同步冲突”；其余改动照常收取",
    "This spreadsheet is an older version or a copy: cells of people that are blank or older there are put back from "
    "the journal and listed under Conflicts; everything else that was typed is taken over",
)
SEVERITIES = {"error": "red", "warning": "yellow", "note": "cyan"}


def show_plan(target: Target, plan: Plan) -> None:
    """A plan: the sign, place, old and new value and owner of each change, 20 of them; then the totals."""
    out, zh = console(), target.language == "zh"
    out.print(Text(f"{'在线表格' if zh else 'Spreadsheet'} {_name(target)}", style="bold"))
    if plan.restored:
        out.print(Text(f"  {RESTORED[0 if zh else 1]}", style="yellow"), soft_wrap=True)
    lines = plan.lines()
    for line in lines[:-1]:
        out.print(Text(f"  {line}", style=SIGNS.get(line[:1], "dim")), soft_wrap=True)
    if len(lines) == 1 and not plan.writing:
        out.print(Text("  没有改动：两边一致" if zh else "  No changes: both sides agree", style="green"))
    _show_findings(out, plan.problems, target.language)
    for each in plan.invalid:
        out.print(Text(f"  ? {each.cell} {each.zh if zh else each.en}", style="yellow"), soft_wrap=True)
    out.print(Text(f"  {lines[-1]}", style="bold"))


def _show_findings(out: Console, found: Sequence[Finding], language: str) -> None:
    for each in found:
        line = Text(f"  {each.text(language)}", style=SEVERITIES[each.severity])
        line.append(f"\n    → {each.hint(language)}", style="dim")
        out.print(line, soft_wrap=True)


def _name(target: Target) -> str:
    return f"{target.name} ({target.spreadsheet[:8]}…)" if target.name else target.spreadsheet


def show_report(made: JobReport, language: str) -> None:
    """What a run did, a line per spreadsheet, and what entered the workbook.

    What went wrong goes to the error output, so that a scheduler that throws the rest away still mails it.
    """
    out, wrong, zh = console(), _errors(), language == "zh"
    for run in made.targets:
        _show_target(out, wrong, run, language)
    rows = sum(made.landing.rows.values())
    if rows:
        out.print(f"已写入工作簿 {rows} 行" if zh else f"{rows} rows entered the workbook")
    if made.waiting:
        out.print(
            Text(f"待写入 {made.waiting} 条" if zh else f"{made.waiting} entries wait to be written", style="cyan")
        )
    if made.held is not None:
        busy = made.held.exit_code == BUSY
        told = Text(f"  {made.held.zh if zh else made.held.en}", style="dim" if busy else "red")
        (out if busy else wrong).print(told, soft_wrap=True)


def _errors() -> Console:
    out = Console(stderr=True, highlight=False)
    return out if out.is_terminal else Console(stderr=True, highlight=False, width=160)


def _show_target(out: Console, wrong: Console, run: TargetRun, language: str) -> None:
    zh, name, report = language == "zh", _name(run.target), run.report
    if run.error is not None:
        wrong.print(Text(f"✗ {name}  {run.error.zh if zh else run.error.en}", style="red"), soft_wrap=True)
        return
    assert report is not None
    said = (
        f"写入 {report.pushed} 格，收取 {len(report.pulls)} 条，冲突 {len(report.conflicts)} 处；"
        f"{report.requests} 次请求，{report.bytes / 1024:.1f} KiB"
        if zh
        else f"{report.pushed} cells written, {len(report.pulls)} entries taken over, {len(report.conflicts)} "
        f"conflicts; {report.requests} requests, {report.bytes / 1024:.1f} KiB"
    )
    errors = [each for each in report.problems if each.severity == "error"]
    if errors:
        wrong.print(Text(f"✗ {name}  {said}", style="red"), soft_wrap=True)
        _show_findings(wrong, errors, language)
    else:
        out.print(Text(f"✓ {name}  {said}", style="green"), soft_wrap=True)
    if report.opened:
        opened = (
            "  工作簿正在别处打开，取自上次保存的内容",
            "  the workbook is open elsewhere; its last save was read",
        )
        out.print(Text(opened[0] if zh else opened[1], style="dim"))
    _show_findings(out, [each for each in report.problems if each.severity != "error"], language)


@contextmanager
def progress_of(*, silent: bool) -> Iterator[Callable[[Target, Progress], None] | None]:
    """How far a long first load is, on a terminal."""
    out = Console(stderr=True)
    if silent or not out.is_terminal:
        yield None
        return
    with out.status("…") as status:

        def told(target: Target, each: Progress) -> None:
            wait = f"  配额等待 / waiting {each.waiting:.0f} s" if each.waiting >= 1 else ""
            status.update(f"{_name(target)}  {each.done}/{each.of}  {each.bytes / 1024:,.0f} KiB{wait}")

        yield told


def report_json(made: JobReport) -> dict[str, Any]:
    """A run for scripts."""
    held = made.held
    return {
        "run_id": made.run_id,
        "exit_code": made.exit_code,
        "seconds": round(made.seconds, 3),
        "landed": dict(made.landing.rows),
        "refused": sum(not understood for understood, _, _ in made.landing.words.values()),
        "waiting": made.waiting,
        "held": {"error": held.code, "zh": held.zh, "en": held.en} if held is not None else None,
        "targets": [_target_json(run) for run in made.targets],
    }


def _target_json(run: TargetRun) -> dict[str, Any]:
    facts: dict[str, Any] = {"spreadsheet": run.target.spreadsheet, "name": run.target.name, "exit_code": run.exit_code}
    if run.error is not None:
        return {**facts, "error": run.error.code, "zh": run.error.zh, "en": run.error.en}
    report = run.report
    assert report is not None
    plan = report.plan.to_json() if report.plan is not None else {}
    return {
        **facts, "generation": report.generation, "opened": report.opened, "adopted": report.adopted,
        "cells": report.pushed, "appended": report.appended, "pulled": len(report.pulls),
        "conflicts": len(report.conflicts), "unmatched": len(report.unmatched), "repairs": report.repairs,
        "requests": report.requests, "bytes": report.bytes, "stopped": report.stopped,
        "changes": plan.get("changes", []), "invalid": plan.get("invalid", []),
        "findings": [finding_json(each) for each in report.problems],
    }  # fmt: skip


def finding_json(each: Finding) -> dict[str, Any]:
    """A finding on a tab for scripts."""
    return {
        "code": each.code, "severity": each.severity, "tab": each.sheet, "cell": each.cell, "zh": each.zh,
        "en": each.en, "hint_zh": each.hint_zh, "hint_en": each.hint_en,
    }  # fmt: skip


def show_checks(found: Sequence[Checked], language: str) -> None:
    """The diagnosis, a line for each thing looked at, with the cure below what is wrong."""
    out, last = console(), ""
    for each in found:
        if each.target != last:
            out.print(Text(each.target, style="bold"))
            last = each.target
        sign, style = MARKS[each.state]
        line = Text(f"{sign} {each.text(language)}", style=style)
        if each.cure(language) and each.state != "good":
            line.append(f"\n    → {each.cure(language)}", style="dim")
        out.print(line, soft_wrap=True)


def check_json(each: Checked) -> dict[str, Any]:
    """One thing looked at, for scripts."""
    return {
        "code": each.code, "state": each.state, "target": each.target, "exit_code": each.exit_code, "zh": each.zh,
        "en": each.en, "cure_zh": each.cure_zh, "cure_en": each.cure_en,
    }  # fmt: skip


def show_status(state: Status, language: str) -> None:
    """Where each spreadsheet stands, without asking Google."""
    out, zh = console(), language == "zh"
    for each in state.targets:
        out.print(Text(_name(each.target), style="bold"))
        at = each.at[:16].replace("T", " ")
        if each.generation:
            out.print(f"  第 {each.generation} 次同步，{at}" if zh else f"  sync number {each.generation}, {at}")
        else:
            out.print("  尚未同步" if zh else "  never synced")
        if each.pending:
            out.print(Text("  有一次写入中断，下次运行会先核对是否已写入" if zh
                           else "  a write was interrupted; the next run first looks whether it landed",
                           style="yellow"), soft_wrap=True)  # fmt: skip
        out.print(f"  待写入 {each.waiting} 条，记录的冲突 {each.conflicts} 处" if zh
                  else f"  {each.waiting} entries wait, {each.conflicts} conflicts on record")  # fmt: skip
    if state.last is not None:
        run = state.last
        out.print(f"最近一次运行 {run.at}，退出码 {run.exit_code} {run.code}" if zh
                  else f"last run {run.at}, exit code {run.exit_code} {run.code}")  # fmt: skip
