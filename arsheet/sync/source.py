"""The workbook's side of a pass: its tabs for one spreadsheet, and the answers to what people typed there."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from arsheet.functions.registry import Version
from arsheet.journal.entries import Entry
from arsheet.run import freshness
from arsheet.run.landing import kept_entries
from arsheet.run.session import Session, open_session, version_from
from arsheet.schema.tables import TABLES
from arsheet.sync.model import BookSide, TabData, Target
from arsheet.sync.refusals import SCOPE_WORDS, scope_matches_no_customer
from arsheet.sync.remote import Cell
from arsheet.sync.replies import replies, reply_data
from arsheet.sync.scope import (
    Scope,
    customers_of,
    given_back,
    handed_over,
    scopes,
    seeds,
    unclaimed_names,
    unmatched_names,
)
from arsheet.sync.told import finding, some
from arsheet.sync.views import Published, tab_data, twice_used, view_of
from arsheet.table import Finding, iso

SHARED = Scope("shared")
MOST_NAMED = 50
"""So many numbers are named in a cell of the stamp."""


class BookSource:
    """Reads a workbook's side; the workbook is read once for all spreadsheets of a run (see ``sync.model.Source``)."""

    def __init__(self) -> None:
        self._read: tuple[Path, bytes, int, Session, Version] | None = None

    def __call__(self, book: Path, target: Target, *, opened: bool, at: dt.datetime) -> BookSide:
        """The book's side at this moment; raises WorkbookError, and ``scope_matches_no_customer`` (8)."""
        session, version = self._version(book, at)
        every = scopes(session.tables)
        scope = every.get(target.spreadsheet, SHARED)
        shown, strangers = customers_of(version.ledger, scope), unmatched_names(version.ledger, scope)
        if shown is not None and not shown:
            unclaimed = unclaimed_names(version.ledger, every.values(), scope.kind)
            if unclaimed or not scope.names:
                raise scope_matches_no_customer(scope.kind, scope.names, unclaimed)
        kept, _ = kept_entries(book)
        published = Published(
            target.language,
            shown,
            session.settings.get("publish_phones") == "1",
            handed_over(version.ledger, shown, target.language),
            seeds(kept, target.spreadsheet) if shown is not None else {},
            lambda: given_back(kept_entries(book)[0], target.spreadsheet),
            scope.tabs,
        )
        tabs = tab_data(version, published)
        if strangers:
            tabs[0] = replace(tabs[0], problems=[*tabs[0].problems, _strangers(scope, strangers, target.language)])
        alike = [key for tab in tabs for each in tab.problems for key in each.facts.get("alike", ())]

        def answers(entries: Sequence[Entry]) -> Sequence[TabData]:
            """Of all that the journal keeps by now, and of ``entries`` where it has them not yet."""
            kept, stands = kept_entries(book)
            known = {entry.no for entry in kept}
            both = [*kept, *(entry for entry in entries if entry.no and entry.no not in known)]
            mine = [entry for entry in both if entry.spreadsheet == target.spreadsheet]
            waiting = sum(map(stands.waits, both))
            told = about(version, session, scope, waiting, opened=opened, language=target.language, alike=alike)
            found = replies(mine, stands, version, session.tables, target.language)
            return [reply_data(found, target.language), told]

        views = tuple(view_of(TABLES[key], target.language) for key in ("replies", "about"))
        facts = (version.digest, version.stamp["as_of"], published.phones, published.seeds, scope)
        digest = hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()
        return BookSide(session.settings.get("book_id", ""), digest, tuple(tabs), views, answers)

    def _version(self, book: Path, at: dt.datetime) -> tuple[Session, Version]:
        digest, day = hashlib.sha256(book.read_bytes()).digest(), at.date().toordinal()
        if self._read is None or self._read[:3] != (book, digest, day):
            session = open_session(book)

            def clock(zone: ZoneInfo) -> dt.datetime:
                return at.astimezone(zone)

            self._read = (book, digest, day, session, version_from(session, None, clock))
        return self._read[3], self._read[4]


def _strangers(scope: Scope, names: Sequence[str], language: str) -> Finding:
    zh, en = SCOPE_WORDS[scope.kind]
    title = view_of(TABLES["google_data"], language).title(language)
    return finding("scope_name_matches_no_customer", title, names="、".join(names), word_zh=zh, word_en=en)


def about(
    version: Version, session: Session, scope: Scope, waiting: int, *, opened: bool, language: str,
    alike: Sequence[str] = (),
) -> TabData:  # fmt: skip
    """The stamp: of which moment the data are and from where, what waits, and who should know that they see it all."""
    zh = language == "zh"
    rows = _rows_zh if zh else _rows_en
    facts = {
        "as_of": iso(int(version.stamp["as_of"])),
        "source": str(version.stamp["source"]),
        "refreshed": freshness.refreshed_at(session) or ("未刷新" if zh else "never"),
        "opened": opened,
        "waiting": waiting,
        "scope": "、".join(scope.names) if scope.names else "",
        "hidden": some(sorted(twice_used(version)), MOST_NAMED),
        "alike": some(sorted(alike), MOST_NAMED),
    }
    said = rows(facts)
    columns: dict[str, list[Cell]] = {"item": list(said), "value": list(said.values())}
    return TabData(view_of(TABLES["about"], language), list(said), columns)


def _rows_zh(facts: Mapping[str, object]) -> dict[str, str]:
    saved = "（工作簿正在别处打开，取自上次保存的内容）" if facts["opened"] else ""
    hidden = [
        f"{why}：{facts[key]}" for key, why in (("hidden", "两个客户共用的单据号"), ("alike", "在线表格分不清的单据号"))
        if facts[key]
    ]  # fmt: skip
    return {
        "截止日期": str(facts["as_of"]),
        "来源": f"{facts['source']}{saved}",
        "上次刷新": str(facts["refreshed"]),
        "待写入": f"待写入 {facts['waiting']} 条",
        "范围": str(facts["scope"] or "全部客户"),
        "未发布": "；".join(hidden) or "无",
        "怎么填": "只填“AR_跟进”的承诺日期、承诺金额、争议说明、状态、下一步；请用筛选视图排序。"
        "看不懂的会在“系统回复”里问您",
    }


def _rows_en(facts: Mapping[str, object]) -> dict[str, str]:
    saved = " (open elsewhere: its last saved state)" if facts["opened"] else ""
    hidden = [
        f"{why}: {facts[key]}" for key, why in (("hidden", "Numbers of two customers"), ("alike", "Numbers too alike"))
        if facts[key]
    ]  # fmt: skip
    return {
        "As of": str(facts["as_of"]),
        "Source": f"{facts['source']}{saved}",
        "Last refresh": str(facts["refreshed"]),
        "Waiting": f"{facts['waiting']} entries to be written",
        "Scope": str(facts["scope"] or "All customers"),
        "Not published": "; ".join(hidden) or "None",
        "How to": "Fill in promise, dispute, state and next step on AR_Follow-up only; sort with filter views. "
        "What is not understood is asked back under Reply",
    }
