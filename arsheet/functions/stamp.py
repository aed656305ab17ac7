"""Worksheet functions on the version that all cells show: its stamp, and the reason behind an error cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arsheet.functions.arguments import is_blank
from arsheet.functions.registry import Example, FunctionError, Param, Version, not_available, worksheet_function
from arsheet.functions.values import ErrorCell
from arsheet.schema.layout import source_words, stamp_line
from arsheet.schema.words import label
from arsheet.table import CellError, iso

_GENERAL = {
    "#N/A": (
        "#N/A：没有这个客户或单据，或没有数据",
        "#N/A: there is no such customer or document, or no data",
    ),
    "#VALUE!": ("#VALUE!：参数有误", "#VALUE!: an argument is not right"),
    "#NAME?": ("#NAME?：没有安装 arsheet 加载项", "#NAME?: the arsheet add-in is not installed"),
}
_MOST = 3
"""So many reasons are told at once."""


@worksheet_function(
    "AR_STAMP",
    zh="这些公式显示的是哪一刻的数据：截止日期、刷新时间、来源行数和合计、数据是否已变",
    en="The moment that all cells show: as-of date, time of the refresh, rows and totals, stale or not",
    returns="scalar",
    examples=(
        Example(
            (),
            "截止日期：2025-06-30    刷新时间：2025-07-01 09:00:00    "
            "来源：应收单 7 行 320,000.00 CNY 10,000.00 USD; 收款 4 行 120,000.00 CNY",
        ),
    ),
    needs=("version", "language"),
)
def stamp(*, version: Version, language: str) -> str:
    """One line; ends with 数据已变请刷新 where a source table changed since."""
    said = version.stamp
    as_of = said.get("as_of")
    line = stamp_line(
        language,
        as_of=iso(as_of) if isinstance(as_of, int) else str(as_of or label("blank", language)),
        refreshed_at=str(said.get("refreshed_at") or label("not_refreshed", language)),
        source=source_words(said.get("rows") or {}, said.get("totals") or {}, language) or "0",
    )
    return f"{line}    {label('stale', language)}" if said.get("stale") else line


@worksheet_function(
    "AR_LAST_ERROR",
    zh='错误单元格的原因；可写单元格地址如 "Sheet1!B2"，空=最近一次的错误',
    en='The reason behind an error cell; an address such as "Sheet1!B2", or blank for the latest error',
    params=(Param("cell", "单元格", "Cell", "range", optional=True),),
    returns="scalar",
    examples=(Example((CellError("#NAME?"),), "#NAME?：没有安装 arsheet 加载项"),),
    needs=("version", "language"),
)
def last_error(cell: Any = None, *, version: Version, language: str) -> str:
    """The words of the error. ``stamp["errors"]``: address -> error, the latest last, kept by the version's holder.

    A reference brings only the error itself; then the reasons remembered for such errors are told, three at most.
    """
    remembered: Mapping[str, FunctionError | ErrorCell] = version.stamp.get("errors") or {}
    value = cell[0][0] if cell and cell[0] else None
    if isinstance(value, ErrorCell):
        return _words(value, language)
    if isinstance(value, CellError):
        return _like(value, remembered, language)
    if is_blank(value):
        if not remembered:
            raise not_available("no_error", "没有错误", "There is no error")
        return _words(list(remembered.values())[-1], language)
    found = next((error for at, error in remembered.items() if _place(at) == _place(str(value))), None)
    if found is None:
        raise not_available("no_error", f"“{value}”没有错误", f"There is no error in {value}")
    return _words(found, language)


def _words(error: FunctionError | ErrorCell, language: str) -> str:
    return error.zh if language == "zh" else error.en


def _place(address: str) -> str:
    """Addresses are the same with or without $ and quotes; one without a sheet is none with a sheet."""
    return address.replace("$", "").replace("'", "").strip().casefold()


def _like(value: CellError, remembered: Mapping[str, FunctionError | ErrorCell], language: str) -> str:
    kinds = {(error.error if isinstance(error, FunctionError) else error.text): None for error in remembered.values()}
    if value.text in kinds:
        same = [
            _words(error, language)
            for error in reversed(list(remembered.values()))
            if (error.error if isinstance(error, FunctionError) else error.text) == value.text
        ]
        listed = list(dict.fromkeys(same))[:_MOST]
        return ("；" if language == "zh" else "; ").join(listed)
    general = _GENERAL.get(value.text, (f"{value.text}：单元格错误", f"{value.text}: an error in the cell"))
    return general[0 if language == "zh" else 1]
