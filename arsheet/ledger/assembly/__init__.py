"""From typed tables to the ledger: rows that cannot stand are left out with their amount, never silently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from arsheet.ledger.assembly import customers, documents, due, limits, money, records
from arsheet.ledger.assembly.rows import Control, Left, bad_cells, missing_columns
from arsheet.ledger.building import build
from arsheet.ledger.calendar import Calendar
from arsheet.ledger.money import exponent, to_decimal
from arsheet.ledger.store import Ledger
from arsheet.table import Problem, Table

__all__ = ["Assembly", "Control", "assemble"]


@dataclass(frozen=True, slots=True)
class Assembly:
    """The ledger, all that was found on the way, and the control totals of each source table by currency."""

    ledger: Ledger
    problems: tuple[Problem, ...]
    controls: tuple[Control, ...]
    document_rows: tuple[int, ...] = ()
    """The row of the invoices table that each document of the ledger comes from."""


def assemble(
    tables: Mapping[str, Table],
    settings: Mapping[str, str] | None = None,
    *,
    calendar: Calendar | None = None,
    problems: Iterable[Problem] = (),
) -> Assembly:
    """The ledger of typed tables (keys of the catalogue; all but invoices may be missing).

    ``settings`` are texts by key; ``problems`` those of decoding, so that a cell is not complained of twice. A refused
    row's amount stands in its table's control total as left out.
    """
    chosen = dict(settings or {})
    found = list(problems)
    left = Left(bad_cells(found), missing_columns(found))
    base = chosen.get("base_currency") or "CNY"
    rates = money.rates(tables.get("fx"), found)
    calendar = calendar or money.calendar(tables.get("holidays"))
    book = customers.read(tables.get("customers"), found)
    bills = documents.read(tables, base, left, found)
    documents.check_originals(bills, found)
    cash = money.receipts(tables.get("receipts"), base, left, found)
    uses = money.applications(tables.get("applications"), bills, cash, base, left, found)
    currencies = (base, *sorted({*bills.currencies, *cash.currencies} - {base}))
    lines, due_days = due.resolve(bills, tables, book, chosen, calendar, left, found)
    ledger = build(
        documents=documents.columns(bills, due_days, currencies, tables),
        customers=customers.columns(book),
        lines=lines,
        receipts=money.receipt_columns(cash, currencies, tables.get("orders")),
        applications=uses.columns,
        disputes=documents.disputes(tables.get("disputes"), bills, left, found),
        limits=limits.read(tables.get("limits"), base, left, found),
        base_currency=base,
        currencies=currencies,
        rates=rates,
        instalment_application=chosen.get("instalment_application") or "due_order",
    )
    found.extend(_in_table_rows(problem, uses.rows, bills) for problem in ledger.problems)
    known = frozenset(ledger.customer_ids)
    limits.check_customers(tables.get("limits"), known, found)
    ledger = replace(ledger, records=records.read(tables, base, known, found))
    left.complain(found)
    return Assembly(ledger, tuple(found), left.controls, tuple(bills.rows))


def _in_table_rows(problem: Problem, rows: list[int], bills: documents.Bills) -> Problem:
    """A problem of the build told in the rows of the source table, with document numbers instead of codes."""
    if problem.code == "customer_not_in_customers" and problem.facts["customer_id"] in bills.customers:
        row = bills.rows[bills.customers.index(problem.facts["customer_id"])]
        return Problem(problem.code, "invoices", row, "customer_id", problem.facts)
    if problem.table != "applications" or problem.row is None:
        return problem
    facts = dict(problem.facts)
    if "document" in facts:
        document = facts.pop("document")
        facts["document_no"], currency = bills.ids[document], bills.currencies[document]
        for key in ("applied", "open", "free", "kept"):
            facts[key] = to_decimal(facts[key], exponent(currency))
        facts["over"], facts["currency"] = facts["applied"] - facts["kept"], currency
    return Problem(problem.code, problem.table, rows[problem.row], problem.column, facts)
