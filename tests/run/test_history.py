"""Undo, redo, restore, adopt and the record: every way back, and the refusals that keep people's work."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arsheet import run
from arsheet.cli import main
from arsheet.journal import versions, waiting
from arsheet.journal.store import Journal
from arsheet.run.saving import waiting_of
from arsheet.run.session import open_session
from arsheet.table import ArsheetError
from tests.run.helping import (
    AS_OF,
    add_receipt,
    clock_at,
    folder_of,
    make_book,
    receipts,
    refusal,
    set_cell,
    sha,
    whole,
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A small book that nothing has been done to."""
    return make_book(tmp_path, 0)


def ask(*args: Any, code: int = 0) -> Any:
    """One command's JSON."""
    result = CliRunner().invoke(main, [str(arg) for arg in args] + ["--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def code_of(path: Path, do: Any) -> str:
    """The code of a refusal that leaves the file as it was; always for a person to decide."""
    old = sha(path)
    with pytest.raises(ArsheetError) as caught:
        do()
    assert caught.value.exit_code == 4
    assert sha(path) == old
    return caught.value.code


def test_undo_and_redo_walk_back_and_forth(book: Path) -> None:
    seen = [book.read_bytes()]
    for number in range(4):
        add_receipt(book, f"R{number}", minute=number)
        seen.append(book.read_bytes())
    for expected in reversed(seen[:-1]):
        run.undo(book, clock=clock_at(10))
        assert book.read_bytes() == expected
    assert code_of(book, lambda: run.undo(book, clock=clock_at(11))) == "nothing_to_undo"
    for expected in seen[1:]:
        run.undo(book, redo=True, clock=clock_at(12))
        assert book.read_bytes() == expected
    assert code_of(book, lambda: run.undo(book, redo=True)) == "nothing_to_redo"
    run.undo(book, clock=clock_at(13))
    add_receipt(book, "N", minute=14)
    assert code_of(book, lambda: run.undo(book, redo=True)) == "nothing_to_redo"
    assert receipts(book) == ["R0", "R1", "R2", "N"]
    whole(book)


def test_the_first_undo_takes_the_id_away_and_the_book_still_knows_its_journal(book: Path) -> None:
    add_receipt(book, "R1")
    first = open_session(book, only=()).settings["book_id"]
    assert first.startswith("book-")
    run.undo(book, clock=clock_at())
    assert open_session(book, only=()).settings["book_id"] == ""
    set_cell(book, "应收单", {"B2": "手工"})
    add_receipt(book, "R2")
    assert open_session(book, only=()).settings["book_id"] == first
    assert not [each for each in run.look(book, AS_OF)[1].outcome.findings if "journal" in each.code]


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(["receipt", "refresh", "undo", "redo", "restore"]), min_size=1, max_size=9), st.data())
def test_undoing_everything_gives_the_first_version(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], data: st.DataObject
) -> None:
    path = make_book(tmp_path_factory.mktemp("undo"), 0)
    first = path.read_bytes()
    for number, step in enumerate(steps):
        clock = clock_at(number)
        if step == "receipt":
            add_receipt(path, f"R{number}", minute=number)
        elif step == "refresh":
            run.refresh(path, AS_OF, clock=clock)
        elif step == "restore":
            kept = run.kept_versions(path)
            if kept:
                run.restore(path, data.draw(st.sampled_from(kept)).no, clock=clock)
        else:
            error = refusal(partial(run.undo, path, redo=step == "redo", clock=clock))
            assert error is None or error.code in ("nothing_to_undo", "nothing_to_redo")
    while (error := refusal(lambda: run.undo(path, clock=clock_at(50)))) is None:
        pass
    assert error.code == "nothing_to_undo"
    assert path.read_bytes() == first
    if run.log(path):
        whole(path)


def test_undo_is_refused_over_somebody_elses_work(book: Path) -> None:
    add_receipt(book, "R1")
    set_cell(book, "客户", {"A2": "C9", "B2": "新客户"})
    old = sha(book)
    with pytest.raises(ArsheetError) as caught:
        run.undo(book, clock=clock_at())
    assert (caught.value.code, caught.value.exit_code) == ("workbook_changed_since", 4)
    assert "客户（0 → 1 行）" in caught.value.zh
    assert "Customers (0 → 1 rows)" in caught.value.en
    assert "restore" in caught.value.en
    assert sha(book) == old


