"""Stories an accountant can read: each page's tables go through the real path and must give the reports it shows.

A heading of level 3 that is a sheet's name holds rows of that sheet; one that begins with 应得 or Expected holds a
report and how it is asked for. Every story is told twice: its tables assembled in memory, and typed into a real book
that is refreshed and read back.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shlex
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from arsheet import run
from arsheet.actions import refresh as refresh_action
from arsheet.functions.arguments import parse_argument
from arsheet.functions.invoke import invoke
from arsheet.functions.registry import Version
from arsheet.functions.results import to_json
from arsheet.hosts.template import template_bytes
from arsheet.ledger.account import account
from arsheet.ledger.aging import AgingPolicy, aging
from arsheet.ledger.assembly import Assembly, assemble
from arsheet.ledger.items import unapplied
from arsheet.schema import layout
from arsheet.schema.decode import decode
from arsheet.schema.encode import encode, view_columns
from arsheet.schema.headers import match_headers
from arsheet.schema.model import TableSpec
from arsheet.schema.settings import defaults, read_setting_value
from arsheet.schema.tables import TABLES
from arsheet.schema.words import WORDS, label
from arsheet.table import Table, to_day

PAGES = sorted(Path(__file__).parent.glob("*.md"))
OPTIONS = {
    "截止": "as_of", "as of": "as_of", "口径": "aging_basis", "basis": "aging_basis", "账龄段": "buckets",
    "buckets": "buckets", "未核销": "unapplied", "unapplied": "unapplied", "红字": "credit_mode",
    "credit notes": "credit_mode", "未到期": "not_due", "not due": "not_due", "一年": "years_step",
    "years by": "years_step", "已知": "known_at", "known on": "known_at", "客户": "customer", "customer": "customer",
    "起": "from", "from": "from",
}  # fmt: skip
VIEWS = (
    *("overdue_aging", "aging_by_year", "open_items", "balances", "reclassification", "checks"),
    *("credit", "reminder_list"),
)
OTHERS = {
    "账龄": "aging", "aging": "aging", "未核销收款": "unapplied", "unapplied": "unapplied",
    "往来明细账": "account", "account": "account", "公式": "formulas", "formulas": "formulas",
}  # fmt: skip
WAYS = ("in_memory", "in_a_book")


@dataclass(frozen=True)
class Expected:
    """A report of a story: what is asked, and its rows as the page shows them."""

    line: int
    report: str
    options: dict[str, str]
    header: list[str]
    rows: list[list[str]]

    @property
    def as_of(self) -> dt.date:
        return dt.date.fromisoformat(self.options["as_of"])


@dataclass
class Story:
    """One page."""

    language: str = "zh"
    sources: dict[str, tuple[list[str], list[list[str]]]] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)


def read_story(path: Path) -> Story:
    """The tables of a page under their headings."""
    story = Story("zh" if re.search(r"[\u4e00-\u9fff]", path.read_text("utf-8").split("\n")[0]) else "en")
    heading, at, rows = "", 0, []
    for number, line in enumerate([*path.read_text("utf-8").split("\n"), "## end"], 1):
        if line.startswith("#"):
            if heading:
                _keep(story, heading, at, rows)
            heading, at, rows = (line[4:].strip(), number, []) if line.startswith("### ") else ("", 0, [])
        elif line.startswith("|") and heading:
            rows.append([cell.strip() for cell in line.strip()[1:-1].split("|")])
    return story


def _keep(story: Story, heading: str, line: int, rows: list[list[str]]) -> None:
    assert len(rows) > 2, f"line {line}: {heading} has no rows"
    header, records = rows[0], rows[2:]
    assert {len(row) for row in records} == {len(header)}, f"line {line}: rows of different lengths"
    found = re.fullmatch(r"(?:应得|Expected)\s+(.+?)\s*[:：]\s*(.+)", heading)
    if not found:
        spec = _spec(heading)
        assert spec is not None, f"line {line}: there is no sheet {heading!r}"
        story.sources[spec.key] = (header, records)
        return
    spec = _spec(found[1])
    report = spec.key if spec is not None and spec.key in VIEWS else OTHERS[found[1].casefold()]
    options = {}
    for part in re.split(r"[,，]\s*", found[2]):
        word = max((word for word in OPTIONS if part.startswith(word)), key=len)
        options[OPTIONS[word]] = part[len(word) :].strip().replace("/", ",")
    story.expected.append(Expected(line, report, options, header, records))


def _spec(name: str) -> TableSpec | None:
    names = (name.casefold(),)
    return next((s for s in TABLES.values() if s.zh.casefold() in names or s.en.casefold() in names), None)


def typed(spec: TableSpec, header: list[str], rows: list[list[str]]) -> dict[str, list[Any]]:
    """The cells of a source as a person's typing would leave them: numbers, dates, texts."""
    match = match_headers(header, spec)
    assert len(match.mapping) == len(header), f"{spec.zh}: {[header[at] for at in match.unmatched]} not understood"
    columns = {}
    for key, at in match.mapping.items():
        kind = spec.column(key).kind
        columns[key] = [_cell(kind, row[at]) for row in rows]
    return columns


