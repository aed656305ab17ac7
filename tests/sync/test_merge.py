"""The merge against a plain oracle, its properties, and its rules one by one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arsheet.sync.cells import plain, same
from arsheet.sync.merge import merge
from arsheet.sync.model import ColumnView, Policy, TabBase, TabData, TabPlan, TabView
from arsheet.sync.remote import TabRead
from arsheet.table import CellError

VIEW = TabView(
    "follow_up", "AR_跟进", "Follow-up",
    (
        ColumnView("no", "单据号", "No.", "id"),
        ColumnView("open", "未收金额", "Open", "money"),
        ColumnView("promised", "承诺日期", "Promised", "text", "user", "promises.promised_on"),
        ColumnView("limit", "额度", "Limit", "money", "user"),
        ColumnView("step", "下一步", "Step", "text", "seeded"),
        ColumnView("note", "备注", "Note", "text", "append"),
    ),
    ("no",), people=True,
)  # fmt: skip
MACHINE = TabView(
    "data", "AR_数据", "Data", (*VIEW.columns[:2], ColumnView("name", "客户", "Name")), ("no",), protected=True
)
NAMES = ("open", "promised", "limit", "step", "note")
HEADER = tuple(column.zh for column in VIEW.columns)
Rows = dict[str, dict[str, Any]]


def sheet_of(rows: list[list[Any]], header: tuple[str, ...] = HEADER, title: str = "AR_跟进", **more: Any) -> TabRead:
    """A tab as read."""
    cells = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in header]
    return TabRead(title, 1, len(rows) + 1, len(header), header, 0, cells, **more)


def added(sheet: TabRead, row: list[Any]) -> list[list[Any]]:
    """The cells of a tab with one row more."""
    return [[*column, cell] for column, cell in zip(sheet.cells, row, strict=True)]


def planned(base: Rows, book: Rows, sheet: Rows | TabRead, *, view: TabView = VIEW, **policy: Any) -> TabPlan:
    """The merge of three sides given as rows; ``base`` may hold the book's side as ``column@book``."""
    names = [column.key for column in view.columns if column.key not in view.key_columns]
    names += [f"{c.key}@book" for c in view.columns if c.owner in ("user", "seeded")]
    agreed = {key: [row.get("gone", 0), *(row.get(name) for name in names)] for key, row in base.items()}
    columns: dict[str, list[Any]] = {"no": list(book)}
    for name in names:
        if "@" not in name and name != "note":
            columns[name] = [row.get(name) for row in book.values()]
    if isinstance(sheet, dict):
        rows = [[key, *(row.get(c.key) for c in view.columns[1:])] for key, row in sheet.items()]
        sheet = sheet_of(rows, tuple(c.zh for c in view.columns), view.zh)
    return merge(
        view, TabBase(tuple(names), agreed), TabData(view, list(book), columns), sheet, policy=Policy(**policy)
    )


def applied(plan: TabPlan, sheet: Rows, base: Rows) -> tuple[Rows, Rows]:
    """The sheet and the base after the plan has landed."""
    after = {key: dict(row) for key, row in sheet.items()}
    for write in plan.writes:
        after[write.key][write.column] = plain(write.new)
    for key, cells in plan.appends:
        after[key] = {column.key: plain(cells[at]) for at, column in enumerate(VIEW.columns) if at}
    agreed = {key: dict(row) for key, row in base.items()}
    for step in (plan.now, plan.then):
        for key, row in step.items():
            if row is None:
                agreed.pop(key, None)
            else:
                agreed[key] = {"gone": row[0], **dict(zip(plan.names, row[1:], strict=True))}
    return after, agreed


def oracle(base: Rows, book: Rows, sheet: Rows) -> tuple[Any, ...]:
    """The rules, cell by cell: (writes, pulls, conflicts, appended keys, unmatched keys)."""
    writes, pulls, conflicts, appends = {}, {}, set(), []
    for key, said in book.items():
        agreed = base.get(key, {})
        if key not in sheet:
            if not agreed.get("gone"):
                appends.append(key)
            continue
        there = sheet[key]
        if there.get("open") != said.get("open"):
            writes[key, "open"] = said.get("open")
            if key in base and there.get("open") != agreed.get("open"):
                conflicts.add((key, "open", "machine_owns"))
        for name in ("promised", "limit"):
            mine, typed = said.get(name), there.get(name)
            heard, changed = mine != agreed.get(f"{name}@book"), typed != agreed.get(name)
            if mine == typed:
                if changed and not (heard and agreed.get(name) == agreed.get(f"{name}@book")):
                    pulls[key, name] = typed
                continue
            if heard and changed:
                rule = "money_is_the_books" if name == "limit" else "typed_by_people"
                conflicts.add((key, name, rule))
            if changed and not (heard and name == "limit"):
                pulls[key, name] = typed
            elif heard:
                writes[key, name] = mine
        mine, typed = said.get("step"), there.get("step")
        if typed != agreed.get("step"):
            met = any(agreed.get(name) is not None for name in agreed if name != "gone")
            if typed != mine or met:
                pulls[key, "step"] = typed
        elif typed is None and typed == agreed.get("step") and agreed.get("step@book") is None and mine is not None:
            writes[key, "step"] = mine
        if there.get("note") != agreed.get("note") and there.get("note") is not None:
            pulls[key, "note"] = there["note"]
    unmatched = {key for key in sheet if key not in book and key not in base}
    for key in sheet:
        if key in base and key not in book:
            for name in NAMES[1:]:
                typed, was = sheet[key].get(name), base[key].get(name)
                if typed != was:
                    conflicts.add((key, name, "row_left_book"))
                    if typed is not None or name != "note":
                        pulls[key, name] = typed
    return writes, pulls, conflicts, appends, unmatched


