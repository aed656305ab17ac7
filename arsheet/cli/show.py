"""What the command line shows to people: tables, findings, the preview of an import, the summary of a refresh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from arsheet.run import PlannedImport, Refreshed, check_lines
from arsheet.schema.encode import encode
from arsheet.schema.tables import TABLES
from arsheet.schema.words import label
from arsheet.table import Finding, Table, iso

if TYPE_CHECKING:
    from arsheet.hosts.protocol import SaveReport

COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
MOST_LINES = 20
MOST_OF_A_CODE = 2
MOST_PLACES = 5
ALL = ("加 --all 全部列出", "add --all to list them")
IN_JSON = ("加 --format json 全部列出", "add --format json to list them")
IN_IMPORT = ("加 --dry-run --all 全部列出", "add --dry-run --all to list them")
AFTER_REFRESH = (
    "见工作簿的“检查”表，或加 --all 全部列出",
    "on the sheet Checks of the workbook, or add --all to list them",
)
REPORTS_GONE = ("report_table_missing", "report_not_found", "settings_not_found")
PLAN_HEADERS = {
    "zh": ("表", "读取", "新增", "已有", "不同", "重复", "拒绝", "读取金额", "新增金额", "最早", "最晚"),
    "en": ("Table", "Read", "New", "Known", "Other", "Repeated", "Refused", "Sum read", "Sum new", "First", "Last"),
}
STEPS = {
    "read": ("读取并计算", "Reading and working out"),
    "write": ("整理报表", "Laying out"),
    "save": ("保存", "Saving"),
}


def console(*, errors: bool = False) -> Console:
    """Where people read; wide enough for a table when the output is no terminal. ``errors``: standard error."""
    out = Console(highlight=False, stderr=errors)
    return out if out.is_terminal else Console(highlight=False, stderr=errors, width=160)


@contextmanager
def progress(*, silent: bool) -> Iterator[Callable[[str], None]]:
    """A spinner that names the step, for what takes longer than a moment."""
    out = Console(stderr=True)
    if silent or not out.is_terminal:
        yield lambda _: None
        return
    with out.status("…") as status:
        yield lambda step: status.update(" / ".join(STEPS.get(step, (step, step))))


def print_whole(table: RichTable) -> None:
    """A table at its natural width: a figure cut short would be a wrong figure."""
    out = console()
    wide = Console(highlight=False, width=10_000)
    needed = Measurement.get(wide, wide.options, table).maximum
    (out if needed <= out.width else Console(highlight=False, width=needed)).print(table)


def shown(value: Any) -> str:
    """A cell for people."""
    if value is None:
        return ""
    if hasattr(value, "as_tuple"):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.2%}"
    return str(value)


def show_table(table: Table, header: Sequence[str], rows: Sequence[Sequence[Any]], language: str) -> None:
    """A report, numbers to the right, one total row per currency."""
    out = RichTable(title=f"{label('as_of', language)} {iso(table.facts['as_of'])}", title_justify="left")
    for text, kind in zip(header, table.kinds, strict=True):
        out.add_column(text, justify="right" if kind in ("money", "days", "int", "percent") else "left", no_wrap=True)
    for row in rows:
        out.add_row(*(shown(value) for value in row))
    for total in _totals(table, rows, language):
        out.add_row(*total, style="bold")
    print_whole(out)


def _totals(table: Table, rows: Sequence[Sequence[Any]], language: str) -> list[list[str]]:
    if "currency" not in table or not rows:
        return []
    at = table.header.index("currency")
    made = []
    for currency in dict.fromkeys(row[at] for row in rows):
        mine = [row for row in rows if row[at] == currency]
        line = [
            shown(sum(row[column] for row in mine if row[column] is not None)) if kind == "money" else ""
            for column, kind in enumerate(table.kinds)
        ]
        line[0], line[at] = label("total_row", language), currency
        made.append(line)
    return made


def show_findings(
    found: Sequence[Finding],
    language: str,
    rest: tuple[str, str] = ALL,
    *,
    most: int = MOST_LINES,
    errors: bool = False,
) -> None:
    """How many of each severity; what concerns the whole workbook, always; then the first of each code.

    ``rest`` says, in zh and en, where the findings are that are not shown. ``most`` 0 = every finding is shown.
    ``errors``: on standard error, where standard output is for a file.
    """
    out = console(errors=errors)
    if not found:
        out.print("没有发现问题" if language == "zh" else "Nothing was found")
        return
    counts = {each: sum(item.severity == each for item in found) for each in COLOURS}
    parts = (f"{label(severity, language)} {count}" for severity, count in counts.items())
    out.print(("，" if language == "zh" else ", ").join(parts), style="bold")
    lines = list(found) if not most else _first_of_each(found, most)
    show_lines(lines, language, out)
    left = len(found) - len(lines)
    if left:
        said = f"… 另有 {left} 条：{rest[0]}" if language == "zh" else f"… and {left} more: {rest[1]}"
        out.print(Text(said, style="dim"))


def _first_of_each(found: Sequence[Finding], most: int) -> list[Finding]:
    """Two findings of a code at most; what concerns the workbook itself comes first and is never cut."""
    seen: Counter[str] = Counter()
    standing: list[Finding] = []
    others: list[Finding] = []
    for item in found:
        if _of_whole_book(item):
            standing.append(item)
            continue
        seen[item.code] += 1
        if seen[item.code] <= MOST_OF_A_CODE:
            others.append(item)
    return [*standing, *others[:most]]


def _of_whole_book(item: Finding) -> bool:
    """Not of a record or a setting: the workbook's journal, a sheet or a report that is missing."""
    facts = item.facts
    of_settings = facts.get("table") == "settings" and facts.get("row_no") is None
    return item.code in REPORTS_GONE or of_settings or not item.cell


