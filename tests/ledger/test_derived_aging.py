"""Aging derived from balances alone (余额倒推账龄): the auditor's working paper, with numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arsheet.ledger.derived_aging import derive
from arsheet.table import ArsheetError

EXAMPLES = {
    "all of this year": (500, 800, [300, 200, 100], [500, 0, 0]),
    "what this year does not explain is last year's": (1000, 600, [300, 200, 100], [600, 300, 100]),
    "the oldest takes last year's last two": (1500, 600, [300, 200, 400], [600, 300, 600]),
    "more than history explains is the oldest": (2000, 600, [300, 200, 100], [600, 300, 1100]),
    "no sales this year": (250, 0, [300, 200, 100], [0, 250, 0]),
    "a credit balance has no age": (-70, 600, [300, 200, 100], [-70, 0, 0]),
    "settled": (0, 600, [300, 200, 100], [0, 0, 0]),
    "without history": (900, 600, [], [900]),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str) -> None:
    balance, debits, last_year, wanted = EXAMPLES[name]
    assert derive(balance, debits, last_year) == wanted


AMOUNTS = st.integers(0, 10**9)


@given(st.integers(-(10**9), 10**9), AMOUNTS, st.lists(AMOUNTS, max_size=6))
def test_the_buckets_add_up_to_the_balance(balance: int, debits: int, last_year: list[int]) -> None:
    assert sum(derive(balance, debits, last_year)) == balance


@pytest.mark.parametrize(("debits", "last_year"), [(-1, [1]), (1, [-1, 2])])
def test_negative_history_is_refused(debits: int, last_year: list[int]) -> None:
    with pytest.raises(ArsheetError) as refused:
        derive(10, debits, last_year)
    assert refused.value.code == "derived_aging_input_negative"
