"""A trial balance as opening items: the closing balance of each customer, held against what the row says before it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from arsheet.importers.ledger_form import parent_accounts
from arsheet.importers.working import Draft

RECEIVABLES = "1122"
"""The account of receivables from customers in the Chinese chart of accounts."""
_PREFIX = re.compile(r"^应收账款\s*[-_—/\\:：·.]+\s*")


def prepare(draft: Draft) -> tuple[int, ...]:
    """Amounts from closing balances, customers from account names; returns the sheet rows of accounts of accounts."""
    if not {"opening_balance", "opening_debit", "closing_debit", "closing_credit", "account"} & draft.mapped:
        return ()
    _name(draft)
    _close(draft)
    parents = _parents(draft)
    sheet_rows = tuple(draft.place.rows[row] for row in parents)
    _check_parents(draft, parents)
    draft.drop(parents)
    _leave_other_accounts(draft)
    return sheet_rows


def _name(draft: Draft) -> None:
    """An account under receivables is named after its customer."""
    if "account_name" not in draft.mapped or {"customer_id", "customer_name"} & draft.mapped:
        return
    draft.columns["customer_name"] = [_PREFIX.sub("", name) if name else None for name in draft.columns["account_name"]]
    draft.stand_for("account_name", "customer_name")


def _close(draft: Draft) -> None:
    """The amount is the closing balance, else (a list of opening balances) the opening one."""
    amounts = draft.columns["amount"]
    if {"closing_debit", "closing_credit"} & draft.mapped and not {"amount", "open_amount"} & draft.mapped:
        for row, pair in enumerate(_pairs(draft, "closing")):
            amounts[row] = pair
        draft.stand_for("closing_debit" if "closing_debit" in draft.mapped else "closing_credit", "amount")
    elif "open_amount" in draft.mapped:
        return
    elif "amount" not in draft.mapped and {"opening_balance", "opening_debit", "opening_credit"} & draft.mapped:
        single = draft.column("opening_balance")
        for row, pair in enumerate(_pairs(draft, "opening")):
            amounts[row] = pair if pair is not None else single[row]
        keys = ("opening_balance", "opening_debit", "opening_credit")
        draft.stand_for(next(key for key in keys if key in draft.mapped), "amount")


def _pairs(draft: Draft, side: str) -> list[Any]:
    """Debit less credit of a side, None where both are blank or one cannot be read."""
    out: list[Any] = []
    keys = (f"{side}_debit", f"{side}_credit")
    for row, (debit, credit) in enumerate(zip(*(draft.column(key) for key in keys), strict=True)):
        blank = (debit is None and credit is None) or any((row, key) in draft.complained for key in keys)
        out.append(None if blank else (debit or Decimal(0)) - (credit or Decimal(0)))
    return out


def _parents(draft: Draft) -> list[int]:
    """Accounts that others stand under: 1122 over 1122.01. They repeat the sum of these."""
    return parent_accounts([code or "" for code in draft.column("account")])


def _closing(draft: Draft) -> list[Any]:
    closing, amounts = draft.column("open_amount"), draft.columns["amount"]
    return [left if left is not None else amount for left, amount in zip(closing, amounts, strict=True)]


def _check_parents(draft: Draft, parents: list[int]) -> None:
    """An account of accounts must be the sum of the lowest ones under it."""
    closing, accounts = _closing(draft), draft.column("account")
    over = set(parents)
    for row in parents:
        prefix = str(accounts[row])
        under = [each for each, code in enumerate(accounts) if each not in over and code and code.startswith(prefix)]
        total = sum((closing[each] for each in under if closing[each] is not None), Decimal(0))
        if closing[row] is not None and total != closing[row]:
            draft.say(
                "subtotal_differs", None, "amount", word=prefix, read=closing[row], sum=total,
                difference=closing[row] - total, cell=draft.cell(row, "account"),
            )  # fmt: skip


def _leave_other_accounts(draft: Draft) -> None:
    """A whole trial balance has cash and stock too: what is not receivables is left out, and said with its sum."""
    codes = draft.column("account")
    if not any(code and code.startswith(RECEIVABLES) for code in codes):
        return
    others = [row for row, code in enumerate(codes) if code and not code.startswith(RECEIVABLES)]
    if others:
        known = [amount for amount in (_closing(draft)[row] for row in others) if amount is not None]
        facts = {"count": len(others), "sum": sum(known, Decimal(0)), "account": RECEIVABLES}
        draft.say("accounts_not_receivables", others[0], "account", **facts)
        draft.refused.update(others)


def check(draft: Draft) -> None:
    """Opening balance + debits − credits = closing balance, in every row that says all of it."""
    if not {"opening_balance", "opening_debit", "opening_credit"} & draft.mapped or "debit" not in draft.mapped:
        return
    single, pairs, amounts = draft.column("opening_balance"), _pairs(draft, "opening"), draft.columns["amount"]
    broken = []
    for row in draft.standing():
        first = pairs[row] if pairs[row] is not None else single[row]
        debit, credit = draft.column("debit")[row] or Decimal(0), draft.column("credit")[row] or Decimal(0)
        if amounts[row] is None or first is None:
            continue
        if amounts[row] not in (first + debit - credit, -first + debit - credit):
            broken.append((row, first, debit, credit))
    if broken:
        row, first, debit, credit = broken[0]
        facts = {"before": first, "debit": debit, "credit": credit, "balance": amounts[row]}
        draft.say(
            "trial_balance_differs", row, "amount", count=len(broken), expected=first + debit - credit,
            missing=amounts[row] - (first + debit - credit), **facts,
        )  # fmt: skip
