"""Problems become findings: severity, words in both languages, and the cell to jump to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

from arsheet.schema.finding_words import WORDS as LEDGER_WORDS
from arsheet.schema.finding_words import Words
from arsheet.schema.finding_words_formulas import WORDS as FORMULA_WORDS
from arsheet.schema.finding_words_import import WORDS as IMPORT_WORDS
from arsheet.schema.finding_words_journal import WORDS as JOURNAL_WORDS
from arsheet.schema.layout import header_row
from arsheet.schema.model import Column
from arsheet.schema.settings import BY_KEY, shown_value
from arsheet.schema.tables import IMPORT_COLUMNS, TABLES
from arsheet.schema.words import WORDS as REPORT_WORDS
from arsheet.schema.words import label
from arsheet.table import Finding, Place, Problem, Table, column_letter, iso

SEVERITIES = ("error", "warning", "note")
_WORDS: Mapping[str, Words] = MappingProxyType({**LEDGER_WORDS, **IMPORT_WORDS, **JOURNAL_WORDS, **FORMULA_WORDS})
_PRECEDENCE = {code: at for at, code in enumerate(_WORDS)}
_TABLE_ORDER = {name: at for at, name in enumerate(TABLES)}
_LISTS = {"ids": "、", "names": "、", "others": "、", "currencies": ", ", "months": ", ", "other_months": ", "}
"""Facts that hold several texts, and what parts them; a message parts them as its language does."""


def words() -> Mapping[str, Words]:
    """The words of every code, in their order of precedence."""
    return _WORDS


def findings(problems: Iterable[Problem], tables: Mapping[str, Table], language: str = "zh") -> list[Finding]:
    """Findings in a fixed order; ``tables`` say where records stand.

    Severity, then the order of the sheets, then the precedence of the code (its place in ``words()``: cells that cannot
    be read, what is missing, what is repeated, what does not fit), then row and column; the rest as it was found.
    """
    found = [_finding(problem, _WORDS[problem.code], tables, language) for problem in problems]
    return sorted(
        found,
        key=lambda item: (
            SEVERITIES.index(item.severity),
            _TABLE_ORDER.get(str(item.facts.get("table", "")), len(_TABLE_ORDER)),
            _PRECEDENCE[item.code],
            int(item.facts.get("row_no") or 0),
            len(item.cell),
            item.cell,
        ),
    )


def _finding(problem: Problem, said: Words, tables: Mapping[str, Table], language: str) -> Finding:
    severity, zh, en, hint_zh, hint_en = said
    table = tables.get(problem.table)
    place = table.place if table is not None else None
    sheet = TABLES[problem.table].sheet(language) if problem.table in TABLES else problem.table
    if place is not None:
        sheet = place.sheet
    cell = _cell(problem, table, place)
    row_no = place.rows[problem.row] if place is not None and problem.row is not None else problem.row
    facts = {**problem.facts, "table": problem.table, "row_no": row_no}
    if place is not None and isinstance(problem.facts.get("first_row"), int):
        facts["first_row_no"] = place.rows[problem.facts["first_row"]]
    elif "first_row" in facts:
        facts["first_row_no"] = facts["first_row"] + 1
    in_zh, in_en = _Shown(problem, facts, table, "zh"), _Shown(problem, facts, table, "en")
    return Finding(
        problem.code, severity, sheet, cell, _say(zh, in_zh), _say(en, in_en), _say(hint_zh, in_zh),
        _say(hint_en, in_en), facts,
    )  # fmt: skip


def _cell(problem: Problem, table: Table | None, place: Place | None) -> str:
    """The address to jump to: the cell, or the header of the column or table where all of it is meant.

    A row that is no record (a total row of a file) is named by the fact ``cell``.
    """
    if problem.row is None and isinstance(problem.facts.get("cell"), str):
        return str(problem.facts["cell"])
    if place is None or table is None:
        return ""
    at = table.header.index(problem.column) if problem.column in table.header else -1
    column = place.columns[at] if at >= 0 else -1
    if problem.row is None:
        first = min((each for each in place.columns if each >= 0), default=0)
        return f"{column_letter(column if column >= 0 else first)}{_header_row(place, problem.table)}"
    if column < 0:
        column = min((each for each in place.columns if each >= 0), default=0)
    return f"{column_letter(column)}{place.rows[problem.row]}"


def _header_row(place: Place, table: str) -> int:
    """The row of the header: above the first record, or where the declaration puts it."""
    return min(place.rows) - 1 if place.rows else header_row(TABLES[table]) if table in TABLES else 1


def _say(template: str, shown: _Shown) -> str:
    """One line of words: a cell with line breaks must not break the message."""
    return " ".join(template.format_map(shown).split())


class _Shown(dict[str, Any]):
    """What the names in a template stand for, in one language: the problem's facts, and what follows from them.

    Beside the facts there are column_zh/_en, table_zh/_en, ``choices`` (the allowed words of the column),
    ``difference`` (this less first), ``record[key]`` (a cell of the record) and ``default_words`` (of a setting).
    """

    def __init__(self, problem: Problem, facts: Mapping[str, Any], table: Table | None, language: str):
        super().__init__({key: _shown(key, value, problem.table, language) for key, value in facts.items()})
        self.problem, self.table, self.language = problem, table, language

    def __missing__(self, key: str) -> Any:
        problem, language = self.problem, self.language
        if key in ("column_zh", "column_en") and problem.column:
            return header(problem.table, problem.column, key[-2:])
        if key in ("table_zh", "table_en") and problem.table in TABLES:
            return TABLES[problem.table].sheet(key[-2:])
        if key == "choices":
            column = _column(problem.table, problem.column)
            return _joined([choice.word(language) for choice in column.choices] if column else [], language)
        if key == "default_words":
            return _default(str(problem.facts.get("setting", "")), language)
        if key == "difference":
            return _difference(problem.facts, problem.table, language)
        if key == "record":
            return _Record(problem, self.table, language)
        return "?"


class _Record:
    """The cells of a problem's record, for templates."""

    def __init__(self, problem: Problem, table: Table | None, language: str):
        self.problem, self.table, self.language = problem, table, language

    def __getitem__(self, key: str) -> str:
        row, table = self.problem.row, self.table
        value = table.column(key)[row] if table is not None and row is not None and key in table else None
        return _cell_text(self.problem.table, key, value, self.language)


