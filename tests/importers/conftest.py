"""The planner that the tests of imports use."""

from __future__ import annotations

from typing import Any

import pytest

from arsheet.importers.plan import ImportPlan
from arsheet.importers.tabular import plan_import
from arsheet.table import Grid, Table
from tests.importers.import_cases import Planner


@pytest.fixture
def plan() -> Planner:
    """plan(grid, existing, kind=..., ...)."""

    def made(
        grid: Grid, existing: dict[str, Table] | None = None, kind: str = "invoices", **options: Any
    ) -> ImportPlan:
        return plan_import(kind, grid, existing or {}, **options)

    return made
