"""A range that a formula points at, read as a list of invoices: headers recognised, amounts taken as still open."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arsheet.functions.arguments import LARGEST
from arsheet.functions.registry import FunctionError, bad_value
from arsheet.ledger.assembly import assemble
from arsheet.ledger.assembly.rows import currency_code
from arsheet.ledger.calendar import Calendar
from arsheet.ledger.store import Ledger
from arsheet.schema.cells import clean
from arsheet.schema.decode import decode
from arsheet.schema.headers import match_headers
from arsheet.schema.model import Column
from arsheet.schema.tables import IMPORT_COLUMNS, TABLES
from arsheet.table import Problem, Table

_INVOICES = TABLES["invoices"]
_LOOK_AT = 10
"""The header is looked for in so many first rows: titles may stand above it."""
_TOTALS = frozenset(("合计", "总计", "小计", "本页合计", "total", "grand total", "subtotal", "sum", "totals"))
_OF_CUSTOMER = ("region", "class", "collector", "industry", "size_class", "related_party")
_NOBODY = "-"
"""The customer of a range that has no customer column."""
REASONS: Mapping[str, tuple[str, str]] = {
    "amount_missing": ("没有金额", "no amount"),
    "amount_not_a_number": ("金额不是数字", "the amount is not a number"),
    "amount_too_large": ("金额过大", "the amount is too large"),
    "cell_is_an_error": ("单元格是错误值", "an error in a cell"),
    "document_without_customer": ("没有客户", "no customer"),
    "document_without_date": ("没有日期", "no date"),
    "document_repeated": ("重复的行", "repeated rows"),
    "currency_unknown": ("币种看不懂", "the currency is not known"),
    "dated_later": ("单据日期晚于截止日期", "dated after the as-of date"),
}
_OTHER = ("看不懂", "not understood")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that are in no bucket, with their amount; None where it cannot be read."""

    rows: int
    currency: str
    amount: Decimal | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class LiveRange:
    """The ledger of a range, and what is not in it."""

    ledger: Ledger
    left_out: tuple[LeftOut, ...]


def read_range(
    data: Sequence[Sequence[Any]],
    as_of: int,
    basis: str,
    by: str,
    *,
    settings: Mapping[str, str],
    calendar: Calendar,
) -> LiveRange:
    """#VALUE! where no header row is recognised or a column that is needed is not there.

    The amount of a row is its open amount, else amount less settled amount, else the amount. Rows that repeat a
    document number with other values are further lines of that document; alike in everything they are left out.
    """
    extra = _extra(by)
    at, mapping = _header(data, extra)
    _need(mapping, basis, by)
    body = [list(row) for row in data[at + 1 :] if not _is_total(row)]
    header = tuple("" if cell is None else str(cell) for cell in data[at])
    width = len(header)
    raw = Table("invoices", header, tuple([_cell(row, place) for row in body] for place in range(width)))
    decoded = decode(raw, _INVOICES, mapping, extra=extra)
    columns = {key: list(column) for key, column in zip(decoded.table.header, decoded.table.columns, strict=True)}
    _complete(columns, mapping, as_of, basis)
    tables = _tables(columns, by)
    problems = [_on_amount(problem) for problem in decoded.problems if problem.code != "column_missing"]
    made = assemble(tables, dict(settings), calendar=calendar, problems=problems)
    left = _left_out(columns, made.problems, as_of, settings.get("base_currency") or "CNY")
    return LiveRange(made.ledger, left)


def _extra(by: str) -> tuple[Column, ...]:
    found = IMPORT_COLUMNS["invoices"]
    if by in _OF_CUSTOMER:
        return (*found, TABLES["customers"].column(by))
    return (*found, TABLES["orders"].column("contract_no")) if by == "contract" else found


def _header(data: Sequence[Sequence[Any]], extra: tuple[Column, ...]) -> tuple[int, dict[str, int]]:
    """The first row that names an amount and something else."""
    for at, row in enumerate(data[:_LOOK_AT]):
        mapping = dict(match_headers(row, _INVOICES, extra=extra).mapping)
        if "amount" not in mapping and "open_amount" in mapping:
            mapping["amount"] = mapping.pop("open_amount")
        if "amount" in mapping and len(mapping) > 1:
            return at, mapping
    raise bad_value(
        "header_row_not_recognised",
        "没有认出表头：第一行要有客户、到期日（或单据日期）和金额（或未收金额）",
        "No header row is recognised: it needs a customer, a due date (or document date) and an amount",
    )


def _need(mapping: Mapping[str, int], basis: str, by: str) -> None:
    if basis == "due":
        if not {"due_date", "document_date"} & set(mapping):
            raise _missing("due_date")
    elif "document_date" not in mapping:
        raise _missing("document_date")
    if by in _OF_CUSTOMER and by not in mapping:
        column = TABLES["customers"].column(by)
        raise _missing_column(column.zh, column.en)
    if by in ("salesperson", "department", "project") and by not in mapping:
        raise _missing(by)
    if by == "contract" and "contract_no" not in mapping:
        raise _missing_column("合同号", "Contract no")


def _missing(key: str) -> FunctionError:
    column = _INVOICES.column(key)
    return _missing_column(column.zh, column.en)


