"""The planner that the tests of imports use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from arsheet.importers.plan import ImportPlan
from arsheet.importers.tabular import plan_import
from arsheet.table import Grid, Table

# the helpers of these tests lie beside them, whatever way pytest imports test files
sys.path.insert(0, str(Path(__file__).parent))

from import_cases import Planner  # noqa: E402


@pytest.fixture
def plan() -> Planner:
    """plan(grid, existing, kind=..., ...)."""

    def made(
        grid: Grid, existing: dict[str, Table] | None = None, kind: str = "invoices", **options: Any
    ) -> ImportPlan:
        return plan_import(kind, grid, existing or {}, **options)

    return made
