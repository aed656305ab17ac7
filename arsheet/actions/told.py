"""Findings that come after the calculation join those of an outcome: in its list, its counts and on the sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from arsheet.actions.refresh import checks
from arsheet.actions.registry import Outcome
from arsheet.schema.findings import SEVERITIES
from arsheet.table import Finding, Table


def also_told(outcome: Outcome, more: Sequence[Finding], language: str) -> Outcome:
    """The outcome of a refresh with further findings, each after those of its severity."""
    found = sorted([*outcome.findings, *more], key=lambda item: SEVERITIES.index(item.severity))
    counts = {severity: sum(item.severity == severity for item in found) for severity in SEVERITIES}
    tables = []
    for table in outcome.tables:
        if table.name == "checks":
            tables.append(checks(found, language))
        else:
            tables.append(_counted(table, counts) if table.name == "dashboard" else table)
    return replace(
        outcome, tables=tuple(tables), findings=tuple(found), summary={**outcome.summary, "findings": counts}
    )


def _counted(dashboard: Table, counts: dict[str, int]) -> Table:
    """The dashboard with these numbers of findings."""
    rows = list(dashboard.rows())
    severities = {record: value for block, record, key, _, value in rows if (block, key) == ("checks", "severity")}
    values = [
        counts[severities[record]] if (block, key) == ("checks", "count") else value
        for block, record, key, _, value in rows
    ]
    return replace(dashboard, columns=(*dashboard.columns[:-1], values))
