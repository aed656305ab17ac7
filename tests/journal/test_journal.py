"""The journal by itself: its file, ids, network drives, closed months, remembered mappings, import keys, versions."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from arsheet.journal import identity, keys, mappings, periods, record, store, versions, waiting
from arsheet.journal.store import FILE, Journal
from arsheet.table import ArsheetError, Table, to_day

TODAY = to_day(dt.date(2026, 4, 10))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a journal goes."""
    place = tmp_path / "book.arsheet"
    place.mkdir()
    return place


def act(journal: Journal, name: str = "a", *, reverses: int = 0, state: str = record.DONE) -> int:
    """An action that was carried out."""
    with journal.transaction():
        no = record.intend(
            journal, at="2026-04-01T09:00:00+08:00", action=name, arguments={}, before=f"b{name}", after="x",
            version="", tables={}, reverses=reverses,
        )  # fmt: skip
        record.settle(journal, no, state, at="2026-04-01T09:00:01+08:00")
    return no


# the file


def test_no_journal_is_none_and_an_empty_file_too(folder: Path) -> None:
    assert Journal.reading(folder) is None
    (folder / FILE).touch()
    assert Journal.reading(folder) is None
    with Journal(folder):
        pass
    found = Journal.reading(folder)
    assert found is not None
    with found:
        assert found.meta("book_id") == ""
        with pytest.raises(ArsheetError), found.transaction():
            found.run("INSERT INTO meta VALUES ('a', 'b')")


def test_no_second_file_is_needed(folder: Path) -> None:
    with Journal(folder) as journal:
        act(journal)
        assert journal.rows("PRAGMA journal_mode") == [("delete",)]
    assert [each.name for each in folder.iterdir()] == [FILE]


def test_another_run_in_the_journal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    with Journal(folder) as one, Journal(folder) as two, one.transaction():
        with pytest.raises(ArsheetError) as caught:
            two.transaction().__enter__()
        assert (caught.value.code, caught.value.exit_code) == ("journal_busy", 7)


