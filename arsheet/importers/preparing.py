"""From the cells of a file to rows that can stand: amounts, currencies, dates and numbers a file leaves implicit."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from arsheet.importers import movements
from arsheet.importers.working import Draft
from arsheet.ledger.assembly.rows import currency_code
from arsheet.schema.headers import HeaderMatch, normalise
from arsheet.schema.tables.declare import CUSTOMER_LOOSE
from arsheet.table import Table, from_day, to_day

OPENING_PREFIX = "期初-"
_LOOSE = frozenset(map(normalise, CUSTOMER_LOOSE))


def names_only(mapping: Mapping[str, int], match: HeaderMatch, headers: tuple[str, ...]) -> dict[str, int]:
    """A lone column 客户 or Customer holds names as well as ids: it is read as a name, and an id is known by itself."""
    out = dict(mapping)
    at = match.mapping.get("customer_id")
    if at is not None and "customer_name" not in out and normalise(headers[at]) in _LOOSE:
        out["customer_name"] = out.pop("customer_id")
    return out


def keep_spellings(draft: Draft, raw: Table, mapping: Mapping[str, int]) -> None:
    """Names of customers as the file spells them, only trimmed: every spelling becomes an alias."""
    at = mapping.get("customer_name")
    if at is None or raw.place is None:
        return
    names = draft.columns["customer_name"]
    cells = dict(zip(raw.place.rows, raw.columns[at], strict=True))
    for row, sheet_row in enumerate(draft.place.rows):
        cell = cells[sheet_row]
        if isinstance(cell, str) and names[row] is not None:
            names[row] = cell.strip()


def fill_currency(draft: Draft, given: str | None) -> None:
    """Every row says its currency: the cell's as a code, else the caller's, else the base currency."""
    if "currency" not in draft.columns:
        return
    default = given or draft.base
    cells = draft.columns["currency"]
    for row, text in enumerate(cells):
        code = currency_code(text, default)
        if code is None:
            draft.refuse(row, "currency_unknown", "currency", read=text)
            draft.complained.add((row, "currency"))
        else:
            cells[row] = code


def fill_amount(draft: Draft, kind: str) -> None:
    """The amount of a document from what the file has: open amount of an opening item, debit less credit, direction."""
    if draft.spec.key != "invoices":
        return
    amounts = draft.columns["amount"]
    if kind == "opening" and "open_amount" in draft.mapped:
        for row, left in enumerate(draft.columns["open_amount"]):
            amounts[row] = left if left is not None else amounts[row]
        draft.stand_for("open_amount", "amount")
    elif "amount" not in draft.mapped and {"debit", "credit"} & draft.mapped:
        movements.debit_less_credit(draft)
        draft.stand_for("debit" if "debit" in draft.mapped else "credit", "amount")
    movements.direct(draft, of_balance=kind == "invoices" and bool({"debit", "credit"} & draft.mapped))


def fill_dates(draft: Draft, kind: str, settings: Mapping[str, str]) -> None:
    """Documents without a date: an open-items list has only due dates, a trial balance none at all.

    They are dated on the as-of date, or on the due date if that is earlier; without an as-of date on the due date. In
    an invoices file that has a date column a blank cell stays blank: that row is refused.
    """
    if draft.spec.key != "invoices" or (kind == "invoices" and "document_date" in draft.mapped):
        return
    as_of = _as_of(settings)
    dates, dues = draft.columns["document_date"], draft.columns["due_date"]
    by_due: list[int] = []
    by_as_of: list[int] = []
    for row, date in enumerate(dates):
        if date is not None or (row, "document_date") in draft.complained:
            continue
        due = dues[row]
        if due is not None and (as_of is None or due <= as_of):
            dates[row] = due
            by_due.append(row)
        elif as_of is not None and (kind == "opening" or due is not None):
            dates[row] = as_of
            by_as_of.append(row)
    if by_due:
        draft.say("document_date_missing_due_date_taken", by_due[0], "due_date", count=len(by_due))
    if by_as_of and as_of is not None:
        draft.say("document_date_missing_as_of_date_taken", by_as_of[0], "", count=len(by_as_of), as_of_day=as_of)


def _as_of(settings: Mapping[str, str]) -> int | None:
    """The as-of date where the settings say one as a date (今天 is resolved by the caller)."""
    try:
        return to_day(dt.date.fromisoformat(str(settings.get("as_of") or "")))
    except ValueError:
        return None


def mark_opening(draft: Draft) -> None:
    """Rows of an opening import are opening items, except those that say they are something else."""
    kinds = draft.columns["kind"]
    for row, kind in enumerate(kinds):
        if kind in (None, "invoice"):
            kinds[row] = "opening"


def number_openings(draft: Draft, rows: Collection[int] | None = None) -> int:
    """Opening rows without a number get 期初-<customer_id>, with currency and date where the file gives them.

    The number comes from what the row says, never from its place, so that a later export of it has the same one.
    """
    numbers, customers = draft.columns["document_no"], draft.columns["customer_id"]
    days = draft.columns["document_date" if "document_date" in draft.mapped else "due_date"]
    made: dict[str, list[int]] = defaultdict(list)
    for row in draft.standing():
        if numbers[row] is None and (rows is None or row in rows):
            currency = draft.currency(row)
            parts = [OPENING_PREFIX + customers[row], currency if currency != draft.base else ""]
            if days[row] is not None:
                parts.append(from_day(days[row]).strftime("%Y%m%d"))
            made["-".join(filter(None, parts))].append(row)
    amounts = draft.columns["amount"]
    for text, rows in made.items():
        order = sorted({amounts[row] for row in rows})
        for row in rows:
            at = order.index(amounts[row])
            numbers[row] = text if not at else f"{text}-{at + 1}"
    count = sum(map(len, made.values()))
    if count:
        row = min(rows[0] for rows in made.values())
        draft.say("document_number_made", row, "document_no", count=count, id=numbers[row])
    return count


def number_applications(draft: Draft) -> int:
    """Applications without a number get A-<source>-<document>, with instalment and date where there are several."""
    numbers = draft.columns["application_id"]
    columns = [draft.columns[key] for key in ("source_no", "document_no", "sequence", "date")]
    made = 0
    for row in draft.standing():
        if numbers[row] is None:
            source, document, sequence, day = (column[row] for column in columns)
            parts = ["A", source, document, "" if sequence is None else str(sequence)]
            if day is not None:
                parts.append(from_day(day).strftime("%Y%m%d"))
            numbers[row] = "-".join(filter(None, parts))
            made += 1
    return made


def refuse_incomplete(draft: Draft, generated: frozenset[str]) -> None:
    """Rows without a value that the record cannot do without, and rows with a date or amount that cannot be read."""
    kinds = {column.key: column.kind for column in draft.spec.columns}
    for row, key in sorted(draft.complained):
        if kinds.get(key) in ("money", "date", "id"):
            draft.refused.add(row)
    for column in draft.spec.columns:
        if not column.required or column.key in generated:
            continue
        if column.key not in draft.mapped and not any(value is not None for value in draft.columns[column.key]):
            draft.refused.update(range(len(draft)))
            continue
        for row, value in enumerate(draft.columns[column.key]):
            if value is None and not (column.key == "document_no" and row in draft.opening):
                draft.refuse(row, "row_without_required_value", column.key, read=_row_in_words(draft, row))


def _row_in_words(draft: Draft, row: int) -> str:
    """A few cells by which a person recognises the row."""
    shown: list[str] = []
    for key, column in draft.columns.items():
        value = column[row]
        if value is not None and key in draft.mapped and len(shown) < 4:
            shown.append(from_day(value).isoformat() if draft.kinds[key] == "day" else str(value))
    return " ".join(shown)