def _difference(facts: Mapping[str, Any], table: str, language: str) -> str:
    """How far the amounts of two records are apart; blank where one of them has none."""
    first, this = ((facts.get(side) or {}).get("amount") for side in ("first", "this"))
    apart = this - first if isinstance(first, Decimal) and isinstance(this, Decimal) else None
    return _shown("difference", apart, table, language)


def _default(key: str, language: str) -> str:
    """The default of a setting as its sheet shows it."""
    setting = BY_KEY.get(key)
    return shown_value(setting, setting.default, language) if setting is not None else ""


def header(table: str, key: str, language: str) -> str:
    """The header of a column, its words in reports or its key where it has none."""
    column = _column(table, key)
    if column is not None:
        return column.header(language)
    return label(key, language) if key in REPORT_WORDS else key


@cache
def _column(table: str, key: str) -> Column | None:
    spec = TABLES.get(table)
    columns = (*(spec.columns if spec else ()), *IMPORT_COLUMNS.get(table, ()))
    return next((column for column in columns if column.key == key), None)


def _shown(key: str, value: Any, table: str, language: str) -> str:
    if value is None or (value == "" and key == "read"):
        return label("blank", language)
    if isinstance(value, bool):
        return label("yes" if value else "no_word", language)
    if isinstance(value, int) and (key == "day" or key.endswith("_day")):
        return iso(value)
    if isinstance(value, Decimal):
        places = max(2, -int(value.as_tuple().exponent)) if value.is_finite() else 0
        return f"{value:,.{places}f}"
    if isinstance(value, Mapping):
        parts = (
            f"{header(table, name, language)} {_cell_text(table, name, part, language)}" for name, part in value.items()
        )
        return ("，" if language == "zh" else ", ").join(parts)
    if isinstance(value, (list, tuple)):
        return _joined(value, language)
    if key in _LISTS:
        return _joined(str(value).split(_LISTS[key]), language)
    return str(value)


def _joined(parts: Sequence[Any], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(map(str, parts))


def _cell_text(table: str, name: str, value: Any, language: str) -> str:
    """A typed cell as its column shows it: a date for a day, the word of a choice."""
    column = _column(table, name)
    kind = column.kind if column is not None else ""
    if kind == "date":
        return _shown("day", value, table, language)
    if column is not None and kind == "choice":
        value = next((choice.word(language) for choice in column.choices if choice.key == value), value)
    return _shown(name, value, table, language)
