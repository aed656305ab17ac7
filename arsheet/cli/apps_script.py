"""apps-script build: AR_AGING and plain formulas for a Google spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

SUMMARIES_ZH = {"apps-script": "Google 表格里的公式：build 写出 Code.gs 和公式说明"}
Guard = Callable[[Callable[..., int | None]], Callable[..., None]]


def add_to(main: click.Group, guarded: Guard, put_json: Callable[[Any], None]) -> None:
    """Registers the group."""

    @main.group("apps-script")
    def apps_script() -> None:
        """Formulas inside a Google spreadsheet."""

    @apps_script.command()
    @click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("arsheet-google"))
    @click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the tabs and headers.")
    @click.option("--json", "as_json", is_flag=True, help="Machine-readable output; nothing prompts.")
    @guarded
    def build(out: Path, lang: str, as_json: bool) -> int:
        """Write Code.gs (the function AR_AGING) and a page of formulas and named functions."""
        from arsheet.addins.apps_script.build import build as write

        written = write(out, lang)
        if as_json:
            put_json({"folder": str(out), "files": [path.name for path in written]})
            return 0
        for path in written:
            click.echo(f"  {path}")
        return 0
