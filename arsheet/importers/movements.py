"""The rows of an account: direction of amounts, debits and credits, opening rows, receipts among the credits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from arsheet.importers.comparing import Sorted, sort_rows
from arsheet.importers.ledger_form import CREDIT_WORDS, DEBIT_WORDS
from arsheet.importers.working import Draft, kinds_of
from arsheet.schema.cells import clean
from arsheet.schema.headers import normalise
from arsheet.schema.tables import TABLES
from arsheet.table import Place, Problem, Table

_OPENING = re.compile(
    r"(?:上年|上期|上月|年初|期初|本年|本期)?(?:期初余额|年初余额|上年结转|上期结转|上月结转|结转上年|期初|承前页|月初余额)"
    r"|openingbalance|balance(?:broughtforward|bf|forward)|broughtforward|bf"
)
_MAYBE_OPENING = re.compile(r"期\s*初|结\s*转|承前|年\s*初|月\s*初|forward|opening|b\W?f", re.I)
"""Columns without any such text are passed over."""
_RECEIPT = re.compile(
    r"收款|回款|收到|货款收|到账|汇入|来款|付款|收货款|\breceipt|\breceived|\bpayment|\bpaid\b|\bcollection", re.I
)
_NO_RECEIPT = re.compile(r"未收|退款|退货|红字|冲销|冲红|折让|返利|refund|credit note|return|discount|write.?off", re.I)
_NAMES = {"receipt_no": "document_no", "date": "document_date"}


def direct(draft: Draft, *, of_balance: bool) -> None:
    """Gives amounts the sign of their direction; beside debit and credit columns a direction is that of the balance."""
    if draft.spec.key != "invoices" or "direction" not in draft.mapped:
        return
    draft.directions_of_balance = of_balance
    amounts = draft.columns["amount"]
    for row, text in enumerate(draft.columns["direction"]):
        word = clean(text).casefold() if text else ""
        if word in CREDIT_WORDS:
            draft.credits.add(row)
            if amounts[row] is not None and not draft.directions_of_balance:
                amounts[row] = -amounts[row]
        elif word not in DEBIT_WORDS and not draft.directions_of_balance and amounts[row]:
            draft.refuse(row, "direction_not_readable", "direction", read=text or "", amount=amounts[row])


def debit_less_credit(draft: Draft) -> None:
    """The amount of each row from its debit or its credit; a row with both is two records and refused."""
    amounts = draft.columns["amount"]
    for row, (debit, credit) in enumerate(zip(draft.column("debit"), draft.column("credit"), strict=True)):
        if debit and credit:
            amounts[row] = debit - credit
            draft.refuse(row, "row_with_debit_and_credit", "debit", debit=debit, credit=credit)
        elif debit is not None or credit is not None:
            amounts[row] = debit if debit else -credit if credit else debit if debit is not None else credit
            if credit:
                draft.credits.add(row)


def find_openings(draft: Draft, raw: Table, mapping: Mapping[str, int]) -> None:
    """Marks the rows that bring a balance forward, and frees their cells of the words that say so."""
    if draft.spec.key != "invoices" or raw.place is None:
        return
    names = {at: key for key, at in mapping.items()}
    record = {sheet_row: row for row, sheet_row in enumerate(draft.place.rows)}
    for at, cells in enumerate(raw.columns):
        key = names.get(at, "")
        if key == "kind" or not _MAYBE_OPENING.search("\n".join(cell for cell in cells if isinstance(cell, str))):
            continue
        for sheet_row, cell in zip(raw.place.rows, cells, strict=True):
            if not isinstance(cell, str) or sheet_row not in record or not _OPENING.fullmatch(normalise(cell)):
                continue
            row = record[sheet_row]
            draft.opening.add(row)
            if key in ("document_no", "document_date", "customer_id", "customer_name", "due_date"):
                draft.columns[key][row] = None
                draft.complained.discard((row, key))
                draft.problems = [each for each in draft.problems if (each.row, each.column) != (row, key)]


def fill_openings(draft: Draft) -> None:
    """Rows brought forward are opening items: of their balance, dated no later than the rows that follow."""
    if not draft.opening:
        return
    amounts, kinds, dates = (draft.columns[key] for key in ("amount", "kind", "document_date"))
    balances = draft.column("balance")
    first = min((day for day in dates if day is not None), default=None)
    taken = [row for row in sorted(draft.opening) if row not in draft.refused]
    for row in taken:
        kinds[row] = "opening"
        if amounts[row] is None and balances[row] is not None:
            credit = draft.directions_of_balance and row in draft.credits
            amounts[row] = -abs(balances[row]) if credit else balances[row]
        if dates[row] is None:
            dates[row] = first


def say_openings(draft: Draft) -> None:
    """One problem for the rows brought forward that can stand."""
    amounts = draft.columns["amount"] if draft.opening else []
    taken = [row for row in draft.standing() if row in draft.opening] if draft.opening else []
    if taken:
        total = sum((amounts[row] for row in taken), Decimal(0))
        draft.say("opening_rows_taken", taken[0], "amount", count=len(taken), sum=total)


def name_credits(draft: Draft) -> None:
    """Credits beside debits are credit notes unless their words say that money came in; how many there are is said."""
    if (
        draft.spec.key != "invoices"
        or not draft.credits
        or (draft.directions_of_balance and "credit" not in draft.mapped)
    ):
        return
    kinds, amounts = draft.columns["kind"], draft.columns["amount"]
    notes = [
        row for row in draft.standing()
        if row in draft.credits and row not in draft.taken and row not in draft.opening
        and kinds[row] in (None, "credit_note") and amounts[row] is not None and amounts[row] < 0
    ]  # fmt: skip
    for row in notes:
        kinds[row] = "credit_note"
    if notes:
        total = sum((amounts[row] for row in notes), Decimal(0))
        draft.say("credits_taken_as_credit_notes", notes[0], "amount", count=len(notes), sum=-total)


@dataclass(slots=True)
class Received:
    """The receipts among the rows: their own draft, what is new of them, and the rows of the file they are."""

    draft: Draft | None = None
    found: Sorted = field(default_factory=Sorted)
    rows: list[int] = field(default_factory=list)


def receipts_among(draft: Draft, existing: Mapping[str, Table]) -> Received:
    """Takes the credits that are receipts out of the documents; a file with settlement dates has its receipts there."""
    if draft.spec.key != "invoices" or not draft.credits or "settled_on" in draft.mapped:
        return Received()
    said = [draft.column(key) for key in ("memo", "document_no")]
    kinds, amounts = draft.column("kind"), draft.columns["amount"]
    rows = []
    for row in draft.standing():
        text = " ".join(str(column[row]) for column in said if column[row])
        plain = kinds[row] is None and amounts[row] is not None and row not in draft.opening
        if row in draft.credits and plain and amounts[row] and _RECEIPT.search(text) and not _NO_RECEIPT.search(text):
            rows.append(row)
    if not rows:
        return Received()
    draft.taken.update(rows)
    made = _receipt_draft(draft, rows)
    found = sort_rows(made, existing.get("receipts"))
    for problem in made.problems:
        facts: dict[str, Any] = dict(problem.facts)
        if isinstance(facts.get("first_row"), int):
            facts["first_row"] = rows[facts["first_row"]]
        at = None if problem.row is None else rows[problem.row]
        column = _NAMES.get(problem.column, problem.column)
        draft.problems.append(Problem(problem.code, draft.spec.key, at, column, facts))
    total = sum((-amounts[row] for row in rows), Decimal(0))
    draft.say("credits_taken_as_receipts", rows[0], "amount", count=len(rows), sum=total)
    return Received(made, found, rows)


def _receipt_draft(draft: Draft, rows: list[int]) -> Draft:
    spec = TABLES["receipts"]
    columns: dict[str, list[Any]] = {}
    positions = []
    keys = list(draft.columns)
    for column in spec.columns:
        source = _NAMES.get(column.key, column.key)
        if column.key == "kind":
            columns["kind"] = ["receipt"] * len(rows)
            positions.append(-1)
        elif source in draft.columns:
            cells = draft.columns[source]
            columns[column.key] = [-cells[row] if column.key == "amount" else cells[row] for row in rows]
            positions.append(draft.place.columns[keys.index(source)])
    mapped = {key for key in columns if _NAMES.get(key, key) in draft.mapped}
    place = Place(draft.place.sheet, [draft.place.rows[row] for row in rows], positions)
    return Draft(spec, columns, place, kinds_of(spec.columns), mapped, draft.base)