def _cell(kind: str, text: str) -> Any:
    if not text:
        return None
    if kind == "date":
        return dt.date.fromisoformat(text)
    if kind in ("money", "rate", "percent"):
        return Decimal(text.replace(",", ""))
    return int(text) if kind == "int" else text


@cache
def blank(language: str) -> bytes:
    """An empty book."""
    return template_bytes(language)


class InMemory:
    """A story's tables, assembled."""

    def __init__(self, story: Story) -> None:
        self.language, self.settings, self.tables = story.language, defaults(story.language), {}
        problems = []
        for key, (header, rows) in story.sources.items():
            columns = typed(TABLES[key], header, rows)
            raw = Table(key, tuple(columns), tuple(columns.values()))
            found = decode(raw, TABLES[key], {name: place for place, name in enumerate(columns)})
            self.tables[key] = found.table
            problems += found.problems
        self.assembly: Assembly = assemble(self.tables, self.settings, problems=problems)

    def view(self, expected: Expected) -> list[dict[str, Any]]:
        """A report of the refresh, by the headers of its sheet."""
        outcome = refresh_action.refresh(
            self.assembly, self.tables, self.settings, to_day(expected.as_of), language=self.language
        )
        table = next(view for view in outcome.tables if view.name == expected.report)
        header, rows = encode(table, self.language, columns=view_columns(TABLES[table.name], table))
        return [dict(zip(header, row, strict=True)) for row in rows]


class InABook:
    """A story typed into a new book; views are refreshed in the file and read back."""

    def __init__(self, story: Story, folder: Path) -> None:
        self.language, self.path = story.language, folder / "book.xlsx"
        self.path.write_bytes(blank(story.language))
        session = run.open_session(self.path)
        records = {}
        for key, (header, rows) in story.sources.items():
            columns = typed(TABLES[key], header, rows)
            records[key] = [
                {name: values[row] for name, values in columns.items() if values[row] is not None}
                for row in range(len(rows))
            ]
        run.append_records(session, records)
        session.host.save()
        session = run.open_session(self.path)
        self.settings, self.assembly = session.settings, run.assemble_session(session)
        self.refreshed: dict[dt.date, Any] = {}

    def view(self, expected: Expected) -> list[dict[str, Any]]:
        """The sheet after a refresh as of the day."""
        if expected.as_of not in self.refreshed:
            run.refresh(self.path, expected.as_of)
            self.refreshed = {expected.as_of: openpyxl.load_workbook(self.path)}
        spec = TABLES[expected.report]
        sheet = self.refreshed[expected.as_of][spec.sheet(self.language)]
        for cell in layout.CHECK_CELLS:
            assert label("differs", self.language) not in str(sheet[cell].value or "")
        assert expected.as_of.isoformat() in str(sheet[layout.STAMP_CELL].value)
        header, *rows = sheet.iter_rows(min_row=layout.HEADER_ROW, values_only=True)
        return [dict(zip(header, row, strict=True)) for row in rows if any(cell is not None for cell in row)]


