"""数据检查: what is wrong in the data, written to 检查 without working out the reports."""

from __future__ import annotations

from collections.abc import Mapping

from arsheet.actions.refresh import READS, checks, left_out, rates
from arsheet.actions.registry import Outcome, action
from arsheet.ledger.assembly import Assembly
from arsheet.schema.findings import SEVERITIES, findings
from arsheet.table import Problem, Table


@action(
    "data_check",
    zh="数据检查",
    en="Data check",
    group="data",
    icon="check",
    reads=READS,
    writes=("checks",),
    tip=(
        "检查数据，把发现的问题写到“检查”；报表不变",
        "Check the data and write what is found to Checks; reports stay",
    ),
)
def data_check(
    assembly: Assembly,
    tables: Mapping[str, Table],
    settings: Mapping[str, str],
    as_of: int,
    *,
    language: str = "zh",
    problems: tuple[Problem, ...] = (),
) -> Outcome:
    """The findings of the source tables, all of them but the ties of the reports."""
    told = [*problems, *assembly.problems, *rates(assembly, as_of), *left_out(assembly.controls)]
    found = findings(told, tables, language)
    counts = {severity: sum(item.severity == severity for item in found) for severity in SEVERITIES}
    summary = {"as_of": as_of, "findings": counts, "controls": assembly.controls}
    return Outcome(tables=(checks(found, language),), findings=tuple(found), summary=summary)
