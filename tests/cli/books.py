"""The example ledger on the command line: how a command is asked, and how its book is read back."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from click.testing import CliRunner, Result

from arsheet.cli import main
from arsheet.hosts.template import template_bytes
from arsheet.schema import layout
from arsheet.schema.tables import TABLES

AS_OF = "2025-06-30"
INVOICES = (
    "document_no,kind,customer_id,document_date,delivered_on,due_date,amount,original_document,department,project\n"
    "INV1,invoice,C001,2025-02-28,,2025-03-30,100000,,一部,甲\n"
    "INV2,invoice,C001,2025-04-20,,2025-05-31,80000,,一部,乙\n"
    "INV3,invoice,C001,2025-05-05,2025-06-05,2025-06-30,60000,,二部,\n"
    "INV4,invoice,C001,2025-06-10,,2025-07-31,50000,INV2,二部,\n"
    "INV5,invoice,C002,2025-03-10,,2025-04-09,20000,,,\n"
    "CN1,credit_note,C001,2025-06-05,,,10000,INV2,,\n"
)
CUSTOMERS = (
    'customer_id,name,region,class,salesperson\nC001,示例一,华东,A,王芳\nC002,=HYPERLINK("http://x"),华北,B,李强\n'
)
RECEIPTS = "receipt_no,date,customer_id,amount\nR1,2025-04-15,C001,30000\nR2,2025-06-20,C001,25000\n"
APPLICATIONS = "application_id,source_no,document_no,date,amount\nA1,R1,INV1,2025-04-15,30000\n"
FORMULA_NAME = '=HYPERLINK("http://x")'


def ask(*args: Any, input: str | None = None) -> Result:
    """One command in this process; anything but an exit is a failure."""
    result = CliRunner().invoke(main, [str(arg) for arg in args], input=input)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(*args: Any, code: int = 0) -> Any:
    """The JSON of a command that prompts nothing."""
    result = ask(*args, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@cache
def blank(language: str) -> bytes:
    """An empty book."""
    return template_bytes(language)


def digest(path: Path) -> str:
    """The bytes of a file, in short."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def report(path: Path, key: str) -> list[dict[str, Any]]:
    """A report sheet, read back."""
    book = openpyxl.load_workbook(path)
    spec = TABLES[key]
    sheet = book[spec.zh if spec.zh in book.sheetnames else spec.en]
    header, *rows = sheet.iter_rows(min_row=layout.HEADER_ROW, values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows if any(cell is not None for cell in row)]


def rows_of(path: Path, key: str) -> list[dict[str, Any]]:
    """A source sheet, read back."""
    book = openpyxl.load_workbook(path)
    spec = TABLES[key]
    sheet = book[spec.zh if spec.zh in book.sheetnames else spec.en]
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows if any(cell is not None for cell in row)]


@cache
def filled() -> bytes:
    """A Chinese book with the example ledger, imported by the command line."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "应收.xlsx"
        book.write_bytes(blank("zh"))
        texts = {"customers": CUSTOMERS, "invoices": INVOICES, "receipts": RECEIPTS, "applications": APPLICATIONS}
        for kind, text in texts.items():
            file = Path(folder) / f"{kind}.csv"
            file.write_text(text, "utf-8")
            assert answer("import", kind, file, "--into", book)["written"]
        return book.read_bytes()


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A file of text."""
    path.write_bytes(text.encode(encoding))
    return path


BASES = {
    "due": {"C001": (110000, 70000, 0, 0, 70000), "C002": (0, 0, 0, 20000, 0)},
    "invoice": {"C001": (50000, 60000, 70000, 70000), "C002": (0, 0, 0, 20000)},
    "delivery": {"C001": (110000, 0, 70000, 70000), "C002": (0, 0, 0, 20000)},
    "original": {"C001": (0, 60000, 120000, 70000), "C002": (0, 0, 0, 20000)},
}
"""The example of the definitions (3.1) with INV3 delivered on 5 June and INV4 billed anew for INV2."""


def buckets(found: dict[str, Any]) -> dict[str, tuple[Decimal, ...]]:
    """Key -> the figures of its buckets."""
    left, right = found["keys"].index("total") + 1, found["keys"].index("unapplied")
    return {row[0]: tuple(Decimal(cell) for cell in row[left:right]) for row in found["rows"]}
