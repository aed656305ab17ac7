"""The sample: the same every time, believable, and with exactly the mistakes that it says it has."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from arsheet.importers.sample import Sample, make
from arsheet.ledger import fx
from arsheet.ledger.aging import AgingPolicy, age
from arsheet.ledger.assembly import Assembly, assemble
from arsheet.ledger.replay import replay
from arsheet.schema.decode import decode
from arsheet.schema.findings import words
from arsheet.schema.headers import match_headers
from arsheet.schema.settings import read_setting_value
from arsheet.schema.tables import TABLES
from arsheet.table import ArsheetError, Problem, Table, to_day

ROOT = Path(__file__).resolve().parents[2]
AS_OF = dt.date(2026, 3, 31)
SIZES = [(50, 300, 1, "zh"), (50, 300, 7, "en"), (30, 100, 3, "zh"), (1200, 8000, 20260331, "zh")]


@cache
def sample_of(customers: int, invoices: int, seed: int, language: str) -> Sample:
    return make(customers, invoices, seed, language)


def raw(key: str, rows: Sequence[Mapping[str, Any]], language: str) -> Table:
    """The rows as a sheet has them: under the language's headers."""
    spec = TABLES[key]
    header = tuple(spec.column(name).header(language) for name in rows[0])
    return Table(key, header, tuple([row[name] for row in rows] for name in rows[0]))


def read_tables(tables: Mapping[str, Table], settings: Mapping[str, str]) -> tuple[Assembly, list[Problem]]:
    typed: dict[str, Table] = {}
    problems: list[Problem] = []
    for key, table in tables.items():
        match = match_headers(table.header, TABLES[key])
        assert not match.unmatched, key
        decoded = decode(table, TABLES[key], match.mapping)
        typed[key] = decoded.table
        problems += decoded.problems
    assembly = assemble(typed, settings, problems=problems)
    return assembly, [*assembly.problems, *fx.missing_rates(assembly.ledger, to_day(AS_OF))]


@cache
def read_sample(customers: int, invoices: int, seed: int, language: str) -> tuple[Assembly, list[Problem]]:
    sample = sample_of(customers, invoices, seed, language)
    tables = {key: raw(key, rows, language) for key, rows in sample.tables.items()}
    return read_tables(tables, sample.settings)


def digest(sample: Sample) -> str:
    return hashlib.sha256(repr((sample.tables, sample.settings, sample.planted)).encode()).hexdigest()


def test_same_seed_same_data() -> None:
    assert digest(make(50, 300, 5)) == digest(make(50, 300, 5))
    assert digest(make(50, 300, 5)) != digest(make(50, 300, 6))


def test_data_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "import hashlib; from arsheet.importers.sample import make; s = make(50, 300, 5);"
        "print(hashlib.sha256(repr((s.tables, s.settings, s.planted)).encode()).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    ]
    assert runs == [digest(make(50, 300, 5))] * 2


@pytest.mark.parametrize("size", SIZES)
def test_sizes_as_asked(size: tuple[int, int, int, str]) -> None:
    sample = sample_of(*size)
    assert len(sample.tables["customers"]) == size[0]
    assert len(sample.tables["invoices"]) == size[1]
    for rows in sample.tables.values():
        assert len({tuple(row) for row in rows}) == 1


@pytest.mark.parametrize("size", SIZES)
def test_raises_exactly_what_was_planted(size: tuple[int, int, int, str]) -> None:
    found = Counter(problem.code for problem in read_sample(*size)[1])
    assert dict(sorted(found.items())) == sample_of(*size).planted
    assert set(found) <= set(words())


@pytest.mark.parametrize("size", SIZES)
def test_control_totals_and_aging_add_up(size: tuple[int, int, int, str]) -> None:
    assembly, _ = read_sample(*size)
    ledger, day = assembly.ledger, to_day(AS_OF)
    for control in assembly.controls:
        assert control.read == control.used + control.left_out
        assert control.rows_read == control.rows_used + control.rows_left_out
    state = replay(ledger, day)
    aged = age(ledger, day, AgingPolicy())
    assert aged.matrix.sum() == np.maximum(state.open, 0).sum() == aged.gross.sum()
    assert aged.gross.sum() - aged.unapplied.sum() == state.open.sum() - state.free.sum()
    assert len(ledger.lines) >= len(ledger.document_ids)
    assert ledger.lines.amount.sum() == ledger.documents.amounts.sum()


