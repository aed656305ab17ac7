"""Which rows of a file are new: against its own earlier rows and against those of the workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from arsheet.importers.working import Draft, rounded
from arsheet.ledger.assembly.rows import currency_code, optional
from arsheet.table import Table

IDENTITIES: Mapping[str, tuple[str, ...]] = {
    "customers": ("customer_id",),
    "invoices": ("document_no",),
    "receipts": ("receipt_no",),
    "applications": ("application_id",),
    "instalments": ("document_no", "sequence"),
    "limits": ("customer_id", "kind", "component", "currency", "from"),
    "orders": ("order_id",),
}
"""What makes two rows of a table one and the same record."""
NOUNS = {
    "customers": "customer",
    "invoices": "document",
    "receipts": "receipt",
    "applications": "application",
    "instalments": "instalment",
    "limits": "limit",
    "orders": "order",
}


@dataclass(slots=True)
class Sorted:
    """Rows by what becomes of them; ``different`` are in the workbook or earlier in the file with other values."""

    new: list[int] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    different: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    disputed_amount: set[int] = field(default_factory=set)
    """Rows whose record has another amount elsewhere: nothing may be derived from them."""


def sort_rows(draft: Draft, existing: Table | None, *, lines: tuple[str, ...] = ()) -> Sorted:
    """Sorts the standing rows. ``lines``: keys by which several rows of one record may rightly differ."""
    table = draft.spec.key
    identity = IDENTITIES[table]
    compared = [key for key in draft.columns if key in draft.mapped and key not in (*identity, *lines, "customer_name")]
    old = _index(existing, identity, draft.base)
    out = Sorted()
    first: dict[Hashable, int] = {}
    again: dict[Hashable, int] = defaultdict(int)
    line_keys = [key for key in lines if key in draft.mapped]
    seen_lines: set[tuple[Any, ...]] = set()
    for row in draft.standing():
        key = tuple(_value(draft, each, row) for each in identity)
        line = (key, *(draft.column(each)[row] for each in line_keys))
        earlier = first.setdefault(key, row)
        if earlier == row:
            _against_workbook(draft, row, old.get(key), existing, compared, out)
        else:
            differs = [each for each in compared if _value(draft, each, row) != _value(draft, each, earlier)]
            if differs:
                _differs_in_file(draft, row, earlier, differs, out)
            elif not line_keys or line in seen_lines:
                out.repeated.append(row)
                again[key] += 1
        seen_lines.add(line)
    if out.repeated:
        example = next(iter(again))
        draft.say(
            "rows_repeated_in_file", out.repeated[0], identity[0],
            rows=len(out.repeated), ids=len(again), id=_shown(example), first_row=first[example],
        )  # fmt: skip
    return out


def _index(existing: Table | None, identity: Sequence[str], base: str) -> dict[Hashable, int]:
    if existing is None:
        return {}
    columns = [optional(existing, key) for key in identity]
    found: dict[Hashable, int] = {}
    for row in range(len(existing)):
        key = tuple(
            currency_code(values[row], base) if name == "currency" else values[row]
            for name, values in zip(identity, columns, strict=True)
        )
        found.setdefault(key, row)
    return found


def _value(draft: Draft, key: str, row: int) -> Any:
    """A cell as it is compared: money as the ledger holds it, a currency as its code."""
    if key == "currency":
        return draft.currency(row)
    value = draft.columns[key][row]
    return rounded(value, draft.currency(row)) if isinstance(value, Decimal) and draft.kinds[key] == "money" else value


def _differs_in_file(draft: Draft, row: int, earlier: int, differs: list[str], out: Sorted) -> None:
    """The same id further up with other values: the first stays."""
    noun = NOUNS[draft.spec.key]
    amount = "amount" in differs
    code = f"{noun}_exists_with_different_{'amount' if amount else 'values'}"
    if draft.spec.key == "invoices" and "customer_id" in differs:
        code = "document_no_used_by_two_customers"
    column = "amount" if amount else differs[0]
    identity = IDENTITIES[draft.spec.key]
    draft.say(
        code, row, column,
        id=_shown(tuple(draft.columns[key][row] for key in identity)),
        first_row=earlier,
        first={key: draft.columns[key][earlier] for key in differs},
        this={key: draft.columns[key][row] for key in differs},
        first_cell=draft.cell(earlier, column),
        this_cell=draft.cell(row, column),
    )  # fmt: skip
    out.different.append(row)
    if amount:
        out.disputed_amount.update((row, earlier))


def _against_workbook(
    draft: Draft, row: int, at: int | None, existing: Table | None, compared: Sequence[str], out: Sorted
) -> None:
    """A record that the workbook has: identical in all that the file says, or a finding; its row stays as it is."""
    if at is None or existing is None:
        out.new.append(row)
        return
    differs = {}
    for key in compared:
        if key not in existing or draft.columns[key][row] is None:
            continue
        there, here = _there(draft, existing, key, at, row), _value(draft, key, row)
        if here != there and not (key == "kind" and {here, there} == {None, "invoice"}):
            differs[key] = (there, here)
    if not differs:
        out.known.append(row)
        return
    amount = "amount" in differs
    column = "amount" if amount else next(iter(differs))
    draft.say(
        f"{NOUNS[draft.spec.key]}_in_workbook_has_different_{'amount' if amount else 'values'}", row, column,
        id=_shown(tuple(draft.columns[key][row] for key in IDENTITIES[draft.spec.key])),
        first={key: pair[0] for key, pair in differs.items()},
        this={key: pair[1] for key, pair in differs.items()},
        first_cell=_cell_of(existing, at, column),
        this_cell=draft.cell(row, column),
    )  # fmt: skip
    out.different.append(row)
    if amount:
        out.disputed_amount.add(row)


def _cell_of(existing: Table, at: int, column: str) -> str:
    """Where a record of the workbook stands, or of an earlier sheet of the file (the fact ``parts``)."""
    for part in existing.facts.get("parts", (existing,)):
        if at < len(part):
            if part.place is None or column not in part:
                return ""
            return f"{part.place.sheet}!{part.place.cell(at, part.header.index(column))}"
        at -= len(part)
    return ""


def _there(draft: Draft, existing: Table, key: str, at: int, row: int) -> Any:
    value = existing.column(key)[at]
    if key == "currency":
        return currency_code(value, draft.base) or value
    if isinstance(value, Decimal) and draft.kinds[key] == "money":
        currency = currency_code(optional(existing, "currency")[at], draft.base) or draft.base
        return rounded(value, currency if "currency" in existing else draft.currency(row))
    return value


def _shown(key: Hashable) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    return " ".join(str(part) for part in parts if part not in (None, ""))
