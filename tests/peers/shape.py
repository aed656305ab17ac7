"""The contract of a case (the cases' SCHEMA): its keys, its rows, its settings; what is not known here is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
from decimal import Decimal, InvalidOperation
from typing import Any

from arsheet.schema.settings import BY_KEY
from arsheet.table import to_day

TOPICS = (
    "aging",
    "due_date",
    "instalments",
    "early_discount",
    "reconciliation",
    "credit_limit",
    "dunning",
    "late_charge",
    "dso",
    "kpi",
)
CASE_KEYS = {"case_id", "topic", "inputs", "settings", "expected"}
CASE_INFORMATION = {
    "tolerance",
    "test",
    "note",
    "dates_assumed",
    "dates_rebased_from_today_to",
    "sources",
    "published_is_arithmetically_right",
}

CHOICES: Mapping[str, tuple[str, ...]] = {
    "aging_basis": ("due", "invoice", "delivery", "original"),
    "not_due": ("own", "merge"),
    "credit_mode": ("apply", "own_date", "column", "fifo"),
    "unapplied": ("column", "fifo"),
    "instalment_application": ("due_order", "prorata"),
    "application_policy": ("legal", "specified", "fifo", "prorata"),
    "base_rate": ("closing", "document"),
    "missing_terms": ("invoice_date",),
    "yuejie": ("days", "months", "invoice_date"),
    "roll": ("none", "following", "preceding", "modified_following"),
    "years_step": ("calendar", "365"),
    "last_line": ("residual",),
    "discount_base": ("gross", "net", "mixed"),
    "discount_rounding": ("payable", "discount"),
    "match_by": ("order", "stated", "amount", "reference", "suggest"),
    "match_prefer": ("oldest", "newest"),
    "tolerance_side": ("shortfall", "both"),
    "overpayment": ("credit", "write_off"),
    "auto_post": ("0", "1"),
    "limit_zero": ("cash_only", "no_limit"),
    "group_limit": ("both", "fallback"),
    "insured_limit": ("ignore", "add"),
    "dunning_escalation": ("step", "jump"),
    "dunning_mode": ("days_overdue", "days_after_end_of_due_month", "days_since_previous"),
    "fee_kind": ("fixed", "percent"),
    "year_days": ("365", "360"),
    "dso_method": ("classic", "countback", "best", "since_first_invoice"),
    "dso_no_sales": ("blank", "zero"),
    "notes_in": ("0", "1"),
    "annualise": ("simple", "compound"),
}
WHOLE = ("discount_grace_days", "tolerance_minor", "overdue_margin_days")
OTHER = ("buckets", "cutoff_day", "tolerance_percent", "search_fields", "exposure_parts")


class ShapeError(Exception):
    """A case that the contract does not allow, or that this runner does not know."""


def known(keys: Set[str], allowed: Set[str], where: str) -> None:
    """Refuses keys that are not named in the contract."""
    if unknown := sorted(keys - allowed):
        raise ShapeError(f"unknown in {where}: {', '.join(unknown)}")


def check_case(case: Mapping[str, Any]) -> None:
    """The keys of the case itself, its topic and its settings."""
    known(case.keys(), CASE_KEYS | CASE_INFORMATION, "case")
    if missing := sorted(CASE_KEYS - case.keys()):
        raise ShapeError(f"missing in case: {', '.join(missing)}")
    if case["topic"] not in TOPICS:
        raise ShapeError(f"unknown topic: {case['topic']}")
    if not case["expected"]:
        raise ShapeError("nothing is expected")
    for key, value in case["settings"].items():
        _setting(key, value)


def settings_of(case: Mapping[str, Any]) -> dict[str, str]:
    """The settings as texts, the way the settings sheet gives them to the ledger."""
    return {
        key: "" if key == "cutoff_day" and value in (None, "blank") else str(value)
        for key, value in case["settings"].items()
    }


def _setting(key: str, value: Any) -> None:
    text = "" if value in (None, "blank") and key == "cutoff_day" else str(value)
    if key in CHOICES:
        fine = text in CHOICES[key]
    elif key in WHOLE:
        fine = text.isdecimal()
    elif key == "cutoff_day":
        fine = text == "" or (text.isdecimal() and 1 <= int(text) <= 31)
    elif key == "buckets":
        parts = text.split(",")
        fine = text == "years" or _rises(parts)
    elif key == "tolerance_percent":
        fine = decimal(text, key) >= 0
    else:
        fine = key in OTHER
    if not fine:
        raise ShapeError(f"unknown setting or value: {key} = {value!r}")
    if key not in BY_KEY:
        raise ShapeError(f"no such setting in the product: {key}")


def _rises(parts: list[str]) -> bool:
    if not all(part.strip().isdecimal() for part in parts):
        return False
    edges = [int(part) for part in parts]
    return edges[0] > 0 and edges == sorted(set(edges))


def row(value: Any, required: Set[str], optional: Set[str], where: str) -> dict[str, Any]:
    """One row of the inputs with exactly the keys that the contract names."""
    if not isinstance(value, dict):
        raise ShapeError(f"{where} is no row: {value!r}")
    known(value.keys(), required | optional, where)
    if missing := sorted(required - value.keys()):
        raise ShapeError(f"missing in {where}: {', '.join(missing)}")
    return value


def decimal(value: Any, where: str) -> Decimal:
    """A decimal string."""
    if not isinstance(value, str):
        raise ShapeError(f"{where} is no decimal string: {value!r}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ShapeError(f"{where} is no decimal string: {value!r}") from None
    if not number.is_finite():
        raise ShapeError(f"{where} is no decimal string: {value!r}")
    return number


def maybe_decimal(value: Any, where: str) -> Decimal | None:
    """A decimal string, or null."""
    return None if value is None else decimal(value, where)


def day(value: Any, where: str) -> int:
    """A date YYYY-MM-DD as a day number."""
    try:
        return to_day(dt.date.fromisoformat(value))
    except (TypeError, ValueError):
        raise ShapeError(f"{where} is no date: {value!r}") from None


def maybe_day(value: Any, where: str) -> int | None:
    """A date, or null."""
    return None if value is None else day(value, where)


def whole(value: Any, where: str) -> int:
    """A JSON integer."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ShapeError(f"{where} is no whole number: {value!r}")
    return value