@pytest.mark.parametrize("size", [*SIZES[:2], *SIZES[3:], *((60, 400, seed, "zh") for seed in range(4))])
def test_aging_looks_like_a_company(size: tuple[int, int, int, str]) -> None:
    ledger = read_sample(*size)[0].ledger
    aged = age(ledger, to_day(AS_OF), AgingPolicy())
    cny = [at for at in range(len(ledger.accounts)) if ledger.currency(at) == "CNY"]
    totals = aged.matrix[cny].sum(axis=0)
    assert (totals > 0).all()
    low, high = (0.25, 0.35) if size[1] >= 1000 else (0.22, 0.4)
    assert low <= 1 - totals[0] / totals.sum() <= high
    assert aged.unapplied.sum() > 0


@pytest.mark.parametrize("size", SIZES[:2] + SIZES[3:])
def test_has_every_kind_of_business(size: tuple[int, int, int, str]) -> None:
    sample, ledger = sample_of(*size), read_sample(*size)[0].ledger
    tables = sample.tables
    uses, invoices = tables["applications"], tables["invoices"]
    for column in ("reversed_on", "discount", "difference"):
        assert any(row[column] is not None for row in uses), column
    assert max(Counter(row["source_no"] for row in uses if row["source_no"]).values()) > 1
    assert {row["currency"] for row in invoices} >= {"CNY", "USD", "EUR"}
    assert {"base", "temporary"} <= {
        choice.key
        for row in tables["limits"]
        for choice in TABLES["limits"].column("kind").choices
        if choice.word(size[3]) == row["kind"]
    }
    assert ledger.documents.kinds is not None
    assert set(ledger.documents.kinds.tolist()) == {0, 1, 2, 3}
    assert ledger.receipts.kinds is not None
    assert set(ledger.receipts.kinds.tolist()) == {0, 1, 2}
    dates = ledger.documents.dates
    day = to_day(AS_OF)
    assert dates.max() > day > dates.min() + 730
    assert ledger.lines.triggered is not None
    assert (ledger.lines.triggered > day).any()
    assert ledger.lines.retention is not None
    assert ledger.lines.retention.any()
    sellers = {row["salesperson"] for row in tables["customers"]}
    assert len(sellers) == 12 or size[0] < 100


def test_settings_are_understood() -> None:
    for key, value in sample_of(*SIZES[0]).settings.items():
        assert read_setting_value(key, value) == value


def test_documents_add_up_to_the_cent() -> None:
    sample = sample_of(*SIZES[3])
    rows = [[row[key] for key in ("net", "tax", "amount")] for row in sample.tables["invoices"]]
    cents = [[round(cell * 100) for cell in row if isinstance(cell, int | float)] for row in rows]
    whole = [row for row in cents if len(row) == 3]
    assert len(whole) > 7500
    wrong = sum(net + tax != amount for net, tax, amount in whole)
    assert wrong == sample.planted["net_plus_tax_differs_from_amount"]


def test_too_small_is_refused() -> None:
    with pytest.raises(ArsheetError) as refused:
        make(10, 300)
    assert refused.value.code == "sample_too_small"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_ledger", ROOT / "scripts" / "sample_ledger.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["zh", "en"])
def test_files_read_back_with_the_same_mistakes(tmp_path: Path, language: str) -> None:
    assert script().main(["--customers", "50", "--invoices", "300", "--lang", language, "--out", str(tmp_path)]) == 0
    sample = make(50, 300, language=language)
    tables = {}
    for key in sample.tables:
        data = (tmp_path / f"{TABLES[key].sheet(language)}.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        header, *rows = csv.reader(data.decode("utf-8-sig").splitlines())
        tables[key] = Table(key, tuple(header), tuple(map(list, zip(*rows, strict=True))))
    found = Counter(problem.code for problem in read_tables(tables, sample.settings)[1])
    assert dict(sorted(found.items())) == sample.planted


def test_script_refuses_what_is_too_small(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert script().main(["--customers", "5", "--out", str(tmp_path / "none")]) == 2
    assert "30" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
