"""Raw arguments, errors, results in plain values and in JSON."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arsheet.functions.catalogue import functions
from arsheet.functions.examples import example_version
from arsheet.functions.invoke import Result, invoke, parse_argument, to_json
from arsheet.table import CellError, Grid

Call = Callable[..., Result]


def test_import_is_light() -> None:
    code = (
        "import sys; from arsheet.functions.invoke import invoke; import arsheet.functions.examples;"
        "print(invoke('AR_DUE_DATE', ('月结30天', '2025-01-31')).value);"
        "print([name for name in ('pandas', 'openpyxl', 'xlwings', 'holidays', 'gspread') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["2025-03-02", "[]"]


@pytest.mark.parametrize(
    "written",
    [
        *("2025-01-15", "2025年1月15日", "2025/1/15", "20250115", 20250115, 45672, 45672.0, Decimal(45672)),
        *(dt.date(2025, 1, 15), dt.datetime(2025, 1, 15, 8, 30), [[45672.0]], [dt.date(2025, 1, 15)]),
    ],
)
def test_dates_in_every_spelling(written: Any) -> None:
    assert invoke("AR_DUE_DATE", ("net 30", written)).value == dt.date(2025, 2, 14)


@pytest.mark.parametrize("written", ["1,409.50", 1409.5, "￥1409.50", Decimal("1409.50"), "1409.5元", [[1409.5]]])
def test_amounts_in_every_spelling(written: Any) -> None:
    assert invoke("AR_AMOUNT_CN", (written,)).value == "壹仟肆佰零玖元伍角"


@pytest.mark.parametrize(
    ("name", "args", "error", "code"),
    [
        ("AR_DUE_DATE", ("net 30",), "#VALUE!", "argument_missing"),
        ("AR_DUE_DATE", ("net 30", "  "), "#VALUE!", "argument_missing"),
        ("AR_DUE_DATE", ("net 30", "3/4/2025"), "#VALUE!", "date_order_unknown"),
        ("AR_DUE_DATE", ("net 30", "2025-02-30"), "#VALUE!", "date_impossible"),
        ("AR_DUE_DATE", ("net 30", "soon"), "#VALUE!", "date_not_readable"),
        ("AR_DUE_DATE", ("net 30", dt.date(9999, 12, 31)), "#VALUE!", "date_out_of_range"),
        ("AR_DUE_DATE", ("net 30", [[45672.0], [45673.0]]), "#VALUE!", "argument_is_a_range"),
        ("AR_DUE_DATE", ("net 30", CellError("#REF!")), "#VALUE!", "argument_is_an_error"),
        ("AR_DUE_DATE", ("net 30", CellError("#N/A")), "#N/A", "argument_is_an_error"),
        ("AR_DUE_DATE", ("gibberish", "2025-01-15"), "#VALUE!", "term_not_understood"),
        ("AR_DUE_DATE", ("net 30", 45672, None, None, 1), "#VALUE!", "too_many_arguments"),
        ("AR_AMOUNT_CN", ("abc",), "#VALUE!", "amount_not_a_number"),
        ("AR_AMOUNT_CN", (1e20,), "#VALUE!", "number_out_of_range"),
        ("AR_AMOUNT_CN", (float("nan"),), "#VALUE!", "amount_not_a_number"),
        ("AR_AMOUNT_CN", (True,), "#VALUE!", "amount_not_a_number"),
        ("AR_AGNG", (), "#N/A", "function_unknown"),
        ("", (), "#N/A", "function_unknown"),
        ("AR_BALANCE", ("C001",), "#N/A", "not_refreshed"),
        ("AR_BALANCE", (), "#VALUE!", "argument_missing"),
        ("AR_BALANCE", ("C001", "gibberish"), "#VALUE!", "date_not_readable"),
        ("AR_REMINDERS", (), "#N/A", "not_refreshed"),
        ("AR_AGING_OF", ([["客户", "到期日", "金额"], ["甲", "2025-05-31", 100]],), "#N/A", "as_of_missing"),
        ("AR_BALANCE", ("C001", "2025-06-30"), "#N/A", "not_refreshed"),
        ("AR_DATA_CHECK", (), "#N/A", "not_refreshed"),
    ],
)
def test_errors_have_a_code_and_words(name: str, args: tuple[Any, ...], error: str, code: str) -> None:
    result = invoke(name, args)
    assert result.form == "error"
    assert result.error is not None
    assert (result.error.error, result.error.code) == (error, code)
    assert set(to_json(result)) == {"error", "code", "zh", "en"}
    (cell,) = result.cells()[0]
    assert isinstance(cell, CellError)
    assert cell.text == error


@pytest.mark.parametrize("odd", [["x"], {"a": 1}, [[1]]])
def test_what_is_no_cell_raises_nothing(odd: Any) -> None:
    rows = [["客户", "到期日", "金额"], [odd, "2025-05-31", odd], ["甲", odd, 100], ["甲", "2025-05-31", 100]]
    assert invoke("AR_AGING_OF", (rows, 45_900)).form == "table"
    for args in ((odd,), ([[odd], [odd]],), (rows,)):
        assert invoke("AR_BALANCE", args).form == "error"


def test_an_error_cell_of_the_command_line_is_one() -> None:
    found = parse_argument('[["客户","到期日","金额"],["甲","2025-05-31",{"e":"#DIV/0!"}],["乙","2025-05-31",1]]')
    assert found[1][2] == CellError("#DIV/0!")
    rows = invoke("AR_AGING_OF", (found, 45_900)).rows
    assert [row[0] for row in rows] == ["乙", "未计入"]
    assert invoke("AR_AMOUNT_CN", (parse_argument('{"e":"#N/A"}'),)).error.error == "#N/A"  # type: ignore[union-attr]


def test_an_unknown_function_names_the_nearest() -> None:
    error = invoke("AR_AGNG").error
    assert error is not None
    assert "AR_AGING" in error.zh
    assert "AR_AGING" in error.en


def test_settings_win_over_the_version(call: Call) -> None:
    assert call("AR_AGING", "C001").header[4:9] == ("未到期", "1-30天", "31-60天", "61-90天", "91天以上")
    assert call("AR_AGING", "C001", settings={"buckets": "60"}).header[4:7] == ("未到期", "1-60天", "61天以上")


def test_as_of_of_the_settings_serves_where_nothing_is_stamped(call: Call) -> None:
    rows = [["客户", "到期日", "金额"], ["甲", "2025-05-31", 100]]
    assert invoke("AR_AGING_OF", (rows,), settings={"as_of": "2025-06-30"}).rows[0][5] == 100
    assert invoke("AR_AGING_OF", (rows,), settings={"as_of": "today"}).error is not None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("C001", "C001"),
        ("001", "001"),
        ("0.1", Decimal("0.1")),
        ("42", 42),
        ("12345678901234567890", "12345678901234567890"),
        ("", ""),
        ("null", None),
        ('""', ""),
        ('["C001", "C002"]', ["C001", "C002"]),
        ("NaN", "NaN"),
        ("月结30天", "月结30天"),
        ("2025-06-30", "2025-06-30"),
        ("true", True),
    ],
)
def test_what_is_not_json_is_text(text: str, value: Any) -> None:
    assert parse_argument(text) == value


def test_json_of_a_scalar_a_date_a_row_a_column_and_a_table(call: Call) -> None:
    assert to_json(call("AR_BALANCE", "C001")) == "225000.00"
    assert to_json(call("AR_DUE_DATE", "net 30", "2025-01-15")) == "2025-02-14"
    row = to_json(call("AR_AGING_DERIVED", 500000, 300000, [[150000, 80000, 40000]], language="en"))
    assert row == {
        "header": ["Within 1 year", "1-2 years", "Over 2 years"],
        "rows": [["300000.00", "150000.00", "50000.00"]],
    }
    column = to_json(call("AR_BALANCE", ["C001", "C003", None]))
    assert column == {"header": [], "rows": [["225000.00"], ["-5000.00"], [None]]}
    table = to_json(call("AR_UNAPPLIED", "C001", language="en"))
    assert table["header"][3:] == ["Source no", "Kind", "Date", "Amount", "Unapplied", "Days held"]
    assert table["rows"][0][3:] == ["R2", "Receipt", "2025-06-20", "25000.00", "25000.00", 10]


def test_json_of_an_error_inside_a_table(call: Call) -> None:
    rows = to_json(call("AR_BALANCE", ["C001", "C999"]))["rows"]
    assert rows[1][0]["error"] == "#N/A"
    assert rows[1][0]["code"] == "customer_unknown"
    assert json.dumps(rows, ensure_ascii=False)


def test_a_currency_keeps_its_decimals() -> None:
    rows = [["客户", "到期日", "金额", "币种"], ["甲", "2025-05-31", 1500, "JPY"], ["甲", "2025-05-31", "1.5", "BHD"]]
    found = to_json(invoke("AR_AGING_OF", (rows, "2025-06-30")))
    assert sorted(row[3] for row in found["rows"]) == ["1.500", "1500"]


def test_a_row_is_written_without_its_header_and_a_table_with_it(call: Call) -> None:
    assert len(call("AR_AGING_DERIVED", 5, 5, [1, 2]).cells()) == 1
    assert call("AR_UNAPPLIED", "C001").cells()[0][0] == "客户编码"


def test_a_grid_is_a_range(call: Call) -> None:
    grid = Grid("x", (("客户", "到期日", "金额"), ("甲", "2025-05-31", 100)))
    assert call("AR_AGING_OF", grid).rows[0][3] == 100


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.dates(),
    st.sampled_from([CellError("#REF!"), "C001", "*", "月结30天", "2025-06-30", "due", "years"]),
)


@given(
    name=st.sampled_from(sorted(functions())),
    args=st.lists(st.one_of(CELLS, st.lists(st.lists(CELLS, max_size=4), max_size=4)), max_size=8),
)
def test_no_argument_ever_raises(name: str, args: list[Any]) -> None:
    result = invoke(name, args, version=example_version())
    json.dumps(to_json(result))
