"""What one running service holds: its token, desk, ranges, and the books of its clients."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from arsheet.addins.service.limits import Limits
from arsheet.addins.service.ranges import Ranges
from arsheet.functions.registry import Version
from arsheet.run.desk import Desk
from arsheet.run.live import Done, Preview
from arsheet.run.session import Clock, system_clock
from arsheet.run.window import Sheets

FILE = "file"
"""The id of the book that the service was started on."""
KEPT_BOOKS = 32
KEPT_PREVIEWS = 8
KEPT_DONE = 20


@dataclass(slots=True)
class Step:
    """A confirmed action of a live book, and the version that it replaced."""

    done: Done
    before: Version | None


@dataclass(slots=True)
class Book:
    """A book of a client: how it counts its days, previews not yet confirmed, and what can be taken back."""

    id: str
    name: str = ""
    language: str = "zh"
    date1904: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)
    previews: OrderedDict[str, tuple[Preview, int]] = field(default_factory=OrderedDict)
    """With the number of changes that the book had seen."""
    steps: list[Step] = field(default_factory=list)
    changes: int = 0


class State:
    """One service. ``path``: the file it was started on; nothing else on the disk is ever opened for a client."""

    def __init__(
        self,
        token: str,
        *,
        path: Path | None = None,
        language: str = "zh",
        limits: Limits | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self.token, self.path, self.language, self.clock = token, path, language, clock
        self.limits = limits or Limits()
        self.desk = Desk()
        self.ranges = Ranges(self.limits)
        self._books: OrderedDict[str, Book] = OrderedDict()
        self._lock = threading.Lock()
        self.shown: tuple[tuple[int, int] | None, Sheets] | None = None
        """The sheets of the file as a page shows them, with the mark of the file they were read from."""
        self.file_mark: tuple[int, int] | None = None
        """Time and size of the file when its version was read."""

    def book(self, name: str) -> Book:
        """The book of an id; one that was not asked for longest is let go of."""
        with self._lock:
            found = self._books.get(name)
            if found is None:
                found = self._books[name] = Book(name, language=self.language)
            self._books.move_to_end(name)
            while len(self._books) > KEPT_BOOKS:
                gone = next(each for each in self._books if each not in (name, FILE))
                del self._books[gone]
                self.desk.forget(gone)
            return found

    def known(self, name: str) -> Book | None:
        """The book of an id, if there is one."""
        return self._books.get(name)

    def close(self, name: str) -> None:
        """A client closed its book."""
        with self._lock:
            self._books.pop(name, None)
        self.desk.forget(name)

    def is_file(self, name: str) -> bool:
        """Whether an id means the file that the service was started on."""
        return name == FILE and self.path is not None