def _missing_column(zh: str, en: str) -> FunctionError:
    return bad_value("column_missing", f"表头里没有“{zh}”这一列", f"The header has no column {en!r}")


def _is_total(row: Sequence[Any]) -> bool:
    first = next((cell for cell in row if cell is not None and cell != ""), None)
    return isinstance(first, str) and clean(first).rstrip(":： ").replace(" ", "").casefold() in _TOTALS


def _cell(row: Sequence[Any], place: int) -> Any:
    value = row[place] if place < len(row) else None
    return None if value == "" else value


def _complete(columns: dict[str, list[Any]], mapping: Mapping[str, int], as_of: int, basis: str) -> None:
    """Fills what the ledger needs and a list of open items may do without."""
    names = columns["customer_name"]
    if "customer_id" not in mapping:
        known = "customer_name" in mapping
        columns["customer_id"] = [name if known else _NOBODY for name in names]
    if basis == "due":
        dates = zip(columns["document_date"], columns["due_date"], strict=True)
        columns["document_date"] = [date if date is not None or due is None else min(due, as_of) for date, due in dates]
    columns["document_no"] = _numbers(columns)
    columns["amount"] = _amounts(columns, mapping, as_of)


def _numbers(columns: Mapping[str, list[Any]]) -> list[str]:
    """A number for every row; a repeated one with other values is a further line and gets one of its own."""
    compared = ("customer_id", "amount", "open_amount", "document_date", "due_date", "kind", "currency")
    seen: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    numbers = []
    for row, number in enumerate(columns["document_no"]):
        if number is None:
            numbers.append(f"#{row + 1}")
            continue
        values = tuple(columns[key][row] for key in compared)
        further = bool(seen[number]) and values not in seen[number]
        seen[number].add(values)
        numbers.append(f"{number}#{len(seen[number])}" if further else number)
    return numbers


def _amounts(columns: Mapping[str, list[Any]], mapping: Mapping[str, int], as_of: int) -> list[Decimal | None]:
    """What is still open of each row."""
    amounts: list[Decimal | None] = []
    for amount, open_, settled, day in zip(
        *(columns[key] for key in ("amount", "open_amount", "settled_amount", "settled_on")), strict=True
    ):
        if open_ is None and amount is not None and settled is not None:
            open_ = amount - (abs(settled) if amount >= 0 else -abs(settled))
        if "open_amount" in mapping or open_ is not None:
            amounts.append(open_)
        else:
            amounts.append(Decimal(0) if amount is not None and day is not None and day <= as_of else amount)
    if any(amount is not None and abs(amount) >= LARGEST for amount in amounts):
        raise bad_value("number_out_of_range", "有金额超过15位", "An amount has more than 15 digits")
    return amounts


def _tables(columns: Mapping[str, list[Any]], by: str) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    invoices = {key: columns[key] for key in (column.key for column in _INVOICES.columns)}
    if by == "contract":
        contracts = columns["contract_no"]
        invoices["order_id"] = contracts
        known = list(dict.fromkeys(text for text in contracts if text))
        tables["orders"] = Table("orders", ("order_id", "contract_no"), (known, known))
    tables["invoices"] = Table("invoices", tuple(invoices), tuple(invoices.values()))
    ids = columns["customer_id"]
    first = {text: row for row, text in reversed(list(enumerate(ids))) if text is not None}
    rows = sorted(first.values())
    split = (by,) if by in _OF_CUSTOMER else ()
    header = ("customer_id", "name", *split)
    sources = (ids, columns["customer_name"], *(columns[key] for key in split))
    tables["customers"] = Table("customers", header, tuple([source[row] for row in rows] for source in sources))
    return tables


def _on_amount(problem: Problem) -> Problem:
    """A cell of the open amount that cannot be read is a complaint about the amount."""
    if problem.column != "open_amount":
        return problem
    return Problem(problem.code, problem.table, problem.row, "amount", problem.facts)


def _left_out(
    columns: Mapping[str, list[Any]], problems: Sequence[Problem], as_of: int, base: str
) -> tuple[LeftOut, ...]:
    """The rows that the ledger did not take, and those dated after the as-of date, by reason and currency."""
    reasons: dict[int, str] = {}
    for problem in problems:
        if problem.table == "invoices" and problem.row is not None and problem.code in REASONS:
            reasons.setdefault(problem.row, problem.code)
    counts: Counter[tuple[str, str, bool]] = Counter()
    sums: dict[tuple[str, str, bool], Decimal] = defaultdict(Decimal)
    for row, (amount, date, customer) in enumerate(
        zip(columns["amount"], columns["document_date"], columns["customer_id"], strict=True)
    ):
        currency = currency_code(columns["currency"][row], base)
        code = "dated_later" if date is not None and date > as_of else ""
        if amount is None or date is None or customer is None or currency is None:
            code = reasons.get(row, "other")
        elif reasons.get(row) == "document_repeated":
            code = "document_repeated"
        if code and amount != 0:
            key = (code, currency or base, amount is not None and currency is not None)
            counts[key] += 1
            sums[key] += amount or 0
    return tuple(
        LeftOut(count, key[1], sums[key] if key[2] else None, *REASONS.get(key[0], _OTHER))
        for key, count in counts.items()
    )
