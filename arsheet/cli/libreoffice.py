"""arsheet libreoffice: build, install and uninstall the extension of LibreOffice Calc."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

SUMMARIES_ZH = {"libreoffice": "LibreOffice 加载项：生成、安装、卸载"}
Guard = Callable[[Callable[..., int | None]], Callable[..., None]]
Put = Callable[[Any], None]
_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable output; nothing prompts.")
_UNOPKG = click.option("--unopkg", default=None, metavar="PATH", help="LibreOffice's package program.")
_PROFILE = click.option("--profile", default=None, metavar="URL", help="Another user profile (file:///…).")


def add_to(main: click.Group, guarded: Guard, put_json: Put) -> None:
    """Registers the group."""

    @main.group(short_help="The extension of LibreOffice: build, install, uninstall.")
    def libreoffice() -> None:
        """The extension of LibreOffice Calc: worksheet functions, menu and toolbar."""

    @libreoffice.command()
    @click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE")
    @_JSON
    @guarded
    def build(out: Path | None, as_json: bool) -> int:
        """Make arsheet.oxt; the same version gives the same bytes."""
        from arsheet.addins.libreoffice.build import FILE_NAME
        from arsheet.addins.libreoffice.build import build as made

        target = out or Path(FILE_NAME)
        data = made()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        if as_json:
            put_json({"file": target, "bytes": len(data)})
        else:
            click.echo(f"已生成 {target} / made")
        return 0

    @libreoffice.command()
    @click.option(
        "--lang", "language", type=click.Choice(["zh", "en"]), default="zh", help="Of the service's messages."
    )
    @_UNOPKG
    @_PROFILE
    @_JSON
    @guarded
    def install(language: str, unopkg: str | None, profile: str | None, as_json: bool) -> int:
        """Add the extension to LibreOffice for this user. Close LibreOffice first; not as root."""
        from arsheet.addins.libreoffice.install import install as put

        done = put(language=language, unopkg=unopkg, profile=profile)
        if as_json:
            put_json({"unopkg": done.unopkg, "config": done.config, "bytes": done.size})
        else:
            click.echo("已安装，重开 LibreOffice 即可 / installed; restart LibreOffice")
        return 0

    @libreoffice.command()
    @_UNOPKG
    @_PROFILE
    @_JSON
    @guarded
    def uninstall(unopkg: str | None, profile: str | None, as_json: bool) -> int:
        """Take the extension away again. Close LibreOffice first; not as root."""
        from arsheet.addins.libreoffice.install import uninstall as take

        removed = take(unopkg=unopkg, profile=profile)
        if as_json:
            put_json({"removed": removed})
        else:
            click.echo("已卸载 / uninstalled" if removed else "没有安装 / it is not installed")
        return 0
