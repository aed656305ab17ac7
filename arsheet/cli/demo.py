"""demo sheets: the sync with online spreadsheets on this computer alone, without a Google account."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import urllib.parse
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from arsheet.table import ArsheetError, iso

if TYPE_CHECKING:
    from arsheet.sync.connecting import Connection
    from arsheet.sync.emulator import Emulator, Person
    from arsheet.sync.job import JobReport
    from arsheet.sync.model import TabView, Target

SUMMARIES_ZH = {"demo": "演示：不用 Google 账号，在本机试用在线表格同步（demo sheets）"}
Guard = Callable[[Callable[..., int | None]], Callable[..., None]]
PutJson = Callable[[Any], None]
PROMISE = {"zh": "下周五", "en": "next Friday"}
"""What --once types."""
NAMES = {
    "zh": ("应收款.xlsx", "应收跟进（演示）", "演示"),
    "en": ("receivables.xlsx", "Receivables follow-up (demo)", "demo"),
}


def add_to(main: click.Group, guarded: Guard, put_json: PutJson) -> None:
    """Registers the group of commands."""

    @main.group()
    def demo() -> None:
        """Try things out on this computer; nothing leaves it."""

    @demo.command()
    @click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
    @click.option("--invoices", type=click.IntRange(100, 20_000), default=120, show_default=True)
    @click.option("--every", default="3s", show_default=True, help="How often the sync runs.")
    @click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=None,
                  help="Keep the workbook in this folder. Default: a temporary one.")  # fmt: skip
    @click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: any that is free.")
    @click.option("--no-browser", is_flag=True, help="Only print the address.")
    @click.option("--once", is_flag=True, help="Type one promise, show what becomes of it, and end.")
    @click.option("--json", "as_json", is_flag=True, help="Machine-readable output; no browser.")
    @guarded
    def sheets(
        lang: str, invoices: int, every: str, out: Path | None, port: int, no_browser: bool, once: bool, as_json: bool
    ) -> int:
        """Sync a sample workbook with a spreadsheet in the browser, on this computer only. Ctrl-C ends it."""
        from arsheet.sync.schedule import read_every

        period = read_every(every)
        with ExitStack() as stack:
            stage = _stage(stack, lang, invoices, out, port)
            first = stage.run()
            stage.sheet.delete_tab(stage.sheet.tabs[0])  # the blank one that every new spreadsheet has
            if once:
                _tell(_once(stage, first), lang, put_json if as_json else None)
                return 0
            _welcome(stage, lang, put_json if as_json else None)
            if not (as_json or no_browser) and sys.stdout.isatty():
                webbrowser.open(stage.url)
            return _go_on(stage, lang, period, quiet=as_json)


@dataclass(slots=True)
class Stage:
    """What a demo plays on: the workbook, the emulator, the spreadsheet in its owner's hands, and the way to it."""

    book: Path
    google: Emulator
    sheet: Person
    target: Target
    connection: Connection
    follow_up: TabView

    @property
    def url(self) -> str:
        """The page that shows the spreadsheet, at the tab of the people."""
        tab = urllib.parse.quote(self.follow_up.title(self.target.language))
        return f"{self.google.base_url}/sheet/{self.sheet.id}?lang={self.target.language}#{tab}"

    def run(self) -> JobReport:
        """One run of the sync; a target that failed is raised."""
        from arsheet.sync.job import run_job

        made = run_job(self.book, (self.target,), lambda: self.connection)
        error = made.targets[0].error
        if error is not None:
            raise error
        return made


