"""sync init, status, doctor and schedule: setting up, and looking whether all is well."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arsheet.table import ArsheetError

if TYPE_CHECKING:
    from arsheet.sync.setup import Wanted

Guard = Callable[[Callable[..., int | None]], Callable[..., None]]
PutJson = Callable[[Any], None]
KINDS = ("person", "region", "overview", "shared")
LOGINS = ("service_account", "user", "default")
SCHEDULERS = ("cron", "systemd", "schtasks", "github")
BOOK = click.argument("book", type=click.Path(dir_okay=False, path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable output; nothing prompts.")


def add_to(sync: click.Group, guarded: Guard, put_json: PutJson) -> None:
    """Registers the commands."""
    _add_init(sync, guarded, put_json)
    _add_looks(sync, guarded, put_json)
    _add_schedule(sync, guarded, put_json)


def _add_init(sync: click.Group, guarded: Guard, put_json: PutJson) -> None:
    @sync.command()
    @BOOK
    @click.option("--spreadsheet", default="", metavar="ID|URL", help="A spreadsheet that a person made and shared.")
    @click.option("--kind", type=click.Choice(KINDS), default=None, help="For whom it is. Default: overview.")
    @click.option("--scope", default=None, metavar="NAMES", help="Salespeople or regions, parted by commas.")
    @click.option("--tabs", default="", metavar="TABS", help="Only these reports. Default: all.")
    @click.option("--mail", default="", help="With whom it is shared, for the record.")
    @click.option("--login", type=click.Choice(LOGINS), default=None, help="Default: service_account.")
    @click.option("--credentials", "key", default=None, metavar="FILE",
                  help="The key file; none: the environment variable ARSHEET_GOOGLE_KEY.")  # fmt: skip
    @click.option("--sign-in", "app", default="", metavar="FILE",
                  help="With --login user: this OAuth client (desktop app); the browser opens, the login is kept in "
                       "--credentials.")  # fmt: skip
    @click.option("--relay", default=None, metavar="URL", help="A relay that the company may lawfully run.")
    @click.option(
        "--phones/--no-phones",
        default=None,
        help="Publish phone numbers, masked, for all spreadsheets. Default: as it is set; at first no.",
    )
    @click.option("--agree", default="", metavar="NAME", help="Who agrees that data leave the country (数据出境).")
    @AS_JSON
    @guarded
    def init(
        book: Path, spreadsheet: str, kind: str | None, scope: str | None, tabs: str, mail: str, login: str | None,
        key: str | None, app: str, relay: str | None, phones: bool | None, agree: str,
        as_json: bool,
    ) -> int:  # fmt: skip
        """Set up the sync of BOOK with one spreadsheet; what is not given is asked. Again for another spreadsheet."""
        from arsheet.sync.connecting import configured
        from arsheet.sync.setup import ADVICE_EN, ADVICE_ZH, Wanted, set_up

        known = configured(book)
        wanted = Wanted(
            spreadsheet, kind or "", scope or "", tabs, mail, login or "", key or "", relay or "", phones, agree, app
        )
        if known.targets:  # another spreadsheet of the same book: the login stays unless it is given
            wanted = replace(wanted, login=login or known.login, key=known.key if key is None else key,
                             relay=known.relay if relay is None else relay)  # fmt: skip
        asks = not as_json and not (spreadsheet and agree)
        if not as_json:
            click.echo(f"{ADVICE_ZH}\n{ADVICE_EN}\n")
        wanted = _asked(wanted, first=not known.targets) if asks else _defaults(wanted)
        made = set_up(book, wanted)
        if as_json:
            put_json({"book": str(book), "spreadsheet": made.spreadsheet, "new": made.new, "account": made.account,
                      "agreed": made.agreed, "backup": made.backup, "advice_zh": ADVICE_ZH,
                      "advice_en": ADVICE_EN})  # fmt: skip
            return 0
        click.echo("已保存 / saved")
        if made.account:
            click.echo(f"请把表格共享给（编辑者）/ share the spreadsheet with, as an editor:\n  {made.account}")
        click.echo("接下来 / next:  arsheet sync doctor BOOK,  arsheet sync plan BOOK")
        return 0


def _defaults(wanted: Wanted) -> Wanted:
    kind = wanted.kind or ("person" if wanted.scope else "overview")
    return replace(wanted, kind=kind, login=wanted.login or "service_account")


def _asked(wanted: Wanted, *, first: bool) -> Wanted:
    """Asks for what was not given, in plain words."""
    agree = wanted.agreed_by or click.prompt("由谁确认（姓名）/ who agrees (name)")
    sheet = wanted.spreadsheet or click.prompt(
        "在线表格的网址（先由人新建）/ address of the spreadsheet (made by a person)"
    )
    kind = wanted.kind or click.prompt("给谁看 / for whom", type=click.Choice(KINDS), default="overview")
    scope = wanted.scope
    if kind in ("person", "region") and not scope:
        scope = click.prompt("业务员或区域的名称 / salespeople or regions")
    login = wanted.login or click.prompt("登录方式 / login", type=click.Choice(LOGINS), default="service_account")
    key, relay = wanted.key, wanted.relay
    if not key and login != "default":
        key = click.prompt("密钥文件（空=环境变量）/ key file (blank = environment)", default="", show_default=False)
    if first and not relay:
        relay = click.prompt("中转地址（空=直连）/ relay (blank = none)", default="", show_default=False)
    return replace(
        wanted, agreed_by=agree, spreadsheet=sheet, kind=kind, scope=scope, login=login, key=key, relay=relay
    )


def _add_looks(sync: click.Group, guarded: Guard, put_json: PutJson) -> None:
    @sync.command()
    @BOOK
    @AS_JSON
    @guarded
    def status(book: Path, as_json: bool) -> int:
        """Show where the sync of BOOK stands, from its journal; nobody is asked."""
        from arsheet.cli.sync_show import show_status
        from arsheet.sync.connecting import configured
        from arsheet.sync.status import status as status_of

        setup = configured(book)
        found = status_of(setup)
        if as_json:
            put_json({"book": str(book), "set_up": bool(setup.targets and setup.agreed), **found.to_json()})
        elif not setup.targets:
            click.echo("尚未设置在线同步，请运行 arsheet sync init / not set up; run arsheet sync init")
        else:
            show_status(found, setup.language)
        return 0

    @sync.command()
    @BOOK
    @click.option("--target", "names", multiple=True, metavar="NAME|ID", help="Only this sync target; repeatable.")
    @click.option("--key", default="", metavar="FILE", help="Another key file than that of the settings.")
    @click.option("--patience", type=click.FloatRange(min=0), default=20.0, metavar="SECONDS",
                  help="How long to go on trying while Google does not answer. Default: 20.")  # fmt: skip
    @AS_JSON
    @guarded
    def doctor(book: Path, names: tuple[str, ...], key: str, patience: float, as_json: bool) -> int:
        """Find what is wrong with the sync of BOOK, each fault with its cause and cure; nothing is written."""
        from arsheet.cli.sync import limits
        from arsheet.cli.sync_show import check_json, show_checks
        from arsheet.sync.connecting import configured
        from arsheet.sync.doctor import examine, exit_code

        found = list(examine(book, key=key, targets=names, limits=limits(patience)))
        code = exit_code(found)
        if as_json:
            put_json({"book": str(book), "exit_code": code, "checks": [check_json(each) for each in found]})
        else:
            show_checks(found, configured(book).language)
        return code


def _add_schedule(sync: click.Group, guarded: Guard, put_json: PutJson) -> None:
    @sync.command()
    @BOOK
    @click.option("--kind", type=click.Choice(SCHEDULERS), required=True)
    @click.option("--every", default="1h", show_default=True, metavar="15m|1h|1d")
    @click.option("--at", default="07:00", show_default=True, metavar="HH:MM", help="For periods of a day.")
    @click.option("--name", default="arsheet-sync", show_default=True, help="The name of the unit.")
    @click.option("--target", "names", multiple=True, metavar="NAME|ID", help="Only this sync target; repeatable.")
    @click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None, help="Store the files here.")
    @AS_JSON
    @guarded
    def schedule(
        book: Path, kind: str, every: str, at: str, name: str, names: tuple[str, ...], out: Path | None, as_json: bool
    ) -> int:
        """Print a ready unit for a scheduler (cron, systemd, schtasks, github); it holds nothing secret."""
        from typing import cast

        from arsheet.sync.schedule import Kind, command_of, unit

        if not book.exists():
            raise ArsheetError("file_not_found", f"找不到文件 {book.name}", f"there is no file {book.name}")
        command = command_of(book.resolve(), names, windows=kind == "schtasks" and os.name == "nt")
        made = unit(cast("Kind", kind), every, command, at=at, name=name)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            for each in made.files:
                (out / each.name).write_bytes(each.data())
        if as_json:
            put_json({"kind": kind, "files": [{"name": each.name, "text": each.text} for each in made.files],
                      "stored_in": str(out) if out else None, "zh": list(made.zh), "en": list(made.en)})  # fmt: skip
            return 0
        if out is None:
            for each in made.files:
                click.echo(each.text, nl=not each.text.endswith("\n"))
        else:
            click.echo("\n".join(str(out / each.name) for each in made.files))
        click.echo("\n".join((*made.zh, *made.en)), err=True)  # what is printed can go straight into a file
        return 0
