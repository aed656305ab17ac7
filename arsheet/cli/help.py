"""help functions: the reference of the worksheet functions, made from their declarations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from arsheet.functions.registry import Declaration

SUMMARIES_ZH = {
    "help": "手册：每个函数的参数、例子和结果（functions [名称]）；各软件里能看到什么（applications）；在线表格（sync）"
}
Guard = Callable[[Callable[..., int | None]], Callable[..., None]]
_ROWS = 6
"""So many rows of an example's table are shown."""


def add_to(main: click.Group, guarded: Guard, put_json: Callable[[Any], None]) -> None:
    """Registers the command."""

    @main.command("help")
    @click.argument("topic", type=click.Choice(["functions", "applications", "sync"]), default="functions")
    @click.argument("name", required=False)
    @click.option("--lang", type=click.Choice(["zh", "en", "both"]), default="both", show_default=True)
    @click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
    @guarded
    def help_(topic: str, name: str | None, lang: str, as_json: bool) -> int:
        """Show the worksheet functions, or one by NAME, with an example; the applications; online sheets."""
        from arsheet.functions.catalogue import find, functions
        from arsheet.functions.registry import FunctionError

        languages = ("zh", "en") if lang == "both" else (lang,)
        if topic != "functions":
            pages = {each: subject(topic, each) for each in languages}
            if as_json:
                put_json(pages)
            else:
                click.echo("\n".join(pages.values()))
            return 0
        try:
            chosen = [find(name)] if name else list(functions().values())
        except FunctionError as error:
            if as_json:
                put_json({"error": error.code, "zh": error.zh, "en": error.en})
            else:
                click.echo(f"{error.zh}\n{error.en}", err=True)
            return 2
        if as_json:
            put_json([reference(declared) for declared in chosen])
        else:
            click.echo("\n\n".join(page(declared, each) for declared in chosen for each in languages))
        return 0


def subject(topic: str, language: str) -> str:
    """The page on what each application shows (applications) or on online spreadsheets (sync), in Markdown."""
    return files("arsheet").joinpath("help", f"{topic}.{language}.md").read_text("utf-8")


def reference(declared: Declaration) -> dict[str, Any]:
    """A function for scripts."""
    return {
        "name": declared.name,
        "aliases": list(declared.aliases),
        "returns": declared.returns,
        "zh": declared.zh,
        "en": declared.en,
        "params": [
            {"key": each.key, "zh": each.zh, "en": each.en, "kind": each.kind, "optional": each.optional}
            for each in declared.params
        ],
        "examples": [
            {
                "formula": formula(declared, example.args),
                "result": {"zh": result(declared, example.args, "zh"), "en": result(declared, example.args, "en")},
            }
            for example in declared.examples
        ],
    }


def page(declared: Declaration, language: str) -> str:
    """A function for a reader of one language."""
    zh = language == "zh"
    names = ", ".join(f"[{each.key}]" if each.optional else each.key for each in declared.params)
    lines = [f"{declared.name}({names})", f"  {declared.zh if zh else declared.en}"]
    if declared.aliases:
        lines.append(f"  {'也写作' if zh else 'Also'}: {', '.join(declared.aliases)}")
    for each in declared.params:
        optional = ("（可省略）" if zh else " (optional)") if each.optional else ""
        lines.append(f"    {each.key}: {each.zh if zh else each.en}{optional}")
    for example in declared.examples:
        lines.append(f"  {formula(declared, example.args)}")
        lines += [f"    {line}" for line in _told(result(declared, example.args, language))]
    return "\n".join(lines)


def result(declared: Declaration, args: tuple[Any, ...], language: str) -> Any:
    """What an example gives on the example ledger, as JSON."""
    from arsheet.functions.examples import example_version
    from arsheet.functions.invoke import invoke, to_json

    return to_json(invoke(declared.name, args, version=example_version(), language=language))


def formula(declared: Declaration, args: tuple[Any, ...]) -> str:
    """An example as it is typed into a cell."""
    return f"={declared.name}({','.join(map(_typed, args))})"


def _typed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dt.date):
        return f"DATE({value.year},{value.month},{value.day})"
    if isinstance(value, (int, float, Decimal)):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, (list, tuple)):
        rows = (row if isinstance(row, (list, tuple)) else (row,) for row in value)
        return "{" + ";".join(",".join(map(_typed, row)) for row in rows) + "}"
    if hasattr(value, "text"):
        return str(value.text)
    text = str(value).replace('"', '""')
    return f'"{text}"'


def _told(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return [f"→ {value}"]
    if "rows" not in value:
        return [f"→ {value.get('error')}"]
    rows = [value["header"], *value["rows"]][: _ROWS + 1]
    return [" | ".join("" if cell is None else str(cell) for cell in row) for row in rows]
