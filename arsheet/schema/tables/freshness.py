"""The hidden sheet of the last Refresh: per source table what it held then and, by formulas, what it holds now."""

from __future__ import annotations

from arsheet.schema.tables.declare import column, ident, text
from arsheet.schema.tables.views import view

VERSION = view(
    "refresh_version",
    "RefreshVersion",
    "刷新版本",
    "Version",
    ident("key", "表名", "Table", width=20),
    text("sheet", "工作表", "Sheet", width=18),
    column("int", "filled", "刷新时已填单元格", "Filled at Refresh"),
    column("rate", "total", "刷新时数字合计", "Sum at Refresh", width=22),
    column("int", "filled_now", "现在已填单元格", "Filled now"),
    column("rate", "total_now", "现在数字合计", "Sum now", width=22),
    column("int", "changed", "已变", "Changed"),
    ident("digest", "刷新时指纹", "Digest at Refresh", width=36),
    column("int", "numbers", "刷新时数字校验", "Check of numbers at Refresh", width=18),
    column("int", "numbers_now", "现在数字校验", "Check of numbers now", width=18),
    column("int", "texts", "刷新时文字校验", "Check of texts at Refresh", width=18),
    column("int", "texts_now", "现在文字校验", "Check of texts now", width=18),
    group="control",
    note=(
        "刷新时各表的填写数、合计和校验数，与现在对比；不同时各报表提示“数据已变请刷新”。行的顺序变了（如排序）也会提示。",
        "What each table held at the last Refresh against what it holds now; reports say when they differ. "
        "Rows in another order, as after sorting, count as a change.",
    ),
)
TABLES = (VERSION,)
"""Declared beside the views of ``views``."""
