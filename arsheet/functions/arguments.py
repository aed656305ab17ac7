"""Raw arguments of a cell, a script or a command line as the values that a function's parameters take."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from arsheet.functions.each import Everyone
from arsheet.functions.kept_range import KeptRange
from arsheet.functions.registry import Declaration, FunctionError, Param, bad_value, not_available
from arsheet.schema.cells import clean_text, read, read_date, read_id, read_number
from arsheet.schema.model import Column
from arsheet.table import CellError, Grid

LARGEST = Decimal(10) ** 15
"""Numbers from here on have lost digits in a spreadsheet."""
FIRST_DAY, LAST_DAY = -25_567, 376_199
"""1900-01-01 and 2999-12-31."""
_FLAG = Column("flag", "", "", "flag")
_DATES = {
    "date_order_unknown": (
        "日和月的先后不明，请写成2025-06-30",
        "day and month cannot be told apart; write 2025-06-30",
    ),
    "date_without_day": ("缺少日", "the day is missing"),
    "date_impossible": ("没有这一天", "there is no such day"),
}


def is_blank(value: Any) -> bool:
    """A blank cell: nothing, or text of nothing but spaces."""
    return value is None or (isinstance(value, str) and not value.strip())


def parse_argument(text: str) -> Any:
    """An argument of a command line: JSON, and text where it is not JSON; "" and null are blank.

    Whole numbers of more than 15 digits stay text: they are codes. {"e": "#DIV/0!"} is an error cell.
    """
    try:
        return json.loads(
            text, parse_float=Decimal, parse_int=_whole, parse_constant=_refuse, object_hook=_error_cell
        )  # fmt: skip
    except ValueError:
        return text


def _error_cell(found: dict[str, Any]) -> Any:
    return CellError(str(found["e"])) if list(found) == ["e"] else found


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits.lstrip("-")) <= 15 else digits


def _refuse(word: str) -> Any:
    raise ValueError(word)


def coerce(declaration: Declaration, args: Sequence[Any], *, as_of: int | None = None) -> list[Any]:
    """One value per parameter; a blank as_of is the version's. FunctionError names the argument that is wrong."""
    params = declaration.params
    if len(args) > len(params):
        raise _too_many(declaration, len(args))
    values = []
    for at, param in enumerate(params):
        raw = args[at] if at < len(args) else None
        value = None if is_blank(raw) else _one(param, raw)
        if value is None and param.key == "as_of":
            value = _default_as_of(as_of)
        elif value is None:
            value = param.default
        if value is None and not param.optional:
            raise bad_value(
                "argument_missing",
                f"{declaration.name}缺少参数“{param.zh}”",
                f"{declaration.name} needs the argument “{param.en}”",
            )
        values.append(value)
    return values


def _default_as_of(as_of: int | None) -> int:
    if as_of is None:
        raise not_available(
            "as_of_missing",
            "没有截止日期：请填参数或先刷新",
            "There is no as-of date: give the argument or refresh first",
        )
    return as_of


def _too_many(declaration: Declaration, count: int) -> FunctionError:
    zh = "、".join(param.zh for param in declaration.params)
    en = ", ".join(param.en for param in declaration.params)
    return bad_value(
        "too_many_arguments",
        f"{declaration.name}最多{len(declaration.params)}个参数（{zh}），给了{count}个",
        f"{declaration.name} takes at most {len(declaration.params)} arguments ({en}); {count} were given",
    )


def _one(param: Param, raw: Any) -> Any:
    """A value that is not blank, as its parameter takes it; None where it turns out to be blank after all."""
    if isinstance(raw, Everyone):
        return raw
    cells = _rows(raw)
    if param.kind == "range":
        return cells if cells is not None else [[raw]]
    if cells is not None:
        flat = [cell for row in cells for cell in row]
        if len(flat) == 1:
            return None if is_blank(flat[0]) else _one(param, flat[0])
        if param.kind == "customer":
            codes = _codes(flat)
            if codes is None and param.optional:  # blank cells name nobody; only an argument left out means all
                raise _wrong(param, "argument_missing", "这块区域是空白", "is a range of blank cells")
            return codes
        if param.kind == "any":
            return cells
        raise _wrong(param, "argument_is_a_range", "要一个值，不是一块区域", "takes one value, not a range")
    if isinstance(raw, CellError):
        raise _error_in(param, raw)
    return _SCALARS[param.kind](param, raw)


