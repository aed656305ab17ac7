"""Topic dso: days sales outstanding of all customers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from arsheet.ledger.kpi import dso
from tests.peers.adapters._book import book
from tests.peers.running import Figures
from tests.peers.shape import day, known

INPUTS = {"as_of", "invoices", "payments", "credit_notes"}


def figures(inputs: Mapping[str, Any], settings: dict[str, str]) -> Figures:
    """What finds each expected figure."""
    known(inputs.keys(), INPUTS, "inputs")
    as_of = day(inputs["as_of"], "as_of")
    ledger = book(inputs, settings, as_of)
    return {"dso": lambda: _days(dso(ledger, as_of, settings.get("dso_method", "classic")).days, settings)}


def _days(days: Decimal | None, settings: Mapping[str, str]) -> Decimal | None:
    return Decimal(0) if days is None and settings.get("dso_no_sales") == "zero" else days
