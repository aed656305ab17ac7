"""What people type beside a document: the row it becomes, or the question that is asked back; nothing gets lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arsheet.importers.followup.columns import COLUMNS
from arsheet.importers.followup.folding import answer_text, fold, last_cells
from arsheet.importers.followup.reading import Item, Reading, Typed, read_row
from arsheet.journal.entries import Entry
from arsheet.table import to_day

TODAY = dt.date(2026, 3, 4)
ITEM = Item("INV-1", "INV-1", None, "C1", "CNY", Decimal("50000.00"))


def read(item: Item | None = ITEM, before: dict[str, Any] | None = None, **cells: Any) -> Reading:
    """The cells of a row, all of them just typed."""
    old = before or {}
    now = {**old, **cells}
    return read_row(Typed("INV-1", now, {key: old.get(key) for key in cells}, to_day(TODAY), "张三"), item)


def asked(reading: Reading) -> list[str]:
    return [said.column for said in reading.said if not said.understood]


def test_a_promise_of_all_that_is_open() -> None:
    reading = read(promised_for="下周五")
    assert reading.rows == (
        ("promises", {"customer_id": "C1", "document_no": "INV-1", "amount": Decimal("50000.00"), "promised_on": TODAY,
                      "pay_by": dt.date(2026, 3, 13), "by": "张三"}),
    )  # fmt: skip
    assert reading.said[0].zh == "承诺 2026-03-13 付款 50,000.00 CNY（全部未收）"


@pytest.mark.parametrize(
    ("amount", "expected"), [("2万", 20000), ("20,000元", 20000), (3000.5, "3000.5"), ("全款", 50000), ("¥500", 500)]
)
def test_amounts(amount: Any, expected: Any) -> None:
    ((_, row),) = read(promised_for="明天", promised_amount=amount).rows
    assert row["amount"] == Decimal(expected)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"promised_for": "下周"}, "“下周”是哪一天"),
        ({"promised_for": "2026-03-01"}, "已经过去"),
        ({"promised_for": "2030-03-01"}, "两年以后"),
        ({"promised_for": "明天", "promised_amount": "60000"}, "大于未收金额 50,000.00"),
        ({"promised_for": "明天", "promised_amount": "-5"}, "应大于 0"),
        ({"promised_for": "明天", "promised_amount": "一些"}, "“一些”看不懂；请写成数字，例如 50,000.00"),
        ({"promised_for": "明天", "promised_amount": "$500"}, "写的是 USD，单据是 CNY"),
        ({"promised_amount": "500"}, "请在“承诺日期”写明"),
        ({"state": "也许"}, "没有“也许”这个状态；请选：未联系、已联系、已承诺、有争议、已付待到账、拒付"),
        ({"state": "已移交"}, "没有“已移交”这个状态"),
        ({"dispute": "少发货，扣 6 万"}, "争议金额 60,000.00 大于未收金额"),
        ({"next_date": "过几天"}, "“过几天”是哪一天"),
    ],
)
def test_what_is_not_clear_is_asked_back_and_lands_nowhere(cells: dict[str, Any], words: str) -> None:
    reading = read(**cells)
    assert words in "".join(said.zh for said in reading.said)
    assert set(asked(reading)) == set(cells)
    assert all(said.en.isascii() or '"' in said.en for said in reading.said)
    assert reading.rows == ()


def test_a_settled_document_and_one_that_nobody_knows() -> None:
    settled = Item("INV-1", "INV-1", None, "C1", "CNY", Decimal(0))
    assert "已经结清" in read(settled, promised_for="明天").said[0].zh
    assert "工作簿里没有单据 INV-1" in read(None, state="已联系").said[0].zh


def test_a_dispute_without_an_amount_is_about_all_of_it() -> None:
    ((table, row),) = read(dispute="质量问题").rows
    assert (table, row["amount"], row["reason"], row["note"], row["opened"]) == (
        "disputes", None, "quality", "质量问题", TODAY)  # fmt: skip
    instalment = Item("INV-1#2", "INV-1", 2, "C1", "CNY", Decimal(500))
    ((_, row),) = read(instalment, dispute="单价不对，差200元").rows
    assert (row["document_no"], row["sequence"], row["amount"], row["reason"]) == ("INV-1", 2, Decimal(200), "price")


def test_state_and_next_step_are_one_activity() -> None:
    reading = read(state="有争议", next_action="周五再打电话", next_date="周五")
    assert reading.rows == (
        ("activities", {"customer_id": "C1", "document_no": "INV-1", "at": TODAY, "by": "张三", "note": "状态：有争议",
                        "cause": "dispute", "next_action": "周五再打电话", "next_date": dt.date(2026, 3, 6)}),
    )  # fmt: skip
    assert "请写争议说明" in reading.said[0].zh


def test_an_emptied_cell_withdraws_nothing_and_is_told() -> None:
    reading = read(before={"promised_for": "明天", "dispute": "质量"}, promised_for=None, dispute=None)
    assert [table for table, _ in reading.rows] == ["activities"]
    assert "清空了“承诺日期”（原为 明天）；清空了“争议说明”（原为 质量）" in reading.rows[0][1]["note"]
    assert "仍保留" in reading.said[0].zh
    assert "争议仍然登记着" in reading.said[1].zh


def test_the_notes_of_an_activity_are_in_the_language_of_the_workbook() -> None:
    typed = Typed("INV-1", {"state": "Promised"}, {"state": None, "next_action": "call"}, to_day(TODAY))
    english = read_row(typed, ITEM, language="en")
    assert english.rows[0][1]["note"] == 'State: Promised; Cleared "Next action" (was call)'
    assert read_row(typed, ITEM).rows[0][1]["note"] == "状态：已承诺；清空了“下一步”（原为 call）"


def entry(no: int, column: str, new: Any, at: str = "2026-03-04T09:00:00+08:00", key: str = "INV-1") -> Entry:
    return Entry("S1", "follow_up", key, column, None, new, at, "r", no=no)


def test_cells_read_together_are_one_saying_and_later_ones_see_what_stood_there() -> None:
    later = "2026-03-05T09:00:00+08:00"
    groups = fold(
        [entry(1, "promised_for", "明天"), entry(2, "state", "已承诺"), entry(3, "promised_amount", "500", later)]
    )
    assert [(group.numbers, dict(group.cells)) for group in groups] == [
        ({"promised_for": 1, "state": 2}, {"promised_for": "明天", "state": "已承诺"}),
        ({"promised_amount": 3}, {"promised_for": "明天", "state": "已承诺", "promised_amount": "500"}),
    ]
    assert groups[1].typed().on == to_day(dt.date(2026, 3, 5))
    assert last_cells([entry(1, "state", "已联系"), entry(2, "state", None)]) == {"INV-1": {"state": None}}


def test_the_text_that_an_answer_names() -> None:
    cells = {"promised_for": "下周", "promised_amount": 500.5, "state": "已承诺", "next_date": dt.date(2026, 3, 9)}
    assert answer_text(cells) == "下周0|500.5|0|已承诺0|0|46090"


CELLS = st.one_of(
    st.none(), st.sampled_from(["明天", "下周", "500", "2万", "质量问题 扣300元", "已承诺", "也许", "=1+1", " ", "$3"]),
    st.floats(allow_nan=False, allow_infinity=False), st.integers(-10, 10**6), st.booleans(), st.text(max_size=20),
    st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(st.sampled_from(COLUMNS), CELLS, min_size=1),
    st.dictionaries(st.sampled_from(COLUMNS), CELLS),
    st.sampled_from([ITEM, None, Item("INV-1", "INV-1", None, "C1", "CNY", Decimal(0))]),
)
def test_no_entry_is_lost(cells: dict[str, Any], before: dict[str, Any], item: Item | None) -> None:
    reading = read(item, before, **cells)
    assert sorted(said.column for said in reading.said) == sorted(cells)
    for table, row in reading.rows:
        if table == "promises":
            assert 0 < row["amount"] <= ITEM.open
            assert row["pay_by"] >= TODAY
    landed = {said.column for said in reading.said if said.understood}
    if not landed:
        assert reading.rows == ()
