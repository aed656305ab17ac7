"""Aging derived from balances alone (余额倒推账龄), for firms without invoice detail."""

from __future__ import annotations

from collections.abc import Sequence

from arsheet.table import ArsheetError


def derive(balance: int, debits: int, last_year: Sequence[int]) -> list[int]:
    """This year's buckets by year from the closing balance, the year's debits and last year's buckets (minor units).

    Within one year = min(balance, debits); each older bucket = min(what is left, last year's bucket one year younger);
    the last bucket also takes last year's last. What is still left (more than history explains) goes to the oldest.
    A credit balance has no age: all of it stands in the first bucket. Σ buckets = balance. Source: the working paper of
    Chinese auditors when only the trial balance (科目余额表) is at hand.
    """
    if debits < 0 or any(amount < 0 for amount in last_year):
        raise ArsheetError(
            "derived_aging_input_negative",
            "余额倒推：本期借方与上年各段不能为负数",
            "derived aging: the year's debits and last year's buckets must not be negative",
            exit_code=2,
            facts={"debits": debits, "last_year": list(last_year)},
        )
    count = len(last_year) if last_year else 1
    if balance <= 0:
        return [balance] + [0] * (count - 1)
    buckets = [min(balance, debits)]
    left = balance - buckets[0]
    for older in range(1, count):
        source = last_year[older - 1] + (last_year[older] if older == count - 1 else 0)
        buckets.append(min(left, source))
        left -= buckets[-1]
    buckets[-1] += left
    return buckets