KEYS = st.sampled_from(["A1", "A2", "A3", "A4", "A5"])
MONEY = st.sampled_from([None, 1.5, 2.25, 100.0])
TEXT = st.sampled_from([None, "明天", "下周", "已付"])
ROW = st.fixed_dictionaries({"open": MONEY, "promised": TEXT, "limit": MONEY, "step": TEXT, "note": TEXT})
BOOK = st.fixed_dictionaries({"open": MONEY, "promised": TEXT, "limit": MONEY, "step": TEXT})
BASE = st.fixed_dictionaries(
    {"open": MONEY, "promised": TEXT, "limit": MONEY, "step": TEXT, "note": TEXT, "promised@book": TEXT,
     "limit@book": MONEY, "step@book": TEXT, "gone": st.sampled_from([0, 0, 1])}
)  # fmt: skip
SIDES = st.tuples(
    st.dictionaries(KEYS, BASE, max_size=5), st.dictionaries(KEYS, BOOK, max_size=5),
    st.dictionaries(KEYS, ROW, max_size=5),
)  # fmt: skip


@given(SIDES)
@settings(max_examples=400, deadline=None)
def test_the_merge_is_the_oracle(sides: tuple[Rows, Rows, Rows]) -> None:
    base, book, sheet = sides
    plan = planned(base, book, sheet)
    writes, pulls, conflicts, appends, unmatched = oracle(base, book, sheet)
    assert {(w.key, w.column): plain(w.new) for w in plan.writes} == writes
    assert {(e.row_key, e.column): plain(e.new) for e in plan.pulls} == pulls
    assert {(c.key, c.column, c.rule) for c in plan.conflicts if c.column} == conflicts
    assert [key for key, _ in plan.appends] == appends
    assert {each.key for each in plan.unmatched} == unmatched


@given(SIDES, st.booleans(), st.randoms())
@settings(max_examples=300, deadline=None)
def test_the_order_of_the_sheet_is_no_matter(sides: tuple[Rows, Rows, Rows], first: bool, random: Random) -> None:
    """A sheet in the order of the book (``first``: with no rows but its first ones) is compared as any other."""
    base, book, sheet = sides
    there = {key: sheet[key] for key in book if key in sheet}
    if first:
        there = dict(list(there.items())[: next((at for at, key in enumerate(book) if key not in sheet), len(book))])
    keys = list(there)
    random.shuffle(keys)
    one, other = planned(base, book, there), planned(base, book, {key: there[key] for key in keys})
    for plan in (one, other):
        plan.writes.sort(key=lambda write: (write.key, write.column))
    assert [(w.key, w.column, w.old, w.new) for w in one.writes] == [
        (w.key, w.column, w.old, w.new) for w in other.writes
    ]
    assert sorted(map(repr, one.pulls)) == sorted(map(repr, other.pulls))
    assert sorted(map(repr, one.conflicts)) == sorted(map(repr, other.conflicts))
    assert (one.appends, one.now, one.then) == (other.appends, other.now, other.then)


@given(SIDES)
@settings(max_examples=300, deadline=None)
def test_once_it_has_landed_nothing_is_left_to_do(sides: tuple[Rows, Rows, Rows]) -> None:
    base, book, sheet = sides
    after, agreed = applied(planned(base, book, sheet), sheet, base)
    again = planned(agreed, book, after)
    assert (again.writes, again.appends, again.pulls) == ([], [], [])
    assert {(c.key, c.rule) for c in again.conflicts} <= {(c.key, "row_removed_again") for c in again.conflicts}


