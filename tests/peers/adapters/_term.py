"""A term of a case as the ledger's terms."""

from __future__ import annotations

from typing import Any

from arsheet.ledger.terms import Discount, Due, Share, TermLine, Terms
from tests.peers.shape import ShapeError, decimal, maybe_decimal, row, whole

FIELDS: dict[str, tuple[str, ...]] = {
    "net_days": ("days",),
    "end_of_invoice_month_plus_days": ("days",),
    "end_of_month_after_months": ("months",),
    "last_day_of_invoice_month": (),
    "day_of_following_month": ("day_of_month",),
    "net_days_then_next_day_of_month": ("days", "day_of_month"),
    "net_days_then_end_of_month_then_day": ("days", "day_of_month"),
    "relative": ("months", "day_of_month", "days"),
}
SHARES = ("percent_of_total", "percent_of_remaining", "fixed", "rest")


def read(value: Any) -> Terms | None:
    """null is no term; a line, share or due rule that the contract does not name is refused."""
    if value is None:
        return None
    term = row(value, {"lines", "discount"}, set(), "term")
    return Terms(tuple(_line(line) for line in term["lines"]), _discount(term["discount"]))


def _line(value: Any) -> TermLine:
    line = row(value, {"share", "due"}, set(), "term line")
    share = row(line["share"], {"kind", "value"}, set(), "share")
    if share["kind"] not in SHARES or (share["kind"] == "rest") != (share["value"] is None):
        raise ShapeError(f"unknown share: {share}")
    return TermLine(Share(share["kind"], maybe_decimal(share["value"], "share")), _due(line["due"]))


def _due(value: Any) -> Due:
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind not in FIELDS:
        raise ShapeError(f"unknown due rule: {value!r}")
    due = row(value, {"kind", *FIELDS[kind]}, set(), "due rule")
    numbers = {key: whole(due[key], key) for key in FIELDS[kind] if not (kind == "relative" and due[key] is None)}
    return Due(kind, **numbers)


def _discount(value: Any) -> Discount | None:
    if value is None:
        return None
    discount = row(value, {"percent", "amount", "days"}, set(), "discount")
    amounts = {key: decimal(discount[key], key) for key in ("percent", "amount") if discount[key] is not None}
    return Discount(**amounts, days=whole(discount["days"], "days"))