@pytest.mark.parametrize("content", [b"no database" * 500, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_journal_is_refused_with_words(folder: Path, content: bytes) -> None:
    (folder / FILE).write_bytes(content)
    with pytest.raises(ArsheetError) as caught:
        Journal(folder)
    assert (caught.value.code, caught.value.exit_code) == ("journal_damaged", 3)
    assert "改名" in caught.value.zh
    assert (folder / FILE).read_bytes() == content


def test_a_journal_of_a_newer_version_is_left_alone(folder: Path) -> None:
    connection = sqlite3.connect(folder / FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ArsheetError) as caught:
        Journal(folder)
    assert caught.value.code == "journal_from_newer_version"


def half(journal: Journal) -> None:
    """A transaction whose second statement fails."""
    with journal.transaction():
        record.intend(journal, at="", action="b", arguments={}, before="", after="", version="", tables={})
        journal.run("INSERT INTO meta VALUES (NULL, NULL)")


def test_a_transaction_is_all_or_nothing(folder: Path) -> None:
    with Journal(folder) as journal:
        act(journal)
        with pytest.raises(ArsheetError):
            half(journal)
        act(journal)
        assert record.broken_at(journal) == 0
        assert [each.no for each in record.actions(journal)] == [1, 3]


@pytest.mark.parametrize("harm", [
    "DELETE FROM events WHERE seq = 3", "UPDATE events SET at = 'x' WHERE seq = 2",
    "UPDATE events SET of = 3 WHERE seq = 2", "UPDATE events SET seq = 9 WHERE seq = 6",
])  # fmt: skip
def test_harm_to_the_record_is_found(folder: Path, harm: str) -> None:
    with Journal(folder) as journal:
        for name in "abc":
            act(journal, name)
        assert record.broken_at(journal) == 0
        for trigger in ("events_stay", "events_remain"):
            journal._connection.execute(f"DROP TRIGGER {trigger}")
        journal._connection.execute(harm)
        assert record.broken_at(journal) > 0


# the id


@pytest.mark.parametrize(
    ("held", "workbook", "expected"),
    [("", "", "new"), ("", "b1", "copy"), ("b1", "b1", "together"), ("b1", "", "together"), ("b1", "b2", "foreign")],
)
def test_standing(folder: Path, held: str, workbook: str, expected: str) -> None:
    if not held:
        assert identity.standing(workbook, None) == expected
        return
    with Journal(folder) as journal:
        with journal.transaction():
            journal.set_meta("book_id", held)
        assert identity.standing(workbook, journal) == expected


def test_a_copy_stays_one_until_it_is_adopted(folder: Path) -> None:
    with Journal(folder) as journal:
        with journal.transaction():
            identity.found_in(journal, "b1")
        assert identity.standing("b1", journal) == "copy"
        with journal.transaction():
            identity.adopted(journal, "b2")
        assert identity.standing("b2", journal) == "together"
        assert identity.standing("b1", journal) == "together"
        assert identity.standing("b3", journal) == "foreign"


MOUNTS = (
    "/dev/sda1 / ext4 rw 0 0\nserver:/x /home nfs4 rw 0 0\n//pc/share /mnt/\\346\\224\\266 cifs rw 0 0\n"
    "tmpfs /home/local tmpfs rw 0 0\nC:\\134 /mnt/c 9p rw 0 0\nme@pc: /mnt/my\\040disk fuse.sshfs rw 0 0\n"
)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/a.xlsx", ""), ("/home/wang/a.xlsx", "nfs4"), ("/home/local/a.xlsx", ""), ("/mnt/c/a.xlsx", "9p"),
        ("/mnt/my disk/a.xlsx", "fuse.sshfs"), ("/mnt/my/a.xlsx", ""), ("//server/share/a.xlsx", "UNC"),
        (r"\\server\share\a.xlsx", "UNC"), ("/homeless/a.xlsx", ""),
    ],
)  # fmt: skip
def test_network_drives(path: str, kind: str) -> None:
    found = identity.network_drive(Path(path), mounts=MOUNTS, platform="linux")
    assert found == ("" if path.startswith("//") and str(Path(path)) == path[1:] else kind)


def test_network_drives_of_a_mac() -> None:
    mounts = "//u@s/Books on /Volumes/Books (smbfs, nodev, mounted by u)\n/dev/disk1 on / (apfs, local)\n"
    assert identity.network_drive(Path("/Volumes/Books/a.xlsx"), mounts=mounts, platform="darwin") == "smbfs"
    assert identity.network_drive(Path("/Users/a.xlsx"), mounts=mounts, platform="darwin") == ""


def test_this_computer_has_no_network_drive_here(tmp_path: Path) -> None:
    assert identity.network_drive(tmp_path) == ""


# closed months


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-03", "2026-03"), ("2026/3", "2026-03"), ("202603", "2026-03"), ("2026年3月", "2026-03"),
        ("2026.03", "2026-03"), ("２０２６-０３", "2026-03"), ("2026-03-31", "2026-03"), ("2026年第3期", None),
        ("2026-13", None), ("三月", None), (None, None), (dt.date(2026, 3, 5), "2026-03"), ("2026年3期", "2026-03"),
    ],
)  # fmt: skip
def test_months(text: object, month: str | None) -> None:
    assert periods.month_key(text) == month


def locks_of(*rows: tuple[object, int | None, str | None]) -> tuple[periods.Locks, list[str]]:
    """Closed months from rows of the sheet."""
    columns = tuple(list(column) for column in zip(*rows, strict=True))
    locks, problems = periods.read_locks(Table("periods", ("month", "locked_on", "by"), columns), TODAY)
    return locks, [each.code for each in problems]


