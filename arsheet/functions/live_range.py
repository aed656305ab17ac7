"""A range that a formula points at, read as a list of invoices: headers recognised, amounts taken as still open."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any

from arsheet.functions.arguments import LARGEST
from arsheet.functions.kept_range import kept
from arsheet.functions.registry import FunctionError, bad_value
from arsheet.ledger.assembly import Assembly, assemble
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
    read = kept(data, ("read", _split(by)), lambda: _read(data, by))
    _need(read.mapping, basis, by)
    moves = read.settles or (read.undated and basis == "due")
    key = (
        _split(by),
        basis if read.undated else "",
        as_of if moves else None,
        frozenset(settings.items()),
        frozenset(calendar.overrides.items()),
    )
    made = kept(data, ("made", *key), lambda: _made(read, as_of, basis, by, settings, calendar))
    return LiveRange(made.assembly.ledger, made.left_out(as_of))


@dataclass(frozen=True, slots=True)
class _Read:
    """A range read into typed columns, before it is asked for any day.

    ``undated``: documents without a date, which the basis due dates by what is asked; ``settles``: dates of settlement.
    """

    mapping: Mapping[str, int]
    columns: Mapping[str, list[Any]]
    problems: tuple[Problem, ...]
    undated: bool
    settles: bool


@dataclass(frozen=True, slots=True)
class _Later:
    """The rows of one currency that the ledger took, by rising day: for each its day, and of it and all that follow
    the amount (Σ) and the first row of the range."""

    currency: str
    days: tuple[int, ...]
    sums: tuple[Decimal, ...]
    rows: tuple[int, ...]

    def after(self, as_of: int) -> tuple[int, LeftOut] | None:
        """What is dated later than a day, with the row in which the range shows it first."""
        at = bisect_right(self.days, as_of)
        if at == len(self.days):
            return None
        words = REASONS["dated_later"]
        return self.rows[at], LeftOut(len(self.days) - at, self.currency, self.sums[at], *words)


@dataclass(frozen=True, slots=True)
class _Made:
    """A range as a ledger, the rows that are not in it, and those that are, by currency."""

    assembly: Assembly
    outside: tuple[tuple[int, LeftOut], ...]
    later: tuple[_Later, ...]

    def left_out(self, as_of: int) -> tuple[LeftOut, ...]:
        """What does not count on a day, in the order in which the range has it."""
        found = [each for each in (later.after(as_of) for later in self.later) if each is not None]
        return tuple(left for _, left in sorted((*self.outside, *found), key=lambda each: each[0]))


def _read(data: Sequence[Sequence[Any]], by: str) -> _Read:
    extra = _extra(by)
    at, mapping = _header(data, extra)
    body = [list(row) for row in data[at + 1 :] if not _is_total(row)]
    header = tuple("" if cell is None else str(cell) for cell in data[at])
    width = len(header)
    raw = Table("invoices", header, tuple([_cell(row, place) for row in body] for place in range(width)))
    decoded = decode(raw, _INVOICES, mapping, extra=extra)
    columns = {key: list(column) for key, column in zip(decoded.table.header, decoded.table.columns, strict=True)}
    problems = [_on_amount(problem) for problem in decoded.problems if problem.code != "column_missing"]
    settles = any(day is not None for day in columns["settled_on"])
    return _Read(mapping, columns, tuple(problems), None in columns["document_date"], settles)


def _made(read: _Read, as_of: int, basis: str, by: str, settings: Mapping[str, str], calendar: Calendar) -> _Made:
    columns = dict(read.columns)
    _complete(columns, read.mapping, as_of, basis)
    assembly = assemble(_tables(columns, by), dict(settings), calendar=calendar, problems=read.problems)
    rows = _rows(columns, assembly.problems, settings.get("base_currency") or "CNY")
    return _Made(assembly, _outside(rows), _later(rows))


def _split(by: str) -> str:
    """What of the split shapes the ledger: columns of the customer, and the contract."""
    return by if by in _OF_CUSTOMER or by == "contract" else ""


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


_Row = tuple[int, str, str, Decimal | None, int]
"""Row of the range, why the ledger did not take it ("" where it did), currency, amount, day."""


def _rows(columns: Mapping[str, list[Any]], problems: Sequence[Problem], base: str) -> list[_Row]:
    """Every row that has an amount, or none that can be read."""
    reasons: dict[int, str] = {}
    for problem in problems:
        if problem.table == "invoices" and problem.row is not None and problem.code in REASONS:
            reasons.setdefault(problem.row, problem.code)
    codes = {word: currency_code(word, base) for word in set(columns["currency"])}
    rows = []
    for row, (amount, day, customer, word) in enumerate(
        zip(columns["amount"], columns["document_date"], columns["customer_id"], columns["currency"], strict=True)
    ):
        currency = codes[word]
        unread = amount is None or day is None or customer is None or currency is None
        reason = reasons.get(row, "other") if unread else ""
        if not unread and reasons.get(row) == "document_repeated":
            reason = "document_repeated"
        if amount != 0:
            known = amount if currency is not None else None
            rows.append((row, reason, currency or base, known, day if day is not None else 0))
    return rows


def _outside(rows: Sequence[_Row]) -> tuple[tuple[int, LeftOut], ...]:
    """The rows that the ledger did not take, by reason and currency, with the first row of each."""
    groups: dict[tuple[str, str, bool], list[_Row]] = defaultdict(list)
    for row in rows:
        if row[1]:
            groups[row[1], row[2], row[3] is not None].append(row)
    found = []
    for (code, currency, known), mine in groups.items():
        amount = sum((row[3] or Decimal() for row in mine), Decimal()) if known else None
        found.append((mine[0][0], LeftOut(len(mine), currency, amount, *REASONS.get(code, _OTHER))))
    return tuple(found)


def _later(rows: Sequence[_Row]) -> tuple[_Later, ...]:
    """The rows that the ledger took, so that what is later than a day is one look-up."""
    groups: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        if not row[1]:
            groups[row[2]].append(row)
    found = []
    for currency, mine in groups.items():
        mine.sort(key=lambda row: row[4])
        backwards = mine[::-1]
        sums = tuple(accumulate(row[3] or Decimal() for row in backwards))[::-1]
        firsts = tuple(accumulate((row[0] for row in backwards), min))[::-1]
        found.append(_Later(currency, tuple(row[4] for row in mine), sums, firsts))
    return tuple(found)
