"""The journal's file: SQLite beside the workbook, one short transaction per step, safe on ordinary and network drives.

Rollback journal, not write-ahead logging: WAL keeps its index in shared memory, which a network drive does not have,
and leaves two more files that a person who copies the folder may miss. ``synchronous=EXTRA`` also syncs the folder when
the rollback journal is removed, so that a power cut cannot bring a finished transaction back to its beginning.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from arsheet.table import ArsheetError

FILE = "journal.sqlite"
VERSION = 1
BUSY_SECONDS = 2.0
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, of INTEGER NOT NULL, at TEXT NOT NULL,
  user TEXT NOT NULL, facts TEXT NOT NULL, chain TEXT NOT NULL
);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the record is only appended to'); END;
CREATE TABLE versions (
  no INTEGER PRIMARY KEY AUTOINCREMENT, file TEXT NOT NULL, sha256 TEXT NOT NULL, at TEXT NOT NULL,
  action TEXT NOT NULL, size INTEGER NOT NULL, before INTEGER NOT NULL
);
CREATE INDEX versions_by_digest ON versions (sha256);
CREATE TABLE waiting (
  action INTEGER NOT NULL, view TEXT NOT NULL, key TEXT NOT NULL, column TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (action, view, key, column)
) WITHOUT ROWID;
CREATE TABLE mappings (signature TEXT NOT NULL, action INTEGER NOT NULL, mapping TEXT NOT NULL,
  PRIMARY KEY (signature, action)) WITHOUT ROWID;
CREATE TABLE import_keys (file TEXT NOT NULL, action INTEGER NOT NULL, "table" TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (file, action, "table", key)) WITHOUT ROWID;
"""


class Journal:
    """An open journal. Raises ArsheetError ``journal_busy`` (7), ``journal_not_writable`` (5), ``journal_damaged``."""

    def __init__(self, folder: Path, *, write: bool = True) -> None:
        self.folder, self.path = folder, folder / FILE
        with self._words():
            self._connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            with self._words():
                self._prepare(write)
        except BaseException:
            self._connection.close()
            raise

    @classmethod
    def there(cls, folder: Path) -> bool:
        """Whether a journal exists."""
        try:
            return (folder / FILE).stat().st_size > 0
        except OSError:
            return False

    @classmethod
    def reading(cls, folder: Path) -> Journal | None:
        """The journal opened for reading only; None where there is none."""
        if not cls.there(folder):
            return None
        journal = cls(folder, write=False)
        if journal.made:
            return journal
        journal.close()
        return None

    def _prepare(self, write: bool) -> None:
        run = self._connection.execute
        run("PRAGMA trusted_schema=OFF")
        found = int(run("PRAGMA user_version").fetchone()[0])
        if found > VERSION:
            raise ArsheetError(
                "journal_from_newer_version",
                f"日志 {self.path} 由更新的版本写成；请升级 arsheet",
                f"The journal {self.path} was written by a newer version; upgrade arsheet",
                facts={"found": found, "known": VERSION},
            )
        if not write:
            run("PRAGMA query_only=ON")
            return
        run("PRAGMA journal_mode=DELETE")
        run("PRAGMA synchronous=EXTRA")
        if not found:
            with self.transaction():
                if int(run("PRAGMA user_version").fetchone()[0]) == 0:
                    for statement in _statements(_SCHEMA):
                        run(statement)
                    run(f"PRAGMA user_version={VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; the lock is taken at once, so that two writers never meet half-way."""
        with self._words():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._words():
            return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """One statement inside a transaction; the number of the row it inserted."""
        return int(self._connection.execute(sql, values).lastrowid or 0)

    def run_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """One statement for each of many rows."""
        self._connection.executemany(sql, values)

    def meta(self, key: str) -> str:
        """A value kept about the journal itself; "" where there is none."""
        found = self.rows("SELECT value FROM meta WHERE key = ?", (key,)) if self.made else []
        return str(found[0][0]) if found else ""

    def set_meta(self, key: str, value: str) -> None:
        """Keeps a value about the journal itself."""
        self.run("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))

    @property
    def made(self) -> bool:
        """Whether the tables are there: a run that ended at its very beginning leaves an empty file."""
        return bool(self.rows("SELECT 1 FROM sqlite_master WHERE name = 'meta'"))

    def sound(self) -> bool:
        """Whether SQLite finds the file whole."""
        return self.rows("PRAGMA integrity_check") == [("ok",)]

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._refused(error) from error

    def _refused(self, error: sqlite3.Error) -> ArsheetError:
        code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return ArsheetError(
                "journal_busy",
                f"日志 {self.path.name} 正被另一个运行占用；请稍后重试",
                f"The journal {self.path.name} is in use by another run; try again in a moment",
                exit_code=7,
                facts={"path": str(self.path)},
            )
        if code == sqlite3.SQLITE_FULL:
            return ArsheetError(
                "disk_full",
                "磁盘已满，日志未能写入，工作簿保持原样；请清理空间后重试",
                "The disk is full and the journal could not be written; the workbook is as it was. Free some space",
                exit_code=5,
                facts={"path": str(self.path)},
            )
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA):
            return ArsheetError(
                "journal_damaged",
                f"日志 {self.path} 已损坏；请把文件夹 {self.folder.name} 改名留存后重试，会新建一份日志",
                f"The journal {self.path} is damaged; rename the folder {self.folder.name} to keep it, "
                "then try again: a new journal is made",
                facts={"path": str(self.path), "what": str(error)},
            )
        return ArsheetError(
            "journal_not_writable",
            f"无法写入日志 {self.path}；请检查文件夹 {self.folder.name} 的写入权限和磁盘",
            f"The journal {self.path} cannot be written; check the permissions of {self.folder.name} and the disk",
            exit_code=5,
            facts={"path": str(self.path), "what": str(error)},
        )


def _statements(script: str) -> list[str]:
    """The statements of a script; sqlite3 itself says where one ends, as triggers hold semicolons."""
    found, held = [], ""
    for line in script.splitlines():
        held += line + "\n"
        if sqlite3.complete_statement(held):
            found.append(held)
            held = ""
    return found
