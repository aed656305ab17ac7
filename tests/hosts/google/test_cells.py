"""Typed cells both ways: what spreadsheets usually spoil is kept."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from arsheet.hosts.google.cells import cell_json, decoded, decoded_columns, from_serial, own_formula, row_json, serial
from arsheet.hosts.online import Formula, RemoteError
from arsheet.table import CellError


def value(cell: Any) -> Any:
    return json.loads(cell_json(cell)).get("userEnteredValue")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (None, None),
        ("", None),
        ("000123", {"stringValue": "000123"}),
        ("1E5", {"stringValue": "1E5"}),
        ("=1+1", {"stringValue": "=1+1"}),
        ('=IMPORTXML("http://x","//a")', {"stringValue": '=IMPORTXML("http://x","//a")'}),
        ("+86 10 1234", {"stringValue": "+86 10 1234"}),
        ("@SUM(A1)", {"stringValue": "@SUM(A1)"}),
        ('甲公司\n二行\t"引"\\', {"stringValue": '甲公司\n二行\t"引"\\'}),
        ("😀", {"stringValue": "😀"}),
        ("2026-03-01", {"stringValue": "2026-03-01"}),
        (True, {"boolValue": True}),
        (False, {"boolValue": False}),
        (0, {"numberValue": 0}),
        (12, {"numberValue": 12}),
        (0.1, {"numberValue": 0.1}),
        (dt.date(2026, 3, 1), {"numberValue": 46082}),
        (dt.datetime(2026, 3, 1, 12), {"numberValue": 46082.5}),
        (CellError("#N/A"), {"stringValue": "#N/A"}),
        (Formula("=SUM(A1:A2)"), {"formulaValue": "=SUM(A1:A2)"}),
    ],
)
def test_a_cell_is_written_as_what_it_is(cell: Any, said: Any) -> None:
    assert value(cell) == said


def test_money_goes_out_as_the_exact_decimal() -> None:
    assert '{"numberValue":1234567890123.45}' in cell_json(Decimal("1234567890123.45"))
    assert '{"numberValue":0.1}' in cell_json(Decimal("0.10"))
    assert '{"numberValue":100}' in cell_json(Decimal("1E2"))
    assert '{"numberValue":-8.5}' in cell_json(Decimal("-8.50"))
    for cents in (1, 7, 10, 99, 123456789, 10**14 + 1):
        amount = Decimal(cents) / 100
        assert decoded(value(amount)["numberValue"], "money") == amount


@pytest.mark.parametrize("cell", [Decimal("12345678901234567.89"), Decimal("NaN"), float("inf"), 10**18 + 1])
def test_a_number_that_no_spreadsheet_keeps_is_refused(cell: Any) -> None:
    with pytest.raises(RemoteError) as caught:
        cell_json(cell, where="AR_数据")
    assert caught.value.code == "number_not_exact"
    assert "AR_数据" in caught.value.zh


def test_a_text_longer_than_a_cell_is_refused_without_being_quoted() -> None:
    assert value("长" * 50_000)
    with pytest.raises(RemoteError) as caught:
        cell_json("密" * 50_001, where="AR_数据")
    assert caught.value.code == "cell_too_long"
    assert "密密" not in str(caught.value)


def test_half_a_surrogate_pair_can_be_sent() -> None:
    cell_json("\ud83d甲").encode("utf-8")


def test_kinds_add_number_formats() -> None:
    cells = json.loads(
        row_json(["000123", dt.date(2026, 3, 1), Decimal("1.5"), "x"], kinds=("id", "date", "money", "any"))
    )
    formats = [cell.get("userEnteredFormat", {}).get("numberFormat") for cell in cells["values"]]
    assert formats[0] == {"type": "TEXT"}
    assert formats[1] == {"type": "DATE", "pattern": "yyyy-mm-dd"}
    assert formats[2]["type"] == "NUMBER"
    assert formats[3] is None


@pytest.mark.parametrize(
    "text",
    [
        '=IMPORTRANGE("x","A1")', '=IF(A1, IMAGE("http://x"))', '=HYPERLINK("http://x")', "=WEBSERVICE(A1)", "SUM(A1)",
        '=SUM("a)&IMPORTXML(', "=我的函数(A1)", "=importdata (A1)", "='x'!A1&GOOGLEFINANCE(B1)",
    ],
)  # fmt: skip
def test_formulas_that_reach_outside_are_refused(text: str) -> None:
    with pytest.raises(RemoteError) as caught:
        own_formula(text)
    assert caught.value.code == "formula_not_ours"


@pytest.mark.parametrize(
    "text",
    [
        "=IFERROR(XLOOKUP($A2,'AR_数据'!$A:$A,'AR_数据'!$F:$F),\"\")",
        '=SUMIFS(AR_数据!$H:$H,AR_数据!$C:$C,"甲 (IMPORTXML(1))")',
    ],
)
def test_our_own_formulas_pass(text: str) -> None:
    assert own_formula(text) == text


def test_values_are_read_by_the_kind_of_their_column() -> None:
    columns = decoded_columns([["0001", 46082, 1234.1, "#N/A", ""], ["x"]], ["id", "date", "money", "", ""], 6)
    first, second, *more = zip(*columns, strict=True)
    assert first == ("0001", dt.date(2026, 3, 1), Decimal("1234.1"), CellError("#N/A"), None, None)
    assert second == ("x", None, None, None, None, None)
    assert not more
    assert decoded_columns([[True, 12, "3月1日"]], ["flag", "id", "date"], 3) == [[True], [12], ["3月1日"]]
    assert decoded_columns([], ["id"], 2) == [[], []]
    assert decoded(-5, "date") == -5
    assert decoded(9e9, "date") == 9e9


def test_serial_numbers_are_whole_days_and_seconds() -> None:
    for day in (dt.date(1900, 1, 1), dt.date(1900, 2, 28), dt.date(2000, 2, 29), dt.date(9999, 12, 31)):
        assert from_serial(serial(day)) == day
    moment = dt.datetime(2026, 11, 21, 23, 59, 59)
    assert from_serial(serial(moment)) == moment
