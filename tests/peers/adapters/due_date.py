"""Topics due_date and instalments: the due lines of a term, or the reason why it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from arsheet.ledger.assembly import assemble
from arsheet.ledger.money import to_minor
from arsheet.ledger.terms import TermError, TermPolicy, Terms, schedule, validate
from arsheet.table import Table, iso
from tests.peers.adapters import _term
from tests.peers.adapters._book import amount
from tests.peers.running import Figures
from tests.peers.shape import maybe_day, maybe_decimal, row

BASE = "CNY"


def figures(inputs: Mapping[str, Any], settings: dict[str, str]) -> Figures:
    """What finds each expected figure."""
    row(inputs, {"invoice_date", "amount", "term"}, set(), "inputs")
    term = _term.read(inputs["term"])
    date, total = maybe_day(inputs["invoice_date"], "invoice_date"), maybe_decimal(inputs["amount"], "amount")

    def lines() -> tuple[list[int | None], list[int | None], int | None]:
        if term is None:
            return _without_term(date, total, settings)
        validate(term)
        minor = None if total is None else to_minor(total)
        made = schedule(term, amount_minor=minor, base_day=date, policy=TermPolicy.from_settings(settings))
        return [line.due_day for line in made.lines], [line.amount_minor for line in made.lines], made.discount_until

    return {
        "due_dates": lambda: [None if due is None else iso(due) for due in lines()[0]],
        "amounts": lambda: [None if part is None else amount(part, BASE) for part in lines()[1]],
        "discount_date": lambda: None if lines()[2] is None else iso(lines()[2] or 0),
        "rejected": lambda: _rejected(term),
    }


def _without_term(date: int | None, total: Any, settings: dict[str, str]) -> tuple[list[Any], list[Any], None]:
    """A document of a customer without terms, as the ledger takes it."""
    one = ("I1", "C1", date, Decimal(1) if total is None else total)
    header = ("document_no", "customer_id", "document_date", "amount")
    table = Table("invoices", header, tuple([value] for value in one))
    ledger = assemble({"invoices": table}, settings).ledger
    return ledger.lines.due.tolist(), ledger.lines.amount.tolist(), None


def _rejected(term: Terms | None) -> bool:
    try:
        if term is not None:
            validate(term)
    except TermError as error:
        return bool(error.words("en") and error.words("zh"))
    return False
