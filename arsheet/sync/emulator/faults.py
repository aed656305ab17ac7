"""Programmable faults: what goes wrong with the next request that matches, before or after it takes effect."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

CUT_BEFORE, CUT_AFTER, HANG, HANG_AFTER = "cut_before", "cut_after", "hang", "hang_after"
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_MESSAGES = {
    429: "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' of service "
    "'sheets.googleapis.com' for consumer 'project_number:000000000000'.",
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
}


@dataclass(slots=True)
class Fault:
    """One fault. `kind`: `status` (answer `code`), `html` (the same with a front end's HTML page), `cut_before` and
    `cut_after` (the connection is closed before or after the request takes effect), `hang` and `hang_after` (no
    answer for `seconds`, then closed). `match` is searched in `METHOD /path`; `skip` lets as many matches pass.
    """

    kind: str
    match: str = ""
    times: int = 1
    skip: int = 0
    code: int = 503
    retry_after: int | str | None = None
    message: str = ""
    status: str = ""
    reason: str = ""
    seconds: float = 60.0
    fired: int = field(default=0, init=False)

    @property
    def words(self) -> tuple[str, str]:
        """(message, status word) of a `status` fault."""
        return self.message or _MESSAGES.get(self.code, "Fault."), self.status or _STATUS.get(self.code, "UNKNOWN")


NAMED: dict[str, dict[str, Any]] = {
    "503": {"kind": "status", "code": 503},
    "500": {"kind": "status", "code": 500},
    "429": {"kind": "status", "code": 429, "retry_after": 1},
    "html_502": {"kind": "html", "code": 502},
    CUT_BEFORE: {"kind": CUT_BEFORE},
    CUT_AFTER: {"kind": CUT_AFTER},
    HANG: {"kind": HANG},
    HANG_AFTER: {"kind": HANG_AFTER},
}


class Faults:
    """The faults still to come, in order, and those that have struck."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.waiting: list[Fault] = []
        self.struck: list[tuple[str, Fault]] = []

    def add(self, fault: Fault | str, **options: Any) -> Fault:
        """Plan a fault: a Fault, or one of NAMED by its name with any of its fields."""
        made = fault if isinstance(fault, Fault) else Fault(**{**NAMED[fault], **options})
        with self._lock:
            self.waiting.append(made)
        return made

    def extend(self, faults: Iterable[Fault | str]) -> None:
        """Plan several faults in order."""
        for fault in faults:
            self.add(fault)

    def clear(self) -> None:
        """Forget the faults still to come."""
        with self._lock:
            self.waiting.clear()

    def take(self, operation: str) -> Fault | None:
        """The fault that strikes this request, used up by it; None when it may pass."""
        with self._lock:
            for fault in self.waiting:
                if not re.search(fault.match, operation):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                fault.fired += 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                self.struck.append((operation, fault))
                return fault
        return None
