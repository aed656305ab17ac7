"""One pass after another against the emulator: what lands where, and that an idle pass writes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from arsheet.journal import entries, syncstate
from arsheet.journal.store import Journal
from arsheet.sync.emulator.server import Emulator
from arsheet.sync.passes import Expected, plan_pass
from arsheet.sync.plan import Plan
from arsheet.sync.remote import Lease
from arsheet.table import ArsheetError
from tests.sync.world import AGING, DATA, FOLLOW, NOW, World, values


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Emulator() as google:
        made = World(google, tmp_path)
        for number in range(6):
            made.side.put(f"INV-{number:04d}", f"C00{number % 2}", f"{100 + number}.10")
        yield made


def test_the_first_pass_makes_the_tabs_and_the_second_writes_nothing(world: World) -> None:
    first = world.sync()
    assert (first.writes, first.repairs, first.generation, first.exit_code) == (1, 0, 1, 0)
    data = world.table(DATA)
    assert list(data) == list(world.side.rows)
    assert data["INV-0003"] == {
        "document_no": "INV-0003", "customer_id": "C001", "open_amount": 103.1, "due_date": 46357,
    }  # fmt: skip
    assert world.table(AGING)["C000\x1fCNY"]["open_amount"] == 306.3
    second = world.sync()
    assert (second.writes, second.pushed, second.requests) == (0, 0, 2)


def test_what_people_type_is_in_the_journal_and_stays_on_the_sheet(world: World) -> None:
    world.sync()
    world.type("INV-0002", "promised_on", dt.date(2026, 12, 24))
    world.type("INV-0002", "promised_amount", 50)
    world.type("INV-0004", "dispute", "数量不符")
    done = world.sync()
    assert sorted(values(done.pulls)) == [
        ("INV-0002", "promised_amount", Decimal("50")),
        ("INV-0002", "promised_on", dt.date(2026, 12, 24)),
        ("INV-0004", "dispute", "数量不符"),
    ]
    assert (done.waiting, done.writes) == (3, 0)
    assert world.sync().pulls == []
    world.side.rows["INV-0002"]["open_amount"] = Decimal("1.00")
    world.sync()
    row = world.table(FOLLOW)["INV-0002"]
    assert (row["open_amount"], row["promised_on"], row["promised_amount"]) == (1.0, 46380, 50.0)


def test_a_conflict_is_listed_once_with_both_values_and_the_rule(world: World) -> None:
    world.sync()
    world.type("INV-0001", "open_amount", 5)
    first = world.sync()
    assert [(c.key, c.column, c.rule) for c in first.conflicts] == [("INV-0001", "open_amount", "machine_owns")]
    assert world.table(FOLLOW)["INV-0001"]["open_amount"] == 101.1
    header, row = world.rows("同步冲突")
    told = dict(zip(header, row, strict=True))
    assert (told["工作簿的值"], told["在线表格的值"], told["采用"]) == ("101.1", "5", "工作簿")
    assert world.sync().writes == 0


def test_a_typed_key_that_the_book_does_not_know_is_listed_and_stays(world: World) -> None:
    world.sync()
    rows = len(world.rows(FOLLOW.zh))
    world.person.paste(FOLLOW.zh, (rows, 0), [["X-1", None, None, 77]])
    done = world.sync()
    assert [each.key for each in done.unmatched] == ["X-1"]
    assert world.table(FOLLOW)["X-1"]["promised_amount"] == 77
    assert any(row[3] == "X-1" for row in world.rows("同步冲突"))
    assert world.sync().writes == 0


def test_a_copied_row_stops_its_tab_and_the_others_go_on(world: World) -> None:
    world.sync()
    world.person.duplicate_row(FOLLOW.zh, 2)
    world.side.put("INV-0009")
    done = world.sync()
    assert (done.exit_code, done.stopped) == (4, [FOLLOW.zh])
    assert "INV-0009" in world.table(DATA)
    world.person.delete_rows(FOLLOW.zh, 3)
    assert world.sync().exit_code == 0
    assert "INV-0009" in world.table(FOLLOW)


def test_rows_that_are_sorted_between_read_and_write_are_put_right_in_the_same_pass(world: World) -> None:
    world.sync()
    world.type("INV-0005", "dispute", "数量不符")
    world.side.rows["INV-0000"]["open_amount"] = Decimal("7.77")

    def sort(step: str) -> None:
        if step == "planned" and not sorted_once:
            sorted_once.append(step)
            world.person.sort(FOLLOW.zh, 1, descending=True)

    sorted_once: list[str] = []
    done = world.sync(hooks=sort)
    assert done.repairs >= 1
    table = world.table(FOLLOW)
    assert [table[key]["open_amount"] for key in world.side.rows] == [7.77, 101.1, 102.1, 103.1, 104.1, 105.1]
    assert table["INV-0005"]["dispute"] == "数量不符"
    assert done.conflicts == []


def test_a_write_that_landed_and_was_not_recorded_is_adopted_at_once(world: World) -> None:
    class Killed(BaseException):
        pass

    def die(at: str) -> Callable[[str], None]:
        def hooks(step: str) -> None:
            if step == at:
                raise Killed

        return hooks

    with pytest.raises(Killed):
        world.sync(hooks=die("applied"))
    with pytest.raises(Killed):
        world.sync(hooks=die("adopted"))
    with Journal(world.folder / "book.arsheet") as journal:
        state = syncstate.state(journal, world.person.id)
    assert (state.agreed.number, state.pending, state.verified) == (1, None, False)
    done = world.sync()
    assert (done.writes, done.generation) == (0, 1)


def test_another_writer_is_refused_until_a_person_says_go_on(world: World, tmp_path: Path) -> None:
    world.sync()
    other = World.__new__(World)
    other.__dict__.update(world.__dict__, folder=tmp_path / "other", book=tmp_path / "other" / "book.xlsx")
    other.folder.mkdir()
    with pytest.raises(ArsheetError) as refused:
        other.sync()
    assert (refused.value.code, refused.value.exit_code) == ("another_writer", 4)
    made = other.made()
    made.accept_sheet = True
    assert made.run().writes == 0
    world.side.rows["INV-0000"]["open_amount"] = Decimal("3.00")
    assert other.sync().generation == 2
    with pytest.raises(ArsheetError, match="Another writer"):
        world.sync()


def test_a_copy_without_its_journal_is_refused(world: World, tmp_path: Path) -> None:
    world.sync()
    world.side.id = "book-0123"
    world.book = tmp_path / "copy.xlsx"
    with pytest.raises(ArsheetError) as refused:
        world.sync()
    assert (refused.value.code, refused.value.exit_code) == ("workbook_copy_not_synced", 4)
    world.book = tmp_path / "book.xlsx"
    with pytest.raises(ArsheetError) as refused:
        world.sync()
    assert refused.value.code == "journal_belongs_to_another_book"


def test_a_lease_of_another_computer_is_waited_for_and_taken_over_when_it_has_expired(world: World) -> None:
    world.sync()
    remote = world.remote()
    marker = remote.read([]).marker
    assert marker is not None
    lease = Lease("other-pc/1/abc", NOW + dt.timedelta(minutes=5))
    remote.apply([], replace(marker, lease=lease), expect=marker)
    assert world.sync().writes == 0  # nothing to write: the lease is no matter
    world.side.rows["INV-0000"]["open_amount"] = Decimal("9.00")
    with pytest.raises(ArsheetError) as refused:
        world.sync()
    assert (refused.value.code, refused.value.exit_code) == ("sheet_leased", 7)
    world.moment = NOW + dt.timedelta(minutes=6)
    assert world.sync().writes == 1
    after = remote.read([]).marker
    assert after is not None
    assert after.lease is None


def test_two_runs_never_overlap(world: World) -> None:
    def again(step: str) -> None:
        if step == "read":
            with pytest.raises(ArsheetError) as refused:
                world.sync()
            assert (refused.value.code, refused.value.exit_code) == ("sync_running", 7)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.sync(hooks=again)
    assert world.sync().writes == 1


def test_a_workbook_that_is_open_does_not_stop_the_job(world: World) -> None:
    (world.folder / "~$book.xlsx").write_bytes(b"\x04Wang")
    done = world.sync()
    assert (done.opened, done.writes) == (True, 1)


def planned(world: World) -> Plan:
    return plan_pass(world.book, world.target, world.remote(), source=world.side, clock=world.clock)


def test_a_plan_is_carried_out_as_shown_or_not_at_all(world: World) -> None:
    assert planned(world).pushed
    assert not (world.folder / "book.arsheet").exists()
    world.sync()
    world.side.rows["INV-0000"]["open_amount"] = Decimal("9.00")
    world.type("INV-0001", "dispute", "数量不符")
    plan = planned(world)
    said = plan.to_json()
    told = {(c["action"], c["tab"], c["key"], c["column"]): (c["old"], c["new"], c["owner"]) for c in said["changes"]}
    assert told["push", DATA.zh, "INV-0000", "open_amount"] == ("100.1", "9.00", "machine")
    assert told["pull", FOLLOW.zh, "INV-0001", "dispute"] == (None, "数量不符", "append")
    assert said["totals"]["requests"] == 1
    assert any("INV-0000 · 未收金额：100.1 → 9.00（本程序）" in line for line in plan.lines())
    assert planned(world).digest == plan.digest
    world.type("INV-0002", "dispute", "退货")
    made = world.made()
    made.expect = Expected(plan.digest, plan.base_fingerprint)
    with pytest.raises(ArsheetError) as refused:
        made.run()
    assert (refused.value.code, refused.value.exit_code) == ("sheet_changed_since_plan", 4)
    plan = planned(world)
    world.side.rows["INV-0000"]["open_amount"] = Decimal("8.00")
    made = world.made()
    made.expect = Expected(plan.digest, plan.base_fingerprint)
    with pytest.raises(ArsheetError) as refused:
        made.run()
    assert refused.value.code == "book_changed_since_plan"
    plan = planned(world)
    made = world.made()
    made.expect = Expected(plan.digest, plan.base_fingerprint)
    assert made.run().writes == 1


def test_only_what_was_typed_is_taken_in_when_nothing_is_to_be_pushed(world: World) -> None:
    world.sync()
    world.side.rows["INV-0000"]["open_amount"] = Decimal("9.00")
    world.type("INV-0001", "dispute", "数量不符")
    made = world.made()
    made.push = False
    done = made.run()
    assert (done.writes, len(done.pulls)) == (0, 1)
    assert world.table(DATA)["INV-0000"]["open_amount"] == 100.1


def test_a_change_takes_six_requests_and_twenty_lines_show_it(world: World) -> None:
    for number in range(40):
        world.side.put(f"NEW-{number:03d}")
    plan = planned(world)
    assert len(plan.lines()) == 22
    world.sync()
    world.side.rows["NEW-001"]["open_amount"] = Decimal("9.00")
    assert world.sync().requests == 6


def test_a_book_that_does_not_fit_is_refused_and_what_was_typed_is_kept(world: World) -> None:
    world.sync()
    world.type("INV-0001", "dispute", "数量不符")
    world.side.put("INV-0009")
    made = world.made()
    limits = replace(made.remote.capabilities, max_cells=10)
    made.remote.capabilities = limits  # type: ignore[misc]
    with pytest.raises(ArsheetError) as refused:
        made.run()
    assert (refused.value.code, refused.value.exit_code) == ("sheet_too_large", 3)
    del made.remote.capabilities  # type: ignore[misc]
    with Journal(world.folder / "book.arsheet") as journal:
        assert [entry.new for entry in entries.waiting(journal)] == ["数量不符"]
