"""The command line: the main job of the house, for people and for scripts.

Every command has ``--json`` (then nothing prompts). Exit codes: 0 done, 1 done with error findings, 2 usage, 3 refused
file, 4 a conflict needs a person, 5 authentication or permission, 6 remote unavailable, 7 another run holds the lock,
8 configuration, 10 a plan has changes.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any

import click

from arsheet import __version__
from arsheet.cli import apps_script as _apps_script
from arsheet.cli import demo as _demo
from arsheet.cli import excel as _excel
from arsheet.cli import help as _help
from arsheet.cli import journal as _journal
from arsheet.cli import libreoffice as _libreoffice
from arsheet.cli import officejs as _officejs
from arsheet.cli import serve as _serve
from arsheet.cli import sync as _sync
from arsheet.cli import wps as _wps
from arsheet.cli.dates import AS_OF, with_today
from arsheet.schema.words import label
from arsheet.table import ArsheetError, Finding, Table, iso

FORMULA_STARTS = "=+-@\t\r＝＋－＠"
"""What a spreadsheet may take for the beginning of a formula when it opens a text file."""
LANGUAGES = click.Choice(["zh", "en"])
KINDS = ("customers", "invoices", "receipts", "applications", "instalments", "limits", "orders", "opening")


SUMMARIES_ZH = {
    "new": "新建一个应收账款工作簿（.xlsx），可填入示例数据",
    "check": "检查数据并列出发现，不写入任何内容",
    "refresh": "重新计算全部报表并写回工作簿",
    "aging": "计算账龄：工作簿，或任何可以导入的应收清单",
    "call": "调用工作表函数，以 JSON 回答；不是 JSON 的参数按文字处理",
    "import": "把文件（xlsx、xls、csv）导入工作簿：先预览，再写入，逐行幂等",
    **_journal.SUMMARIES_ZH,
    **_help.SUMMARIES_ZH,
    **_excel.SUMMARIES_ZH,
    **_libreoffice.SUMMARIES_ZH,
    **_serve.SUMMARIES_ZH,
    **_officejs.SUMMARIES_ZH,
    **_wps.SUMMARIES_ZH,
    **_apps_script.SUMMARIES_ZH,
    **_sync.SUMMARIES_ZH,
    **_demo.SUMMARIES_ZH,
}


def jsonable(value: Any) -> Any:
    """Money as decimal strings, dates ISO, tables as header and rows."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): jsonable(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(part) for part in value]
    if isinstance(value, Path):
        return str(value)
    return value.item() if hasattr(value, "item") else value


def put_json(value: Any) -> None:
    """One JSON value on standard output."""
    click.echo(json.dumps(jsonable(value), ensure_ascii=False))


def finding_json(item: Finding) -> dict[str, Any]:
    """A finding for scripts."""
    return {
        "code": item.code, "severity": item.severity, "sheet": item.sheet, "cell": item.cell,
        "zh": item.zh, "en": item.en, "hint_zh": item.hint_zh, "hint_en": item.hint_en,
    }  # fmt: skip


def _guarded(command: Callable[..., int | None]) -> Callable[..., None]:
    """Turns refusals into the exit code and words of the house."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        as_json = bool(options.get("as_json"))
        try:
            code = command(*args, **with_today(options)) or 0
        except ArsheetError as error:
            if as_json:
                put_json({"error": error.code, "zh": error.zh, "en": error.en, "facts": error.facts})
            else:
                click.echo(f"{error.zh}\n{error.en}", err=True)
            code = error.exit_code
        except FileNotFoundError as error:
            from arsheet.hosts.opening_words import not_found

            missing = not_found(Path(str(error.filename or "")).name)
            if as_json:
                put_json({"error": missing.code, "zh": missing.zh, "en": missing.en})
            else:
                click.echo(f"{missing.zh}\n{missing.en}", err=True)
            code = 3
        sys.exit(code)

    return run


AS_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable output; nothing prompts.")
ALL = click.option("--all", "everything", is_flag=True, help="Show every finding, not only the first of each kind.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="arsheet")
def main() -> None:
    """Accounts receivable (应收账款) inside the workbooks that finance staff already use."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a Windows console may not be able to show Chinese in its own code page
            reconfigure(encoding="utf-8", errors="replace")


