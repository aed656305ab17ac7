"""Formulas: what the sync writes into cells, and what people write beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from arsheet.sync.emulator import Emulator, Person


@pytest.fixture(scope="module")
def book() -> Iterator[Person]:
    at = dt.datetime(2026, 3, 15, 1, 0, tzinfo=dt.UTC).timestamp()
    with Emulator(clock=lambda: at) as google:
        made = google.books.create("应收")
        made.add_tab("AR_数据")
        rows = [
            ["单号", "客户", "金额", "到期日", "账龄"],
            ["'000123", "A", 100.5, dt.date(2026, 3, 1), "1-30"],
            ["'000124", "A", 50, dt.date(2026, 4, 1), "未到期"],
            ["INV*1", "b", -20, dt.date(2026, 1, 1), "61-90"],
            ["INV51", "B", 7, None, "1-30"],
        ]
        made.paste("AR_数据", "A1", rows)
        yield made


CASES = [
    ("=1+2*3^2", 19),
    ("=-2^2", 4),
    ("=10%*50", 5),
    ('="a"&1&TRUE', "a1TRUE"),
    ("=1/0", "#DIV/0!"),
    ("=1/2", 0.5),
    ('="A"="a"', True),
    ("=2>=2", True),
    ("=NOSUCH(1)", "#NAME?"),
    ("=1+", "#ERROR!"),
    ('=XLOOKUP("000123",AR_数据!A:A,AR_数据!C:C)', 100.5),
    ('=XLOOKUP("000999",AR_数据!A:A,AR_数据!C:C)', "#N/A"),
    ('=XLOOKUP("000999",AR_数据!A:A,AR_数据!C:C,"无")', "无"),
    ('=XLOOKUP("INV*1",AR_数据!A:A,AR_数据!C:C)', -20),
    ("=XLOOKUP(\"INV5*\",'AR_数据'!$A$2:$A,'AR_数据'!$C$2:$C,\"\",2)", 7),
    ('=XLOOKUP(60,AR_数据!C2:C5,AR_数据!A2:A5,"",-1)', "000124"),
    ('=XLOOKUP("A",AR_数据!B:B,AR_数据!A:A,"",0,-1)', "000124"),
    ('=IFERROR(XLOOKUP("x",AR_数据!A:A,AR_数据!C:C),"")', ""),
    ("=IFERROR(1/0)", None),
    ("=IFNA(1/0,2)", "#DIV/0!"),
    ('=VLOOKUP("000124",AR_数据!A:C,3,FALSE)', 50),
    ('=INDEX(AR_数据!C:C,MATCH("000124",AR_数据!A:A,0))', 50),
    ("=SUM(AR_数据!C2:C5)", 137.5),
    ("=SUM(AR_数据!C:C)", 137.5),
    ('=SUMIFS(AR_数据!C:C,AR_数据!B:B,"a")', 150.5),
    ('=SUMIFS(AR_数据!C:C,AR_数据!B:B,"B",AR_数据!C:C,">0")', 7),
    ('=SUMIFS(AR_数据!C:C,AR_数据!D:D,"<="&DATE(2026,3,15))', 80.5),
    ('=SUMIFS(AR_数据!C2:C5,AR_数据!E2:E5,"1-30")', 107.5),
    ('=SUMIF(AR_数据!B:B,"<>A",AR_数据!C:C)', -13),
    ('=COUNTIFS(AR_数据!A:A,"INV*")', 2),
    ('=COUNTIF(AR_数据!A:A,"INV~*1")', 1),
    ('=MAXIFS(AR_数据!C:C,AR_数据!B:B,"A")', 100.5),
    ('=SUMPRODUCT((AR_数据!B2:B5="A")*AR_数据!C2:C5)', 150.5),
    ('=IF(AR_数据!C2>100,"大",1/0)', "大"),
    ("=IF(ISBLANK(AR_数据!D5),1,2)", 1),
    ("=TODAY()", 46096),
    ("=TODAY()-AR_数据!D2", 14),
    ('=TEXT(AR_数据!D2,"yyyy-mm-dd")', "2026-03-01"),
    ('=TEXT(1234.5,"#,##0.00")', "1,234.50"),
    ('=TEXT(0.256,"0.0%")', "25.6%"),
    ('=TEXT(-5,"0;(0)")', "(5)"),
    ("=ROUND(2.675,2)", 2.68),
    ("=EOMONTH(DATE(2026,1,31),1)", 46081),
    ('=LEFT("应收账款",2)&LEN("账款")', "应收2"),
    ("=没有!A1", "#REF!"),
    ("=ZZ1", "#REF!"),
    ("=AND(TRUE,1>0,OR(FALSE,TRUE))", True),
]


@pytest.mark.parametrize(("formula", "wanted"), CASES, ids=[formula for formula, _ in CASES])
def test_a_formula(book: Person, formula: str, wanted: object) -> None:
    book.type("Sheet1", "Z9", formula)
    value = book.value("Sheet1", "Z9")
    assert (value, type(value) is bool) == (wanted, type(wanted) is bool)


def test_a_formula_follows_what_it_reads(book: Person) -> None:
    book.type("Sheet1", "Y1", "=AR_数据!C3*2")
    assert book.value("Sheet1", "Y1") == 100
    book.type("AR_数据", "C3", 51)
    assert book.value("Sheet1", "Y1") == 102
    book.type("AR_数据", "C3", 50)


def test_a_formula_that_meets_itself_is_an_error(book: Person) -> None:
    book.type("Sheet1", "X1", "=X2")
    book.type("Sheet1", "X2", "=X1+1")
    assert book.value("Sheet1", "X1") == "#REF!"


def test_looking_up_many_keys_does_not_scan_for_each(book: Person) -> None:
    count = 4000
    book.add_tab("M", count, 3)
    book.paste("M", "A1", [[f"K{i}", i, f'=XLOOKUP("K{count - 1 - i}",M!A:A,M!B:B)'] for i in range(count)])
    assert [row[2] for row in book.values("M")] == list(reversed(range(count)))
