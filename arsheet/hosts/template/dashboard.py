"""The dashboard: fixed cells that a refresh writes, and native charts that point to them."""

from __future__ import annotations

from typing import Any

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RichTextProperties

from arsheet.hosts.template import style
from arsheet.hosts.template.sheets import page
from arsheet.schema.layout import CHARTS, DASHBOARD, Block
from arsheet.schema.tables import DEFAULT_BUCKETS
from arsheet.schema.words import label
from arsheet.table import column_letter

TITLE = ("应收账款总览", "Receivables at a glance")
UNIT = ("单位：元", "Base currency")
CARD_COLOURS = {"overdue": style.RED, "overdue_rate": style.RED}
KINDS = {"overdue_rate": "percent", "percent": "percent", "oldest_days": "days", "receipts": "int", "count": "int"}
WORDS = ("name", "bucket", "month", "severity")
COLUMN_WIDTH = 22
LAST_ROW = 54
CHART_SIZE = {"buckets": (3, 15), "collections": (3, 15), "top_overdue": (3, 12)}
"""Columns and rows that each chart covers."""


def fill(sheet: Any, language: str) -> None:
    """Titles, blocks with their headers and formats, and the charts."""
    at = 0 if language == "zh" else 1
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width = 2
    for letter in "BCDEFG":
        sheet.column_dimensions[letter].width = COLUMN_WIDTH
    for row in range(4, LAST_ROW + 1):
        sheet.row_dimensions[row].height = 18
    title = sheet[DASHBOARD.title]
    title.value, title.font = TITLE[at], style.font(language, bold=True, size=20, color=style.ACCENT)
    sheet.row_dimensions[title.row].height = 34
    stamp = sheet[DASHBOARD.stamp]
    stamp.value, stamp.font = label("not_refreshed", language), style.font(language, color=style.MUTED)
    sheet[DASHBOARD.check].font = style.font(language, color=style.MUTED)
    unit = sheet[DASHBOARD.currency]
    unit.value, unit.font, unit.alignment = UNIT[at], style.font(language, color=style.MUTED), style.align("money")
    for block in DASHBOARD.blocks:
        if block.key == "totals":
            _cards(sheet, block, language)
        else:
            _block(sheet, block, language)
    _first_words(sheet, language)
    for key, (anchor, block_key) in CHARTS.items():
        chart = _chart(sheet, key, DASHBOARD[block_key], language)
        chart.anchor = _anchor(sheet[anchor], *CHART_SIZE[key])
        sheet.add_chart(chart)
    page(sheet, landscape=False, height=1)


def _kind(key: str) -> str:
    return "text" if key in WORDS else KINDS.get(key, "money")


def _cards(sheet: Any, block: Block, language: str) -> None:
    for key in block.keys:
        letter = column_letter(block.column_of(key))
        head, value = sheet[f"{letter}{block.row - 1}"], sheet[f"{letter}{block.row}"]
        head.value = label(key, language)
        head.font = style.font(language, color=style.MUTED)
        value.font = style.font(language, bold=True, size=14, color=CARD_COLOURS.get(key, style.ACCENT))
        value.number_format = style.FORMATS[_kind(key)]
        for cell in (head, value):
            cell.fill = style.fill(style.ACCENT_PALE)
            cell.alignment = style.Alignment(horizontal="center", vertical="center", shrink_to_fit=True)
            cell.border = style.Border(left=style.Side("thick", "FFFFFF"), right=style.Side("thick", "FFFFFF"))
    sheet.row_dimensions[block.row - 1].height = 22
    sheet.row_dimensions[block.row].height = 34


