"""The generated tables of the READMEs: functions, buttons, sheets, settings; between markers, the rest stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = {"README.md": "en", "README.zh.md": "zh"}


def readme(name: str) -> bytes:
    """The README as it stands with its tables made anew."""
    text = (ROOT / name).read_text(encoding="utf-8")
    language = FILES[name]
    for key, build in TABLES.items():
        start, end = f"<!-- begin {key} -->", f"<!-- end {key} -->"
        if start not in text or end not in text:
            raise ValueError(f"{name} has no markers for {key}")
        table = f"{start}\n{build(language)}\n{end}"
        text = re.sub(re.escape(start) + ".*?" + re.escape(end), lambda _, made=table: made, text, flags=re.S)
    return text.encode()


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )


def functions(language: str) -> str:
    """Every declared worksheet function."""
    from arsheet.functions.catalogue import functions as declared

    zh = language == "zh"
    rows = []
    for entry in declared().values():
        params = ", ".join(
            f"[{param.zh if zh else param.key}]" if param.optional else (param.zh if zh else param.key)
            for param in entry.params
        )
        rows.append((f"`{entry.name}({params})`", entry.zh if zh else entry.en))
    return _table(("函数", "说明") if zh else ("Function", "What it gives"), rows)


def actions(language: str) -> str:
    """Every declared action."""
    from arsheet.actions.registry import actions as declared
    from arsheet.schema.tables import TABLES as SHEETS

    zh = language == "zh"
    rows = [
        (entry.zh if zh else entry.en, "、".join(SHEETS[key].zh for key in entry.writes) if zh else
         ", ".join(SHEETS[key].en for key in entry.writes))
        for entry in declared().values()
    ]  # fmt: skip
    return _table(("动作", "写入") if zh else ("Action", "Writes"), rows)


def commands(language: str) -> str:
    """Every command of the command line with its own help."""
    from arsheet.cli import SUMMARIES_ZH, main

    zh = language == "zh"
    rows = []
    for name, command in main.commands.items():
        arguments = " ".join(
            str(param.make_metavar(_context(command)))
            for param in command.params
            if param.param_type_name == "argument"
        )
        rows.append(
            (
                f"`arsheet {name} {arguments}`".replace(" `", "`"),
                SUMMARIES_ZH[name] if zh else (command.help or "").strip().split("\n")[0],
            )
        )
    return _table(("命令", "做什么") if zh else ("Command", "What it does"), rows)


def _context(command: object) -> object:
    import click

    return click.Context(command)  # type: ignore[arg-type]


def sheets(language: str) -> str:
    """The sheets that are visible at first."""
    from arsheet.schema import layout
    from arsheet.schema.tables import TABLES as SHEETS

    zh = language == "zh"
    rows = [(SHEETS[key].sheet(language), SHEETS[key].note(language)) for key in layout.ORDER]
    return _table(("工作表", "用途") if zh else ("Sheet", "What for"), rows)


TABLES: dict[str, Callable[[str], str]] = {
    "commands": commands,
    "functions": functions,
    "actions": actions,
    "sheets": sheets,
}
