"""sync: keeps Google spreadsheets in step with a workbook; plan first, apply then, or on a schedule."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arsheet.table import ArsheetError

if TYPE_CHECKING:
    from arsheet.hosts.google.pacing import Limits
    from arsheet.sync.connecting import Configured, Connection
    from arsheet.sync.job import JobReport, Ways
    from arsheet.sync.loop import Turn
    from arsheet.sync.model import Target
    from arsheet.sync.plan import Plan

SUMMARIES_ZH = {"sync": "与 Google 在线表格同步：计划、执行、收取、状态、诊断、定时"}
Guard = Callable[[Callable[..., int | None]], Callable[..., None]]
PutJson = Callable[[Any], None]
BOOK = click.argument("book", type=click.Path(dir_okay=False, path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable output; nothing prompts.")
YES = click.option("--yes", is_flag=True, help="Do it without asking.")
TARGETS = click.option(
    "--target", "names", multiple=True, metavar="NAME|ID", help="Only this sync target; repeatable. Default: all."
)
KEY = click.option("--key", default="", metavar="FILE", help="Another key file than that of the settings.")
ACCEPT = click.option(
    "--accept-sheet", is_flag=True,
    help="Go on from a spreadsheet that was restored or moved: blank and older cells get the journal's last word back.",
)  # fmt: skip
PATIENCE = click.option(
    "--patience", type=click.FloatRange(min=0), default=None, metavar="SECONDS",
    help="How long to go on trying while Google does not answer. Default: 600.",
)  # fmt: skip


def add_to(main: click.Group, guarded: Guard, put_json: PutJson) -> None:
    """Registers the group of commands."""

    @main.group()
    def sync() -> None:
        """Keep Google spreadsheets in step with a workbook: publish, and take in what salespeople type."""

    from arsheet.cli import sync_setting

    sync_setting.add_to(sync, guarded, put_json)
    _add_plan(sync, guarded, put_json)
    _add_apply(sync, guarded, put_json)
    _add_one_way(sync, guarded, put_json)
    _add_run(sync, guarded, put_json)


def limits(patience: float | None) -> Limits:
    """How the calls are paced and for how long they are tried again."""
    from arsheet.hosts.google.pacing import Limits

    if patience is None:
        return Limits()
    return Limits(deadline=patience, read=min(180.0, max(1.0, patience)), connect=min(10.0, max(1.0, patience)))


def _add_plan(sync: click.Group, guarded: Guard, put_json: PutJson) -> None:
    @sync.command()
    @BOOK
    @TARGETS
    @KEY
    @PATIENCE
    @click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Keep the plan here.")
    @click.option("--detailed-exitcode", "detailed", is_flag=True, help="Exit code 10 when there are changes.")
    @ACCEPT
    @click.option("--recreate", multiple=True, metavar="TAB", help="Make this tab anew: it was deleted on purpose.")
    @AS_JSON
    @guarded
    def plan(
        book: Path, names: tuple[str, ...], key: str, patience: float | None, out: Path | None, detailed: bool,
        accept_sheet: bool, recreate: tuple[str, ...], as_json: bool,
    ) -> int:  # fmt: skip
        """Show what a sync of BOOK would do; nothing is written anywhere."""
        from arsheet.cli.sync_show import show_plan
        from arsheet.sync.connecting import chosen, configured
        from arsheet.sync.planfile import has_changes, target_json, write_plan

        setup = configured(book)
        connect = _connect(setup, key, patience, readonly=True)
        made = _plans(setup, chosen(setup, names), connect, recreate, accept_sheet=accept_sheet)
        if out is not None:
            write_plan(out, book, made)
        if as_json:
            put_json({"book": str(book), "targets": [target_json(*pair) for pair in made]})
        else:
            for target, each in made:
                show_plan(target, each)
        if any(problem.severity == "error" for _, each in made for problem in each.problems):
            return 4
        return 10 if detailed and any(has_changes(each) for _, each in made) else 0


def _plans(
    setup: Configured,
    targets: Sequence[Target],
    connect: Callable[[], Connection],
    recreate: Sequence[str],
    *,
    accept_sheet: bool,
) -> list[tuple[Target, Plan]]:
    from arsheet.sync.passes import plan_pass
    from arsheet.sync.source import BookSource

    connection, source = connect(), BookSource()
    keys = tab_keys(recreate)
    return [
        (
            target,
            plan_pass(
                setup.book, target, connection.remote(target), source=source, recreate=keys, accept_sheet=accept_sheet
            ),
        )
        for target in targets
    ]


def tab_keys(titles: Sequence[str]) -> frozenset[str]:
    """The keys of tabs named by their titles, in either language; raises ArsheetError ``tab_unknown`` (2)."""
    from arsheet.sync.views import views

    known = {name.casefold(): view.key for view in views() for name in (view.key, view.zh, view.en)}
    unknown = [title for title in titles if title.casefold() not in known]
    if unknown:
        raise ArsheetError(
            "tab_unknown",
            f"没有名为“{'、'.join(unknown)}”的同步工作表",
            f"there is no tab of the sync named {', '.join(unknown)}",
            exit_code=2,
        )
    return frozenset(known[title.casefold()] for title in titles)


def _connect(setup: Configured, key: str, patience: float | None, *, readonly: bool) -> Callable[[], Connection]:
    from arsheet.sync.connecting import connect

    return lambda: connect(setup, key=key, readonly=readonly, limits=limits(patience))


def _add_apply(sync: click.Group, guarded: Guard, put_json: PutJson) -> None:
    @sync.command()
    @BOOK
    @TARGETS
    @KEY
    @PATIENCE
    @click.option("--plan", "planned", type=click.Path(dir_okay=False, path_type=Path), default=None,
                  help="Carry out this kept plan, or nothing if sheet or book have changed since.")  # fmt: skip
    @ACCEPT
    @click.option("--recreate", multiple=True, metavar="TAB", help="Make this tab anew: it was deleted on purpose.")
    @YES
    @AS_JSON
    @guarded
    def apply(
        book: Path, names: tuple[str, ...], key: str, patience: float | None, planned: Path | None,
        accept_sheet: bool, recreate: tuple[str, ...], yes: bool, as_json: bool,
    ) -> int:  # fmt: skip
        """Carry out a sync of BOOK: the plan is shown and asked for first (--yes: without)."""
        from arsheet.cli.sync_show import show_plan
        from arsheet.sync.connecting import chosen, configured
        from arsheet.sync.job import Ways
        from arsheet.sync.passes import Expected
        from arsheet.sync.planfile import has_changes, read_plan

        setup = configured(book)
        expect = read_plan(planned, book) if planned is not None else {}
        targets = chosen(setup, names or tuple(expect))
        if not (expect or yes or as_json):
            connect = _connect(setup, key, patience, readonly=True)
            made = _plans(setup, targets, connect, recreate, accept_sheet=accept_sheet)
            for target, each in made:
                show_plan(target, each)
            if any(has_changes(each) or each.restored for _, each in made):
                if not click.confirm("执行以上计划？ Carry this out?", default=True):
                    return 0
                expect = {target.spreadsheet: Expected(each.digest, each.base_fingerprint) for target, each in made}
        ways = Ways(expect=expect, accept_sheet=accept_sheet, recreate=tab_keys(recreate))
        return one_run(setup, targets, ways, key, patience, put_json if as_json else None).exit_code


def _add_one_way(sync: click.Group, guarded: Guard, put_json: PutJson) -> None:
    @sync.command()
    @BOOK
    @TARGETS
    @KEY
    @PATIENCE
    @AS_JSON
    @guarded
    def pull(book: Path, names: tuple[str, ...], key: str, patience: float | None, as_json: bool) -> int:
        """Only take in what people typed: into the journal, and into BOOK if it is free. No sheet is written."""
        from arsheet.sync.connecting import chosen, configured
        from arsheet.sync.job import Ways

        setup = configured(book)
        said = put_json if as_json else None
        return one_run(setup, chosen(setup, names), Ways(push=False), key, patience, said).exit_code

    @sync.command()
    @BOOK
    @TARGETS
    @KEY
    @PATIENCE
    @click.option("--recreate", multiple=True, metavar="TAB", help="Make this tab anew: it was deleted on purpose.")
    @AS_JSON
    @guarded
    def push(
        book: Path, names: tuple[str, ...], key: str, patience: float | None, recreate: tuple[str, ...], as_json: bool
    ) -> int:
        """Publish BOOK; what people typed is kept in the journal first and waits there. BOOK is not written."""
        from arsheet.sync.connecting import chosen, configured
        from arsheet.sync.job import Ways

        setup, ways = configured(book), Ways(land=False, recreate=tab_keys(recreate))
        return one_run(setup, chosen(setup, names), ways, key, patience, put_json if as_json else None).exit_code


def one_run(
    setup: Configured, targets: Sequence[Target], ways: Ways, key: str, patience: float | None, put_json: PutJson | None
) -> JobReport:
    """One run over the targets, shown or said in JSON."""
    from arsheet.cli.sync_show import progress_of, report_json, show_report
    from arsheet.sync.job import run_job

    with progress_of(silent=put_json is not None) as told:
        connect = _connect(setup, key, patience, readonly=not ways.push)
        made = run_job(setup.book, targets, connect, ways=ways, progress=told)
    if put_json is not None:
        put_json({"book": str(setup.book), **report_json(made)})
    else:
        show_report(made, setup.language)
    return made


def _add_run(sync: click.Group, guarded: Guard, put_json: PutJson) -> None:
    @sync.command()
    @BOOK
    @TARGETS
    @KEY
    @PATIENCE
    @click.option("--every", default=None, metavar="15m", help="Go on until stopped, one pass every 15m, 1h, 1d …")
    @click.option("--jitter", default=None, metavar="60s", help="Start up to so much later, so that runs spread.")
    @AS_JSON
    @guarded
    def run(
        book: Path, names: tuple[str, ...], key: str, patience: float | None, every: str | None, jitter: str | None,
        as_json: bool,
    ) -> int:  # fmt: skip
        """One pass over BOOK without asking, for schedulers; with --every again and again. Ctrl-C ends it cleanly."""
        from arsheet.sync.connecting import chosen, configured
        from arsheet.sync.job import Ways
        from arsheet.sync.loop import keep_running, stopped_by_signals
        from arsheet.sync.schedule import read_every

        period = read_every(every) if every else 0
        spread = read_every(jitter) if jitter and jitter != "0s" else 0
        setup = configured(book)
        chosen(setup, names)  # what is wrong with the settings is said at once

        def once() -> JobReport:
            """One pass, with the settings as they are now; in a long run a refusal is told and the run goes on."""
            now = configured(book)
            return one_run(now, chosen(now, names), Ways(), key, patience, put_json if as_json else None)

        stop = threading.Event()
        if not period:
            time.sleep(random.uniform(0, spread))
            return once().exit_code
        with stopped_by_signals(stop):
            stop.wait(random.uniform(0, spread))
            return keep_running(lambda: _survived(once, as_json, put_json), period, stop=stop)


def _survived(once: Callable[[], JobReport], as_json: bool, put_json: PutJson) -> Turn:
    """A pass of the long run: its refusals are told, not raised."""
    from arsheet.sync.loop import turn_of

    try:
        return turn_of(once())
    except (ArsheetError, FileNotFoundError) as error:
        refused = error if isinstance(error, ArsheetError) else ArsheetError(
            "file_not_found", "找不到工作簿文件", "the workbook file is not there")  # fmt: skip
        if as_json:
            put_json({"error": refused.code, "zh": refused.zh, "en": refused.en, "facts": refused.facts})
        else:
            click.echo(f"{refused.zh}\n{refused.en}", err=True)
        return turn_of(refused)