def _stage(stack: ExitStack, lang: str, invoices: int, out: Path | None, port: int) -> Stage:
    """Makes the workbook, starts the emulator with a service account, and sets the sync up as a person would."""
    from arsheet import run
    from arsheet.hosts.google.pacing import Limits
    from arsheet.run.session import system_clock
    from arsheet.sync.connecting import configured, connect
    from arsheet.sync.emulator import SERVICE_ACCOUNT, Emulator
    from arsheet.sync.emulator.page import GUEST
    from arsheet.sync.setup import Wanted, set_up
    from arsheet.sync.views import views

    name, title, who = NAMES[lang]
    folder = out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="arsheet-demo-")))
    secret = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="arsheet-key-")))
    folder.mkdir(parents=True, exist_ok=True)
    book = folder / name
    if book.exists():
        raise ArsheetError("demo_book_exists", f"{name} 已存在，请换一个文件夹", f"{name} exists; take another folder")
    run.new_book(book, lang)
    today = system_clock(ZoneInfo("Asia/Shanghai")).date()
    run.fill_sample(book, invoices=invoices, customers=max(30, invoices // 5), as_of=today)
    try:
        google = stack.enter_context(Emulator(port))
    except OSError:
        raise ArsheetError(
            "port_in_use", f"端口 {port} 已被占用，请换一个", f"port {port} is in use; take another", exit_code=8
        ) from None
    sheet = google.books.create(title, share=[SERVICE_ACCOUNT, GUEST])
    key = secret / "key.json"
    key.touch(0o600)
    key.write_text(json.dumps(google.service_account_info()), "utf-8")
    set_up(book, Wanted(sheet.url, key=str(key), relay=google.base_url, agreed_by=who))
    setup = configured(book)
    many = Limits(deadline=20.0, read=20.0, reads_per_minute=10_000, writes_per_minute=10_000)
    follow_up = next(view for view in views(lang) if view.people)
    return Stage(book, google, sheet, setup.targets[0], connect(setup, limits=many), follow_up)


def _once(stage: Stage, first: JobReport) -> dict[str, Any]:
    """Types a promise as a salesperson, lets the job run, refreshes the workbook, and tells each step."""
    from arsheet import run
    from arsheet.run.session import open_session
    from arsheet.sync.emulator.page import GUEST

    language = stage.target.language
    tab, said = stage.follow_up.title(language), PROMISE[language]
    header = list(stage.follow_up.header(language))
    promised = header.index(stage.follow_up.column("promised_for").header(language))
    reply = header.index(stage.follow_up.column("reply").header(language))
    open_ = header.index(stage.follow_up.column("open").header(language))
    lines = stage.sheet.values(tab)
    row = next(at for at, line in enumerate(lines) if at and _positive(line[open_]))
    stage.sheet.as_(GUEST).type(tab, (row, promised), said)
    before = len(open_session(stage.book, only=("promises",)).tables["promises"])
    made = stage.run()
    answer = stage.sheet.value(tab, (row, reply))
    run.refresh(stage.book)
    again = stage.run()
    promises = open_session(stage.book, only=("promises",)).tables["promises"]
    key = str(lines[row][0])
    rows = zip(promises.column("document_no"), promises.column("pay_by"), strict=True)
    days = [day for document, day in rows if str(document) == key.partition("#")[0]]
    report, earlier = made.targets[0].report, first.targets[0].report
    return {
        "url": stage.url,
        "tab": tab,
        "tabs": stage.sheet.tabs,
        "key": key,
        "typed": said,
        "reply": answer,
        "pulled": len(report.pulls) if report else 0,
        "landed": dict(made.landing.rows),
        "new_promises": len(promises) - before,
        "promised_for": iso(days[-1]) if days else None,
        "waiting": again.waiting,
        "first_cells": earlier.pushed if earlier else 0,
    }


def _tell(done: dict[str, Any], lang: str, put_json: PutJson | None) -> None:
    if put_json is not None:
        put_json(done)
    elif lang == "zh":
        click.echo(f"首次同步写入 {done['first_cells']} 格")
        click.echo(f"业务员在“{done['tab']}”的 {done['key']} 行填写承诺日期：{done['typed']}")
        click.echo(f"系统回复：{done['reply']}")
        click.echo(f"刷新后“承诺付款”新增 {done['new_promises']} 行，待写入 {done['waiting']} 条")
    else:
        click.echo(f"the first sync wrote {done['first_cells']} cells")
        click.echo(f"a salesperson types the promise {done['typed']!r} in the row {done['key']} of {done['tab']}")
        click.echo(f"the reply: {done['reply']}")
        click.echo(f"after Refresh, Promises has {done['new_promises']} new rows; {done['waiting']} entries wait")


def _welcome(stage: Stage, lang: str, put_json: PutJson | None) -> None:
    if put_json is not None:
        put_json({"url": stage.url, "book": str(stage.book), "spreadsheet": stage.sheet.id, "tabs": stage.sheet.tabs})
    elif lang == "zh":
        click.echo(f"在浏览器打开（只在本机，数据不会离开这台电脑）：\n  {stage.url}")
        click.echo("在“AR_跟进”的“承诺日期”里写 下周五、月底 或 12/25，几秒后看右边的“系统回复”；写 看情况 会被追问。")
        click.echo(f"工作簿：{stage.book}\n按 Ctrl-C 结束")
    else:
        click.echo(f"open in a browser (on this computer only, nothing leaves it):\n  {stage.url}")
        click.echo(
            "type next Friday, month end or 12/25 under Promised for on AR_Follow-up and watch Reply on the right"
        )
        click.echo(f"workbook: {stage.book}\nCtrl-C ends it")
    sys.stdout.flush()


def _go_on(stage: Stage, lang: str, period: int, *, quiet: bool) -> int:
    from arsheet.sync.loop import Turn, keep_running, stopped_by_signals

    def once() -> Turn:
        made = stage.run()
        report = made.targets[0].report
        if quiet or report is None or not (report.pulls or made.landing.rows):
            return Turn(0)
        rows = sum(made.landing.rows.values())
        click.echo(
            f"收取 {len(report.pulls)} 条，写入工作簿 {rows} 行" if lang == "zh"
            else f"{len(report.pulls)} entries taken over, {rows} rows entered the workbook"
        )  # fmt: skip
        return Turn(0)

    stop = threading.Event()
    with stopped_by_signals(stop):
        return keep_running(once, period, stop=stop)


def _positive(value: Any) -> bool:
    return isinstance(value, (int, float)) and value > 0
