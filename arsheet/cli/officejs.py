"""officejs guide: what brings the add-in into Excel on Mac, on the web, and on Windows without COM."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

SUMMARIES_ZH = {"officejs": "Office.js 加载项：guide 写出清单、本机证书和各平台安装步骤"}
Guard = Callable[[Callable[..., int | None]], Callable[..., None]]


def add_to(main: click.Group, guarded: Guard, put_json: Callable[[Any], None]) -> None:
    """Registers the group."""

    @main.group()
    def officejs() -> None:
        """The add-in for Excel on Mac, on the web, and on Windows without COM."""

    @officejs.command()
    @click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("arsheet-officejs"))
    @click.option("--port", type=click.IntRange(1024, 65535), default=47310, help="Where the service will be found.")
    @click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Default language of the add-in.")
    @click.option("--json", "as_json", is_flag=True, help="Machine-readable output; nothing prompts.")
    @guarded
    def guide(out: Path, port: int, lang: str, as_json: bool) -> int:
        """Write manifests, a certificate for localhost and the steps for each platform (zh and en)."""
        from arsheet.addins.officejs.guide import STEPS, write_guide

        done = write_guide(out, port=port, language=lang)
        if as_json:
            put_json({"folder": str(done.folder), "url": done.base_url, "files": [path.name for path in done.files]})
            return 0
        for path in done.files:
            click.echo(f"  {path}")
        click.echo(f"请照着做 / now follow: {done.folder / STEPS[lang]}")
        return 0
