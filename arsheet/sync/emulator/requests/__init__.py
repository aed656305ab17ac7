"""The requests of a batchUpdate: one module per family, applied in order to a fork of the book, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from arsheet.sync.emulator.errors import GoogleError, invalid
from arsheet.sync.emulator.model.book import Book
from arsheet.sync.emulator.requests import cells, dimensions, metadata, paste, ranges, rules, tabs

Handler = Callable[[Book, dict[str, Any], str], dict[str, Any] | None]

HANDLERS: dict[str, Handler] = {
    **tabs.HANDLERS,
    **cells.HANDLERS,
    **paste.HANDLERS,
    **dimensions.HANDLERS,
    **ranges.HANDLERS,
    **rules.HANDLERS,
    **metadata.HANDLERS,
}


def apply(book: Book, requests: list[dict[str, Any]], *, who: str) -> list[dict[str, Any]]:
    """Apply the requests to `book` (a fork) for `who`; the replies, or the refusal that names its request."""
    if not requests:
        raise invalid("Must specify at least one request.")
    replies = []
    for index, request in enumerate(requests):
        if len(request) != 1:
            raise invalid(f"Invalid requests[{index}]: Must specify exactly one request kind.")
        ((kind, body),) = request.items()
        try:
            replies.append(HANDLERS[kind](book, body, who) or {})
        except GoogleError as problem:
            if problem.code == 400 and not problem.message.startswith("Invalid requests["):
                problem.message = f"Invalid requests[{index}].{kind}: {problem.message}"
            raise
        book.calculated = {}
    return replies