def test_restore_keeps_the_present_state_first(book: Path) -> None:
    add_receipt(book, "R1", minute=1)
    add_receipt(book, "R2", minute=2)
    set_cell(book, "客户", {"A2": "C9"})
    edited = book.read_bytes()
    listed = run.kept_versions(book)
    assert [each.action for each in listed] == ["import", "import"]
    done = run.restore(book, listed[1].no, clock=clock_at(3))
    assert receipts(book) == ["R1"]
    assert Path(done.kept).read_bytes() == edited
    run.undo(book, clock=clock_at(4))
    assert book.read_bytes() == edited
    assert code_of(book, lambda: run.restore(book, 99)) == "version_not_kept"


def test_a_workbook_that_is_gone_comes_back(book: Path) -> None:
    add_receipt(book, "R1", minute=1)
    add_receipt(book, "R2", minute=2)
    book.unlink()
    run.restore(book, run.kept_versions(book)[-1].no, clock=clock_at(3))
    assert receipts(book) == ["R1"]
    whole(book)


def test_a_damaged_version_is_not_put_in_place(book: Path) -> None:
    add_receipt(book, "R1")
    (version,) = run.kept_versions(book)
    version.path.write_bytes(version.path.read_bytes()[:-1])
    with pytest.raises(ArsheetError) as caught:
        run.undo(book, clock=clock_at())
    assert caught.value.code == "version_damaged"
    assert receipts(book) == ["R1"]


def test_twenty_versions_are_kept_and_files_found_beside_count(book: Path) -> None:
    folder = folder_of(book) / versions.FOLDER
    folder.mkdir(parents=True)
    (folder / "20200101T000000-old.xlsx").write_bytes(book.read_bytes() + b"old")
    for number in range(23):
        add_receipt(book, f"R{number}", minute=number)
    kept = run.kept_versions(book)
    assert len(kept) == len(list(folder.iterdir())) == versions.KEPT
    assert kept[-1].path.exists()
    for number in range(22, 3, -1):
        run.undo(book, clock=clock_at(30))
        assert len(receipts(book)) == number
    whole(book)


def test_the_record_says_who_did_what_and_cannot_be_changed(book: Path) -> None:
    add_receipt(book, "R1")
    run.undo(book, clock=clock_at(1))
    first, second = run.log(book)
    assert first.at == "2026-04-01T09:00:00+08:00"
    assert (first.action, first.state, first.reversed_by) == ("import", "done", second.no)
    assert (second.action, second.reverses, second.before) == ("undo", first.no, first.after)
    assert first.user
    assert first.tables["Receipts"]["range"]
    with Journal(folder_of(book)) as journal:
        for statement in ("UPDATE events SET user = 'x'", "DELETE FROM events"):
            with pytest.raises(ArsheetError), journal.transaction():
                journal.run(statement)
        assert run.record_broken_at(book) == 0
        journal._connection.execute("DROP TRIGGER events_stay")
        journal._connection.execute("UPDATE events SET facts = replace(facts, 'R1', 'R9') WHERE seq = 1")
    assert run.record_broken_at(book) == 1
    assert ask("log", book, code=1)["changed_at"] == 1


def test_a_copy_is_noticed_and_can_be_adopted(book: Path, tmp_path: Path) -> None:
    add_receipt(book, "R1")
    copy = tmp_path / "copy.xlsx"
    shutil.copyfile(book, copy)

    def said(path: Path) -> list[str]:
        return [each.code for each in run.look(path, AS_OF)[1].outcome.findings if "journal" in each.code]

    assert said(book) == []
    assert said(copy) == ["workbook_has_no_journal"]
    add_receipt(copy, "R2")
    assert said(copy) == ["workbook_has_no_journal"], "writing does not make it a book of its own"
    assert run.adopt(copy, clock=clock_at())
    assert said(copy) == []
    assert run.adopt(copy) == ""
    assert open_session(copy, only=()).settings["book_id"] != open_session(book, only=()).settings["book_id"]
    run.undo(copy, clock=clock_at(2))
    assert said(copy) == [], "its former id is known"


def test_the_journal_of_another_book_is_not_written(book: Path, tmp_path: Path) -> None:
    add_receipt(book, "R1")
    other = make_book(tmp_path / "other", 0)
    add_receipt(other, "X1")
    shutil.copyfile(other, book)
    assert code_of(book, lambda: add_receipt(book, "R2")) == "journal_belongs_to_another_book"
    codes = [each.code for each in run.look(book, AS_OF)[1].outcome.findings]
    assert "journal_belongs_to_another_book" in codes
    before = folder_of(book) / "journal.sqlite"
    content = before.read_bytes()
    run.adopt(book, clock=clock_at())
    assert (book.with_name("book.arsheet.old1") / "journal.sqlite").read_bytes() == content
    add_receipt(book, "R2")
    assert receipts(book) == ["X1", "R2"]