def show_lines(found: Sequence[Finding], language: str, out: Console) -> None:
    """A line per finding: how grave, where, what, and the cure."""
    for item in found:
        place = f"{item.sheet}!{item.cell}" if item.cell else item.sheet
        line = Text(f"{label(item.severity, language)} ", style=COLOURS[item.severity])
        line.append(f"{place} ", style="bold")
        line.append(item.text(language), style="")
        line.append(f"  → {item.hint(language)}", style="dim")
        out.print(line, soft_wrap=not out.is_terminal)


def show_refreshed(done: Refreshed, *, most: int = MOST_LINES) -> None:
    """The summary of a refresh: aging by bucket, the most overdue, the checks, the findings, where the file is."""
    out, language = console(), done.language
    views = {table.name: table for table in done.outcome.tables}
    out.print(f"[bold]{done.path.name if done.path else ''}[/]  {label('as_of', language)} {iso(done.as_of)}")
    _show_buckets(views["overdue_aging"], language)
    _show_most_overdue(views["balances"], language)
    for key in ("overdue_aging", "aging_by_year", "open_items", "balances", "reclassification"):
        for line in check_lines(views[key], language):
            out.print(f"{TABLES[key].sheet(language)}  {line}", style="dim", soft_wrap=True)
    show_findings(done.outcome.findings, language, AFTER_REFRESH, most=most)
    if done.ar_cells is not None:
        updated, left = len(done.ar_cells.updated), len(done.ar_cells.left)
        places = _places(done.ar_cells.left, language)
        zh = f"AR_ 公式：更新 {updated} 个，未更新 {left} 个" + (f"：{places}" if left else "")
        en = f"AR_ formulas: {updated} updated, {left} not updated" + (f": {places}" if left else "")
        out.print(zh if language == "zh" else en, style="yellow" if left else "dim")
    for line in saved_lines(done.saved, language) if done.saved is not None else ():
        out.print(line, style="yellow")
    out.print(f"{done.path}", style="bold")


_SAVED = {
    "dependents": (
        "引用了报表，存的仍是旧结果，打开工作簿重算即可",
        "refer to a report and keep their old results until the workbook is recalculated",
    ),
    "cleared_filters": (
        "原有筛选已清除，以免有行看不见",
        "had a filter, which was cleared so that no row stays hidden",
    ),
    "dropped_links": ("超链接已去掉，因为那一行不在了", "lost a hyperlink because the row is gone"),
    "beside": (
        "与报表隔开，不随行移动；要跟着客户走的内容请写在紧挨报表右侧的列里",
        "stands apart from its report and does not move with the rows; what belongs to a row goes right next to it",
    ),
    "dropped_columns": ("按现在的设置不再需要，已去掉", "are no longer asked for by the settings and are gone"),
}


def saved_lines(saved: SaveReport, language: str) -> list[str]:
    """What a save did beside its job that a person should know, a line per kind."""
    zh = language == "zh"
    named = {
        "dependents": saved.dependents,
        "cleared_filters": saved.cleared_filters,
        "dropped_links": saved.dropped_links,
        "beside": saved.beside,
        "dropped_columns": [f"{view}: {', '.join(columns)}" for view, columns in saved.dropped_columns.items()],
    }
    lines = []
    for kind, places in named.items():
        if places:
            lines.append(f"{_places(places, language)}{'：' if zh else ' '}{_SAVED[kind][0 if zh else 1]}")
    return lines