@given(SIDES)
@settings(max_examples=300, deadline=None)
def test_nothing_that_people_typed_is_lost_or_written_over_unheard(sides: tuple[Rows, Rows, Rows]) -> None:
    base, book, sheet = sides
    plan = planned(base, book, sheet)
    kept = {(e.row_key, e.column): e.new for e in plan.pulls}
    told = {(c.key, c.column) for c in plan.conflicts}
    for key, row in sheet.items():
        for name in NAMES[1:]:
            changed = key in base and not same(row[name], base[key].get(name))
            if changed and row[name] is not None and key in book and not same(row[name], book[key].get(name)):
                assert (key, name) in kept or (key, name) in told
    for write in plan.writes:
        assert write.owner != "append"
        if write.owner == "seeded":
            assert write.old is None
        if write.owner == "user" and not same(write.old, base.get(write.key, {}).get(write.column)):
            assert (write.key, write.column) in told


def test_texts_are_compared_exactly_and_amounts_as_decimals() -> None:
    base = {"A1": {"open": 0.3, "promised": "明天", "promised@book": None}}
    plan = planned(base, {"A1": {"open": Decimal("0.3")}}, {"A1": {"open": 0.1 + 0.2, "promised": "明天"}})
    assert (plan.writes, plan.pulls) == ([], [])
    assert planned(base, {"A1": {"open": Decimal("0.31")}}, {"A1": {"open": 0.3, "promised": "明天"}}).writes


def test_a_waiting_entry_is_not_pushed_back_by_the_book_that_does_not_have_it_yet() -> None:
    base: Rows = {"A1": {"open": 1.0}}
    sheet: Rows = {"A1": {"open": 1.0, "promised": "明天"}}
    plan = planned(base, {"A1": {"open": 1.0, "promised": None}}, sheet)
    assert [e.new for e in plan.pulls] == ["明天"]
    _, agreed = applied(plan, sheet, base)
    again = planned(agreed, {"A1": {"open": 1.0, "promised": None}}, sheet)
    assert (again.writes, again.pulls) == ([], [])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda s: replace(s, header=("单据号", "金额", *HEADER[2:])), "sheet_header_missing"),
        (
            lambda s: replace(s, header=(*HEADER, "未收金额"), cells=[*s.cells, [None] * s.height]),
            "sheet_header_twice",
        ),
        (lambda s: replace(s, cells=added(s, ["A1", 9.0, None, None, None, None])), "sheet_key_twice"),
        (lambda s: replace(s, cells=added(s, [None, None, "明天", None, None, None])), "sheet_key_blank"),
        (lambda s: replace(s, merged_ranges=("B2:C2",)), "sheet_cells_merged"),
        (lambda s: replace(s, header=("甲", "乙", "丙", "丁", "戊", "己")), "sheet_header_missing"),
    ],
)
def test_an_unsafe_tab_stops_and_nothing_is_written(change: Any, code: str) -> None:
    sheet = sheet_of([["A1", 1.0, None, None, None, None], [None] * 6])
    plan = planned({"A1": {"open": 1.0}}, {"A1": {"open": 2.0}, "A2": {"open": 3.0}}, change(sheet))
    assert [problem.code for problem in plan.problems] == [code]
    assert (plan.stopped, plan.changed, plan.pulls) == (True, False, [])
    assert all((plan.problems[0].zh, plan.problems[0].hint_en))


def test_a_tab_that_is_gone_stops_and_is_made_again_when_asked() -> None:
    book: Rows = {"A1": {"open": 1.0}}
    columns = {"no": ["A1"], "open": [Decimal(1)]}
    names = ("open", "promised", "limit", "step", "note")
    agreed = TabBase(names, {"A1": [0, 1.0, "明天", None, None, None]})
    gone = merge(VIEW, agreed, TabData(VIEW, list(book), columns), None, policy=Policy())
    assert [p.code for p in gone.problems] == ["sheet_tab_missing"]
    assert not gone.changed
    policy = Policy(recreate=frozenset({"follow_up"}))
    made = merge(VIEW, agreed, TabData(VIEW, list(book), columns), None, policy=policy)
    assert made.add
    assert made.appends == [("A1", ["A1", Decimal(1), "明天", None, None, None])]


def test_merged_cells_of_the_peoples_own_columns_are_theirs() -> None:
    sheet = sheet_of([["A1", 1.0, None, None, None, None, "x"]], (*HEADER, "我的列"), merged_ranges=("G2:H3",))
    assert not planned({"A1": {"open": 1.0}}, {"A1": {"open": 2.0}}, sheet).stopped


def test_columns_may_stand_anywhere_and_the_header_in_either_language() -> None:
    header = ("我的列", "Note", "Open", "No.", "Promised", "", "Limit", "Step")
    sheet = sheet_of([["x", None, 1.0, "A1", "明天", None, None, None]], header)
    plan = planned({"A1": {"open": 1.0}}, {"A1": {"open": 2.0}}, sheet)
    assert [(w.position, w.new) for w in plan.writes] == [(2, Decimal(2))]
    assert [e.new for e in plan.pulls] == ["明天"]