def _rows(raw: Any) -> list[list[Any]] | None:
    """A range as rows of cells; a flat sequence is one column. None for what is no range."""
    if isinstance(raw, KeptRange):
        return raw
    if isinstance(raw, Grid):
        raw = raw.cells
    if not isinstance(raw, (list, tuple)):
        return None
    rows = [list(row) if isinstance(row, (list, tuple)) else [row] for row in raw]
    for row in rows:
        if any(kind.__hash__ is None for kind in set(map(type, row))):  # a list in a cell: no value, told as its text
            row[:] = [str(cell) if type(cell).__hash__ is None else cell for cell in row]
    return rows


def _error_in(param: Param, cell: CellError) -> FunctionError:
    """An error that comes in goes out: #N/A as #N/A, any other as #VALUE!."""
    words = (
        "argument_is_an_error",
        f"参数“{param.zh}”是错误值{cell.text}",
        f"The argument “{param.en}” is the error {cell.text}",
    )
    return not_available(*words) if cell.text == "#N/A" else bad_value(*words)


def _wrong(param: Param, code: str, zh: str, en: str) -> FunctionError:
    return bad_value(code, f"参数“{param.zh}”{zh}", f"The argument “{param.en}” {en}")


def _codes(cells: Sequence[Any]) -> list[str | None] | None:
    codes = [None if is_blank(cell) else _code_of_cell(cell) for cell in cells]
    return codes if any(code is not None for code in codes) else None


def _code_of_cell(cell: Any) -> str:
    if isinstance(cell, CellError):
        return cell.text
    found = read_id(_number_type(cell)).value
    return clean_text(cell) if found is None else str(found)


def _number_type(value: Any) -> Any:
    """A Decimal of the command line as a spreadsheet would hold it."""
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value) >= LARGEST:
            return str(value)
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _customer(param: Param, raw: Any) -> str:
    found = read_id(_number_type(raw))
    if found.problem == "id_lost_digits":
        raise _wrong(param, found.problem, "位数过多，已丢失末位；请用文本", "has lost digits; write it as text")
    return clean_text(raw) if found.value is None else str(found.value)


def _date(param: Param, raw: Any) -> int | None:
    found = read_date(_number_type(raw))
    if found.problem:
        text = clean_text(raw)
        zh, en = _DATES.get(found.problem, ("", ""))
        zh, en = (f"：{zh}", f": {en}") if zh else ("", "")
        raise _wrong(param, found.problem, f"的值“{text}”不是日期{zh}", f"is not a date: {text!r}{en}")
    if found.value is not None and not FIRST_DAY <= found.value <= LAST_DAY:
        raise _wrong(param, "date_out_of_range", "不在1900年到2999年之间", "is not between 1900 and 2999")
    return found.value if found.value is None else int(found.value)


def _number(param: Param, raw: Any) -> Decimal:
    number = read_number(raw)
    if number is None:
        code = "amount_not_a_number" if param.kind == "money" else "number_not_readable"
        text = clean_text(raw)
        raise _wrong(param, code, f"的值“{text}”不是数字", f"is not a number: {text!r}")
    if abs(number) >= LARGEST:
        raise _wrong(param, "number_out_of_range", "超过15位", "has more than 15 digits")
    return number


def _flag(param: Param, raw: Any) -> bool:
    found = read(_FLAG, _number_type(raw))
    if found.problem:
        text = clean_text(raw)
        raise _wrong(param, "flag_not_readable", f"的值“{text}”不是是或否（1或0）", f"is not yes or no: {text!r}")
    return bool(found.value)


_SCALARS = {
    "text": lambda param, raw: clean_text(_number_type(raw)),
    "any": lambda param, raw: raw,
    "number": _number,
    "money": _number,
    "date": _date,
    "flag": _flag,
    "customer": _customer,
}
