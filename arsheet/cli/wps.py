"""wps build: the experimental add-in for WPS Spreadsheets, and what works there without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

SUMMARIES_ZH = {"wps": "WPS 表格加载项（试验性）：build 写出文件和说明"}
Guard = Callable[[Callable[..., int | None]], Callable[..., None]]


def add_to(main: click.Group, guarded: Guard, put_json: Callable[[Any], None]) -> None:
    """Registers the group."""

    @main.group()
    def wps() -> None:
        """WPS Spreadsheets (experimental)."""

    @wps.command()
    @click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("arsheet-wps"))
    @click.option("--port", type=click.IntRange(1024, 65535), default=47310, help="Where the service will be found.")
    @click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the ribbon.")
    @click.option("--json", "as_json", is_flag=True, help="Machine-readable output; nothing prompts.")
    @guarded
    def build(out: Path, port: int, lang: str, as_json: bool) -> int:
        """Write the add-in and the notes that say what works in WPS and what does not."""
        from arsheet.addins.wps.build import NOTES
        from arsheet.addins.wps.build import build as write

        written = write(out, port=port, language=lang)
        if as_json:
            put_json({"folder": str(out), "files": [path.relative_to(out).as_posix() for path in written]})
            return 0
        click.echo("试验性：没有在真正的 WPS 里运行过 / experimental: never run in a real WPS")
        click.echo(f"  {out}\n请看 / read: {out / NOTES[lang]}")
        return 0
