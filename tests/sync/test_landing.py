"""What was typed online enters the workbook once: at Refresh or when the file is free, whatever happens in between."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from arsheet import run
from arsheet.hosts.package import companion_folder
from arsheet.journal import entries
from arsheet.journal.store import Journal
from arsheet.run import freshness, landing
from arsheet.run.session import open_session
from arsheet.table import ArsheetError, to_day
from tests.sync.followup_book import AS_OF, clock, entry, keep, kept, make_book

TYPED = [
    entry("A1", "promised_for", "下周五"),
    entry("A1", "promised_amount", "2万"),
    entry("A1", "state", "已承诺"),
    entry("A2", "promised_for", "下周"),
    entry("A2", "dispute", "质量问题"),
    entry("R1#2", "dispute", "少发货，扣50元"),
    entry("NOPE", "state", "已联系"),
]


def rows(path: Path, table: str) -> list[dict[str, object]]:
    return open_session(path).tables[table].records()


def test_refresh_writes_every_entry_and_counts_it(tmp_path: Path) -> None:
    path = make_book(tmp_path)
    keep(path, TYPED)
    done = run.refresh(path, AS_OF, clock=clock)
    (promise,) = rows(path, "promises")
    assert promise["amount"] == Decimal(20000)
    assert (promise["pay_by"], promise["promised_on"], promise["by"]) == (
        to_day(dt.date(2026, 3, 13)), to_day(AS_OF), "张三")  # fmt: skip
    disputes = {(row["document_no"], row["sequence"]): row for row in rows(path, "disputes")}
    assert disputes["A2", None]["amount"] is None
    assert disputes["A2", None]["note"] == "质量问题"
    assert disputes["R1", 2]["amount"] == Decimal(50)
    assert [row["note"] for row in rows(path, "activities")] == ["状态：已承诺"]
    assert {each.column: each.state for each in kept(path) if each.row_key == "A2"} == {
        "promised_for": "refused", "dispute": "landed"}  # fmt: skip
    listed = next(table for table in done.outcome.tables if table.name == "reminder_list")
    assert "promised" in listed.column("skip_reason")  # the reports of the same Refresh know it
    assert freshness.is_stale(open_session(path)) is False


def test_once_only(tmp_path: Path) -> None:
    path = make_book(tmp_path)
    keep(path, TYPED)
    for _ in range(3):
        run.refresh(path, AS_OF, clock=clock)
    landing.land(path, clock=clock)
    assert len(rows(path, "promises")) == 1
    assert len(rows(path, "disputes")) == 2


def test_a_run_that_ends_before_the_note_is_made_neither_loses_nor_doubles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_book(tmp_path)
    keep(path, TYPED)
    with monkeypatch.context() as patch:
        patch.setattr(landing, "settle", _killed)
        with pytest.raises(KeyboardInterrupt):
            run.refresh(path, AS_OF, clock=clock)
    assert {each.state for each in kept(path)} == {"waiting"}
    run.refresh(path, AS_OF, clock=clock)
    assert len(rows(path, "promises")) == 1
    landing.reconcile(path, at="2026-03-04")
    assert {each.state for each in kept(path)} == {"landed", "refused"}


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_undo_lets_entries_wait_again_and_redo_does_not_double_them(tmp_path: Path) -> None:
    path = make_book(tmp_path)
    run.refresh(path, AS_OF, clock=clock)
    keep(path, TYPED)
    assert landing.land(path, clock=clock).rows == {"promises": 1, "activities": 1, "disputes": 2}
    assert freshness.is_stale(open_session(path)) is True
    run.undo(path, clock=clock)
    assert rows(path, "promises") == []
    landing.reconcile(path, at="2026-03-04")
    assert {each.state for each in kept(path)} == {"waiting"}
    run.undo(path, redo=True, clock=clock)
    run.refresh(path, AS_OF, clock=clock)
    assert len(rows(path, "promises")) == 1


def test_restore_to_an_older_version_lets_them_wait_again(tmp_path: Path) -> None:
    path = make_book(tmp_path)
    run.refresh(path, AS_OF, clock=clock)
    keep(path, TYPED)
    run.refresh(path, AS_OF, clock=clock)
    run.restore(path, run.kept_versions(path)[-1].no, clock=clock)
    assert rows(path, "promises") == []
    run.refresh(path, AS_OF, clock=clock)
    assert len(rows(path, "promises")) == 1


def test_a_book_that_is_open_elsewhere_keeps_them_waiting(tmp_path: Path) -> None:
    path = make_book(tmp_path)
    keep(path, TYPED)
    marker = path.with_name(f"~${path.name}")
    marker.write_bytes(b"\x05user" + b" " * 160)
    with pytest.raises(ArsheetError):
        landing.land(path, clock=clock)
    with Journal(companion_folder(path.resolve())) as journal:
        assert entries.count_waiting(journal) == len(TYPED)
    marker.unlink()
    assert landing.land(path, clock=clock).rows["promises"] == 1
    with Journal(companion_folder(path.resolve())) as journal:
        assert entries.count_waiting(journal) == 0


def test_a_row_that_stands_already_is_not_written_again(tmp_path: Path) -> None:
    """As where an open application was given the row and saved it, while the journal still waits for the file."""
    path = make_book(tmp_path)
    keep(path, [entry("A1", "promised_for", "下周五")])
    session = open_session(path)
    row = {"customer_id": "C1", "document_no": "A1", "amount": 50000, "promised_on": AS_OF, "by": "张三"}
    run.append_records(session, {"promises": [{**row, "pay_by": dt.date(2026, 3, 13)}]})
    session.host.save()
    landing.land(path, clock=clock)
    assert len(rows(path, "promises")) == 1
    assert [each.state for each in kept(path)] == ["landed"]


def test_looking_writes_nothing(tmp_path: Path) -> None:
    path = make_book(tmp_path)
    keep(path, TYPED)
    before = path.read_bytes()
    run.look(path, AS_OF, clock)
    assert path.read_bytes() == before
    assert {each.state for each in kept(path)} == {"waiting"}


def test_changes_of_mind_are_all_kept(tmp_path: Path) -> None:
    path = make_book(tmp_path)
    keep(path, [entry("A1", "promised_for", "明天"),
                entry("A1", "promised_for", "下周五", old="明天", at="2026-03-04T09:30:00+08:00"),
                entry("A1", "promised_for", None, old="下周五", at="2026-03-04T09:40:00+08:00")])  # fmt: skip
    run.refresh(path, AS_OF, clock=clock)
    assert [row["pay_by"] for row in rows(path, "promises")] == [
        to_day(dt.date(2026, 3, 5)), to_day(dt.date(2026, 3, 13))]  # fmt: skip
    assert "原为 下周五" in str(rows(path, "activities")[0]["note"])


BACK = {
    "state": (("已联系", "拒付", "已联系"), "activities", "note", ["状态：已联系", "状态：拒付", "状态：已联系"]),
    "promised_for": (
        ("2026-12-10", "2026-12-20", "2026-12-10"), "promises", "pay_by",
        [to_day(dt.date(2026, 12, day)) for day in (10, 20, 10)],
    ),
    "dispute": (("少发货", "质量问题", "少发货"), "disputes", "note", ["少发货", "质量问题", "少发货"]),
}  # fmt: skip
"""A, B and A again, typed on one day: what the rows then hold."""


@pytest.mark.parametrize("held", [(), (1,), (0, 1)], ids=["one by one", "two at once", "all at once"])
@pytest.mark.parametrize("column", BACK)
def test_a_change_back_is_a_row_of_its_own(tmp_path: Path, column: str, held: tuple[int, ...]) -> None:
    """Whether each entry lands before the next is typed, or some wait for a file that is open."""
    path = make_book(tmp_path)
    values, table, name, wanted = BACK[column]
    for at, (old, new) in enumerate(zip((None, *values), values, strict=False)):
        keep(path, [entry("A1", column, new, old=old, at=f"2026-03-04T09:{at:02}:00+08:00")])
        if at not in held:
            landing.land(path, clock=clock)
    assert [row[name] for row in rows(path, table)] == wanted
    assert {each.state for each in kept(path)} == {"landed"}
    landing.land(path, clock=clock)
    run.refresh(path, AS_OF, clock=clock)
    assert [row[name] for row in rows(path, table)] == wanted


def test_a_change_back_after_a_part_was_paid(tmp_path: Path) -> None:
    """The whole open amount is another one by then; the earlier promises are still found again."""
    path = make_book(tmp_path)
    keep(path, [entry("A1", "promised_for", "2026-12-10")])
    landing.land(path, clock=clock)
    session = open_session(path)
    run.append_records(session, {
        "receipts": [{"receipt_no": "P", "date": AS_OF, "customer_id": "C1", "amount": 10000, "kind": "收款"}],
        "applications": [{"source_no": "P", "document_no": "A1", "date": AS_OF, "amount": 10000}],
    })  # fmt: skip
    session.host.save()
    for at, day in enumerate(("2026-12-20", "2026-12-10"), 1):
        keep(path, [entry("A1", "promised_for", day, old="x", at=f"2026-03-04T09:{at:02}:00+08:00")])
        landing.land(path, clock=clock)
    found = [(row["amount"], row["pay_by"]) for row in rows(path, "promises")]
    assert found == [
        (amount, to_day(dt.date(2026, 12, day))) for amount, day in ((50000, 10), (40000, 20), (40000, 10))
    ]


def test_two_instalments_promised_alike_are_two_promises(tmp_path: Path) -> None:
    path = make_book(tmp_path)
    for key in ("R1#1", "R1#2"):
        keep(path, [entry(key, "promised_for", "2026-12-10"), entry(key, "promised_amount", "50")])
    landing.land(path, clock=clock)
    assert len(rows(path, "promises")) == 2


def test_one_document_promised_alike_on_two_sheets_is_one_promise(tmp_path: Path) -> None:
    path = make_book(tmp_path)
    for sheet in ("ALL", "NORTH"):
        keep(path, [entry("A1", "promised_for", "2026-12-10", sheet=sheet)])
        landing.land(path, clock=clock)
    assert len(rows(path, "promises")) == 1


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_an_open_application_was_given_is_not_given_to_the_file_again(tmp_path: Path, by_hand: bool) -> None:
    """A, B given and saved there, perhaps with a promise of the accountant's below; then the person goes back to A."""
    path = make_book(tmp_path)
    days = [dt.date(2026, 12, 10), dt.date(2026, 12, 20), dt.date(2026, 12, 10)]
    given = days[:2] + ([dt.date(2026, 12, 31)] if by_hand else [])
    session = open_session(path)
    row = {"customer_id": "C1", "document_no": "A1", "amount": 50000, "promised_on": AS_OF, "by": "张三"}
    run.append_records(session, {"promises": [{**row, "pay_by": day} for day in given]})
    session.host.save()
    for at, day in enumerate(days):
        keep(path, [entry("A1", "promised_for", day.isoformat(), old="x", at=f"2026-03-04T09:{at:02}:00+08:00")])
        if at:
            landing.land(path, clock=clock)
    assert [each["pay_by"] for each in rows(path, "promises")] == [to_day(day) for day in [*given, days[2]]]


