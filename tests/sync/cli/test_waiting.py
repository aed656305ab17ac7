"""What waits is never forgotten: two readings within a second, a first write cut off, a table that is gone."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from arsheet.cli.sync_show import show_status
from arsheet.journal import entries
from arsheet.run.landing import land
from arsheet.sync.connecting import configured, connect
from arsheet.sync.passes import Hooks, quiet, run_pass
from arsheet.sync.source import BookSource
from arsheet.sync.status import status
from tests.sync.cli.conftest import Desk
from tests.sync.followup_book import NOW, entry, keep, kept


class Killed(BaseException):
    """The process ends here."""


def pass_of(desk: Desk, hooks: Hooks = quiet) -> None:
    """One pass at a moment that never moves."""
    setup = configured(desk.book)
    (target,) = setup.targets
    run_pass(desk.book, target, connect(setup).remote(target), source=BookSource(), clock=lambda _: NOW, hooks=hooks)


def notes(desk: Desk) -> list[object]:
    return [row["note"] for row in desk.rows("activities")]


def test_two_runs_within_a_second_are_two_readings(ready: Desk) -> None:
    for state in ("已联系", "拒付"):
        ready.type("A2", "状态", state)
        pass_of(ready)
    land(ready.book, clock=lambda _: NOW)
    assert notes(ready) == ["状态：已联系", "状态：拒付"]


def test_two_rounds_of_one_pass_are_two_readings(ready: Desk) -> None:
    ready.type("A2", "状态", "已联系")
    later = ["拒付"]

    def hooks(step: str) -> None:
        if step == "applied" and later:
            ready.type("A2", "状态", later.pop())

    pass_of(ready, hooks)
    land(ready.book, clock=lambda _: NOW)
    assert notes(ready) == ["状态：已联系", "状态：拒付"]


def test_a_first_write_that_was_cut_off_is_in_the_status(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.init()

    def killed(step: str) -> None:
        if step == "planned":
            raise Killed

    with pytest.raises(Killed):
        pass_of(desk, killed)
    (target,) = configured(desk.book).targets
    keep(desk.book, [entry("B1", "state", "已联系", sheet=target.spreadsheet)])
    state = status(configured(desk.book))
    assert (state.targets[0].generation, state.targets[0].pending, state.targets[0].waiting) == (0, True, 1)
    show_status(state, "zh")
    said = capsys.readouterr().out
    for part in ("尚未同步", "有一次写入中断", "待写入 1 条"):
        assert part in said


def without_table(book: Path, table: str) -> None:
    """As after 转换为区域: the sheet stands, its Excel table is gone."""
    with zipfile.ZipFile(book) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    mark = f'name="{table}"'.encode()
    (part,) = [name for name, data in parts.items() if name.startswith("xl/tables/") and mark in data]
    parts[part] = parts[part].replace(table.encode(), b"Other")
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)


def test_a_workbook_without_the_table_says_what_waits_for_it(ready: Desk) -> None:
    without_table(ready.book, "Promises")
    ready.type("A2", "承诺日期", (dt.date.today() + dt.timedelta(9)).isoformat())
    ready.type("B1", "状态", "已联系")
    done = ready.answer("run", code=4)
    assert done["held"]["error"] == "workbook_lacks_tables_of_entries"
    for part in ("“承诺付款”（Promises）", "Ctrl+T", "arsheet restore"):
        assert part in done["held"]["zh"]
    assert (done["landed"], done["waiting"]) == ({"activities": 1}, 1)  # the others are not kept waiting
    assert {each.row_key: each.state for each in kept(ready.book)} == {"A2": entries.WAITING, "B1": entries.LANDED}
    assert ready.answer("run", code=4)["held"]["error"] == "workbook_lacks_tables_of_entries"  # until it is put right
