"""Writes a made-up company's tables as CSV files (UTF-8 with BOM), for trying the import.

python scripts/sample_ledger.py --out sample --customers 1200 --invoices 8000 --lang zh
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from arsheet.importers.sample import Cell, Sample, make
from arsheet.schema.settings import BY_KEY, shown_value
from arsheet.schema.tables import TABLES
from arsheet.table import ArsheetError


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 done, else that of the refusal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1200, help="rows of customers (default %(default)s)")
    parser.add_argument("--invoices", type=int, default=8000, help="rows of invoices (default %(default)s)")
    parser.add_argument("--seed", type=int, default=20260331, help="the same seed gives the same data")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=dt.date(2026, 3, 31), metavar="YYYY-MM-DD")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of headers and data")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the files")
    chosen = parser.parse_args(arguments)
    try:
        sample = make(chosen.customers, chosen.invoices, chosen.seed, chosen.lang, chosen.as_of)
    except ArsheetError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for path, rows in write(sample, chosen.lang, chosen.out):
        print(f"{rows:>7} {path.name}")
    print("planted: " + ", ".join(f"{code} {count}" for code, count in sample.planted.items()))
    return 0


def write(sample: Sample, language: str, folder: Path) -> list[tuple[Path, int]]:
    """One file per table, named as its sheet, and one for the settings; each path with its number of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for key, rows in sample.tables.items():
        spec = TABLES[key]
        header = [spec.column(name).header(language) for name in rows[0]]
        path = folder / f"{spec.sheet(language)}.csv"
        _write(path, header, ([_text(cell) for cell in row.values()] for row in rows))
        written.append((path, len(rows)))
    path = folder / f"{TABLES['settings'].sheet(language)}.csv"
    _write(path, [TABLES["settings"].column(key).header(language) for key in ("name", "value", "key")],
           _settings(sample.settings, language))  # fmt: skip
    return [*written, (path, len(sample.settings))]


def _write(path: Path, header: list[str], rows: Iterable[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _settings(settings: Mapping[str, str], language: str) -> Iterable[list[str]]:
    for key, value in settings.items():
        setting = BY_KEY[key]
        yield [setting.label(language), shown_value(setting, value, language), key]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


if __name__ == "__main__":
    raise SystemExit(main())
