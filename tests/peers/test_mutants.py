"""The cases bite: each seeded error of the ledger turns at least one of our own cases red."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from arsheet.ledger import buckets, discount, policy, replay
from tests.peers.running import OWN, failures, load

Mutate = Callable[[pytest.MonkeyPatch], None]


def lower_edge_inclusive(patch: pytest.MonkeyPatch) -> None:
    """30 days past due fall into 31-60, what is due today is overdue."""

    def index(self: buckets.Buckets, base: Any) -> Any:
        return len(self.edges) - np.searchsorted(np.array(self.edges[::-1], np.int64), base, side="left")

    patch.setattr(buckets.Buckets, "index", index)


def no_as_of(patch: pytest.MonkeyPatch) -> None:
    """Applications count whatever their date."""
    patch.setattr(replay, "active", lambda ledger, *_: np.ones(ledger.uses.line.size, bool))


def no_residual(patch: pytest.MonkeyPatch) -> None:
    """The last line of a term takes its share, not what is left."""
    module = import_module("arsheet.ledger.terms.schedule")

    def amounts(shares: list[Any], amount: int | None, places: int) -> list[int | None]:
        return [None if amount is None else module._share_of(share, amount, amount, places) for share in shares]

    patch.setattr(module, "_amounts", amounts)


def discount_day_excluded(patch: pytest.MonkeyPatch) -> None:
    """The last day of a discount is one too early."""
    quote = discount._quote

    def earlier(*given: Any) -> Any:
        made = quote(*given)
        return made if made.until is None else replace(made, until=made.until - 1)

    patch.setattr(discount, "_quote", earlier)


def latest_instalment_first(patch: pytest.MonkeyPatch) -> None:
    """Instalments are settled from the last one."""
    patch.setattr(replay, "_at", lambda _, several, __: replace(several, lines=several.lines[::-1]))


def newest_debt_first(patch: pytest.MonkeyPatch) -> None:
    """Money without a document goes to what is due last."""
    tiers = policy._tiers
    patch.setattr(policy, "_tiers", lambda *given: tiers(*given)[::-1])


def notes_before_receipts(patch: pytest.MonkeyPatch) -> None:
    """On one date credit notes take effect before receipts."""
    events = replay._events
    patch.setattr(replay, "_events", lambda *given: sorted(events(*given), key=lambda event: not event.note))


MUTANTS: tuple[Mutate, ...] = (
    lower_edge_inclusive,
    no_as_of,
    no_residual,
    discount_day_excluded,
    latest_instalment_first,
    newest_debt_first,
    notes_before_receipts,
)


def red() -> list[str]:
    return [str(case["case_id"]) for case in load(OWN) if _fails(case)]


def _fails(case: dict[str, Any]) -> bool:
    try:
        return bool(failures(case))
    except (ArithmeticError, ValueError, LookupError, AssertionError):
        return True


def test_without_a_mutant_nothing_is_red() -> None:
    assert red() == []


@pytest.mark.parametrize("mutate", MUTANTS, ids=lambda mutate: mutate.__name__)
def test_a_mutant_is_noticed(mutate: Mutate, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch)
    assert red()
