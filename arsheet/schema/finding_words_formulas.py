"""Words for the AR_ formulas in the cells of a workbook file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from arsheet.schema.finding_words.shape import Words

WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "ar_cell_not_updated": (
            "warning",
            "公式 {read} 的结果没有更新，仍是上次保存的值：{reason_zh}",
            "The result of {read} was not updated and is the one stored before: {reason_en}",
            "在装有加载项的 Excel 或 LibreOffice 中打开并重新计算；或改成整条公式只有一个 AR_ 函数，参数用值、单元格、区域、表或名称",
            "Open the workbook with the add-in and recalculate; or let the formula be one AR_ call on values, cells, ranges, "
            "tables or names",
        ),
        "spill_blocked": (
            "warning",
            "公式 {read} 的结果展不开：{blocked_by} 已有内容；单元格显示 #VALUE!",
            "The result of {read} has no room: {blocked_by} is in use; the cell shows #VALUE!",
            "清空或移开 {blocked_by}，或把公式移到空处，然后刷新",
            "Clear or move {blocked_by}, or put the formula where there is room; then refresh",
        ),
        "ar_formula_repaired": (
            "note",
            "公式 {read} 用的是 LibreOffice 的内部函数名，Excel 不认识；已改为 {after}",
            "The formula {read} had the internal name of LibreOffice, which Excel does not know; it is now {after}",
            "无需处理",
            "Nothing to do",
        ),
    }
)
"""Every code in its order of precedence."""
