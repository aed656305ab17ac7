"""What crosses between Excel's cells and the functions: raw values in, cells out, one version per book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arsheet.addins.excel import udfs
from arsheet.addins.excel.answers import ESCAPE, answer, argument, arguments
from arsheet.addins.excel.buttons import unhexed
from arsheet.functions.catalogue import functions
from arsheet.functions.registry import not_available
from arsheet.functions.results import Result
from arsheet.hosts.xlsx import XlsxHost
from arsheet.run.desk import Desk
from arsheet.table import CellError

NOT_AVAILABLE, BAD_VALUE = [[f"{ESCAPE}2042"]], [[f"{ESCAPE}2015"]]


@pytest.mark.parametrize(
    ("raw", "taken"),
    [
        (None, None),
        ("", None),
        (1.5, 1.5),
        (True, True),
        ("甲", "甲"),
        (-2146826246, CellError("#N/A")),
        (-2146826281, CellError("#DIV/0!")),
        (-5.0, -5.0),
        ((("a", 1.0), (None, -2146826259)), [["a", 1.0], [None, CellError("#NAME?")]]),
        ((1.0, 2.0), [[1.0], [2.0]]),
        (dt.datetime(2026, 3, 31, tzinfo=dt.UTC), dt.date(2026, 3, 31)),
    ],
)
def test_raw_values_come_in(raw: Any, taken: Any) -> None:
    assert argument(raw) == taken


def test_trailing_blanks_are_left_out_and_dates_from_1904_are_moved() -> None:
    due = functions()["AR_DUE_DATE"]
    assert arguments(due, ["net 30", 46000.0, "", None], from_1904=False) == ["net 30", 46000.0]
    assert arguments(due, ["net 30", 44538.0], from_1904=True) == ["net 30", 46000.0]
    (row,) = answer(Result("AR_DUE_DATE", "scalar", dt.date(2025, 12, 9)), from_1904=True)
    assert row == [46000.0 - 1462]


def test_answers_go_out_as_cells() -> None:
    rows = (
        (None, True, 3, Decimal("1.50")),
        ("文" * 40_000, dt.date(2026, 1, 1), CellError("#REF!"), CellError("#SPILL!")),
    )
    out = answer(Result("AR_X", "table", header=("a", "b", "c", "d"), rows=rows), from_1904=False)
    assert out[0] == ["a", "b", "c", "d"]
    assert out[1] == ["", True, 3.0, 1.5]
    assert [type(cell) for cell in out[1]] == [str, bool, float, float]
    assert len(out[2][0]) == 32_767
    assert out[2][1:] == [46023.0, f"{ESCAPE}2023", f"{ESCAPE}2015"]
    wrong = Result("AR_X", "error", error=not_available("x", "无", "none"))
    assert answer(wrong, from_1904=False) == NOT_AVAILABLE


def test_a_book_is_read_once_and_answers_from_that_moment(sample: Callable[..., Path]) -> None:
    path, at, opened = sample(), Desk(), []

    def host_of(name: str) -> XlsxHost:
        opened.append(name)
        return XlsxHost(path)

    cell = "应收.xlsx\tSheet1!B2"
    assert udfs.call("AR_AMOUNT_CN", [1.0], cell, at=at, host_of=host_of) == [["壹元整"]]
    assert opened == [], "a function that needs no data reads none"
    table = udfs.call("AR_OPEN_ITEMS", ["*"], cell, at=at, host_of=host_of)
    assert len(table) > 10
    assert udfs.call("AR_BALANCE", ["没有"], cell, at=at, host_of=host_of) == NOT_AVAILABLE
    assert opened == ["应收.xlsx"]
    (said,) = udfs.call("AR_LAST_ERROR", ["Sheet1!B2"], "应收.xlsx\tSheet1!C2", at=at, host_of=host_of)
    assert "没有" in said[0]
    at.mark_stale("应收.xlsx")
    assert udfs.call("AR_OPEN_ITEMS", ["*"], cell, at=at, host_of=host_of) == table


def test_a_book_that_cannot_be_read_gives_not_available_with_its_reason(tmp_path: Path) -> None:
    def gone(_: str) -> Any:
        raise RuntimeError("RPC_E_CALL_REJECTED")

    at, cell = Desk(), "别的.xlsx\tSheet1!A1"
    assert udfs.call("AR_BALANCE", ["甲"], cell, at=at, host_of=gone) == NOT_AVAILABLE
    (said,) = udfs.call("AR_LAST_ERROR", ["Sheet1!A1"], cell, at=at, host_of=gone)
    assert "尚未刷新" in said[0]
    assert "Not refreshed" in said[0]
    assert udfs.call("AR_BALANCE", ["甲"], "", at=at, host_of=gone) == NOT_AVAILABLE
    assert udfs.call("AR_NONE", [], cell, at=at, host_of=gone) == BAD_VALUE, "nothing is raised into Excel"


def test_the_first_call_after_watching_is_kept() -> None:
    at = Desk()
    udfs.watch("a.xlsx")
    udfs.call("AR_AMOUNT_CN", [1.0, None], "b.xlsx\tS!A1", at=at)
    udfs.call("AR_AMOUNT_CN", [2.0, None], "a.xlsx\tS!A1", at=at)
    udfs.call("AR_AMOUNT_CN", [3.0, None], "a.xlsx\tS!A2", at=at)
    assert udfs.watched("a.xlsx") == ("AR_AMOUNT_CN", [2.0])
    assert udfs.watched("a.xlsx") is None


def test_text_in_hexadecimal_comes_back() -> None:
    assert unhexed("5E940041D83DDE00") == "应A😀"
    assert unhexed("") == ""
