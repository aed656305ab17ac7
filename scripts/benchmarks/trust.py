"""Mutated workbooks: what is refused, what reads the same, what is pointed out, and what no reader can notice.

A control total is the total row that a file carries: the importer adds the rows up again and says where they differ. A
mutant with another sum that neither is refused nor raises an error or a warning is *silent*: with a control total
there may be none. Without one, a digit changed inside a whole and well-formed file makes a different valid file: such
mutants are counted, not prevented. A mutant that takes its process down is read again by the guarded reader.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SEED = 20260331
BATCH = 250
BATCH_SECONDS = 120
HEADER = ("单据号", "客户编码", "客户名称", "单据日期", "到期日", "价税合计")
ROWS = 120
Sums = dict[str, str]


class Base(NamedTuple):
    """A sound file to mutate, and whether it carries a control total."""

    name: str
    data: bytes
    control: bool


class Verdict(NamedTuple):
    """What became of a mutant: refused, same, flagged, silent, guarded or uncaught; of a refusal its code."""

    base: str
    outcome: str
    detail: str = ""


def _records() -> list[list[Any]]:
    first = dt.date(2026, 1, 5)
    return [
        [f"INV-{n:04d}", f"C{n % 9:03d}", f"客户{n % 9}", first + dt.timedelta(days=n % 60),
         first + dt.timedelta(days=n % 60 + 30), round(1000 + n * 137.31 % 977, 2)]
        for n in range(ROWS)
    ]  # fmt: skip


def _total(records: list[list[Any]]) -> float:
    return float(sum((Decimal(str(record[-1])) for record in records), Decimal(0)))


def _saved(book: Any) -> bytes:
    """A book of openpyxl as bytes that are the same in every run."""
    stream, out = io.BytesIO(), io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-01-01T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _list(*, title: bool = False, subtotals: bool = False, table: bool = False, mac: bool = False) -> bytes:
    """A list with a total row: plain, below title rows, with subtotals, as an Excel table, or of the year 1904."""
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904
    from openpyxl.worksheet.table import Table

    book = openpyxl.Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    sheet, records = book.active, _records()
    if title:
        sheet.append(["应收账款明细"])
        sheet.append([])
    sheet.append(HEADER)
    for start in range(0, ROWS, 40):
        for record in records[start : start + 40]:
            sheet.append(record)
        if subtotals:
            sheet.append([None, None, "小计", None, None, _total(records[start : start + 40])])
    sheet.append([None, None, "合计", None, None, _total(records)])
    if table:
        sheet.add_table(Table(displayName="T_INV", ref=f"A1:F{ROWS + 1}"))
        book.create_sheet("说明")["A1"] = "由系统导出"
    return _saved(book)


def _own_book() -> bytes:
    """A book of arsheet with invoices in it: no total row stands on a source table."""
    from arsheet.hosts.template import template_bytes
    from arsheet.hosts.xlsx import XlsxHost
    from arsheet.schema.tables import TABLES

    spec = TABLES["invoices"]
    keys = ("document_no", "customer_id", "document_date", "due_date", "amount")
    headers = [spec.column(key).zh for key in keys]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(template_bytes("zh"))
        host = XlsxHost(path)
        host.append(spec.table_name, [dict(zip(headers, [*row[:2], *row[3:]], strict=True)) for row in _records()])
        host.save()
        return path.read_bytes()


@cache
def bases() -> tuple[Base, ...]:
    """Five sound files."""
    return (
        Base("list", _list(title=True), True),
        Base("subtotals", _list(subtotals=True), True),
        Base("table", _list(table=True), True),
        Base("mac_1904", _list(mac=True), True),
        Base("own_book", _own_book(), False),
    )


def _pieces(data: bytes, pattern: bytes, rng: random.Random) -> re.Match[bytes] | None:
    found = list(re.finditer(pattern, data, re.S))
    return rng.choice(found) if found else None


def _flip(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _without(pattern: bytes) -> Callable[[bytes, random.Random], bytes]:
    def mutate(data: bytes, rng: random.Random) -> bytes:
        piece = _pieces(data, pattern, rng)
        return data[: piece.start()] + data[piece.end() :] if piece else _flip(data, rng)

    return mutate


def _twice(pattern: bytes) -> Callable[[bytes, random.Random], bytes]:
    def mutate(data: bytes, rng: random.Random) -> bytes:
        piece = _pieces(data, pattern, rng)
        return data[: piece.end()] + piece[0] + data[piece.end() :] if piece else _flip(data, rng)

    return mutate


def _digit(data: bytes, rng: random.Random) -> bytes:
    piece = _pieces(data, rb"\d", rng)
    return data[: piece.start()] + str(rng.randrange(10)).encode() + data[piece.end() :] if piece else data


def _amount(data: bytes, rng: random.Random) -> bytes:
    piece = _pieces(data, rb"<v>[\d.]+</v>", rng)
    other = f"<v>{rng.randrange(1, 9999)}</v>".encode()
    return data[: piece.start()] + other + data[piece.end() :] if piece else _flip(data, rng)


def _attribute(data: bytes, rng: random.Random) -> bytes:
    piece = _pieces(data, rb'="([^"]*)"', rng)
    other = rng.choice((b"", b"-1", b"99999999999", b"s", b"n", b"e", b"str", b"A1", b"XFD1048576", b"\xe9", b"&amp;"))
    return data[: piece.start(1)] + other + data[piece.end(1) :] if piece else _flip(data, rng)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _block(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.randrange(1, 200))
    return data[:start] + (b"" if rng.random() < 0.5 else rng.randbytes(end - start)) + data[end:]


_TAG, _ROW, _CELL = rb"<[^>]+>", rb"<row\b.*?</row>", rb"<c\b[^>]*?>.*?</c>"
XML_MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _flip, _digit, _digit, _amount, _amount, _attribute, _attribute, _cut, _block, _without(_TAG), _twice(_TAG),
    _without(_ROW), _twice(_ROW), _without(_CELL), _twice(_CELL), _without(rb"<si>.*?</si>"),
)  # fmt: skip
ZIP_MUTATIONS = (_flip, _flip, _flip, _cut, _block)


def mutant(base: Base, number: int, seed: int = SEED) -> bytes:
    """The same bytes for the same number: a third mutated as a file, the rest in the XML under a right checksum."""
    rng = random.Random(f"{seed}:{base.name}:{number}")
    if rng.random() < 0.3:
        data = base.data
        for _ in range(rng.choice((1, 1, 2, 4))):
            data = rng.choice(ZIP_MUTATIONS)(data, rng) or b"PK"
        return data
    with zipfile.ZipFile(io.BytesIO(base.data)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    weights = [len(data) * (4 if "/worksheets/sheet" in name else 1) + 500 for name, data in held.items()]
    part = rng.choices(list(held), weights)[0]
    held[part] = rng.choice(XML_MUTATIONS)(held[part], rng)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return out.getvalue()


def totals(path: Path, base: Base, *, guarded: bool = False) -> tuple[Sums, tuple[str, ...]]:
    """What the file adds up to as an import reads it, and the errors and warnings a person is shown."""
    if not base.control:
        from arsheet.run.session import assemble_session, open_session

        session = open_session(path)
        assembly = assemble_session(session)
        return {f"{each.table} {each.currency}": str(each.read) for each in assembly.controls}, ()
    from arsheet.hosts.child import read_guarded
    from arsheet.hosts.reading import read_file
    from arsheet.importers.sheets import alike
    from arsheet.importers.tabular import plan_import
    from arsheet.schema.findings import findings

    book = (read_guarded if guarded else read_file)(path)
    grids = [book.grid(name) for name in book.sheet_names]
    if not grids:
        return {}, ("no sheets",)
    grid = alike("invoices", grids)[0][0]
    plan = plan_import("invoices", grid, {}, settings={"as_of": "2026-03-31"})
    told = findings(plan.problems, plan.sources)
    sums = {key: str(value.normalize()) for key, value in plan.preview.tables["invoices"].sum_read.items()}
    return sums, tuple(sorted({each.code for each in told if each.severity != "note"}))


def judge(base: Base, number: int, right: tuple[Sums, tuple[str, ...]], folder: Path) -> Verdict:
    """One mutant, read in this process."""
    from arsheet.table import ArsheetError

    path = folder / f"{base.name}.xlsx"
    path.write_bytes(mutant(base, number))
    try:
        sums, told = totals(path, base)
    except ArsheetError as error:
        return Verdict(base.name, "refused", error.code)
    except Exception as error:
        return Verdict(base.name, "uncaught", f"{number}: {type(error).__name__}: {error}"[:300])
    if sums == right[0]:
        return Verdict(base.name, "same")
    new = [code for code in told if code not in right[1]]
    return Verdict(base.name, "flagged" if new else "silent", ",".join(new) or f"{number}: {sums} not {right[0]}"[:300])


def work(start: int, stop: int) -> None:
    """A batch, one JSON line a mutant."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        right: dict[str, tuple[Sums, tuple[str, ...]]] = {}
        for number in range(start, stop):
            base = bases()[number % len(bases())]
            if base.name not in right:
                path = folder / "right.xlsx"
                path.write_bytes(base.data)
                right[base.name] = totals(path, base)
            print(json.dumps([number, *judge(base, number, right[base.name], folder)]), flush=True)