def test_a_new_book_sets_the_old_journal_aside(book: Path) -> None:
    add_receipt(book, "R1")
    book.unlink()
    run.new_book(book)
    assert run.log(book) == []
    assert (book.with_name("book.arsheet.old1") / "journal.sqlite").exists()


def remarked(path: Path, remark: str) -> str:
    """The remark beside a document in the open items; "absent" where the document is not open."""
    table = open_session(path, only=()).host.read("OpenItems")
    for number, text in zip(table.column("单据号"), table.column("我的备注"), strict=True):
        if number == remark:
            return str(text)
    return "absent"


def test_remarks_wait_while_their_row_is_gone(tmp_path: Path) -> None:
    """A document is settled and opened again: the remark beside it goes, waits, and comes back, through undo too."""
    path = make_book(tmp_path)
    run.refresh(path, AS_OF, clock=clock_at())
    session = open_session(path, only=())
    table = session.host.read("OpenItems")
    number = table.column("单据号")[0]
    header = [*table.header, "我的备注", "我的数字"]
    rows = [[*row, None, None] for row in table.rows()]
    rows[0][-2:] = ["等盖章", 7.5]
    session.host.write("OpenItems", header, rows)
    session.host.save(lambda pending: path)
    assert remarked(path, number) == "等盖章"
    run.refresh(path, dt.date(2020, 1, 1), clock=clock_at(1))
    assert remarked(path, number) == "absent"
    waits = waiting_of(open_session(path, only=()))
    assert [list(each.values()) for each in waits["OpenItems"].values()] == [["等盖章", 7.5]]
    run.refresh(path, dt.date(2020, 1, 2), clock=clock_at(2))
    assert waiting_of(open_session(path, only=())) == waits
    run.refresh(path, AS_OF, clock=clock_at(3))
    assert remarked(path, number) == "等盖章"
    assert waiting_of(open_session(path, only=())) == {}
    run.undo(path, clock=clock_at(4))
    assert remarked(path, number) == "absent"
    assert waiting_of(open_session(path, only=())) == waits
    run.undo(path, redo=True, clock=clock_at(5))
    assert remarked(path, number) == "等盖章"
    assert waiting_of(open_session(path, only=())) == {}
    whole(path)


def test_waiting_values_keep_their_kinds(tmp_path: Path) -> None:
    values = {
        "a": 1, "b": 1.5, "c": "文", "d": True, "e": dt.date(2026, 1, 2), "f": dt.datetime(2026, 1, 2, 3, 4),
        "g": dt.time(5, 6),
    }  # fmt: skip
    tmp_path.joinpath("j").mkdir()
    with Journal(tmp_path / "j") as journal:
        from arsheet.journal import record

        with journal.transaction():
            no = record.intend(
                journal, at="t", action="a", arguments={}, before="", after="", version="", tables={}, waits=True
            )
            waiting.write(journal, no, {"V": {("k", "1"): values}})
        assert waiting.state(journal) == {}
        with journal.transaction():
            record.settle(journal, no, record.DONE, at="t")
        assert waiting.state(journal) == {"V": {("k", "1"): values}}


def test_the_commands(book: Path) -> None:
    assert ask("undo", book, code=4)["error"] == "nothing_to_undo"
    assert ask("log", book) == {"book": str(book), "actions": [], "changed_at": 0, "journal": []}
    add_receipt(book, "R1")
    (done,) = ask("log", book)["actions"]
    assert (done["action"], done["state"], done["arguments"]) == ("import", "done", {"no": "R1"})
    (kept,) = ask("restore", book, "--list")["versions"]
    assert Path(kept["file"]).exists()
    assert ask("undo", book)["action"]["no"] == done["no"]
    assert ask("undo", book, "--redo")["action"]["action"] == "undo"
    assert receipts(book) == ["R1"]
    assert ask("restore", book, "--to", kept["no"])["version"] == kept["no"]
    assert receipts(book) == []
    assert ask("adopt", book)["adopted"] is False
    said = CliRunner().invoke(main, ["restore", str(book)])
    assert said.exit_code == 2
    assert ask("log", book.with_name("none.xlsx"), code=3)["error"] == "file_not_found"
    for args in (["log", str(book)], ["restore", str(book), "--list"], ["undo", str(book), "--yes"]):
        said = CliRunner().invoke(main, args)
        assert said.exit_code == 0, said.output
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said.output)