def _block(sheet: Any, block: Block, language: str) -> None:
    heading = sheet[f"{column_letter(block.column)}{block.row - 2}"]
    heading.value = block.title(language)
    heading.font = style.font(language, bold=True, size=12, color=style.ACCENT)
    for key in block.keys:
        letter = column_letter(block.column_of(key))
        head = sheet[f"{letter}{block.row - 1}"]
        head.value = label("customer_name" if key == "name" else key, language)
        style.head(head, language)
        for record in range(block.rows):
            cell = sheet[block.cell(record, key)]
            cell.number_format = style.FORMATS[_kind(key)]
            cell.font = style.font(language)
            cell.border = style.line()
            cell.alignment = style.Alignment(
                horizontal="left" if _kind(key) == "text" else "right",
                vertical="center",
                indent=1,
                shrink_to_fit=key == "name",
            )


def _first_words(sheet: Any, language: str) -> None:
    """The words that stand before the first refresh: the default buckets and the severities."""
    for record, key in enumerate(DEFAULT_BUCKETS):
        sheet[DASHBOARD["buckets"].cell(record, "bucket")].value = label(key, language)
    for record, key in enumerate(("error", "warning", "note")):
        sheet[DASHBOARD["checks"].cell(record, "severity")].value = label(key, language)


def _chart(sheet: Any, key: str, block: Block, language: str) -> Any:
    chart = BarChart()
    chart.type = "bar" if key == "top_overdue" else "col"
    chart.style = 10
    chart.title = block.title(language)
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_letters(1200, style.ACCENT, language, bold=True))
    for run in chart.title.tx.rich.p[0].r:
        run.rPr = _letters(1200, style.ACCENT, language, bold=True)
    chart.title.overlay = False
    chart.legend = None
    chart.roundedCorners = False
    chart.gapWidth = 60
    names, values = block.keys[0], block.keys[1]
    last = block.row + block.rows - 1
    data = Reference(sheet, min_col=block.column_of(values) + 1, min_row=block.row - 1, max_row=last)
    chart.add_data(data, titles_from_data=True)
    words = Reference(sheet, min_col=block.column_of(names) + 1, min_row=block.row, max_row=last)
    chart.series[0].cat = AxDataSource(strRef=StrRef(f=str(words)))
    colour = style.SERIES[1] if key == "top_overdue" else style.SERIES[0]
    chart.series[0].graphicalProperties = GraphicalProperties(solidFill=colour)
    chart.series[0].graphicalProperties.line.noFill = True
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _small(language)
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=style.LINE))
    chart.y_axis.number_format = "#,##0"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E6EBEE"))
    chart.y_axis.title = chart.x_axis.title = None
    if key == "top_overdue":
        _ranking(chart, language)
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=style.LINE))
    return chart


def _ranking(chart: Any, language: str) -> None:
    """The largest at the top, the amounts beside the bars instead of an axis."""
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.delete = True
    chart.y_axis.majorGridlines = None
    chart.dataLabels = DataLabelList(numFmt="#,##0", showVal=True)
    chart.dataLabels.showSerName = chart.dataLabels.showCatName = chart.dataLabels.showLegendKey = False
    chart.dataLabels.txPr = _small(language)


def _anchor(cell: Any, columns: int, rows: int) -> Any:
    """From a cell over so many columns and rows, whatever the font makes of them."""
    gap = 90_000  # EMU: a quarter of a centimetre between charts
    start = AnchorMarker(col=cell.column - 1, row=cell.row - 1)
    end = AnchorMarker(col=cell.column - 2 + columns, colOff=1_560_000 - gap, row=cell.row - 2 + rows, rowOff=200_000)
    return TwoCellAnchor(editAs="twoCell", _from=start, to=end)


def _letters(size: int, colour: str, language: str, *, bold: bool = False) -> Any:
    face = style.FONTS[language]
    return CharacterProperties(sz=size, b=bold, solidFill=colour, latin=Font(typeface=face), ea=Font(typeface=face))


def _small(language: str) -> Any:
    properties = ParagraphProperties(defRPr=_letters(800, style.MUTED, language))
    return RichText(bodyPr=RichTextProperties(), p=[Paragraph(pPr=properties, endParaRPr=CharacterProperties())])