def test_a_row_that_people_removed_is_put_back_once_with_what_they_had_typed() -> None:
    base: Rows = {"A1": {"open": 1.0, "promised": "明天"}}
    book: Rows = {"A1": {"open": 1.0}}
    plan = planned(base, book, {})
    assert [(key, cells[2]) for key, cells in plan.appends] == [("A1", "明天")]
    _, agreed = applied(plan, {}, base)
    again = planned(agreed, book, {})
    assert again.appends == []
    assert [c.rule for c in again.conflicts] == ["row_removed_again"]


def test_a_promise_that_is_cleared_before_it_has_landed_is_an_entry_too() -> None:
    base: Rows = {"A1": {"open": 1.0, "promised": "明天"}}
    plan = planned(base, {"A1": {"open": 1.0}}, {"A1": {"open": 1.0}})
    assert [(e.column, e.old, e.new) for e in plan.pulls] == [("promised", "明天", None)]


def test_an_error_value_is_told_and_left_alone() -> None:
    plan = planned({"A1": {"open": 1.0}}, {"A1": {"open": 1.0}}, {"A1": {"open": 1.0, "promised": CellError("#REF!")}})
    assert [each.cell for each in plan.invalid] == ["C2"]
    assert (plan.pulls, plan.writes) == ([], [])


def test_an_override_is_set_once_what_was_typed_is_kept() -> None:
    names = ("open", "promised", "limit", "step", "note")
    base = TabBase(names, {"A1": [0, 1.0, None, None, None, None]})
    data = TabData(VIEW, [], {"no": [], "open": []}, overrides={"A1": {"promised": None, "step": "已移交"}})
    sheet = sheet_of([["A1", 1.0, "明天", None, None, None]])
    plan = merge(VIEW, base, data, sheet, policy=Policy())
    assert [(e.column, e.new) for e in plan.pulls] == [("promised", "明天")]
    assert sorted((w.column, w.new) for w in plan.writes if w.new) == [("step", "已移交")]
    assert ("promised", None) in [(w.column, w.new) for w in plan.writes]
    after = sheet_of([["A1", 1.0, None, None, "已移交", None]])
    rows = {**base.rows, **plan.now, **plan.then}
    assert merge(VIEW, TabBase(plan.names, rows), data, after, policy=Policy()).writes == []


def machine(rows: dict[str, tuple[Any, Any]]) -> TabData:
    columns = {"no": list(rows), "open": [row[0] for row in rows.values()], "name": [row[1] for row in rows.values()]}
    return TabData(MACHINE, list(rows), columns)


PAIRS = st.dictionaries(KEYS, st.tuples(MONEY, TEXT), max_size=5)


@given(PAIRS, PAIRS, st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_tab_of_ours_ends_with_exactly_the_rows_of_the_book(
    old: dict[str, tuple[Any, Any]], new: dict[str, tuple[Any, Any]], ordered: bool
) -> None:
    view = replace(MACHINE, ordered=ordered)
    base = TabBase(("open", "name"), {key: [0, *values] for key, values in old.items()})
    rows: list[list[Any]] = [[key, *values] for key, values in old.items()]
    sheet = sheet_of(rows, ("单据号", "未收金额", "客户"), "AR_数据")
    plan = merge(view, base, replace(machine(new), view=view), sheet, policy=Policy())
    for write in plan.writes:
        rows[write.row][write.position] = plain(write.new)
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    rows += [[plain(cell) for cell in cells] for _, cells in plan.appends]
    found = [(row[0], tuple(row[1:])) for row in rows if any(cell is not None for cell in row)]
    assert dict(found) == {key: tuple(map(plain, values)) for key, values in new.items()}
    assert len(found) == len(new)
    if ordered:
        assert [key for key, _ in found] == list(new)


def test_dates_are_compared_as_days() -> None:
    view = replace(MACHINE, columns=(VIEW.columns[0], ColumnView("due", "到期日", "Due", "date")))
    base = TabBase(("due",), {"A1": [0, 46082]})
    data = TabData(view, ["A1"], {"no": ["A1"], "due": [dt.date(2026, 3, 1)]})
    assert (
        merge(view, base, data, sheet_of([["A1", 46082]], ("单据号", "到期日"), "AR_数据"), policy=Policy()).writes
        == []
    )
    plan = merge(view, base, data, sheet_of([["A1", 46083]], ("单据号", "到期日"), "AR_数据"), policy=Policy())
    assert [write.new for write in plan.writes] == [dt.date(2026, 3, 1)]
    assert [(c.base, c.sheet) for c in plan.conflicts] == [(dt.date(2026, 3, 1), dt.date(2026, 3, 2))]
