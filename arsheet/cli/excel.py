"""arsheet excel: build, install and uninstall the add-in of Excel, and find out why it does not work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

SUMMARIES_ZH = {"excel": "Excel 加载项：生成、安装、卸载、诊断"}
Guard = Callable[[Callable[..., int | None]], Callable[..., None]]
Put = Callable[[Any], None]
_LANGUAGE = click.option(
    "--lang",
    "language",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="Language of the ribbon.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable output; nothing prompts.")
_FOLDER = click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default=None, help="In place of Excel's own XLSTART."
)


def add_to(main: click.Group, guarded: Guard, put_json: Put) -> None:
    """Registers the group."""

    @main.group(short_help="The add-in of Excel: build, install, uninstall, doctor.")
    def excel() -> None:
        """The add-in of Excel: ribbon, buttons and worksheet functions (Windows; buttons also on a Mac)."""

    _add_making(excel, guarded, put_json)
    _add_doctor(excel, guarded, put_json)


def _add_making(excel: click.Group, guarded: Guard, put_json: Put) -> None:
    @excel.command()
    @click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE")
    @click.option("--python", "interpreter", default=None, metavar="PATH", help="The Python that Excel will start.")
    @_LANGUAGE
    @_JSON
    @guarded
    def build(out: Path | None, interpreter: str | None, language: str, as_json: bool) -> int:
        """Make arsheet.xlam for this machine from the installed xlwings."""
        from arsheet.addins.excel.build import FILE_NAME
        from arsheet.addins.excel.build import build as made
        from arsheet.addins.excel.install import write_whole

        addin = made(language=language, interpreter=interpreter)
        target = out or Path(FILE_NAME)
        write_whole(target, addin.data)
        _told(put_json, as_json, _facts(addin, target), f"已生成 {target} / made")
        return 0

    @excel.command()
    @_FOLDER
    @_LANGUAGE
    @_JSON
    @guarded
    def install(folder: Path | None, language: str, as_json: bool) -> int:
        """Make the add-in and put it where Excel loads it at every start. Close Excel first."""
        from arsheet.addins.excel.build import build as made
        from arsheet.addins.excel.doctor.gather import here
        from arsheet.addins.excel.install import install as put

        addin = made(language=language)
        done = put(addin, platform=here(), folder=folder)
        facts = {**_facts(addin, done.path), "script": done.script}
        _told(put_json, as_json, facts, f"已安装到 {done.path}，重开 Excel 即可 / installed; restart Excel")
        return 0

    @excel.command()
    @_FOLDER
    @_JSON
    @guarded
    def uninstall(folder: Path | None, as_json: bool) -> int:
        """Take the add-in away. Close Excel first."""
        from arsheet.addins.excel.doctor.gather import here
        from arsheet.addins.excel.install import uninstall as take

        gone = take(platform=here(), folder=folder)
        said = f"已卸载 {gone} / uninstalled" if gone else "没有安装 / it is not installed"
        _told(put_json, as_json, {"removed": gone}, said)
        return 0


def _add_doctor(excel: click.Group, guarded: Guard, put_json: Put) -> None:
    @excel.command()
    @click.argument("book", required=False)
    @_FOLDER
    @_JSON
    @guarded
    def doctor(book: str | None, folder: Path | None, as_json: bool) -> int:
        """Find out what keeps the add-in from working, with the cure; BOOK: also a workbook's own faults.

        Exit code 8 when something must be cured, 1 when part of it will not work, else 0.
        """
        from arsheet.addins.excel.doctor.checks import faults, unchecked
        from arsheet.addins.excel.doctor.gather import gather

        facts = gather(book, folder=folder)
        found, left = faults(facts), unchecked(facts)
        if as_json:
            put_json({
                "platform": facts.platform, "python": facts.python.path, "xlwings": facts.python.xlwings,
                "excel": facts.excel.program, "addin": facts.addin.path,
                "faults": [{"code": each.code, "severity": each.severity, "zh": each.zh, "en": each.en,
                            "cure_zh": each.cure_zh, "cure_en": each.cure_en} for each in found],
                "unchecked": [{"zh": each.zh, "en": each.en} for each in left],
            })  # fmt: skip
        else:
            for number, fault in enumerate(found, 1):
                click.echo(f"{number}. {fault.zh}\n   {fault.en}\n   → {fault.cure_zh}\n   → {fault.cure_en}")
            if not found:
                words = ("没有发现故障", "no fault was found")
                only = ("检查过的部分没有发现故障", "no fault was found in what was checked")
                click.echo(" / ".join(only if left else words))
            for each in left:
                click.echo(f"· 未检查 / not checked: {each.zh}\n  {each.en}")
        return 8 if any(each.severity == "error" for each in found) else 1 if found else 0


def _facts(addin: Any, path: Path) -> dict[str, Any]:
    return {
        "file": path, "bytes": len(addin.data), "language": addin.language, "python": addin.interpreter,
        "xlwings": addin.xlwings, "functions": addin.functions, "buttons": addin.buttons,
    }  # fmt: skip


def _told(put_json: Put, as_json: bool, facts: dict[str, Any], words: str) -> None:
    if as_json:
        put_json(facts)
    else:
        click.echo(words)
