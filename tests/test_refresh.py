"""A refresh of the sample ledger in a real file: sums, ties, what is touched, and what people do to their books."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import TableColumn

from arsheet import run
from arsheet.ledger.balance import balances
from arsheet.run.importing import write_settings
from arsheet.schema import layout
from arsheet.schema.tables import TABLES
from arsheet.schema.words import bucket_words, label
from arsheet.table import to_day

AS_OF = dt.date(2026, 3, 31)
REPORTS = ("overdue_aging", "aging_by_year", "open_items", "balances", "reclassification")
WRITTEN = ("checks", "credit", "reminder_list", *REPORTS)
"""Every sheet with a table that a refresh writes."""
Rows = list[dict[str, Any]]


@cache
def sample(language: str) -> bytes:
    """A book of 60 customers and 400 documents, not refreshed."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        run.new_book(path, language)
        run.fill_sample(path, invoices=400, customers=60)
        return path.read_bytes()


@cache
def refreshed(language: str) -> bytes:
    """The same, refreshed."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(sample(language))
        run.refresh(path, AS_OF)
        return path.read_bytes()


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """Both languages."""
    return str(request.param)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The Chinese sample, not refreshed."""
    path = tmp_path / "应收.xlsx"
    path.write_bytes(sample("zh"))
    return path


@lru_cache(maxsize=4)
def loaded(data: bytes) -> Any:
    """A file as openpyxl sees it, read once; nobody changes it."""
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def by_openpyxl(path: Path, sheet: str) -> list[list[Any]]:
    """All cells of a sheet."""
    return [list(row) for row in loaded(path.read_bytes())[sheet].iter_rows(values_only=True)]


def by_calamine(path: Path, sheet: str) -> list[list[Any]]:
    """All cells of a sheet, from A1."""
    found = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet)
    return [[None if cell == "" else cell for cell in row] for row in found.to_python(skip_empty_area=False)]


READERS: dict[str, Callable[[Path, str], list[list[Any]]]] = {"openpyxl": by_openpyxl, "calamine": by_calamine}


def report(path: Path, key: str, language: str = "zh", reader: str = "openpyxl") -> Rows:
    """A report by its headers."""
    cells = READERS[reader](path, TABLES[key].sheet(language))
    header = cells[layout.HEADER_ROW - 1]
    return [
        dict(zip(header, row, strict=True)) for row in cells[layout.HEADER_ROW :] if any(c is not None for c in row)
    ]


def money(value: Any) -> Decimal:
    """A cell as an amount; a blank is nothing."""
    return Decimal(0) if value is None else Decimal(str(value)).quantize(Decimal("0.01"))


def sums(rows: Rows, *headers: str, currency: str = "币种") -> dict[str, Decimal]:
    """Per currency, what stands under the headers."""
    out: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        out[row[currency]] += sum(money(row[header]) for header in headers)
    return {name: total for name, total in out.items() if total}


def columns_of_buckets(row: Mapping[str, Any], language: str) -> list[str]:
    """The headers of a report that are buckets."""
    at = 0 if language == "zh" else 1
    days = [f"{low}-{high}" for low in range(200) for high in (15, 30, 45, 60, 90, 180, 360)]
    keys = [*days, *(f"{low}+" for low in range(400)), *(f"y{n}-{n + 1}" for n in range(5)), "y5+"]
    known = {label("not_due", language), *(words[at] for key in keys if (words := bucket_words(key)))}
    return [header for header in row if header in known]


@dataclass(frozen=True)
class Truth:
    """The ledger's own balances by currency, in major units."""

    gross: dict[str, Decimal]
    net: dict[str, Decimal]
    overdue: dict[str, Decimal]


def truth(path: Path, as_of: dt.date = AS_OF) -> Truth:
    """Straight from the ledger that the book's tables give."""
    ledger = run.assemble_session(run.open_session(path)).ledger
    table = balances(ledger, to_day(as_of))
    found: dict[str, dict[str, Decimal]] = {key: defaultdict(Decimal) for key in ("gross", "net", "overdue")}
    for record in table.records():
        for key, totals in found.items():
            totals[record["currency"]] += Decimal(int(record[key])).scaleb(-2)
    return Truth(*({name: total for name, total in totals.items() if total} for totals in found.values()))


