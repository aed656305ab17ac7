"""The tab 同步冲突: every conflict once, with both values, the rule that decided and whose value stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from arsheet.sync.cells import clipped, shown
from arsheet.sync.model import ColumnView, Conflict, TabData, TabView, shown_key

RULES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "machine_owns": ("本列由工作簿计算，已恢复", "This column comes from the workbook and was restored"),
        "money_is_the_books": ("金额以工作簿为准", "Of amounts the workbook's stands"),
        "typed_by_people": ("填写的内容为准，两者都已保留", "What people typed stands; both are kept"),
        "row_left_book": ("该行已不再发布，填写的内容已保留", "The row is no longer published; what was typed is kept"),
        "row_removed_again": ("该行补回后又被删除，不再补", "The row was put back and deleted again; it stays away"),
        "restored_version": (
            "在线表格恢复过旧版本，已按日志放回；如仍要旧内容请重新填写",
            "An older version of the sheet came back; put back from the journal. Type it again if it is meant",
        ),
        "key_not_in_book": ("账上没有这个编号，未导入", "The book has no such number; not taken over"),
    }
)
LONGEST = 10_000
"""Characters of a value that are shown; the journal keeps all of it."""
WINNERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"book": ("工作簿", "Workbook"), "sheet": ("在线表格", "Online sheet")}
)
VIEW = TabView(
    "conflicts", "同步冲突", "Conflicts",
    (
        ColumnView("no", "编号", "No.", "id"),
        ColumnView("at", "发现时间", "Found at"),
        ColumnView("tab", "工作表", "Tab"),
        ColumnView("key", "行", "Row"),
        ColumnView("column", "列", "Column"),
        ColumnView("base", "上次一致的值", "Last agreed"),
        ColumnView("book", "工作簿的值", "In the workbook"),
        ColumnView("sheet", "在线表格的值", "In the online sheet"),
        ColumnView("winner", "采用", "Stands"),
        ColumnView("rule", "规则", "Rule"),
    ),
    ("no",), protected=True, append_only_rows=True,
)  # fmt: skip


def facts_of(conflict: Conflict) -> dict[str, Any]:
    """A conflict as the journal keeps it."""
    return {
        "tab": conflict.tab, "key": conflict.key, "column": conflict.column, "base": shown(conflict.base),
        "book": shown(conflict.book), "sheet": shown(conflict.sheet), "rule": conflict.rule, "winner": conflict.winner,
    }  # fmt: skip


def data_of(kept: Sequence[tuple[int, str, Mapping[str, Any]]], views: Mapping[str, TabView], language: str) -> TabData:
    """The tab of conflicts from what the journal keeps: number, time, facts."""
    which = 0 if language == "zh" else 1
    columns: dict[str, list[Any]] = {column.key: [] for column in VIEW.columns}
    for no, at, facts in kept:
        view = views.get(str(facts["tab"]))
        column = next((each for each in view.columns if each.key == facts["column"]), None) if view else None
        row = {
            "no": str(no), "at": at[:16].replace("T", " "),
            "tab": view.title(language) if view else facts["tab"], "key": shown_key(str(facts["key"])),
            "column": column.header(language) if column else facts["column"],
            "base": facts["base"], "book": facts["book"], "sheet": facts["sheet"],
            "winner": WINNERS[str(facts["winner"])][which], "rule": RULES[str(facts["rule"])][which],
        }  # fmt: skip
        for key, values in columns.items():
            values.append(clipped(str(row[key]), LONGEST) if row[key] else None)
    return TabData(VIEW, [str(no) for no, _, _ in kept], columns)
