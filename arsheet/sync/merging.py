"""The merge of all tabs of a spreadsheet that come from the book."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from arsheet.sync.cells import plain
from arsheet.sync.merge import merge
from arsheet.sync.model import Policy, TabBase, TabData, TabPlan
from arsheet.sync.remote import SpreadsheetRead
from arsheet.sync.restored import without_our_own


def merge_tabs(
    tabs: Sequence[TabData], read: SpreadsheetRead, base: Callable[[str], TabBase], policy: Policy
) -> list[TabPlan]:
    """The plans of tabs, in their order; ``base`` gives what was last agreed for a tab by its key.

    People's tabs are merged last, for their look-ups show what was typed over the cells of the others.
    """
    over: set[tuple[str, Any]] = set()
    plans: dict[str, TabPlan] = {}
    for data in sorted(tabs, key=lambda data: data.view.people):
        view = data.view
        sheet = read.tabs.get(view.title(policy.language))
        plan = merge(view, base(view.key), data, sheet, policy=replace(policy, typed_over=frozenset(over)))
        over |= {(each.key, plain(each.sheet)) for each in plan.conflicts if each.rule == "machine_owns"}
        plans[view.key] = plan if policy.former is None else without_our_own(plan)
    return [plans[data.view.key] for data in tabs]
