"""The scripts beside the package, each run as a person runs it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def script(name: str, *args: str, code: int = 0) -> str:
    """A script's output; it must end with this code."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / name), *args],
        capture_output=True, env={**os.environ, "ARSHEET_BENCH_HERE": "1", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == code, done.stderr.decode("utf-8")
    return done.stdout.decode("utf-8")


@pytest.mark.parametrize(("language", "sheet"), [("zh", "应收单"), ("en", "Invoices")])
def test_the_sample_ledger_is_written_as_csv(tmp_path: Path, language: str, sheet: str) -> None:
    said = script(
        "sample_ledger.py", "--out", str(tmp_path), "--customers", "30", "--invoices", "100", "--lang", language
    )
    assert f"100 {sheet}.csv" in said
    data = (tmp_path / f"{sheet}.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")  # so that Excel reads it as UTF-8
    rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    assert len(rows) == 101
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(list(tmp_path.glob("*.csv"))) > 5
    again = tmp_path / "again"
    script("sample_ledger.py", "--out", str(again), "--customers", "30", "--invoices", "100", "--lang", language)
    assert (again / f"{sheet}.csv").read_bytes() == data


def test_a_sample_too_small_is_refused(tmp_path: Path) -> None:
    script("sample_ledger.py", "--out", str(tmp_path), "--customers", "3", "--invoices", "10", code=2)
    assert not list(tmp_path.iterdir())


def test_what_is_generated_is_up_to_date() -> None:
    script("publish.py", "--check")


@pytest.mark.slow
def test_the_measures_give_a_line_each_and_the_same_figures() -> None:
    # with fewer documents pandas' own report needs no memory that can be measured, and its row has nothing to divide by
    lines = script("bench.py", "engine", "--sizes", "20000", "--growth", "0", "--json").strip().splitlines()
    rows = [json.loads(line) for line in lines]
    assert rows
    for row in rows:
        assert row["name"]
        assert "ratio" in row
        differing = {key: value for key, value in row.items() if "differ" in key and value}
        assert not differing, row
    assert any("figures_that_differ" in row for row in rows)
    assert len({row["name"] for row in rows}) == len(rows)
