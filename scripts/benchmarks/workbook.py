"""Speed of the workbook itself: a refresh from end to end, an update of its reports, reading and writing of sheets."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data import AS_OF, make

COLUMNS = 12
HERE = Path(__file__).resolve().parents[1]


def best(work: Callable[[], Any], rounds: int = 3) -> float:
    """Median seconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def run(count: int = 100_000) -> Iterator[dict[str, Any]]:
    """One result after the other; the slow ways run once."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "big.xlsx"
        _make_book(book, count)
        yield _refresh(book, count)
        yield _update(book, count)
        yield from _read(Path(folder), count)
        yield _write(Path(folder), count)


def _make_book(book: Path, count: int) -> None:
    """A receivables book of ``count`` invoices with their receipts and applications, every invoice with a due date."""
    from arsheet import run as arsheet_run

    columns = make(count)
    arsheet_run.new_book(book, "zh")
    session = arsheet_run.open_session(book)

    def named(prefix: str, values: Any) -> list[str]:
        return [f"{prefix}{value}" for value in values.tolist()]

    def days(values: Any) -> list[dt.date]:
        return [dt.date(1970, 1, 1) + dt.timedelta(value) for value in values.tolist()]

    def records(**fields: list[Any]) -> list[dict[str, Any]]:
        return [dict(zip(fields, values, strict=True)) for values in zip(*fields.values(), strict=True)]

    rows = {
        "customers": records(customer_id=named("C", columns.customer), name=named("客户", columns.customer)),
        "invoices": records(
            document_no=named("INV-", columns.invoice),
            customer_id=named("C", columns.invoice_customer),
            document_date=days(columns.invoice_day),
            due_date=days(columns.due_day),
            amount=(columns.amount / 100).tolist(),
            kind=["红字" if cents < 0 else "应收单" for cents in columns.amount.tolist()],
        ),
        "receipts": records(
            receipt_no=named("R", columns.receipt),
            customer_id=named("C", columns.receipt_customer),
            date=days(columns.receipt_day),
            amount=(columns.receipt_amount / 100).tolist(),
        ),
        "applications": records(
            application_id=[f"A{at}" for at in range(columns.applied_amount.size)],
            source_no=named("R", columns.applied_receipt),
            document_no=named("INV-", columns.applied_invoice),
            date=days(columns.applied_day),
            amount=(columns.applied_amount / 100).tolist(),
        ),
    }
    arsheet_run.append_records(session, rows)
    session.host.save()


def _child(module: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=True, cwd=HERE
    )
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def _refresh(book: Path, count: int) -> dict[str, Any]:
    """Each way in a process of its own, start to finish; both give the aging by bucket, which must be equal."""
    ours = [_child("benchmarks.ways", "arsheet", str(book), AS_OF.isoformat()) for _ in range(3)]
    ours.sort(key=lambda answer: answer["seconds"])
    theirs = _child("benchmarks.ways", "openpyxl", str(book), AS_OF.isoformat())
    return {
        "name": f"refresh_{count}",
        "ratio": round(theirs["seconds"] / ours[1]["seconds"], 2),
        "asked": ">= 20, under 500 MB",
        "seconds": {"arsheet": ours[1]["seconds"], "pandas and openpyxl": theirs["seconds"]},
        "peak_mb": {"arsheet": max(answer["peak_mb"] for answer in ours), "pandas and openpyxl": theirs["peak_mb"]},
        "equal_results": ours[1]["buckets"] == theirs["buckets"],
    }


def _update(book: Path, count: int) -> dict[str, Any]:
    from arsheet.hosts.xlsx import XlsxHost

    amounts = itertools.count(1)

    def ours() -> None:
        host, amount = XlsxHost(book), next(amounts)
        header = list(host.book.table("Reclassification").columns)  # type: ignore[union-attr]
        host.write("Reclassification", header, [[f"C{at}", "x", "CNY", amount, 0, amount] for at in range(500)])
        if not host.save().changed_parts:
            raise RuntimeError("nothing was written")

    def theirs() -> None:
        import openpyxl

        openpyxl.load_workbook(book).save(book.with_name("copy.xlsx"))

    mine, other = best(ours, 5), best(theirs, 1)
    return {
        "name": f"update_{count}",
        "ratio": round(other / mine, 1),
        "asked": ">= 200",
        "seconds": {"arsheet": round(mine, 3), "openpyxl load and save": round(other, 2)},
    }


def _sheet_file(path: Path, count: int, *, mixed: bool) -> None:
    import xlsxwriter

    random = np.random.default_rng(3)
    numbers = random.integers(1, 10**8, (count, COLUMNS)) / 100
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Data")
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, [f"c{at}" for at in range(COLUMNS)])
    for row in range(count):
        for at in range(COLUMNS):
            if at < 3:
                sheet.write_string(row + 1, at, f"K{row * 7 % 9973:06d}-{at}")
            elif at < 5:
                sheet.write_number(row + 1, at, 45000 + row % 700, date)
            elif mixed and (row * COLUMNS + at) % 997 == 0:
                sheet.write_formula(row + 1, at, "=NA()", None, "#N/A")
            elif mixed and (row + at) % 501 == 0:
                sheet.write_string(row + 1, at, "待确认")
            else:
                sheet.write_number(row + 1, at, float(numbers[row, at]))
    book.close()


def _read(folder: Path, count: int) -> Iterator[dict[str, Any]]:
    from arsheet.hosts.child import read_guarded
    from arsheet.hosts.columns import ColumnCells
    from arsheet.hosts.reading import read_workbook

    for name, mixed, asked in (("read_clean", False, "<= 6"), ("read_mixed", True, "<= 10")):
        path = folder / f"{name}.xlsx"
        _sheet_file(path, count, mixed=mixed)

        def unzip(path: Path = path) -> None:
            with zipfile.ZipFile(path) as package:
                package.read("xl/worksheets/sheet1.xml")

        def read(path: Path = path) -> None:
            read_workbook(path).grid("Data")  # columns of numbers, days and texts; errors in their places

        def values(path: Path = path) -> None:
            cells = read_workbook(path).grid("Data").cells
            assert isinstance(cells, ColumnCells)
            for at in range(cells.width):
                cells.column(at)

        def guarded(path: Path = path) -> None:
            read_guarded(path).grid("Data")

        bare, mine, python, child = best(unzip, 5), best(read, 5), best(values), best(guarded)
        yield {
            "name": name,
            "ratio": round(mine / bare, 1),
            "asked": asked,
            "seconds": {"bare unzip": round(bare, 3), "in process": round(mine, 2), "child process": round(child, 2)},
            "python_values_ratio": round(python / bare, 1),
            "child_process_ratio": round(child / bare, 1),
        }


def _write(folder: Path, count: int) -> dict[str, Any]:
    import xlsxwriter

    from arsheet.hosts.patching import ReplaceRows, patch
    from arsheet.run import new_book

    random = np.random.default_rng(5)
    numbers = (random.integers(1, 10**8, (count, COLUMNS - 4)) / 100).tolist()
    rows = [[f"K{at}", f"客户{at % 997}", "CNY", dt.date(2025, 1, 1 + at % 28), *numbers[at]] for at in range(count)]
    template = folder / "template.xlsx"
    new_book(template, "zh")
    header = [f"列{at}" for at in range(COLUMNS)]

    def ours() -> None:
        patch(template, folder / "ours.xlsx", [ReplaceRows("OverdueAging", rows, header)])

    def theirs() -> None:
        book = xlsxwriter.Workbook(str(folder / "theirs.xlsx"), {"strings_to_formulas": False})
        sheet = book.add_worksheet("Data")
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, header)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row[:3])
            sheet.write_datetime(number, 3, row[3], date)
            sheet.write_row(number, 4, row[4:])
        book.close()

    mine, other = best(ours), best(theirs, 1)
    return {
        "name": f"write_{count}",
        "ratio": round(mine / other, 3),
        "asked": "<= 0.25",
        "seconds": {"arsheet": round(mine, 2), "xlsxwriter": round(other, 2)},
    }
