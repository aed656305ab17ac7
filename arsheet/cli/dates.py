"""Dates as people type them on the command line: 2026-03-31, or 今天 in the company's time zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

TODAY = dt.date.min
"""Stands for 今天 until the time zone of the book is known."""


class DateParam(click.ParamType[dt.date]):
    """YYYY-MM-DD, or a word for today."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """The date, or a usage error that says how to write it."""
        if isinstance(value, dt.date):
            return value
        from arsheet.schema.cells import read_date
        from arsheet.schema.settings import BY_KEY
        from arsheet.table import from_day

        said = str(value).strip().casefold()
        for choice in BY_KEY["as_of"].choices:
            if said in {word.casefold() for word in (choice.key, choice.zh, choice.en, *choice.aliases)}:
                return TODAY
        found = read_date(str(value))
        if found.problem or found.value is None:
            words = "is no date; write it like 2026-03-31, or today / 不是日期，请写成 2026-03-31，或写 今天"
            self.fail(f"{value!r} {words}", param, ctx)
        return from_day(found.value)


AS_OF = click.option(
    "--as-of", "as_of", type=DateParam(), default=None, help="The as-of date, or today; default: the book's setting."
)


def with_today(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a command with 今天 as a date: the day it is where the company of its book is."""
    if options.get("as_of") is not TODAY:
        return dict(options)
    return {**options, "as_of": today_of(options.get("book") or options.get("source"))}


def today_of(book: Path | None) -> dt.date:
    """Today in the time zone of a book's settings, or in the usual one where there is no book to ask."""
    from arsheet.run.session import open_session, system_clock, zone_of
    from arsheet.schema.settings import defaults
    from arsheet.table import ArsheetError

    settings: Mapping[str, str] = defaults()
    if book is not None:
        with suppress(ArsheetError, OSError):  # the command itself says what is wrong with the file
            settings = open_session(book, only=()).settings
    return system_clock(zone_of(settings)).date()
