"""Problems become findings: severity, words in both languages, and the cell to jump to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from importlib.util import find_spec
from typing import Any

from arsheet.schema.finding_words import WORDS as LEDGER_WORDS
from arsheet.schema.finding_words import Words
from arsheet.schema.tables import IMPORT_COLUMNS, TABLES
from arsheet.table import Finding, Place, Problem, Table, column_letter, iso

SEVERITIES = ("error", "warning", "note")


def words() -> Mapping[str, Words]:
    """The words of every code."""
    if find_spec("arsheet.schema.finding_words_import"):
        from arsheet.schema.finding_words_import import WORDS as IMPORT_WORDS

        return {**LEDGER_WORDS, **IMPORT_WORDS}
    return LEDGER_WORDS


def findings(problems: Iterable[Problem], tables: Mapping[str, Table], language: str = "zh") -> list[Finding]:
    """Findings in the order of severity, then of the sheets; ``tables`` say where records stand."""
    known = words()
    found = [_finding(problem, known[problem.code], tables, language) for problem in problems]
    order = {name: at for at, name in enumerate(TABLES)}
    return sorted(
        found,
        key=lambda item: (
            SEVERITIES.index(item.severity),
            order.get(str(item.facts.get("table", "")), 99),
            item.code,
            int(item.facts.get("row_no") or 0),
        ),
    )


def _finding(problem: Problem, said: Words, tables: Mapping[str, Table], language: str) -> Finding:
    severity, zh, en, hint_zh, hint_en = said
    place = tables[problem.table].place if problem.table in tables else None
    sheet = TABLES[problem.table].sheet(language) if problem.table in TABLES else problem.table
    if place is not None:
        sheet = place.sheet
    cell = _cell(problem, tables.get(problem.table), place)
    row_no = place.rows[problem.row] if place is not None and problem.row is not None else problem.row
    facts = {**problem.facts, "table": problem.table, "row_no": row_no}
    if place is not None and isinstance(problem.facts.get("first_row"), int):
        facts["first_row_no"] = place.rows[problem.facts["first_row"]]
    elif "first_row" in facts:
        facts["first_row_no"] = facts["first_row"] + 1
    return Finding(
        problem.code, severity, sheet, cell, _say(zh, facts, problem, "zh"), _say(en, facts, problem, "en"),
        _say(hint_zh, facts, problem, "zh"), _say(hint_en, facts, problem, "en"), facts,
    )  # fmt: skip


def _cell(problem: Problem, table: Table | None, place: Place | None) -> str:
    """The address to jump to: the cell, the header's column where the whole column is meant, or nothing."""
    if place is None or table is None:
        return ""
    at = table.header.index(problem.column) if problem.column in table.header else -1
    column = place.columns[at] if at >= 0 else -1
    if problem.row is None:
        return column_letter(column) if column >= 0 else ""
    if column < 0:
        column = min((each for each in place.columns if each >= 0), default=0)
    return f"{column_letter(column)}{place.rows[problem.row]}"


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _say(template: str, facts: Mapping[str, Any], problem: Problem, language: str) -> str:
    shown = _Facts({key: _shown(key, value, problem, language) for key, value in facts.items()})
    if problem.column:
        shown["column_zh"], shown["column_en"] = (
            header(problem.table, problem.column, "zh"),
            header(problem.table, problem.column, "en"),
        )
    return template.format_map(shown)


def header(table: str, key: str, language: str) -> str:
    """The header of a column, its key where it has none."""
    spec = TABLES.get(table)
    columns = (*(spec.columns if spec else ()), *IMPORT_COLUMNS.get(table, ()))
    return next((column.header(language) for column in columns if column.key == key), key)


def _shown(key: str, value: Any, problem: Problem, language: str) -> str:
    if value is None:
        return "（空）" if language == "zh" else "(blank)"
    if isinstance(value, int) and not isinstance(value, bool) and (key == "day" or key.endswith("_day")):
        return iso(value)
    if isinstance(value, Decimal):
        places = max(2, -int(value.as_tuple().exponent)) if value.is_finite() else 0
        return f"{value:,.{places}f}"
    if isinstance(value, Mapping):
        return "，".join(
            f"{header(problem.table, name, language)} {_cell_text(problem.table, name, part, problem, language)}"
            for name, part in value.items()
        )
    if isinstance(value, (list, tuple)):
        return "、".join(str(part) for part in value) if language == "zh" else ", ".join(str(part) for part in value)
    return str(value)


def _cell_text(table: str, name: str, value: Any, problem: Problem, language: str) -> str:
    spec = TABLES.get(table)
    kind = next((column.kind for column in spec.columns if column.key == name), "") if spec else ""
    return _shown("day" if kind == "date" else name, value, problem, language)