def test_what_a_lock_closes() -> None:
    march, feb = to_day(dt.date(2026, 3, 31)), to_day(dt.date(2026, 2, 1))
    locks, codes = locks_of(
        ("2026-02", TODAY, "王芳"), ("2026-03", TODAY + 1, None), ("2026-01", None, None), ("soon", TODAY, None)
    )
    assert codes == ["month_not_readable"]
    assert locks.locked(feb) == periods.Lock("2026-02", TODAY, "王芳")
    assert locks.locked(march) is None, "it is closed from tomorrow on"
    assert locks.locked(None) is None
    assert set(locks.of_rows("receipts", [march, feb, None])) == {1}
    assert locks.of_rows("customers", [feb]) == {}
    locks.check("receipts", [march, None])
    with pytest.raises(ArsheetError) as caught:
        locks.check("receipts", [dt.date(2026, 2, 28)])
    assert (caught.value.code, caught.value.exit_code) == ("period_locked", 4)
    for said in ("2026-02", "王芳", "2026-04-10"):
        assert said in caught.value.zh
        assert said in caught.value.en


def test_every_closed_table_has_its_date() -> None:
    from arsheet.schema.tables import TABLES

    for table, column in periods.DATED.items():
        assert TABLES[table].column(column).kind == "date"


# what is remembered


def test_a_mapping_counts_from_when_it_was_used(folder: Path) -> None:
    headers = ["单号", None, " 金 额 ", 2026]
    with Journal(folder) as journal:
        first = act(journal)
        with journal.transaction():
            mappings.remember(journal, first, "invoices", headers, {"单号": "document_no"})
        rows = [["标题"], [None], headers, [1, 2, 3]]
        assert mappings.recall(journal, "invoices", rows) == {"单号": "document_no"}
        assert mappings.recall(journal, "receipts", rows) == {}
        assert mappings.recall(journal, "invoices", [["单号", "金额"]]) == {}
        failed = act(journal, state=record.NOT_DONE)
        with journal.transaction():
            mappings.remember(journal, failed, "invoices", headers, {"单号": "customer_id"})
        assert mappings.recall(journal, "invoices", rows) == {"单号": "document_no"}


def test_import_keys_follow_undo(folder: Path) -> None:
    with Journal(folder) as journal:
        no = act(journal, "import")
        with journal.transaction():
            keys.remember(journal, no, "f", {"receipts": [keys.row_key(["R1"])]})
        earlier = keys.imported(journal, "f")
        assert earlier is not None
        assert earlier.keys == {"receipts": frozenset(['["R1"]'])}
        told = keys.problems(earlier, {"receipts": ['["R1"]', '["R2"]']}, "receipts")
        assert [problem.code for problem in told] == ["file_imported_before", "rows_deleted_since_import"]
        assert told[1].facts["back"] == 1
        assert [each.code for each in keys.problems(earlier, {"receipts": ['["R2"]']}, "receipts")] == [told[0].code]
        assert keys.imported(journal, "g") is None
        undo = act(journal, record.UNDO, reverses=no)
        assert keys.imported(journal, "f") is None
        act(journal, record.REDO, reverses=undo)
        assert keys.imported(journal, "f") is not None


def test_waiting_of_two_states() -> None:
    first = {"V": {("a",): {"x": 1, "y": 2}}}
    second = {"V": {("a",): {"x": 3}, ("b",): {"x": 4}}, "W": {("c",): {"z": 5}}}
    assert waiting.both(first, second) == {"V": {("a",): {"x": 3, "y": 2}, ("b",): {"x": 4}}, "W": {("c",): {"z": 5}}}
    assert waiting.after_save(second, {"V": {}}) == {"W": {("c",): {"z": 5}}}


def test_a_version_is_one_content(folder: Path) -> None:
    at = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    with Journal(folder) as journal:
        for number in (1, 2):
            path = versions.file_for(journal, "d" * 64, at, ".xlsx")
            with journal.transaction():
                versions.note(journal, path, "d" * 64, 3, at="t", action="a", before=number)
            versions.keep(path, b"abc", lambda place, data: place.write_bytes(data) and None)
        (version,) = versions.versions(journal)
        assert (version.no, version.before) == (1, 2)
        with pytest.raises(ArsheetError) as caught:
            version.load()
        assert caught.value.code == "version_damaged", "its digest is another"
