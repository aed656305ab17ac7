"""serve: the local service behind Excel on the web, LibreOffice, WPS, and the task pane in a browser."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arsheet.table import ArsheetError

if TYPE_CHECKING:
    from arsheet.addins.service.server import Served

SUMMARIES_ZH = {"serve": "启动本机服务：网页任务窗格（可指定工作簿）、Office.js、LibreOffice 和 WPS 加载项都用它"}
Guard = Callable[[Callable[..., int | None]], Callable[..., None]]


def add_to(main: click.Group, guarded: Guard, put_json: Callable[[Any], None]) -> None:
    """Registers the command."""

    @main.command()
    @click.argument("book", required=False, type=click.Path(dir_okay=False, path_type=Path))
    @click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: 47310, or any that is free.")
    @click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of pages and messages.")
    @click.option(
        "--https", "certificate", nargs=2, type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
        metavar="CERT KEY", help="Certificate and key for localhost (arsheet officejs guide makes them).",
    )  # fmt: skip
    @click.option("--allow-origin", "guests", multiple=True, help="A page that may read the generated files.")
    @click.option("--quiet", is_flag=True, help="Print nothing; started by an add-in.")
    @click.option("--json", "as_json", is_flag=True, help="Print where it runs as JSON.")
    @guarded
    def serve(
        book: Path | None, port: int, lang: str, certificate: tuple[Path, Path] | None, guests: tuple[str, ...],
        quiet: bool, as_json: bool,
    ) -> int:  # fmt: skip
        """Run the local service; with BOOK its page works on that file. Ctrl-C ends it."""
        _need_packages()
        from arsheet.addins.service import server
        from arsheet.hosts.opening_words import not_found

        if book is not None and not book.exists():
            raise not_found(book)
        _check_origins(guests)
        if certificate is not None:
            server.check_certificate(*certificate)
        running = server.already_running()
        if running is not None and book is None and certificate is None:
            raise _runs_already(running.port, running.pid)
        served, sock = server.prepare(
            path=book.resolve() if book is not None else None, port=port, language=lang,
            tls=certificate is not None, guests=guests,
        )  # fmt: skip

        def ready() -> None:
            if as_json:
                put_json({"url": served.url, "link": served.link, "port": served.port})
                sys.stdout.flush()
            elif not quiet:
                _say(served, book)

        server.serve(
            served, sock, certificate=certificate, announce=running is None and certificate is None, ready=ready
        )
        return 0


def _say(served: Served, book: Path | None) -> None:
    """Where it runs, and how to end it; the link opens the page with the token of this start."""
    click.echo(f"arsheet 服务已启动 / the service runs: {served.url}")
    if book is not None:
        click.echo(f"工作簿 / workbook: {book}")
    click.echo(f"在浏览器打开这个链接（只给自己用）/ open this link in a browser (for yourself only):\n  {served.link}")
    click.echo("按 Ctrl-C 结束 / Ctrl-C ends it")
    sys.stdout.flush()


def _need_packages() -> None:
    missing = [name for name in ("starlette", "uvicorn", "h11") if importlib.util.find_spec(name) is None]
    if missing:
        raise ArsheetError(
            "service_not_installed",
            f'缺少 {"、".join(missing)}；请先安装：pip install "arsheet[serve]"',
            f'{", ".join(missing)} is missing; install it with: pip install "arsheet[serve]"',
            exit_code=8,
        )


def _check_origins(guests: tuple[str, ...]) -> None:
    for guest in guests:
        scheme, sign, host = guest.partition("://")
        if scheme not in ("http", "https") or not sign or not host or set(host) & set("/*?#@ "):
            raise ArsheetError(
                "origin_not_exact",
                f"--allow-origin 要写成完整来源，例如 https://excel.officeapps.live.com；读到：{guest}",
                f"--allow-origin takes one exact origin such as https://excel.officeapps.live.com, not {guest}",
                exit_code=2,
            )


def _runs_already(port: int, pid: int) -> ArsheetError:
    return ArsheetError(
        "service_runs_already",
        f"服务已在运行（端口 {port}，进程 {pid}），加载项会用它；要打开一个工作簿的网页，请用 arsheet serve BOOK",
        f"The service runs already (port {port}, process {pid}) and the add-ins use it; "
        "for the page of a workbook use arsheet serve BOOK",
        exit_code=7,
    )
