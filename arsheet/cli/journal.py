"""undo, restore, log, adopt: going back, and what was done to a book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from arsheet.journal.record import Action
    from arsheet.table import Finding

SUMMARIES_ZH = {
    "undo": "撤销上一次操作；--redo 重做刚撤销的操作",
    "restore": "列出保留的版本（--list），或恢复到其中一个（--to N）",
    "log": "列出对工作簿做过的每一步操作",
    "adopt": "认领一份副本：给它新的账簿编号和自己的日志",
}
ACTIONS_ZH = {
    "sample": "示例数据", "refresh": "刷新", "import": "导入", "undo": "撤销", "redo": "重做", "restore": "恢复",
    "adopt": "认领", "sync_init": "设置在线同步", "online_entries": "写入在线填写的内容", "": "此前的备份",
}  # fmt: skip
STATES_ZH = {"done": "完成", "not_done": "未完成", "unclear": "不明", "intended": "进行中"}
Guard = Callable[[Callable[..., int | None]], Callable[..., None]]


def add_to(main: click.Group, guarded: Guard, put_json: Callable[[Any], None]) -> None:
    """Registers the commands."""
    book = click.argument("book", type=click.Path(dir_okay=False, path_type=Path))
    as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable output; nothing prompts.")
    yes = click.option("--yes", is_flag=True, help="Do it without asking.")

    @main.command()
    @book
    @click.option("--redo", is_flag=True, help="Do again what was undone last.")
    @yes
    @as_json
    @guarded
    def undo(book: Path, redo: bool, yes: bool, as_json: bool) -> int:
        """Take back the last action on BOOK, if nobody has changed it since; --redo does it again."""
        from arsheet import run

        action = run.next_undo(book, redo=redo)
        if not (yes or as_json) and not click.confirm(_question(action, redo), default=True):
            return 0
        done = run.undo(book, redo=redo)
        if as_json:
            put_json({"book": str(book), "action": action_json(action), "kept": done.kept})
        else:
            click.echo(f"{'已重做' if redo else '已撤销'} / {'done again' if redo else 'undone'}: {_line(action)}")
        return 0

    @main.command()
    @book
    @click.option("--list", "listing", is_flag=True, help="Show the kept versions.")
    @click.option("--to", "number", type=int, default=None, metavar="N", help="Go back to version N.")
    @yes
    @as_json
    @guarded
    def restore(book: Path, listing: bool, number: int | None, yes: bool, as_json: bool) -> int:
        """Show the kept versions of BOOK (--list) or go back to one of them (--to N)."""
        if listing == (number is not None):
            raise click.UsageError("--list or --to N / 请用 --list 或 --to N")
        return _restored(book, number, yes, as_json, put_json)

    _add_records(main, guarded, put_json)


def _add_records(main: click.Group, guarded: Guard, put_json: Callable[[Any], None]) -> None:
    """The commands about the record itself."""
    book = click.argument("book", type=click.Path(dir_okay=False, path_type=Path))
    as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable output; nothing prompts.")
    yes = click.option("--yes", is_flag=True, help="Do it without asking.")

    @main.command()
    @book
    @as_json
    @guarded
    def log(book: Path, as_json: bool) -> int:
        """Show every action on BOOK."""
        from arsheet import run

        actions, broken = run.log(book), run.record_broken_at(book)
        told = run.whose_journal(book)
        if as_json:
            put_json({"book": str(book), "actions": [action_json(each) for each in actions], "changed_at": broken,
                      "journal": [standing_json(each) for each in told]})  # fmt: skip
        else:
            for each in actions:
                click.echo(_line(each))
            _say_standing(told, "" if actions else "还没有记录 / nothing has been recorded yet")
            if broken:
                click.echo(f"第 {broken} 条记录被改动过 / entry {broken} was changed after it was written", err=True)
        return 1 if broken else 0

    @main.command()
    @book
    @yes
    @as_json
    @guarded
    def adopt(book: Path, yes: bool, as_json: bool) -> int:
        """Make a copy a book of its own: a new id, and its own journal."""
        from arsheet import run

        question = "给这份副本新的账簿编号和自己的日志？ Give this copy its own id and journal?"
        if not (yes or as_json) and not click.confirm(question, default=True):
            return 0
        new = run.adopt(book)
        if as_json:
            put_json({"book": str(book), "book_id": new, "adopted": bool(new)})
        else:
            click.echo("已认领 / adopted" if new else "本来就是自己的账簿 / it is a book of its own already")
        return 0


def action_json(action: Action) -> dict[str, Any]:
    """An action for scripts."""
    return {
        "no": action.no, "at": action.at, "user": action.user, "action": action.action,
        "arguments": dict(action.arguments), "before": action.before, "after": action.after, "state": action.state,
        "written": dict(action.tables), "undone_by": action.reversed_by or None, "takes_back": action.reverses or None,
        "version": action.version or None,
    }  # fmt: skip


def standing_json(item: Finding) -> dict[str, Any]:
    """For scripts: what is to be known of the journal beside a workbook."""
    return {
        "code": item.code, "severity": item.severity, "zh": item.zh, "en": item.en,
        "hint_zh": item.hint_zh, "hint_en": item.hint_en,
    }  # fmt: skip


def _say_standing(told: Sequence[Finding], none: str) -> None:
    """Never nothing: that there is no record, and whether that is because the workbook is a copy."""
    if none:
        click.echo(none)
    for each in told:
        click.echo(f"{each.zh}\n  → {each.hint_zh}\n{each.en}\n  → {each.hint_en}")


def _restored(book: Path, number: int | None, yes: bool, as_json: bool, put_json: Callable[[Any], None]) -> int:
    from arsheet import run

    found = run.kept_versions(book)
    if number is None:
        told = run.whose_journal(book)
        if as_json:
            put_json({"book": str(book), "journal": [standing_json(each) for each in told], "versions": [
                {"no": each.no, "at": each.at, "before": each.action, "size": each.size, "sha256": each.sha256,
                 "file": str(each.path)} for each in found]})  # fmt: skip
            return 0
        for each in found:
            before = f"{ACTIONS_ZH.get(each.action, each.action)}之前 / before {each.action or 'the journal'}"
            click.echo(f"{each.no:>4}  {each.at[:19].replace('T', ' ')}  {each.size:>10,}  {before}")
        _say_standing(told, "" if found else "没有保留的版本 / no version is kept")
        return 0
    there = next((each for each in found if each.no == number), None)
    question = f"恢复到版本 {number}（{there.at[:19] if there else '?'}）？现状会先保留。 Go back to version {number}?"
    if there is not None and not (yes or as_json) and not click.confirm(question, default=True):
        return 0
    done = run.restore(book, number)
    if as_json:
        put_json({"book": str(book), "version": number, "kept": done.kept})
    else:
        click.echo(f"已恢复到版本 {number} / went back to version {number}")
    return 0


def _question(action: Action, redo: bool) -> str:
    words = ("重做", "Do again") if redo else ("撤销", "Undo")
    return f"{words[0]}：{_line(action)}？ {words[1]}?"


def _line(action: Action) -> str:
    state = "" if action.state == "done" else f"  [{STATES_ZH.get(action.state, '')} {action.state}]"
    if action.reversed_by:
        state = f"  [已被 {action.reversed_by} 撤销 / taken back by {action.reversed_by}]"
    said = ", ".join(f"{key}={value}" for key, value in action.arguments.items() if key != "sha256")
    name = f"{ACTIONS_ZH.get(action.action, action.action)} {action.action}"
    return f"{action.no:>4}  {action.at[:19].replace('T', ' ')}  {action.user}  {name}  {said}{state}"
