"""Every code is caused by one file here; what is said of it can be read, found and acted upon, and nothing is lost."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pytest

from arsheet.ledger.assembly import Assembly
from arsheet.ledger.money import exponent, to_decimal
from arsheet.schema.findings import SEVERITIES, findings, words
from arsheet.schema.tables import TABLES
from arsheet.table import Finding, iso
from scripts.publishing.gallery import CAUSES, Caused, causes, page, run_cause

CODES = sorted(words())
FILES = causes()
HANZI = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
DAY_NUMBER = re.compile(r"(?<![\w.,-])[12]\d{4}(?![\w.,-])")
"""A day of the years 1997 to 2052 as days since 1970."""
COUNTED = ("invoices", "receipts", "applications")


@cache
def caused(code: str, language: str) -> Caused:
    """A cause carried out once."""
    return run_cause(FILES[code], language)


def of_code(code: str, language: str) -> list[Finding]:
    """What its cause says under its own code."""
    return [found for found in caused(code, language).findings if found.code == code]


def texts(found: Finding, language: str) -> tuple[str, str]:
    """Message and cure."""
    return found.text(language), found.hint(language)


def plain(key: str, value: Any) -> Any:
    """A fact as a cause file writes it: days as dates, amounts as they are."""
    if isinstance(value, Mapping):
        return {name: plain(name, part) for name, part in value.items()}
    if isinstance(value, int) and (key == "day" or key.endswith("_day")):
        return iso(value)
    return value


def test_every_code_has_a_file_and_every_file_a_code() -> None:
    assert sorted(path.stem for path in CAUSES.glob("*.json")) == CODES


@pytest.mark.parametrize("code", CODES)
def test_the_cause_says_why_and_raises_the_code_once(code: str) -> None:
    cause = FILES[code]
    assert cause["why"].endswith("."), "one sentence"
    assert [found.code for found in of_code(code, "en")] == [code]


@pytest.mark.parametrize("code", CODES)
def test_facts_and_cell_are_exactly_as_expected(code: str) -> None:
    expected = FILES[code]["expect"]
    (found,) = of_code(code, "en")
    assert found.cell == expected["cell"]
    facts = plain("", found.facts)
    for key, value in expected.get("facts", {}).items():
        same = facts[key] == Decimal(str(value)) if isinstance(facts[key], Decimal) else facts[key] == value
        assert same, (key, facts[key])
    of_a_file = {"import", "formulas"} & FILES[code].keys()
    assert found.sheet == ("Sheet1" if of_a_file else TABLES[found.facts["table"]].en)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_are_whole(code: str, language: str) -> None:
    for found in caused(code, language).findings:
        assert found.severity in SEVERITIES
        for text in texts(found, language):
            assert text
            assert text == " ".join(text.split())
            assert not re.search(r"[?？{}]", text), text
            assert not DAY_NUMBER.search(text), text
            assert not re.search(r"None|Decimal|\(\)|（）|nan|  ", text), text


@pytest.mark.parametrize("code", CODES)
def test_each_language_is_itself(code: str) -> None:
    (found,) = of_code(code, "en")
    assert not HANZI.search(found.en.replace(str(found.facts.get("id")), "")), found.en
    assert not HANZI.search(found.hint_en)
    assert HANZI.search(found.zh)
    assert HANZI.search(found.hint_zh)
    said = found.zh.replace(str(found.facts.get("reason_zh")), "")
    assert not re.search(r"[\u4e00-\u9fff][,;:]", said), "full-width punctuation"


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_lost(code: str) -> None:
    """Read = counted + left out, in rows and in money, for every table that is counted; an unreadable cell is no 0."""
    assembly, tables = caused(code, "en").assembly, caused(code, "en").tables
    if assembly is None:
        return
    for name in COUNTED:
        if name not in tables:
            continue
        controls = [control for control in assembly.controls if control.table == name]
        amounts = list(tables[name].column("amount"))
        readable = [amount for amount in amounts if amount is not None]
        assert sum(control.rows_read for control in controls) == len(readable)
        assert sum(control.unreadable for control in controls) == len(amounts) - len(readable)
        assert sum((control.read for control in controls), Decimal(0)) == sum(readable, Decimal(0))
        for control in controls:
            assert control.read == control.used + control.left_out
            assert control.rows_read == control.rows_used + control.rows_left_out
    assert counted_in_ledger(assembly) == {
        (control.table, control.currency): control.rows_used
        for control in assembly.controls
        if control.rows_used and control.table != "applications"
    }
    assert not (np.asarray(assembly.ledger.documents.amounts) == 0).any()
    assert not (np.asarray(assembly.ledger.receipts.amounts) == 0).any()


def counted_in_ledger(assembly: Assembly) -> dict[tuple[str, str], int]:
    """Rows of the ledger by table and currency."""
    ledger = assembly.ledger
    out: dict[tuple[str, str], int] = {}
    for name, columns in (("invoices", ledger.documents), ("receipts", ledger.receipts)):
        codes = columns.currencies if columns.currencies is not None else np.zeros(len(columns.amounts), int)
        for code in np.asarray(codes).tolist():
            key = (name, ledger.currencies[code])
            out[key] = out.get(key, 0) + 1
    return out


@pytest.mark.parametrize("code", [code for code in CODES if "left_out" in FILES[code]["expect"]])
def test_a_row_that_is_left_out_stands_in_the_control_total(code: str) -> None:
    expected = FILES[code]["expect"]["left_out"]
    assembly = caused(code, "en").assembly
    assert assembly is not None
    controls = [control for control in assembly.controls if control.table == expected["table"]]
    assert sum(control.unreadable for control in controls) == expected.get("unreadable", 0)
    assert sum(control.rows_left_out for control in controls) == expected.get("rows", 0)
    assert sum((control.left_out for control in controls), Decimal(0)) == Decimal(str(expected.get("amount", 0)))
    told = [found for found in caused(code, "en").findings if found.code == "rows_left_out"]
    assert expected["table"] in {found.facts["table"] for found in told}


@pytest.mark.parametrize("code", CODES)
def test_a_message_that_leaves_a_row_out_is_held_to_it(code: str) -> None:
    """Who says that a row of a counted table is left out must have it in the control totals."""
    (found,) = of_code(code, "en")
    says = re.search(r"the row .*is left out|of this row is left out|application of .* is left out", found.en)
    if says and "import" not in FILES[code]:
        assert "left_out" in FILES[code]["expect"]


@pytest.mark.parametrize("code", [code for code in CODES if "import" in FILES[code]])
def test_an_import_counts_every_row(code: str) -> None:
    plan = caused(code, "en").plan
    assert plan is not None
    for counts in plan.preview.tables.values():
        others = counts.rows_known + counts.rows_different + counts.rows_repeated + counts.rows_refused
        assert counts.rows_read == counts.rows_new + others


HEADER = ["Document no", "Customer ID", "Document date", "Due date", "Amount", "Currency"]


def book(*rows: list[Any]) -> Caused:
    """An invoices sheet with these rows."""
    return run_cause({"tables": {"invoices": {"header": HEADER, "rows": list(rows)}}}, "en")


def test_two_problems_of_one_row_do_not_hide_each_other() -> None:
    done = book(
        ["INV-1", "C001", "2026-01-05", "2026-02-04", 100, "CNY"],
        [None, None, "31/02/2026", "soon", "much", "dollars"],
        ["INV-3", "C001", "2026-01-07", "2026-02-06", 300, "CNY"],
    )
    assert {(found.code, found.cell) for found in done.findings if found.severity == "error"} == {
        ("document_without_number", "A3"),
        ("document_without_customer", "B3"),
        ("date_impossible", "C3"),
        ("date_not_readable", "D3"),
        ("amount_not_a_number", "E3"),
        ("currency_unknown", "F3"),
    }
    assert done.assembly is not None
    (control,) = done.assembly.controls
    assert (control.rows_used, control.used, control.unreadable) == (2, Decimal(400), 1)


def test_a_bad_row_does_not_hide_the_others() -> None:
    rows: list[list[Any]] = [[f"INV-{at}", "C001", "2026-01-05", "2026-02-04", 1, "CNY"] for at in range(1000)]
    rows[500][4] = "much"
    rows[700][1] = None
    done = book(*rows)
    assert [found.cell for found in done.findings if found.severity == "error"] == ["E502", "B702"]
    assert done.assembly is not None
    (control,) = done.assembly.controls
    assert (control.rows_used, control.rows_left_out, control.unreadable) == (998, 1, 1)
    ledger = done.assembly.ledger
    assert to_decimal(int(ledger.documents.amounts.sum()), exponent("CNY")) == Decimal(998)


def test_a_cell_is_complained_of_once() -> None:
    done = book(["INV-1", "C001", {"error": "#REF!"}, "2026-02-04", {"error": "#N/A"}, "CNY"])
    cells = [found.cell for found in done.findings if found.severity == "error"]
    assert sorted(cells) == ["C2", "E2"]


def test_the_order_is_fixed() -> None:
    """Severity, sheet, precedence of the code, row, column: whatever the order in which problems were found."""
    done = book(
        ["INV-1", "C001", "2026-01-05", "2026-01-01", "much", "CNY"],
        [None, None, "2026-01-06", "2026-02-05", 200, "CNY"],
        ["INV-3", "C001", "2026-01-07", "soon", "more", "CNY"],
    )
    told = [(found.code, found.cell) for found in done.findings]
    assert told[:5] == [
        ("amount_not_a_number", "E2"),
        ("amount_not_a_number", "E4"),
        ("date_not_readable", "D4"),
        ("document_without_number", "A3"),
        ("document_without_customer", "B3"),
    ]
    problems = list(done.problems)
    expected = findings(problems, done.tables, "en")
    for seed in range(20):
        random.Random(seed).shuffle(problems)
        assert findings(problems, done.tables, "en") == expected


def test_values_that_differ_are_shown_as_their_columns_show_them() -> None:
    """A date of a column that only files have is no day number, a kind is a word of the language."""
    header = ["Document no", "Customer ID", "Document date", "Amount", "Kind", "Settled on"]
    row = ["INV-1", "C001", "2026-01-05", 100, "Invoice"]
    said = {"kind": "invoices", "grid": [header, [*row, "2026-02-01"], [*row[:4], "Debit note", "2026-02-03"]]}
    (found,) = (each for each in run_cause({"import": said}).findings if "exists_with" in each.code)
    assert "Kind Invoice, Settled on 2026-02-01, here with Kind Debit note, Settled on 2026-02-03" in found.en
    assert "类型 应收单，结清日期 2026-02-01" in found.zh


def test_a_message_is_one_line_and_never_fails() -> None:
    done = book(["INV-1", "C001", "2026-01-05", "2026-02-04", "see\nline {2} %s", "CNY"])
    found = next(each for each in done.findings if each.severity == "error")
    assert "“see line {2} %s”" in found.en


def test_the_gallery_shows_every_code() -> None:
    for language in ("zh", "en"):
        text = page(language).decode()
        assert text.splitlines()[0].startswith("<!-- ")
        assert re.findall(r"^\| \S+ \| `(\w+)` \|", text, re.M) == list(words())
        assert all(row.count(" | ") == 3 for row in text.splitlines() if "| `" in row)