def test_the_past_is_as_it_was(tmp_path: Path) -> None:
    """Promises and disputes are dated rows: a report of the day before does not know what was typed after it."""
    path = make_book(tmp_path)
    before = run.look(path, dt.date(2026, 3, 3), clock)[1].outcome
    keep(path, TYPED)
    run.refresh(path, AS_OF, clock=clock)
    after = run.look(path, dt.date(2026, 3, 3), clock)[1].outcome
    for old, new in zip(before.tables, after.tables, strict=True):
        if old.name in ("overdue_aging", "open_items", "reminder_list"):
            assert list(old.rows()) == list(new.rows())


@pytest.mark.parametrize("seed", range(6))
def test_no_entry_is_lost_whatever_is_done(tmp_path: Path, seed: int) -> None:
    """Every entry is landed, waiting or asked back, and no row stands twice, after any sequence of what people do."""
    rng = random.Random(seed)
    path, typed = make_book(tmp_path), 0
    for step in range(12):
        act = rng.choice(("type", "type", "refresh", "land", "undo", "reconcile"))
        if act == "type":
            at = f"2026-03-04T10:{step:02}:00+08:00"
            new = rng.choice(("明天", "下周", "质量问题", "已联系", "100"))
            column = rng.choice(("promised_for", "dispute", "state", "promised_amount"))
            keep(path, [dataclasses.replace(entry(rng.choice(("A1", "A2", "000123")), column, new), read_at=at)])
            typed += 1
        elif act == "refresh":
            run.refresh(path, AS_OF, clock=clock)
        elif act == "land":
            landing.land(path, clock=clock)
        elif act == "undo":
            try:
                run.undo(path, clock=clock)
            except ArsheetError as error:
                assert error.code == "nothing_to_undo"  # noqa: PT017
        else:
            landing.reconcile(path, at="2026-03-04")
    run.refresh(path, AS_OF, clock=clock)
    found = kept(path) if typed else []
    assert len(found) == typed
    assert {each.state for each in found} <= {"landed", "refused"}
    for table in landing.TABLES_OF_ENTRIES:
        listed: dict[object, list[object]] = {}
        for row in rows(path, table):
            listed.setdefault(row["document_no"], []).append(tuple(row.items()))
        assert all(one != other for mine in listed.values() for one, other in pairwise(mine))
    understood = [each for each in found if each.state == "landed"]
    assert len(understood) >= (1 if any(len(rows(path, name)) for name in landing.TABLES_OF_ENTRIES) else 0)