def _places(places: Sequence[str], language: str) -> str:
    """The first cells of a list, and how many there are when not all are named."""
    more = f" … ({len(places)})" if len(places) > MOST_PLACES else ""
    return ("、" if language == "zh" else ", ").join(places[:MOST_PLACES]) + more


def _show_buckets(table: Table, language: str) -> None:
    header, rows = encode(table, language)
    keep = ["currency", "total", *table.facts["buckets"], "unapplied", "net"]
    at = [table.header.index(key) for key in keep]
    out = RichTable(title=TABLES["overdue_aging"].sheet(language), title_justify="left")
    for column in at:
        out.add_column(header[column], justify="left" if column == at[0] else "right", no_wrap=True)
    for total in _totals(table, rows, language):
        out.add_row(*(total[column] for column in at))
    print_whole(out)


def _show_most_overdue(table: Table, language: str) -> None:
    header, rows = encode(table, language)
    at = {key: place for place, key in enumerate(table.header)}
    late = sorted((row for row in rows if row[at["overdue"]]), key=lambda row: -row[at["overdue"]])[:10]
    out = RichTable(title="逾期最多的客户" if language == "zh" else "Most overdue customers", title_justify="left")
    keys = ("customer_id", "name", "currency", "overdue", "oldest_days", "net", "salesperson")
    for key in keys:
        out.add_column(
            header[at[key]], justify="right" if key in ("overdue", "oldest_days", "net") else "left", no_wrap=True
        )
    for row in late:
        out.add_row(*(shown(row[at[key]]) for key in keys))
    print_whole(out)


def show_plan(planned: PlannedImport) -> None:
    """The preview of an import: what each header was taken for, counts, sums, dates, what is derived."""
    out, language = console(), planned.language
    facts = planned.plan.preview
    zh = language == "zh"
    out.print(f"[bold]{planned.plan.source_name}[/] → {TABLES[planned.plan.source.name].sheet(language)}")
    out.print(_mapping(facts.headers, planned.plan.kind, language), style="dim")
    if facts.unknown_headers:
        out.print(("未使用的列：" if zh else "Not used: ") + "  ".join(facts.unknown_headers), style="dim")
    made = RichTable()
    for at, text in enumerate(PLAN_HEADERS[language]):
        made.add_column(text, justify="right" if at else "left")
    for key, counts in facts.tables.items():
        rows = (
            counts.rows_read,
            counts.rows_new,
            counts.rows_known,
            counts.rows_different,
            counts.rows_repeated,
            counts.rows_refused,
        )
        dates = ("" if day is None else iso(day) for day in (counts.earliest, counts.latest))
        sums = (_sums(counts.sum_read), _sums(counts.sum_new))
        made.add_row(TABLES[key].sheet(language), *map(str, rows), *sums, *dates)
    print_whole(made)
    if planned.remembered:
        said = _mapping(planned.remembered, planned.plan.kind, language)
        out.print(("沿用上次指明的列：" if zh else "As named for an earlier file: ") + said)
    if len(facts.sheets) > 1:
        out.print(("读取的工作表：" if zh else "Sheets read: ") + "  ".join(facts.sheets))
    if facts.sheets_left:
        out.print(("未读取的工作表：" if zh else "Sheets not read: ") + "  ".join(facts.sheets_left))
    if facts.new_customers:
        out.print(f"新客户 {len(facts.new_customers)} 个" if zh else f"{len(facts.new_customers)} new customers")
    for currency, (count, total) in facts.settlements.items():
        out.print(
            f"结清日期：生成收款与核销 {count} 笔，{total:,.2f} {currency}" if zh
            else f"Settlement dates: {count} receipts with applications, {total:,.2f} {currency}"
        )  # fmt: skip


def _mapping(headers: Mapping[str, str], kind: str, language: str) -> str:
    """Each header of the file with the column it was taken for, as the sheets name it."""
    from arsheet.importers.naming import header_of_key

    unused = "不使用" if language == "zh" else "not used"
    named = {text: header_of_key(kind, key, language) if key else unused for text, key in headers.items()}
    return "  ".join(f"{text} → {name}" for text, name in named.items())


def _sums(sums: Any) -> str:
    return "\n".join(f"{total:,.2f} {currency}" for currency, total in sums.items())
