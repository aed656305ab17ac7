"""AR_ACCOUNT and AR_DATA_CHECK on the example version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from arsheet.functions.invoke import Result, invoke, to_json
from arsheet.functions.registry import Version
from arsheet.table import CellError

Call = Callable[..., Result]


def test_the_account_runs_from_opening_to_closing(call: Call) -> None:
    rows = call("AR_ACCOUNT", "C001", "2025-04-01", "2025-06-30", language="en").rows
    assert rows[0][2:] == (dt.date(2025, 4, 1), None, "Opening balance", None, None, 100000)
    assert rows[-1][2:] == (dt.date(2025, 6, 30), None, "Closing balance", 190000, 65000, 225000)
    assert rows[0][7] + rows[-1][5] - rows[-1][6] == rows[-1][7]
    assert [row[3] for row in rows[1:-1]] == ["R1", "INV2", "INV3", "CN1", "INV4", "R2"]


def test_blank_dates_are_from_the_beginning_to_the_as_of_date(call: Call) -> None:
    rows = call("AR_ACCOUNT", "C001").rows
    assert rows[0][2:] == (None, None, "期初余额", None, None, 0)
    assert rows[-1][2] == dt.date(2025, 6, 30)
    assert rows[-1][7] == call("AR_BALANCE", "C001").value


def test_accounts_of_a_range(call: Call) -> None:
    rows = call("AR_ACCOUNT", ["C002", "C999", "C003"], "2025-06-01").rows
    assert [(row[0], row[1] if isinstance(row[1], str) else row[1].text) for row in rows] == [
        ("C002", "USD"),
        ("C002", "USD"),
        ("C999", "#N/A"),
        ("C003", "CNY"),
        ("C003", "CNY"),
    ]
    assert isinstance(rows[2][7], CellError)
    assert len(call("AR_ACCOUNT", "*", "2025-06-30").rows) == 6


@pytest.mark.parametrize(
    ("args", "error", "code"),
    [
        (("C999",), "#N/A", "customer_unknown"),
        (("C004",), "#N/A", "no_data"),
        (("",), "#VALUE!", "argument_missing"),
        (("C001", "2025-07-01"), "#VALUE!", "period_ends_before_it_begins"),
        (("C001", "whenever"), "#VALUE!", "date_not_readable"),
    ],
)
def test_accounts_that_cannot_be_shown(call: Call, args: tuple[Any, ...], error: str, code: str) -> None:
    found = call("AR_ACCOUNT", *args).error
    assert found is not None
    assert (found.error, found.code) == (error, code)
    assert found.zh != found.en


def test_without_an_as_of_date_there_is_no_end(version: Version) -> None:
    bare = replace(version, stamp={}, settings={})
    found = invoke("AR_ACCOUNT", ("C001",), version=bare).error
    assert found is not None
    assert found.code == "as_of_missing"


def test_findings_are_in_the_language(call: Call) -> None:
    assert call("AR_DATA_CHECK").rows[0][:5] == (
        "警告",
        "due_date_before_document_date",
        "应收单!L7",
        "2025-01-05",
        "到期日2025-01-05早于单据日期2025-02-28",
    )
    english = call("AR_DATA_CHECK", language="en")
    assert english.header == ("Severity", "Code", "Where", "What was read", "What is wrong", "What to do")
    assert english.rows[0][0] == "Warning"
    assert english.rows[0][5] == "Check the due date"


def test_errors_come_first(version: Version, call: Call) -> None:
    error = replace(version.findings[0], code="amount_missing", severity="error", cell="")
    both = replace(version, findings=(*version.findings, error))
    rows = invoke("AR_DATA_CHECK", (), version=both).rows
    assert [row[1] for row in rows] == ["amount_missing", "due_date_before_document_date"]
    assert rows[0][2] == "应收单"


@pytest.mark.parametrize("table", ["invoices", "应收单", "Invoices", " INVOICES "])
def test_findings_of_one_table(call: Call, table: str) -> None:
    assert len(call("AR_DATA_CHECK", table).rows) == 1


def test_nothing_found_is_a_header_alone_and_an_unknown_table_an_error(call: Call) -> None:
    assert to_json(call("AR_DATA_CHECK", "customers"))["rows"] == []
    assert len(call("AR_DATA_CHECK", "customers").cells()) == 1
    found = call("AR_DATA_CHECK", "moon").error
    assert found is not None
    assert (found.error, found.code) == ("#VALUE!", "table_unknown")
    assert found.zh != found.en