@main.command()
@click.argument("book", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--lang", type=LANGUAGES, default="zh", help="Language of sheets and headers.")
@click.option("--sample", type=click.IntRange(min=100), default=None, help="Fill it with a sample of N invoices.")
@click.option("--customers", type=click.IntRange(min=30), default=None, help="Customers of the sample.")
@AS_JSON
@_guarded
def new(book: Path, lang: str, sample: int | None, customers: int | None, as_json: bool) -> int:
    """Make a new receivables book BOOK (.xlsx)."""
    from arsheet import run

    book = run.new_book(book, lang)
    counts: dict[str, int] = {}
    if sample:
        counts = run.fill_sample(book, invoices=sample, customers=customers or max(30, sample * 3 // 20))
    if as_json:
        put_json({"book": str(book), "language": lang, "rows": counts})
    else:
        click.echo(str(book))
        for name, count in counts.items():
            click.echo(f"  {name}: {count}")
    return 0


@main.command()
@click.argument("book", type=click.Path(dir_okay=False, path_type=Path))
@AS_OF
@ALL
@AS_JSON
@_guarded
def check(book: Path, as_of: dt.date | None, everything: bool, as_json: bool) -> int:
    """Check the data of BOOK and show the findings; nothing is written."""
    from arsheet import run
    from arsheet.cli.show import MOST_LINES, show_findings

    done = run.checked(book, as_of)
    found = done.outcome.findings
    if as_json:
        put_json({"as_of": iso(done.as_of), "counts": done.outcome.summary["findings"], "ar_cells": _ar_cells(done),
                  "findings": [finding_json(item) for item in found],
                  "controls": [_control(control) for control in done.assembly.controls]})  # fmt: skip
    else:
        show_findings(found, done.language, most=0 if everything else MOST_LINES)
    return 1 if any(item.severity == "error" for item in found) else 0


def _control(control: Any) -> dict[str, Any]:
    return {name: getattr(control, name) for name in control.__slots__}


@main.command()
@click.argument("book", type=click.Path(dir_okay=False, path_type=Path))
@AS_OF
@ALL
@AS_JSON
@_guarded
def refresh(book: Path, as_of: dt.date | None, everything: bool, as_json: bool) -> int:
    """Work out every report of BOOK anew and write them into it."""
    from arsheet import run
    from arsheet.cli.show import MOST_LINES, progress, show_refreshed

    with progress(silent=as_json) as step:
        done = run.refresh(book, as_of, progress=step)
    if as_json:
        saved = done.saved
        put_json({"book": str(book), "as_of": iso(done.as_of), "counts": done.outcome.summary["findings"],
                  "written": dict(saved.tables) if saved else {}, "backup": saved.backup if saved else "",
                  "not_updated": list(saved.dependents) if saved else [],
                  "cleared_filters": list(saved.cleared_filters) if saved else [],
                  "dropped_links": list(saved.dropped_links) if saved else [],
                  "beside": list(saved.beside) if saved else [],
                  "dropped_columns": dict(saved.dropped_columns) if saved else {}, "ar_cells": _ar_cells(done),
                  "controls": [_control(control) for control in done.assembly.controls],
                  "findings": [finding_json(item) for item in done.outcome.findings]})  # fmt: skip
    else:
        show_refreshed(done, most=0 if everything else MOST_LINES)
    return 1 if any(item.severity == "error" for item in done.outcome.findings) else 0


def _ar_cells(done: Any) -> dict[str, Any]:
    """How many AR_ cells got a new result, and which did not: the reasons are among the findings."""
    cells = done.ar_cells
    return {"updated": len(cells.updated) if cells else 0, "not_updated": list(cells.left) if cells else []}


@main.command()
@click.argument("source", metavar="BOOK|FILE", type=click.Path(dir_okay=False, path_type=Path))
@AS_OF
@click.option("--basis", type=click.Choice(["due", "invoice", "delivery", "original"]), default=None)
@click.option("--buckets", default=None, help="Rising days such as 30,60,90, or years.")
@click.option("--by", default="customer", help="customer, salesperson, department, region, class, project, contract …")
@click.option("--not-due", type=click.Choice(["own", "merge"]), default=None)
@click.option("--credit-mode", type=click.Choice(["apply", "own_date", "column", "fifo"]), default=None)
@click.option("--unapplied", type=click.Choice(["column", "fifo"]), default=None)
@click.option("--currency", default=None, help="Currency of a FILE without a currency column.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table")
@click.option("--lang", type=LANGUAGES, default=None)
@AS_JSON
@_guarded
def aging(
    source: Path, as_of: dt.date | None, basis: str | None, buckets: str | None, by: str, not_due: str | None,
    credit_mode: str | None, unapplied: str | None, currency: str | None, form: str, lang: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Age the receivables of a book, or of any invoice list that can be imported."""
    from arsheet import run
    from arsheet.ledger.aging import AgingPolicy
    from arsheet.ledger.aging import aging as aged

    view = run.ledger_of(source, as_of, currency=currency)
    policy = AgingPolicy.from_settings(
        dict(view.settings), basis=basis, buckets=buckets, not_due=not_due, credit_mode=credit_mode, unapplied=unapplied
    )
    table = aged(view.ledger, view.as_of, policy, by)
    language = lang or view.language
    _put_table(table, "json" if as_json else form, language, view.findings)
    return 1 if any(item.severity == "error" for item in view.findings) else 0


def _put_table(table: Table, form: str, language: str, found: Sequence[Finding] = ()) -> None:
    from arsheet.cli.show import IN_JSON, MOST_PLACES, show_findings, show_table
    from arsheet.schema.encode import encode

    header, rows = encode(table, language)
    header[:2] = _key_headers(str(table.facts.get("by", "customer")), language)
    if form == "json":
        put_json({"as_of": iso(table.facts["as_of"]), "keys": list(table.header), "header": header, "rows": rows,
                  "findings": [finding_json(item) for item in found]})  # fmt: skip
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_csv_cell(value) for value in row] for row in rows)
    else:
        show_table(table, header, rows, language)
    if form != "json" and found:
        show_findings(found, language, IN_JSON, most=MOST_PLACES, errors=form == "csv")


def _key_headers(by: str, language: str) -> list[str]:
    """The headers of a report's key and name under a dimension."""
    if by == "customer":
        return [label("customer_id", language), label("customer_name", language)]
    return [label(by, language), label("name", language)]


def _csv_cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is led by an apostrophe; numbers are left alone."""
    if isinstance(value, str) and value[:1] in FORMULA_STARTS and value:
        return f"'{value}"
    return jsonable(value)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("args", nargs=-1)
@click.option("--book", type=click.Path(dir_okay=False, path_type=Path), default=None)
@AS_OF
@click.option("--lang", type=LANGUAGES, default=None)
@AS_JSON
@_guarded
def call(
    name: str, args: tuple[str, ...], book: Path | None, as_of: dt.date | None, lang: str | None, as_json: bool
) -> int:
    """Call the worksheet function NAME with ARGS; answers in JSON. An argument that is not JSON is text."""
    from arsheet import run
    from arsheet.functions.arguments import parse_argument
    from arsheet.functions.invoke import invoke
    from arsheet.functions.results import to_json

    version = run.version_of(book, as_of) if book else None
    language = lang or (version.settings["language"] if version else "zh")
    result = invoke(name, [parse_argument(text) for text in args], version=version, language=language)
    answer = to_json(result)
    del as_json  # the answer is JSON either way
    put_json(answer)
    return 1 if result.error else 0


@main.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--into", "book", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--map", "mapping", multiple=True, metavar="HEADER=KEY", help="Which header is which column.")
@click.option("--currency", default=None, help="Currency of a file without a currency column.")
@click.option("--sheet", default=None, help="The sheet to read; default: the one that fits best.")
@click.option("--swap-dates", default=None, metavar="KEY,KEY", help="Columns whose day and month are to be swapped.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@ALL
@AS_JSON
@_guarded
def import_(
    kind: str, file: Path, book: Path, mapping: tuple[str, ...], currency: str | None, sheet: str | None,
    swap_dates: str | None, yes: bool, dry_run: bool, everything: bool, as_json: bool,
) -> int:  # fmt: skip
    """Import FILE (xlsx, xls, csv) as KIND into a book: shown first, written once, idempotent row by row."""
    from arsheet import run
    from arsheet.cli.show import IN_IMPORT, MOST_LINES, show_findings, show_plan

    wanted = dict(_pair(text) for text in mapping)
    swapped = tuple(part.strip() for part in (swap_dates or "").split(",") if part.strip())
    plan = run.plan_import(kind, file, book, mapping=wanted, currency=currency, sheet=sheet, swap_dates=swapped)
    if not as_json:
        show_plan(plan)
        show_findings(plan.findings, plan.language, IN_IMPORT, most=0 if everything else MOST_LINES)
    write = plan.has_news and not dry_run and (yes or as_json)
    if plan.has_news and not dry_run and not write:
        write = click.confirm("写入工作簿？ Write it into the book?", default=True)
    if write:
        run.write_import(plan)
    if as_json:
        put_json({**plan.summary(), "written": write, "findings": [finding_json(item) for item in plan.findings]})
    elif write:
        click.echo(f"已写入 {book.name} / written")
    return 1 if any(item.severity == "error" for item in plan.findings) else 0


def _pair(text: str) -> tuple[str, str]:
    header, sign, key = text.rpartition("=")
    if not sign:
        raise click.UsageError(f"--map {text!r}: write header=key / 请写成 表头=键")
    return header.strip(), key.strip()


_journal.add_to(main, _guarded, put_json)
_help.add_to(main, _guarded, put_json)
_excel.add_to(main, _guarded, put_json)
_libreoffice.add_to(main, _guarded, put_json)
_serve.add_to(main, _guarded, put_json)
_officejs.add_to(main, _guarded, put_json)
_wps.add_to(main, _guarded, put_json)
_apps_script.add_to(main, _guarded, put_json)
_sync.add_to(main, _guarded, put_json)
_demo.add_to(main, _guarded, put_json)


if __name__ == "__main__":
    main()