def check_sums(path: Path, language: str, reader: str = "openpyxl", as_of: dt.date = AS_OF) -> None:
    """Σ buckets = Σ open = balances = the ledger's, in every report and currency."""
    told, currency = truth(path, as_of), TABLES["invoices"].column("currency").header(language)

    def total(key: str, *columns: str) -> dict[str, Decimal]:
        rows = report(path, key, language, reader)
        headers = [TABLES[key].column(name).header(language) for name in columns]
        return sums(rows, *(headers or columns_of_buckets(rows[0], language)), currency=currency)

    assert total("overdue_aging") == total("overdue_aging", "total") == told.gross
    assert total("aging_by_year") == total("aging_by_year", "total") == told.gross
    assert total("balances", "gross") == told.gross
    assert total("balances", "net") == total("overdue_aging", "net") == total("reclassification", "book") == told.net
    assert total("balances", "overdue") == told.overdue
    items = report(path, "open_items", language, reader)
    open_ = TABLES["open_items"].column("open").header(language)
    assert sums([row for row in items if row[open_] > 0], open_, currency=currency) == told.gross
    overdue = [row for row in items if (row[TABLES["open_items"].column("days").header(language)] or 0) > 0]
    assert sums([row for row in overdue if row[open_] > 0], open_, currency=currency) == told.overdue