def other_report(told: InMemory | InABook, expected: Expected) -> list[dict[str, Any]]:
    """A report that has no sheet of its own, or that is asked for with options."""
    ledger, day, options = told.assembly.ledger, to_day(expected.as_of), expected.options
    if expected.report == "aging":
        asked = {key: read_setting_value(key, text) for key, text in options.items() if key in told.settings}
        policy = AgingPolicy.from_settings({**told.settings, **asked})
        if "known_at" in options:
            known = to_day(dt.date.fromisoformat(options["known_at"]))
            policy = AgingPolicy.from_settings({**told.settings, **asked}, known_at=known)
        table = aging(ledger, day, policy)
    elif expected.report == "account":
        code = ledger.customer_code(options["customer"])
        (table,) = account(ledger, code, to_day(dt.date.fromisoformat(options["from"])), day)
    else:
        table = unapplied(ledger, day)
    header, rows = encode(table, told.language)
    words = {label("key", told.language): label("customer_id", told.language)}
    return [dict(zip([words.get(text, text) for text in header], row, strict=True)) for row in rows]


def shown(value: Any, language: str) -> Any:
    """A cell in the form in which pages are compared: numbers, ISO dates, words; blank and 0.00 stay apart."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()[:10]
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return round(Decimal(str(value)), 4).normalize() + 0
    text = "" if value is None else str(value)
    return label(text, language) if text in WORDS else text


def wanted(text: str) -> Any:
    """What a page says, in the same form."""
    if re.fullmatch(r"-?[\d,]+(\.\d+)?%?", text):
        number = Decimal(text.rstrip("%").replace(",", ""))
        return (number / 100 if text.endswith("%") else number).normalize() + 0
    return text


def check_formulas(told: InMemory | InABook, expected: Expected) -> None:
    """Each formula as `arsheet call` would be asked, on the story's ledger."""
    version = Version(told.assembly.ledger, told.settings, {"as_of": to_day(expected.as_of)}, "story", ())
    for formula, result in expected.rows:
        name, *words = shlex.split(formula)
        answer = to_json(invoke(name, [parse_argument(word) for word in words], version=version))
        cells = answer["rows"][0] if isinstance(answer, dict) and "rows" in answer else [answer]
        said = [wanted("" if cell is None else str(cell)) for cell in cells]
        assert said == [wanted(part.strip()) for part in result.split(";")], f"{formula}: {json.dumps(answer)}"


@pytest.fixture(scope="module")
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A story in one of its two ways."""
    path, way = request.param
    story = read_story(path)
    return story, InMemory(story) if way == "in_memory" else InABook(story, tmp_path_factory.mktemp(path.stem))


@pytest.mark.parametrize(
    "told", [pytest.param((page, way), id=f"{page.stem}-{way}") for page in PAGES for way in WAYS], indirect=True
)
def test_every_report_is_as_the_story_says(told: tuple[Story, InMemory | InABook]) -> None:
    story, ledger = told
    for expected in story.expected:
        if expected.report == "formulas":
            check_formulas(ledger, expected)
            continue
        rows = ledger.view(expected) if expected.report in VIEWS else other_report(ledger, expected)
        for header in expected.header:
            assert rows
            assert header in rows[0], f"line {expected.line}: no column {header}; there are {list(rows[0])}"
        found = [[shown(row[text], story.language) for text in expected.header] for row in rows]
        said = [[wanted(cell) for cell in row] for row in expected.rows]
        assert found == said, f"line {expected.line}: {expected.report} {expected.options}"


def test_the_stories_tell_both_languages_and_every_report() -> None:
    stories = [read_story(page) for page in PAGES]
    assert {story.language for story in stories} == {"zh", "en"}
    reports = {expected.report for story in stories for expected in story.expected}
    assert reports == {*VIEWS, *OTHERS.values()}
    for page, story in zip(PAGES, stories, strict=True):
        assert story.sources, page.name
        assert story.expected, page.name
