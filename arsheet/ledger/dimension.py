"""What reports are split by: the customer, or a text of the document or of its customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arsheet.ledger.intern import Array, code_texts
from arsheet.ledger.store import Ledger
from arsheet.table import ArsheetError

OF_DOCUMENT = ("salesperson", "department", "project", "contract")
OF_CUSTOMER = (
    "region",
    "class",
    "salesperson",
    "collector",
    "industry",
    "size_class",
    "related_party",
    "grade",
    "status",
)
BY = ("customer", *OF_DOCUMENT, "region", "class", "collector", "industry", "size_class", "related_party", "currency")


@dataclass(frozen=True, slots=True)
class Grouping:
    """Group of each line and of each receipt; every group has one currency. ``keys`` and ``names`` are per group."""

    by: str
    of_line: Array
    of_receipt: Array
    keys: tuple[str, ...]
    names: tuple[str, ...]
    currency: Array

    def __len__(self) -> int:
        return len(self.keys)


def group(ledger: Ledger, by: str) -> Grouping:
    """The grouping by a dimension; raises ArsheetError for one that does not exist."""
    return ledger.memo(("group", by), lambda: _group(ledger, by))


def _group(ledger: Ledger, by: str) -> Grouping:
    accounts = ledger.accounts
    if by == "customer":
        customer = accounts.customer.tolist()
        return Grouping(
            by,
            ledger.lines.account,
            ledger.receipt_account,
            tuple(ledger.customer_ids[row] for row in customer),
            tuple(ledger.name(row) for row in customer),
            accounts.currency,
        )
    if by not in BY:
        raise ArsheetError(
            "dimension_unknown",
            f"没有“{by}”这个汇总口径；可用：{'、'.join(BY)}",
            f"there is no dimension {by!r}; use one of {', '.join(BY)}",
            exit_code=2,
            facts={"read": by},
        )
    if by == "currency":
        lines, receipts = _currency_texts(ledger)
    else:
        lines, receipts = _line_texts(ledger, by), _receipt_texts(ledger, by)
    codes, texts = code_texts([*lines, *receipts])
    line_count = len(ledger.lines)
    currency = np.concatenate([accounts.currency[ledger.lines.account], accounts.currency[ledger.receipt_account]])
    rank = np.empty(len(texts), np.int64)
    rank[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
    pairs, groups = np.unique(rank[codes] * 65536 + currency, return_inverse=True)
    ordered = sorted(texts)
    keys = tuple(ordered[int(pair) // 65536] for pair in pairs)
    return Grouping(by, groups[:line_count], groups[line_count:], keys, keys, (pairs % 65536).astype(np.int32))


def _currency_texts(ledger: Ledger) -> tuple[list[str], list[str]]:
    names = [ledger.currency(account) for account in range(len(ledger.accounts))]
    return (
        [names[account] for account in ledger.lines.account.tolist()],
        [names[account] for account in ledger.receipt_account.tolist()],
    )


def _of_account(ledger: Ledger, by: str) -> list[str]:
    values = ledger.customers.dimensions.get(by)
    if values is None:
        return [""] * len(ledger.accounts)
    return [values[row] or "" for row in ledger.accounts.customer.tolist()]


def _line_texts(ledger: Ledger, by: str) -> list[str]:
    """The document's own text (the salesperson at the invoice date), else its customer's."""
    fallback = _of_account(ledger, by)
    own = ledger.documents.dimensions.get(by)
    accounts = ledger.lines.account.tolist()
    if own is None:
        return [fallback[account] for account in accounts]
    documents = ledger.lines.document.tolist()
    return [own[document] or fallback[account] for document, account in zip(documents, accounts, strict=True)]


def _receipt_texts(ledger: Ledger, by: str) -> list[str]:
    fallback = _of_account(ledger, by)
    own = ledger.receipts.dimensions.get(by)
    accounts = ledger.receipt_account.tolist()
    if own is None:
        return [fallback[account] for account in accounts]
    return [text or fallback[account] for text, account in zip(own, accounts, strict=True)]


def line_filter(ledger: Ledger, filters: dict[str, str]) -> tuple[Array, Array]:
    """Which lines and receipts pass: each filter is a dimension and the text it must have.

    A credit note that corrects a document goes with that document, whatever its own text says.
    """
    lines = np.ones(len(ledger.lines), bool)
    receipts = np.ones(int(ledger.receipts.amounts.size), bool)
    for by, text in filters.items():
        if by == "customer":
            code = ledger.customer_code(text)
            wanted = -1 if code is None else code
            lines &= ledger.accounts.customer[ledger.lines.account] == wanted
            receipts &= ledger.accounts.customer[ledger.receipt_account] == wanted
            continue
        passes = np.array([value == text for value in _line_texts(ledger, by)], bool)
        lines &= _with_originals(ledger, passes)
        receipts &= np.array([value == text for value in _receipt_texts(ledger, by)], bool)
    return lines, receipts


def _with_originals(ledger: Ledger, passes: Array) -> Array:
    originals = ledger.documents.originals
    if originals is None:
        return passes
    of_document = np.zeros(int(ledger.documents.amounts.size), bool)
    of_document[ledger.lines.document[passes]] = True
    linked = originals[ledger.lines.document]
    return np.where(linked >= 0, of_document[np.maximum(linked, 0)], passes)
