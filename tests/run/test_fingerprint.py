"""The check numbers of a table: what changes them, and which cells they do not vouch for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from arsheet.run import fingerprint
from arsheet.schema import fingerprint as rules
from arsheet.schema.freshness import COUNTED
from arsheet.schema.tables import TABLES
from arsheet.table import CellError, Place, Table

SPEC = TABLES["invoices"]
KEYS = [column.key for column in SPEC.columns]
MAPPING = {key: at for at, key in enumerate(KEYS)}
SERIAL = dt.date(1899, 12, 30).toordinal()


def number(value: Any) -> float:
    if isinstance(value, (bool, CellError)):
        return 0.0
    return float(value.toordinal() - SERIAL if isinstance(value, dt.date) else value)


def invoices(*, rows: tuple[int, ...] = (2, 3, 4), **values: list[Any]) -> Table:
    columns = tuple(values.get(key, [None] * len(rows)) for key in KEYS)
    return Table("Invoices", tuple(KEYS), columns, place=Place("应收单", rows, range(len(KEYS))))


def texts(**values: list[Any]) -> int | None:
    return fingerprint.texts_of(invoices(**values), MAPPING, SPEC)


def numbers(**values: list[Any]) -> int | None:
    return fingerprint.numbers_of(invoices(**values), MAPPING, SPEC, number)


def test_two_cells_that_swap_places_change_the_number() -> None:
    assert numbers(amount=[1.01, 1.02, 3]) != numbers(amount=[1.02, 1.01, 3])
    assert numbers(amount=[1, 2, 3], net=[4, 5, 6]) != numbers(amount=[4, 2, 3], net=[1, 5, 6])
    one, other = dt.date(2026, 1, 1), dt.date(2026, 1, 2)
    assert numbers(due_date=[one, other, None]) != numbers(due_date=[other, one, None])
    assert texts(customer_id=["C1", "C2", None]) != texts(customer_id=["C2", "C1", None])


@pytest.mark.parametrize(
    ("key", "then", "now"),
    [
        ("customer_id", "KH00002", "KH00005"),
        ("document_no", "XS-0100", "XS-1100"),
        ("currency", "CNY", "EUR"),
        ("terms", "月结30天", "月结60天"),
        ("terms", "net 30", "net 45"),
        ("kind", "应收", "红字"),
        ("salesperson", "张三", "李三"),
        ("memo", "短", "更长"),
    ],
)
def test_a_text_over_another_changes_the_number(key: str, then: str, now: str) -> None:
    assert texts(**{key: [then, "x", None]}) != texts(**{key: [now, "x", None]})


def test_amounts_that_differ_by_a_cent_and_rates_by_their_fourth_decimal() -> None:
    assert numbers(amount=[99_999_999.01, -5, 0]) != numbers(amount=[99_999_999.02, -5, 0])
    assert numbers(rate=[7.1234, 1, 1]) != numbers(rate=[7.1235, 1, 1])


def test_rows_that_are_blank_and_cells_that_are_no_numbers_count_nothing() -> None:
    raw = invoices(amount=["abc", CellError("#N/A"), True], customer_id=["", None, CellError("#REF!")])
    assert fingerprint.numbers_of(raw, MAPPING, SPEC, number) == 0
    assert fingerprint.texts_of(raw, MAPPING, SPEC) == 0
    empty = invoices(rows=())
    assert fingerprint.numbers_of(empty, MAPPING, SPEC, number) == fingerprint.texts_of(empty, MAPPING, SPEC) == 0


def test_many_texts_that_differ_count_as_few_do() -> None:
    rows = tuple(range(2, 12))
    many = [f"客户{row}号" if row % 3 else "" for row in rows]
    raw = invoices(rows=rows, customer_id=many)
    column = SPEC.column("customer_id")
    terms = [(pick, rules.factor(column, pick)) for pick in rules.picks(column)]
    codes = [fingerprint._coded(text, terms) for text in many]
    one_by_one = sum(code % rules.PRIME * row % rules.PRIME for code, row in zip(codes, rows, strict=True))
    assert fingerprint.texts_of(raw, MAPPING, SPEC) == one_by_one
    assert texts(customer_id=[1001, 1001.0, None]) == texts(customer_id=["1001", "1001", None])


@pytest.mark.parametrize("cell", ["𠮷野", "a\rb", "_x000D_", 12.5, 10**15, True, dt.date(2026, 1, 1)])
def test_what_applications_read_differently_is_not_vouched_for(cell: Any) -> None:
    assert texts(customer_id=[cell, "x", "y"]) is None


def test_numbers_too_large_or_at_the_edge_of_rounding_are_not_vouched_for() -> None:
    assert numbers(amount=[1e12, 1, 1]) is None
    assert numbers(amount=[(5 - rules.OFFSET) / rules.scale(SPEC.column("amount")), 1, 1]) is None


def test_a_table_without_one_of_its_columns_has_no_number() -> None:
    short = {key: at for key, at in MAPPING.items() if key not in ("memo", "rate")}
    assert fingerprint.texts_of(invoices(), short, SPEC) is None
    assert fingerprint.numbers_of(invoices(), short, SPEC, number) is None


def test_a_book_s_id_is_no_change_of_the_settings() -> None:
    def settings(**values: Any) -> int | None:
        keys = ["as_of", "book_id", "rate", "on"]
        cells = [values.get(key) for key in keys]
        raw = Table("Settings", ("key", "value"), (keys, cells), place=Place("设置", (2, 3, 4, 5), (0, 1)))
        return fingerprint.settings_of(raw, {"key": 0, "value": 1}, number)

    assert settings(as_of="今天") == settings(as_of="今天", book_id="abc")
    told = {settings(), settings(as_of="今天"), settings(as_of=dt.date(2026, 1, 1)), settings(rate=0.0005)}
    assert len(told | {settings(on=True), settings(on=False), settings(as_of="今夭")}) == 7
    assert settings(as_of="𠮷") is None


@pytest.mark.parametrize("key", ["settings", *COUNTED])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_formula_fits_a_cell(key: str, language: str) -> None:
    """8,192 characters, and a row's sum far below what LibreOffice and Excel compare in full."""
    spec = TABLES[key]
    assert len(rules.text_formula(spec, language)) < 6_000
    assert len(rules.number_formula(spec, language)) < 4_000
    picked = [rules.factor(column, pick) for column in spec.columns for pick in rules.picks(column)]
    assert sum(picked) * 65_535 < 1e13
    scales = [rules.scale(column) for column in rules.number_columns(spec)]
    assert len(set(picked)) == len(picked)
    assert len(set(scales)) == len(scales)


def test_the_rule_is_the_one_that_books_have() -> None:
    """The formulas stand in people's books: another value here needs new columns on the sheet 刷新版本."""
    raw = invoices(customer_id=["KH00002", "甲公司", 7], currency=["CNY", "", None], amount=[1.01, -2, 3e8])
    assert fingerprint.texts_of(raw, MAPPING, SPEC) == 13_422_503
    assert fingerprint.numbers_of(raw, MAPPING, SPEC, number) == 10_334_633
