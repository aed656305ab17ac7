"""The diagnosis of a sync: each thing that can be wrong is looked at, and told with its cause and its cure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from arsheet.run.session import Clock, system_clock
from arsheet.sync import doctor_words as words
from arsheet.sync.connecting import Configured, Connection, chosen, configured, connect
from arsheet.sync.log import RunLog, recent_runs
from arsheet.sync.model import Target
from arsheet.sync.passes import plan_pass
from arsheet.sync.remote import SpreadsheetRead, TabWanted
from arsheet.sync.source import BookSource
from arsheet.sync.views import views
from arsheet.table import ArsheetError, Finding

GOOD, NOTE, WARNING, ERROR = "good", "note", "warning", "error"
SKEW_WARNED, SKEW_REFUSED = 60, 300
"""Seconds by which the clocks may differ; Google refuses a login that is off by more than five minutes."""
CELLS_WARNED = 0.8
"""From this share of the limit on cells a warning is given."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at: ``state`` good, note, warning or error; ``target``: which spreadsheet it is about.

    ``exit_code`` is that of the command line for an error, by the table of the house.
    """

    code: str
    state: str
    zh: str
    en: str
    cure_zh: str = ""
    cure_en: str = ""
    target: str = ""
    exit_code: int = 0

    def text(self, language: str) -> str:
        """What was found."""
        return self.zh if language == "zh" else self.en

    def cure(self, language: str) -> str:
        """What to do."""
        return self.cure_zh if language == "zh" else self.cure_en


def examine(
    book: Path, *, key: str = "", targets: tuple[str, ...] = (), clock: Clock = system_clock, limits: Any = None
) -> Iterator[Checked]:
    """Goes through the whole chain, workbook, settings, key, way, clock, login, each spreadsheet, the last runs.

    Nothing is written, neither here nor there. A link that is broken ends what depends on it.
    """
    setup = configured(book)
    yield _said("book", GOOD, name=book.name)
    try:
        meant = chosen(setup, targets)
    except ArsheetError as error:
        yield _failed(error)
        return
    yield from _settings(setup)
    try:
        connection = connect(setup, key=key, readonly=True, limits=limits)
    except ArsheetError as error:
        yield _failed(error)
        return
    yield _said("login", GOOD, account=connection.account.email or setup.login)
    yield from _way(setup, meant[0], clock)
    source = BookSource()
    for target in meant:
        yield from _spreadsheet(book, setup, target, connection, source, clock)
    yield from _quota(len(meant))
    yield from _runs(book, ZoneInfo(meant[0].zone))


def exit_code(found: list[Checked]) -> int:
    """The exit code of the first thing that is wrong; 0 where nothing is."""
    return next((each.exit_code for each in found if each.state == ERROR), 0)


def _settings(setup: Configured) -> Iterator[Checked]:
    yield _said("agreed", NOTE, who=setup.agreed)
    if setup.phones:
        yield _said("phones_on", WARNING)


def _way(setup: Configured, target: Target, clock: Clock) -> Iterator[Checked]:
    """Relay or proxy, whether there is an answer, and the clock."""
    from arsheet.hosts.google.probing import proxy_host, server_time
    from arsheet.hosts.google.relay import Relay

    relay = Relay.of(setup.relay)
    proxy = "" if relay.loopback else proxy_host()
    if relay.sheets:
        yield _said("way_relay", NOTE, address=relay.sheets)
    if proxy:
        yield _said("way_proxy", NOTE, address=proxy)
    try:
        there = server_time(relay)
    except ArsheetError as error:
        yield _failed(error)
        return
    seconds = round((clock(ZoneInfo(target.zone)).astimezone(dt.UTC) - there).total_seconds())
    if abs(seconds) > SKEW_REFUSED:
        yield _said("clock_off", ERROR, exit_code=5, seconds=abs(seconds), **_sides(seconds))
    elif abs(seconds) > SKEW_WARNED:
        yield _said("clock_off", WARNING, seconds=abs(seconds), **_sides(seconds))
    else:
        yield _said("clock", GOOD, seconds=abs(seconds))


def _sides(seconds: int) -> dict[str, Any]:
    return {"side_zh": "快" if seconds > 0 else "慢", "side_en": "ahead" if seconds > 0 else "behind"}


def _spreadsheet(
    book: Path, setup: Configured, target: Target, connection: Connection, source: BookSource, clock: Clock
) -> Iterator[Checked]:
    """One spreadsheet: reached, who sees it, protected ranges, cells, and what a pass would stumble over."""
    name, remote = target.name or target.spreadsheet, connection.remote(target)

    def about(code: str, state: str, exit_code: int = 0, **facts: Any) -> Checked:
        return _said(code, state, target=name, exit_code=exit_code, account=connection.account.email, **facts)

    try:
        read = remote.read([TabWanted(view.title(target.language)) for view in views(target.language)])
    except ArsheetError as error:
        yield _failed(error, name)
        return
    yield about("reached", GOOD, title=read.title)
    yield from _seen_by(setup, target, about)
    yield from _limits(read, remote.capabilities.max_cells, about)
    try:
        plan = plan_pass(book, target, remote, source=source, clock=clock)
    except ArsheetError as error:
        yield _failed(error, name)
        return
    for problem in plan.problems:
        yield _of_finding(problem, name)
    if not any(problem.severity == "error" for problem in plan.problems):
        yield about("tabs", GOOD, cells=plan.pushed, pulled=len(plan.pulls))


def _seen_by(setup: Configured, target: Target, about: Callable[..., Checked]) -> Iterator[Checked]:
    """Everyone a spreadsheet is shared with sees all of it; who that is, the scope of this login does not tell."""
    at = [each.spreadsheet for each in setup.targets].index(target.spreadsheet)
    mail, kind = setup.mails[at], setup.kinds[at]
    facts = {"mail_zh": mail or "（未登记）", "mail_en": mail or "(not noted)", "scope": target.name}
    if kind == "shared":
        yield about("seen_shared", WARNING, **facts)
    elif kind == "overview":
        yield about("seen_overview", NOTE, **facts)
    else:
        yield about("seen_own", NOTE, **facts)


def _limits(read: SpreadsheetRead, most: int, about: Callable[..., Checked]) -> Iterator[Checked]:
    share = read.cells / most
    facts = {"cells": f"{read.cells:,}", "most": f"{most:,}", "percent": f"{share:.1%}"}
    yield about("cells_many" if share >= CELLS_WARNED else "cells", WARNING if share >= CELLS_WARNED else GOOD, **facts)
    closed = [tab.title for tab in read.tabs.values() if tab and any(not area.editable for area in tab.protected)]
    if closed:
        yield about("range_closed", ERROR, exit_code=5, tabs_zh="、".join(closed), tabs_en=", ".join(closed))
    open_ = [tab.title for tab in read.tabs.values() if tab and tab.height and not tab.protected]
    if open_:
        yield about("range_open", WARNING, tabs_zh="、".join(open_), tabs_en=", ".join(open_))


def _quota(count: int) -> Iterator[Checked]:
    from arsheet.hosts.google.pacing import Limits

    allowed = Limits().reads_per_minute
    yield _said("quota", NOTE, count=count, idle=3 * count, allowed=allowed)


def _runs(book: Path, zone: ZoneInfo) -> Iterator[Checked]:
    """The last runs by the log: whether they get in each other's way, and whether they fail."""
    from arsheet.hosts.package import companion_folder

    runs = recent_runs(RunLog(companion_folder(book.resolve())).path, zone=zone)
    if not runs:
        yield _said("runs_none", NOTE)
        return
    met = sum(run.exit_code == 7 for run in runs)
    if met >= 2:
        longest = max(run.seconds for run in runs)
        yield _said("runs_overlap", WARNING, met=met, runs=len(runs), seconds=round(longest))
    failed = next((at for at, run in enumerate(reversed(runs)) if run.exit_code in (0, 1, 10)), len(runs))
    last = runs[-1]
    if failed:
        yield _said("runs_fail", WARNING, failed=failed, why=last.code or "-", exit=last.exit_code, at=last.at)
    else:
        yield _said("runs", GOOD, at=last.at, seconds=round(last.seconds, 1))


def _said(code: str, state: str, *, target: str = "", exit_code: int = 0, **facts: Any) -> Checked:
    zh, en, cure_zh, cure_en = (text.format_map(facts) for text in words.WORDS[code])
    return Checked(code, state, zh, en, cure_zh, cure_en, target, exit_code)


def _failed(error: ArsheetError, target: str = "") -> Checked:
    """A refusal of a lower room: its words hold the cure after the semicolon."""
    zh, cut_zh, cure_zh = error.zh.partition("；")
    en, cut_en, cure_en = error.en.partition("; ")
    return Checked(error.code, ERROR, zh, en, cure_zh if cut_zh else "", cure_en if cut_en else "", target,
                   error.exit_code)  # fmt: skip


def _of_finding(problem: Finding, target: str) -> Checked:
    stops = problem.severity == "error"
    return Checked(problem.code, problem.severity, problem.zh, problem.en, problem.hint_zh, problem.hint_en, target,
                   4 if stops else 0)  # fmt: skip