@pytest.mark.parametrize("reader", READERS)
def test_every_report_adds_up_to_the_ledger(tmp_path: Path, language: str, reader: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(refreshed(language))
    check_sums(path, language, reader)


def test_the_dashboard_shows_what_the_reports_show(tmp_path: Path, language: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(refreshed(language))
    sheet = loaded(path.read_bytes())[TABLES["dashboard"].sheet(language)]
    place = layout.DASHBOARD
    currency = sheet[place.currency].value
    assert currency == "CNY"
    aged = [row for row in report(path, "overdue_aging", language) if currency in row.values()]
    names = {key: TABLES["overdue_aging"].column(key).header(language) for key in ("total", "unapplied", "net")}
    totals = place["totals"]

    def figure(key: str) -> Decimal:
        return money(sheet[totals.cell(0, key)].value)

    assert figure("gross") == sum(money(row[names["total"]]) for row in aged)
    assert figure("unapplied") == -sum(money(row[names["unapplied"]]) for row in aged)
    assert figure("net") == sum(money(row[names["net"]]) for row in aged)
    assert figure("not_due") + figure("overdue") == figure("gross")
    block = place["buckets"]
    for at, header in enumerate(columns_of_buckets(aged[0], language)):
        assert sheet[block.cell(at, "bucket")].value == header
        assert money(sheet[block.cell(at, "amount")].value) == sum(money(row[header]) for row in aged)
    owed = TABLES["balances"].column("overdue").header(language)
    late = sorted(money(row[owed]) for row in report(path, "balances", language) if currency in row.values())[::-1]
    block = place["top_overdue"]
    assert [money(sheet[block.cell(at, "overdue")].value) for at in range(10)] == late[:10]
    severities = [row[TABLES["checks"].column("severity").header(language)] for row in report(path, "checks", language)]
    block = place["checks"]
    counted = {sheet[block.cell(at, "severity")].value: sheet[block.cell(at, "count")].value for at in range(3)}
    assert counted == {word: severities.count(word) for word in counted}
    assert counted


def test_no_report_has_an_error_or_a_blank_header(tmp_path: Path, language: str) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(refreshed(language))
    opened = loaded(path.read_bytes())
    for sheet in opened.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert not str(cell.value).startswith(("#REF", "#NAME", "#VALUE", "#N/A")) or sheet.title in (
                    TABLES["checks"].zh, TABLES["checks"].en, TABLES["invoices"].zh, TABLES["invoices"].en,
                    TABLES["formulas"].zh, TABLES["formulas"].en,
                ), f"{sheet.title}!{cell.coordinate} {cell.value}"  # fmt: skip
        for table in sheet.tables.values():
            header = [cell.value for cell in sheet[table.ref][0]]
            assert all(isinstance(text, str) and text.strip() for text in header), table.name
            assert [column.name for column in table.tableColumns] == header
            assert len(set(header)) == len(header)


def owned_parts(path: Path, language: str) -> Iterator[str]:
    """The parts of a package that belong to the sheets a refresh writes."""
    opened = loaded(path.read_bytes())
    for key in ("dashboard", "refresh_version", "formulas", *WRITTEN):
        number = opened.sheetnames.index(TABLES[key].sheet(language)) + 1
        yield f"xl/worksheets/sheet{number}.xml"
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith("xl/tables/"):
                text = package.read(name).decode()
                if any(f'displayName="{TABLES[key].table_name}"' in text for key in WRITTEN):
                    yield name


def parts(data: bytes, path: Path) -> dict[str, bytes]:
    """All parts of a package."""
    path.write_bytes(data)
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def test_all_other_parts_are_as_they_were(tmp_path: Path, language: str) -> None:
    before, after = parts(sample(language), tmp_path / "a.xlsx"), parts(refreshed(language), tmp_path / "b.xlsx")
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert changed <= set(owned_parts(tmp_path / "a.xlsx", language))
    assert list(before) == list(after)
    again = tmp_path / "b.xlsx"
    run.refresh(again, AS_OF)
    twice = parts(again.read_bytes(), tmp_path / "c.xlsx")
    stamped = {name for name in after if after[name] != twice[name]}
    assert stamped <= {name for name in owned_parts(tmp_path / "a.xlsx", language) if "worksheets" in name}


def set_in_book(path: Path, **values: str) -> None:
    """New values on the settings sheet."""
    session = run.open_session(path)
    write_settings(session, values)
    session.host.save()


@pytest.mark.parametrize(
    ("buckets", "headers"),
    [
        ("15,45,90,180,360", ["未到期", "1-15天", "16-45天", "46-90天", "91-180天", "181-360天", "361天以上"]),
        ("years", ["1年以内", "1-2年", "2-3年", "3-4年", "4-5年", "5年以上"]),
        ("30", ["未到期", "1-30天", "31天以上"]),
        ("30,60,90", ["未到期", "1-30天", "31-60天", "61-90天", "91天以上"]),
    ],
)
def test_other_buckets_change_the_columns(tmp_path: Path, buckets: str, headers: list[str]) -> None:
    path = tmp_path / "应收.xlsx"
    path.write_bytes(refreshed("zh"))
    set_in_book(path, buckets=buckets)
    run.refresh(path, AS_OF)
    rows = report(path, "overdue_aging")
    assert columns_of_buckets(rows[0], "zh") == headers
    assert sums(rows, *headers) == sums(rows, "应收合计") == truth(path).gross
    check_sums(path, "zh")
    sheet = loaded(path.read_bytes())["首页"]
    block = layout.DASHBOARD["buckets"]
    amounts = sum(money(sheet[block.cell(at, "amount")].value) for at in range(block.rows))
    assert amounts == truth(path).gross["CNY"]
    set_in_book(path, buckets="30,60,90")
    run.refresh(path, AS_OF)
    first = tmp_path / "first.xlsx"
    first.write_bytes(refreshed("zh"))
    assert report(path, "overdue_aging") == report(first, "overdue_aging")


@pytest.mark.parametrize(
    "settings",
    [
        {"unapplied": "fifo"}, {"credit_mode": "fifo"}, {"credit_mode": "own_date"}, {"credit_mode": "column"},
        {"not_due": "merge"}, {"aging_basis": "invoice"}, {"years_step": "365"}, {"instalment_application": "prorata"},
        {"unapplied": "fifo", "credit_mode": "fifo"}, {"yuejie": "months"},
    ],
    ids=lambda settings: "-".join(f"{key}_{value}" for key, value in settings.items()),
)  # fmt: skip
def test_every_way_of_showing_still_ties_out(book: Path, settings: dict[str, str]) -> None:
    set_in_book(book, **settings)
    done = run.refresh(book, AS_OF)
    assert "control_total_differs" not in {item.code for item in done.outcome.findings}
    opened = loaded(book.read_bytes())
    for key in REPORTS:
        checks = "".join(str(opened[TABLES[key].zh][cell].value or "") for cell in layout.CHECK_CELLS)
        assert "相符" in checks, key
        assert "不符" not in checks, key
    rows = report(book, "overdue_aging")
    assert sums(rows, "净额") == truth(book).net


def test_any_day_can_be_asked_for(book: Path) -> None:
    for as_of in (dt.date(2000, 1, 1), dt.date(2025, 2, 28), dt.date(2024, 2, 29), dt.date(2099, 12, 31)):
        done = run.refresh(book, as_of)
        assert "control_total_differs" not in {item.code for item in done.outcome.findings}
        if as_of.year > 2000:
            check_sums(book, "zh", as_of=as_of)
        else:
            assert not report(book, "overdue_aging")


def test_a_book_that_counts_days_from_1904(book: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.xlsx"
    first.write_bytes(refreshed("zh"))
    opened = openpyxl.load_workbook(book)
    opened.epoch = CALENDAR_MAC_1904
    opened.save(book)
    run.refresh(book, AS_OF)
    assert openpyxl.load_workbook(book).epoch == CALENDAR_MAC_1904
    for key in REPORTS:
        assert report(book, key) == report(first, key), key
    check_sums(book, "zh", "calamine")


def rearrange(path: Path, key: str, change: Callable[[list[list[Any]]], list[list[Any]]]) -> None:
    """What a person does to a list: rows sorted, columns put elsewhere or added; the table follows."""
    opened = openpyxl.load_workbook(path)
    spec = TABLES[key]
    sheet = opened[spec.zh]
    table = sheet.tables[spec.table_name]
    cells = change([[cell.value for cell in row] for row in sheet[table.ref]])
    left, top, _, bottom = openpyxl.utils.range_boundaries(table.ref)
    for y, row in enumerate(cells):
        for x, value in enumerate(row):
            cell = sheet.cell(top + y, left + x)
            cell.value = value
            cell.number_format = "yyyy-mm-dd" if isinstance(value, dt.date) else "General"
            if isinstance(value, str) and cell.data_type == "f":
                cell.data_type = "s"
    last = openpyxl.utils.get_column_letter(left + len(cells[0]) - 1)
    table.ref = f"{openpyxl.utils.get_column_letter(left)}{top}:{last}{bottom}"
    if table.autoFilter is not None:
        table.autoFilter.ref = table.ref
    table.tableColumns = [TableColumn(id=at, name=name) for at, name in enumerate(cells[0], 1)]
    opened.save(path)


def test_rows_sorted_by_the_user(book: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.xlsx"
    first.write_bytes(refreshed("zh"))
    good = {row["单据号"] for row in report(first, "open_items")}

    def sort(cells: list[list[Any]]) -> list[list[Any]]:
        amount = cells[0].index("价税合计")
        known = [row for row in cells[1:] if isinstance(row[amount], (int, float))]
        rest = [row for row in cells[1:] if not isinstance(row[amount], (int, float))]
        return [cells[0], *sorted(known, key=lambda row: -row[amount]), *rest]

    rearrange(book, "invoices", sort)
    run.refresh(book, AS_OF)
    check_sums(book, "zh")
    assert {row["单据号"] for row in report(book, "open_items")} == good  # of repeated numbers another may stand first


def test_a_column_put_in_by_the_user(book: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.xlsx"
    first.write_bytes(refreshed("zh"))

    def insert(cells: list[list[Any]]) -> list[list[Any]]:
        return [[*row[:3], "我的列" if not y else f"记{y}", *row[3:]] for y, row in enumerate(cells)]

    rearrange(book, "invoices", insert)
    run.refresh(book, AS_OF)
    for key in REPORTS:
        assert report(book, key) == report(first, key), key
    own = [row[3] for row in by_openpyxl(book, "应收单")]
    assert own[:3] == ["我的列", "记1", "记2"]


def test_columns_in_another_order(book: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.xlsx"
    first.write_bytes(refreshed("zh"))
    for key in ("invoices", "receipts", "applications", "customers"):
        rearrange(book, key, lambda cells: [row[::-1] for row in cells])
    run.refresh(book, AS_OF)
    for key in REPORTS:
        assert report(book, key) == report(first, key), key


def test_an_unknown_setting_is_said_and_its_default_stands(book: Path, tmp_path: Path) -> None:
    opened = openpyxl.load_workbook(book)
    sheet = opened["设置"]
    for row in sheet.iter_rows():
        if row[4].value == "buckets":
            row[1].value = "九十,六十"
    opened.save(book)
    done = run.refresh(book, AS_OF)
    assert "setting_not_understood" in {item.code for item in done.outcome.findings}
    assert columns_of_buckets(report(book, "overdue_aging")[0], "zh")[1] == "1-30天"


@pytest.mark.office
def test_libreoffice_shows_the_same_figures(tmp_path: Path, language: str) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("soffice is not installed")
    path, out = tmp_path / "book.xlsx", tmp_path / "out"
    path.write_bytes(refreshed(language))
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=240)
    again = out / "book.xlsx"
    assert loaded(again.read_bytes()).sheetnames == loaded(path.read_bytes()).sheetnames
    for key in (*REPORTS, "checks"):
        ours, theirs = report(path, key, language), report(again, key, language)
        assert len(ours) == len(theirs), key
        for mine, other in zip(ours, theirs, strict=True):
            for header, value in mine.items():
                if isinstance(value, float):
                    assert other[header] == pytest.approx(value, abs=1e-9), f"{key} {header}"
                else:
                    assert other[header] == value, f"{key} {header}"
    board = TABLES["dashboard"].sheet(language)
    mine, other = by_openpyxl(path, board), by_openpyxl(again, board)
    for row, theirs_row in zip(mine, other, strict=False):
        for value, theirs_value in zip(row, theirs_row, strict=False):
            assert theirs_value == (pytest.approx(value) if isinstance(value, float) else value)
