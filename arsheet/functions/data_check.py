"""Worksheet function on the findings of the last refresh."""

from __future__ import annotations

from arsheet.functions.registry import Example, Param, Version, bad_value, worksheet_function
from arsheet.functions.values import Word
from arsheet.schema.cells import clean, clean_text
from arsheet.schema.tables import SOURCES, TABLES
from arsheet.table import Finding, Table

_ORDER = {"error": 0, "warning": 1, "note": 2}


@worksheet_function(
    "AR_DATA_CHECK",
    zh="数据检查：上次刷新发现的问题，严重的在前；没有问题时只有表头",
    en="Data check: what the last refresh found, worst first; the header alone when nothing was found",
    params=(Param("table", "哪张表", "Which table", "text", optional=True),),
    returns="table",
    examples=(
        Example(
            ("invoices",),
            (
                (
                    Word("warning"),
                    "due_date_before_document_date",
                    "应收单!L7",
                    "2025-01-05",
                    "到期日2025-01-05早于单据日期2025-02-28",
                    "核对到期日",
                ),
            ),
        ),
    ),
    needs=("version", "language"),
)
def data_check(table: str | None = None, *, version: Version, language: str) -> Table:
    """The columns of the sheet 检查, all tables or one by its key, its sheet's name or its table name."""
    findings: list[Finding] = list(version.findings)
    if table is not None:
        names = _names(table, findings)
        findings = [finding for finding in findings if _fold(finding.sheet) in names]
    findings.sort(key=lambda finding: _ORDER.get(finding.severity, len(_ORDER)))
    return Table(
        "checks",
        ("severity", "code", "place", "read", "message", "hint"),
        (
            [Word(finding.severity) for finding in findings],
            [finding.code for finding in findings],
            [f"{finding.sheet}!{finding.cell}" if finding.cell else finding.sheet for finding in findings],
            [_read(finding) for finding in findings],
            [finding.text(language) for finding in findings],
            [finding.hint(language) or None for finding in findings],
        ),
        ("text", "id", "text", "text", "text", "text"),
        facts={"view": "checks"},
    )


def _fold(text: str) -> str:
    return clean(text).casefold()


def _names(table: str, findings: list[Finding]) -> set[str]:
    """All names of the table that is meant; #VALUE! where neither the book nor a finding knows it."""
    wanted = _fold(table)
    for spec in TABLES.values():
        names = {_fold(name) for name in (spec.key, spec.table_name, spec.zh, spec.en)}
        if wanted in names:
            return names
    if any(_fold(finding.sheet) == wanted for finding in findings):
        return {wanted}
    zh = "、".join(TABLES[key].zh for key in SOURCES[:8])
    en = ", ".join(TABLES[key].en for key in SOURCES[:8])
    raise bad_value("table_unknown", f"没有表“{table}”；例如：{zh}", f"There is no table {table!r}; such as {en}")


def _read(finding: Finding) -> str | None:
    value = finding.facts.get("read")
    return None if value is None else clean_text(value)
