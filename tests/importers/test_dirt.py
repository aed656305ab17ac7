"""Every kind of dirt, in every form it comes in, through the real path: the right value, or the amount left out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from arsheet import run
from arsheet.table import ArsheetError
from tests.importers.dirt import accounts, containers, layouts, scales, values
from tests.importers.dirt.cases import Case
from tests.run.helping import clock_at, make_book

CASES: list[Case] = [*layouts.CASES, *values.CASES, *accounts.CASES, *containers.CASES, *scales.CASES]
ZERO = Decimal(0)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty book: planning writes nothing."""
    return make_book(tmp_path_factory.mktemp("book"), invoices=0)


def planned(case: Case, book: Path, folder: Path) -> run.PlannedImport:
    """The import of a case into the empty book."""
    return run.plan_import(case.kind, case.build(folder), book, mapping=case.mapping, clock=clock_at())


@pytest.mark.parametrize("case", [case for case in CASES if not case.expect.error], ids=str)
def test_dirt(case: Case, book: Path, tmp_path: Path) -> None:
    made, expect = planned(case, book, tmp_path), case.expect
    preview = made.plan.preview
    counts = preview.tables["receipts" if case.kind == "receipts" else "invoices"]
    said = [found.code for found in made.findings]
    new, refused = expect.amounts
    assert (counts.rows_new, counts.sum_new.get("CNY", ZERO)) == (expect.rows, new), said
    assert (counts.rows_refused, counts.sum_refused.get("CNY", ZERO)) == (expect.rows_refused, refused), said
    assert counts.rows_unreadable == expect.unreadable
    if expect.receipts:
        assert preview.tables["receipts"].sum_new == {"CNY": Decimal(expect.receipts)}
    assert set(expect.codes) <= set(said)
    loud = {found.code for found in made.findings if found.severity in ("error", "warning")}
    assert loud <= set(expect.codes), loud
    if expect.header_row:
        assert preview.header_row == expect.header_row
    if expect.totals is not None:
        assert len(preview.total_rows) == expect.totals
    assert expect.also is None or expect.also(made)


@pytest.mark.parametrize("case", [case for case in CASES if not case.expect.error], ids=str)
def test_nothing_is_lost(case: Case, book: Path, tmp_path: Path) -> None:
    """Read = new + known + different + repeated + refused, in rows and in money; what no one can read is counted."""
    made = planned(case, book, tmp_path)
    for counts in made.plan.preview.tables.values():
        sorted_rows = counts.rows_new + counts.rows_known + counts.rows_different + counts.rows_repeated
        assert counts.rows_read == sorted_rows + counts.rows_refused
        assert counts.rows_unreadable <= counts.rows_refused
        sums = (counts.sum_new, counts.sum_known, counts.sum_different, counts.sum_refused)
        for currency in {*counts.sum_read, *(name for each in sums for name in each)}:
            assert counts.rows_repeated == 0
            assert counts.sum_read.get(currency, ZERO) == sum((each.get(currency, ZERO) for each in sums), ZERO)
    for table in made.plan.appended:
        if "amount" in table:
            assert all(amount for amount in table.column("amount")), "an amount is never silently 0"


@pytest.mark.parametrize("case", [case for case in CASES if case.expect.error], ids=str)
def test_refused(case: Case, book: Path, tmp_path: Path) -> None:
    with pytest.raises(ArsheetError) as caught:
        planned(case, book, tmp_path)
    assert caught.value.code == case.expect.error
    assert caught.value.exit_code == 3


def test_every_case_has_a_name_of_its_own() -> None:
    names = [str(case) for case in CASES]
    assert sorted(set(names)) == sorted(names)