def run_batch(start: int, stop: int) -> Iterator[Verdict]:
    """A batch in a process of its own; a mutant that ends it goes to the guarded reader, the rest goes on."""
    while start < stop:
        command = [sys.executable, str(Path(__file__).resolve()), str(start), str(stop)]
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=BATCH_SECONDS)
            said = done.stdout
        except subprocess.TimeoutExpired as error:
            said = error.stdout or b""
        for line in said.decode().splitlines():
            number, *verdict = json.loads(line)
            start = number + 1
            yield Verdict(*verdict)
        if start < stop:
            yield _guarded(start)
            start += 1


def verdicts_of(count: int, workers: int = 2) -> list[Verdict]:
    """The verdicts of so many mutants, batches side by side."""
    starts = range(0, count, BATCH)
    with ThreadPoolExecutor(workers) as pool:
        batches = pool.map(lambda start: list(run_batch(start, min(count, start + BATCH))), starts)
        return [each for batch in batches for each in batch]


def _guarded(number: int) -> Verdict:
    """A mutant that took its process down: the guarded reader must say so with a code."""
    from arsheet.hosts.child import read_guarded
    from arsheet.table import WorkbookError

    base = bases()[number % len(bases())]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "mutant.xlsx"
        path.write_bytes(mutant(base, number))
        try:
            read_guarded(path)
        except WorkbookError as error:
            return Verdict(base.name, "guarded", error.code)
    return Verdict(base.name, "uncaught", f"{number}: the process ended")


