"""What the functions on the ledger share: whom is asked for, which of a few words is meant, which rows answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from arsheet.functions.registry import FunctionError, Param, Version, bad_value, not_available
from arsheet.functions.values import ErrorCell
from arsheet.ledger.store import Ledger
from arsheet.schema.cells import clean, read_choice
from arsheet.schema.model import Choice
from arsheet.schema.settings import BY_KEY
from arsheet.table import Table

Customer = str | list[str | None]
"""A code or name or "*"; or the codes of a range, None for a blank cell."""

CUSTOMER = Param("customer", "客户", "Customer", "customer")
AS_OF = Param("as_of", "截止日期", "As-of date", "date", optional=True)
CURRENCY = Param("currency", "币种", "Currency", "text", optional=True)
BASIS = Param("basis", "账龄口径", "Aging basis", "text", optional=True)
BUCKETS = Param("buckets", "账龄段", "Buckets", "any", optional=True)
BY = Param("by", "汇总口径", "Split by", "text", optional=True)

BASES: tuple[Choice, ...] = BY_KEY["aging_basis"].choices
NOT_DUE: tuple[Choice, ...] = BY_KEY["not_due"].choices


@dataclass(frozen=True, slots=True)
class Asked:
    """One customer asked for: its row, or the error that stands in its place; neither for a blank cell."""

    text: str
    customer: int | None = None
    error: FunctionError | None = None


def ledger_of(version: Version) -> Ledger:
    """The ledger of the version that all cells show."""
    ledger: Ledger = version.ledger
    return ledger


def choose(param: Param, text: str | None, choices: Sequence[Choice]) -> str | None:
    """The key that a word means, None for a blank; #VALUE! names the words that are allowed."""
    if text is None:
        return None
    found = read_choice(text, tuple(choices)).value
    if found is None:
        zh = "、".join(f"{choice.key}（{choice.zh}）" for choice in choices)
        en = ", ".join(choice.key for choice in choices)
        raise bad_value(
            f"{param.key}_is_unknown",
            f"{param.zh}没有“{text}”；可用：{zh}",
            f"{param.en}: {text!r} is not known; use one of {en}",
        )
    return str(found)


def no_data(zh: str, en: str) -> FunctionError:
    """#N/A where there is nothing to show."""
    return not_available("no_data", f"没有数据：{zh}", f"No data: {en}")


def asked(ledger: Ledger, customer: Customer) -> list[Asked] | None:
    """Whom the argument means, None for all. One unknown code raises; in a range it takes its own row."""
    if isinstance(customer, str):
        if customer == "*":
            return None
        return [Asked(customer, find(ledger, customer))]
    return [_in_range(ledger, text) for text in customer]


def _in_range(ledger: Ledger, text: str | None) -> Asked:
    if text is None:
        return Asked("")
    try:
        return Asked(text, find(ledger, text))
    except FunctionError as error:
        return Asked(text, error=error)


def find(ledger: Ledger, text: str) -> int:
    """The row of a customer by code, else by name; #N/A unknown, #VALUE! for a name that several have."""
    known = ledger.customer_code(text)
    if known is not None:
        return known
    names: dict[str, list[int]] = ledger.memo("customers_by_word", lambda: _by_word(ledger))
    rows = names.get(_fold(text), [])
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise not_available("customer_unknown", f"没有客户“{text}”", f"There is no customer {text!r}")
    codes = [ledger.customer_ids[row] for row in rows]
    shown = ", ".join(codes[:6]) + (" …" if len(codes) > 6 else "")
    raise bad_value(
        "customer_name_is_not_unique",
        f"“{text}”对应{len(codes)}个客户，请写编码：{shown}",
        f"{len(codes)} customers are called {text!r}; write the code: {shown}",
    )


def _fold(text: str) -> str:
    return clean(text).casefold()


def _by_word(ledger: Ledger) -> dict[str, list[int]]:
    """Customers by their code in any width and case and, for words that are nobody's code, by their name."""
    codes: dict[str, list[int]] = {}
    for row, code in enumerate(ledger.customer_ids):
        codes.setdefault(_fold(code), []).append(row)
    names: dict[str, list[int]] = {}
    for row, name in enumerate(ledger.customers.names or ()):
        if name and _fold(name) not in codes:
            names.setdefault(_fold(name), []).append(row)
    return {**codes, **names}


def index(ledger: Ledger, memo: object, table: Table, column: str) -> Mapping[str, list[int]]:
    """The rows of a memoised table by the values of a column; ``memo`` names the table's arguments."""

    def compute() -> Mapping[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, value in enumerate(table.column(column)):
            rows.setdefault(str(value), []).append(row)
        return MappingProxyType(rows)

    return ledger.memo(("rows_of", table.name, column, memo), compute)


def record(table: Table, row: int) -> tuple[Any, ...]:
    """One row of a table."""
    return tuple(column[row] for column in table.columns)


def with_rows(table: Table, rows: Iterable[Sequence[Any]], **facts: Any) -> Table:
    """A table of the same columns with other rows."""
    listed = list(rows)
    columns = tuple(map(list, zip(*listed, strict=True))) if listed else tuple([] for _ in table.header)
    return Table(table.name, table.header, columns, table.kinds, facts={**table.facts, **facts})


def error_row(table: Table, key: str, asked_for: Asked) -> tuple[Any, ...]:
    """The row of a code that is not known: the code as asked, the error in every other column."""
    assert asked_for.error is not None
    cell = ErrorCell.of(asked_for.error)
    return tuple(asked_for.text if name == key else cell for name in table.header)


def rows_of_customers(
    ledger: Ledger, who: Sequence[Asked], table: Table, memo: object, key: str = "customer_id"
) -> list[tuple[Any, ...]]:
    """The rows of the customers in the order in which they are asked for; an unknown code has its error row."""
    found = index(ledger, memo, table, key)
    rows: list[tuple[Any, ...]] = []
    for one in who:
        if one.error is not None:
            rows.append(error_row(table, key, one))
        elif one.customer is not None:
            rows.extend(record(table, row) for row in found.get(ledger.customer_ids[one.customer], ()))
    return rows
