"""Grids as files show them, and what tests ask of a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from arsheet.importers.plan import ImportPlan
from arsheet.table import Grid, Problem

HEADER = ["单据号", "客户编码", "客户名称", "单据日期", "到期日", "价税合计"]


def grid_of(*rows: list[Any], first_row: int = 1, first_column: int = 0) -> Grid:
    """A sheet with these rows."""
    width = max(len(row) for row in rows)
    return Grid("数据", [[*row, *[None] * (width - len(row))] for row in rows], first_row, first_column)


def invoices(*rows: list[Any]) -> Grid:
    """A sheet of documents under the usual header."""
    return grid_of(HEADER, *rows)


Planner = Callable[..., ImportPlan]


def codes(plan: ImportPlan) -> list[str]:
    """The codes of the problems, in order."""
    return [problem.code for problem in plan.problems]


def only(plan: ImportPlan, code: str) -> Problem:
    """The one problem of a code."""
    found = [problem for problem in plan.problems if problem.code == code]
    assert len(found) == 1, codes(plan)
    return found[0]


def appended(plan: ImportPlan, table: str = "invoices") -> list[dict[str, Any]]:
    """The rows to append to a table."""
    return [record for each in plan.appended if each.name == table for record in each.records()]
