"""What a function gives back: plain values for any host, and the same as JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import repeat
from typing import Any, Literal, cast

from arsheet.functions.registry import FunctionError
from arsheet.functions.values import ErrorCell, Word, cell_words, header_words
from arsheet.ledger.money import exponent, to_decimal
from arsheet.table import CellError, Table, from_day

Form = Literal["scalar", "column", "row", "table", "error"]


@dataclass(frozen=True, slots=True)
class Result:
    """One answer. ``form`` says which of the fields holds it.

    scalar: ``value``. column (a scalar function asked for a range): ``rows`` of one cell. row: one of ``rows``, with a
    ``header`` that is not written. table: ``header`` and ``rows``. error: ``error``. Cells are None, bool, int, str,
    date, Decimal (money with its currency's decimals) or CellError.
    """

    function: str
    form: Form
    value: Any = None
    header: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    error: FunctionError | None = None

    def cells(self) -> tuple[tuple[Any, ...], ...]:
        """What stands in the cells of a sheet, from the cell of the formula to the right and down."""
        if self.error is not None:
            return ((ErrorCell.of(self.error),),)
        if self.form == "scalar":
            return ((self.value,),)
        return (self.header, *self.rows) if self.form == "table" else self.rows

    def errors(self) -> tuple[FunctionError | ErrorCell, ...]:
        """Every reason in the answer, once each: the error, or those of single rows."""
        if self.error is not None:
            return (self.error,)
        return tuple(dict.fromkeys(cell for row in self.rows for cell in row if isinstance(cell, ErrorCell)))


_SLOTS = tuple(Result.__dict__[name].__set__ for name in ("function", "form", "value", "header", "rows", "error"))


def scalars(function: str, values: Sequence[Any]) -> list[Result]:
    """A result of form scalar (or error) per value: the same as one call each, without the cost of a dataclass's init.

    Values are plain: numbers, texts, Decimal, ErrorCell.
    """
    name, form, value_of, header, rows, error = _SLOTS
    make, out = object.__new__, []
    for value in values:
        made = make(Result)
        if isinstance(value, ErrorCell):
            reason = FunctionError(cast(Any, value.text), value.code, value.zh, value.en)
            kind, value = "error", None
        else:
            reason, kind = None, "scalar"
        name(made, function)
        form(made, kind)
        value_of(made, value)
        header(made, ())
        rows(made, ())
        error(made, reason)
        out.append(made)
    return out


def as_result(function: str, answer: Any, shape: str, language: str, base_currency: str) -> Result:
    """What a declared callable returned, as a Result; ``shape`` is its declaration's."""
    if isinstance(answer, Table):
        rows = tuple(_rows(answer, language, base_currency))
        form: Form = "row" if shape == "row" else "table"
        return Result(function, form, header=header_words(answer, language), rows=rows)
    if isinstance(answer, list):
        return Result(function, "column", rows=tuple((_plain(cell, language),) for cell in answer))
    if shape == "date" and answer is not None:
        answer = from_day(answer)
    return Result(function, "scalar", _plain(answer, language))


_AS_THEY_ARE = frozenset((str, bool, int, float, Decimal, type(None)))


def _rows(table: Table, language: str, base_currency: str) -> Any:
    """The records in plain values; money in the currency of its row, else of the table."""
    fixed = table.facts.get("currency") or base_currency
    currencies: Sequence[Any] = table.column("currency") if "currency" in table else ()
    columns = []
    for at, column in enumerate(table.columns):
        kind = table.kinds[at] if table.kinds else "any"
        if kind == "money":
            columns.append(_money(column, currencies or [fixed] * len(column)))
        elif kind == "day":
            columns.append([_day(cell) for cell in column])
        else:
            known = set(map(type, column)) <= _AS_THEY_ARE
            columns.append(list(column) if known else [_plain(cell, language) for cell in column])
    return zip(*columns, strict=True)


def _money(column: Sequence[Any], currencies: Sequence[Any]) -> list[Any]:
    """Minor units as amounts; an amount that occurs often, as 0 does, is made once."""
    values = column.tolist() if hasattr(column, "tolist") else column
    decimals = {exponent(currency) if isinstance(currency, str) else 2 for currency in set(currencies)}
    kinds = set(map(type, values))
    if len(decimals) == 1 and kinds <= {int, type(None)}:
        scale = Decimal(-decimals.pop())
        if kinds == {int}:
            return list(map(Decimal.scaleb, map(Decimal, values), repeat(scale)))
        return [None if value is None else Decimal(value).scaleb(scale) for value in values]
    made: dict[Any, Decimal] = {}
    out: list[Any] = []
    for cell, currency in zip(values, currencies, strict=True):
        if cell is None or isinstance(cell, CellError):
            out.append(cell)
            continue
        key = (cell, currency) if isinstance(currency, str) else (cell, "")
        known = made.get(key)
        if known is None:
            known = made[key] = to_decimal(int(cell), exponent(key[1]))
        out.append(known)
    return out


def _day(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, CellError) else from_day(int(cell))


def _plain(cell: Any, language: str) -> Any:
    if isinstance(cell, Word):
        return cell_words(cell, language)
    if isinstance(cell, (str, bool, int, float, Decimal, dt.date, CellError)) or cell is None:
        return cell
    return cell.item()


def to_json(result: Result) -> Any:
    """The answer in values of JSON: money as decimal strings, dates ISO, a table as {"header", "rows"}.

    An error is {"error", "code", "zh", "en"}; that of one row of a table stands in the row's cells in the same form.
    """
    if result.error is not None:
        return _error(ErrorCell.of(result.error))
    if result.form == "scalar":
        return _json(result.value)
    return {"header": list(result.header), "rows": [[_json(cell) for cell in row] for row in result.rows]}


def _json(cell: Any) -> Any:
    if isinstance(cell, CellError):
        return _error(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return cell


def _error(cell: CellError) -> dict[str, str]:
    if isinstance(cell, ErrorCell):
        return {"error": cell.text, "code": cell.code, "zh": cell.zh, "en": cell.en}
    return {"error": cell.text, "code": "cell_is_an_error", "zh": "单元格是错误值", "en": "An error in a cell"}
