"""All that one emulator holds: its books by id, its accounts and tokens, its faults, its quota, its request log."""

from __future__ import annotations

import secrets
import string
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from arsheet.sync.emulator.errors import GoogleError, denied, not_found
from arsheet.sync.emulator.faults import Faults
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.tokens import Tokens

_ID_LETTERS = string.ascii_letters + string.digits + "-_"


@dataclass(slots=True)
class Logged:
    """One request: its method, path (unquoted), query, bytes of its body, bytes answered, status (0: none)."""

    method: str
    path: str
    query: dict[str, list[str]]
    bytes: int
    time: float
    who: str = ""
    status: int = 0
    answered: int = 0
    fault: str = ""

    @property
    def operation(self) -> str:
        """`METHOD /path`, which faults are matched against."""
        return f"{self.method} {self.path}"


@dataclass(slots=True)
class Quota:
    """Requests that one account may make in `window` seconds; None leaves it unlimited."""

    reads: int | None = None
    writes: int | None = None
    window: float = 60.0
    spent: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def spend(self, who: str, *, read: bool, now: float) -> None:
        """Count a request; 429 in Google's words when the account has none left."""
        word, allowed = ("Read", self.reads) if read else ("Write", self.writes)
        if allowed is None:
            return
        recent = [at for at in self.spent.get((who, word), []) if at > now - self.window]
        self.spent[who, word] = recent
        if len(recent) >= allowed:
            raise GoogleError(
                429,
                f"Quota exceeded for quota metric '{word} requests' and limit '{word} requests per minute per user' "
                "of service 'sheets.googleapis.com' for consumer 'project_number:000000000000'.",
                "RESOURCE_EXHAUSTED",
            )
        recent.append(now)


class World:
    """The state behind one emulator; every change is made under `lock`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.books: dict[str, Book] = {}
        self.tokens = Tokens(clock)
        self.faults = Faults()
        self.quota = Quota()
        self.log: list[Logged] = []
        self.before: list[Callable[[Logged], None]] = []
        self.check: Callable[[str, str, bytes, int, Any], None] | None = None
        self.service_accounts: set[str] = set()
        self.service_accounts_own_files = False
        self.closing = threading.Event()

    def free_id(self) -> str:
        """A file id of the form that Google gives."""
        while True:
            made = "1" + "".join(secrets.choice(_ID_LETTERS) for _ in range(43))
            if made not in self.books:
                return made

    def create(self, title: str, owner: str) -> Book:
        """A new file of `owner`."""
        book = Book(self.free_id(), title, owner, clock=self.clock)
        self.books[book.id] = book
        return book

    def book(self, book_id: str, who: str, *, write: bool = False) -> Book:
        """A book for a caller: 404 when nobody has it, 403 when it is not shared with the caller, or only to read."""
        book = self.books.get(book_id)
        if book is None:
            raise not_found()
        role = book.role(who)
        if role is None or (write and role in ("reader", "commenter")):
            raise denied()
        return book

    @contextmanager
    def writing(self, book: Book) -> Iterator[Book]:
        """A fork of the book to write on; it becomes the book when the block ends well, and is dropped otherwise."""
        changed = book.fork()
        yield changed
        book.take(changed)