def run(count: int = 5000) -> Iterator[dict[str, Any]]:
    """The rows of the benchmark: all mutants, and those of each base."""
    started = time.perf_counter()
    verdicts = verdicts_of(count)
    seconds = round(time.perf_counter() - started, 1)
    controlled = {base.name for base in bases() if base.control}
    wrong = [each for each in verdicts if each.outcome == "silent" and each.base in controlled]
    uncaught = [each for each in verdicts if each.outcome == "uncaught"]
    codes = Counter(each.detail for each in verdicts if each.outcome in ("refused", "guarded"))
    yield {
        "name": "mutants_silently_wrong", "ratio": len(wrong), "asked": "0", "mutants": len(verdicts),
        "seconds": seconds, "first": [each.detail for each in wrong[:3]],
    }  # fmt: skip
    yield {"name": "mutants_uncaught", "ratio": len(uncaught), "asked": "0", "codes": dict(codes.most_common()),
           "first": [each.detail for each in uncaught[:3]]}  # fmt: skip
    for base in bases():
        outcomes = Counter(each.outcome for each in verdicts if each.base == base.name)
        share = outcomes["silent"] / max(sum(outcomes.values()), 1)
        asked = "0" if base.control else "reported: no control total"
        yield {"name": f"mutants_of_{base.name}", "ratio": round(share, 4), "asked": asked, **outcomes}


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    work(int(sys.argv[1]), int(sys.argv[2]))
