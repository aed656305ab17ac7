"""The look of the workbook: one accent, one font, thin lines, and a number format for each kind of value."""

from __future__ import annotations

import unicodedata
from typing import Any

from openpyxl.styles import Alignment as Alignment
from openpyxl.styles import Border as Border
from openpyxl.styles import Font as Font
from openpyxl.styles import PatternFill as PatternFill
from openpyxl.styles import Side as Side

from arsheet.schema.model import Column

ACCENT = "1F5C7A"
ACCENT_PALE = "E8F0F4"
INPUT = "FFFBEA"
LINE = "C9D3DA"
MUTED = "6B7A85"
RED, RED_PALE = "B3261E", "FBE9E7"
AMBER, AMBER_PALE = "8A5A00", "FFF4DC"
SERIES = ("1F5C7A", "B3261E", "7FA8BC")
TABS = {
    "start": ACCENT,
    "masters": "4F81A0",
    "documents": "4F81A0",
    "money": "4F81A0",
    "reports": "2E8B7A",
    "checks": "C98A1B",
    "settings": "8795A1",
    "credit": "7A6BA8",
    "dunning": "B0604C",
    "recon": "6B8E5A",
    "legal": "9A7B4F",
    "parameters": "8795A1",
    "control": "8795A1",
}
FONTS = {"zh": "微软雅黑", "en": "Calibri"}
SIZES = {"zh": 10, "en": 11}
FORMATS = {
    "text": "General",
    "id": "@",
    "int": "0",
    "days": "0",
    "date": "yyyy-mm-dd",
    "money": "#,##0.00;-#,##0.00",
    "rate": "0.0000##",
    "percent": "0.00%",
    "choice": "General",
    "flag": "General",
}
WIDTHS = {
    "text": 14,
    "id": 17,
    "int": 9,
    "days": 11,
    "date": 13,
    "money": 18,
    "rate": 11,
    "percent": 11,
    "choice": 14,
    "flag": 9,
}
RIGHT = ("int", "days", "money", "rate", "percent")


def font(language: str, **changes: Any) -> Any:
    """The book's font."""
    changes.setdefault("size", SIZES[language])
    return Font(name=FONTS[language], **changes)


def fill(colour: str) -> Any:
    """A plain fill."""
    return PatternFill("solid", start_color=colour, end_color=colour)


def line(colour: str = LINE) -> Any:
    """Thin lines around a cell."""
    side = Side(style="thin", color=colour)
    return Border(left=side, right=side, top=side, bottom=side)


def below(colour: str = LINE, style: str = "thin") -> Any:
    """A line under a cell."""
    return Border(bottom=Side(style=style, color=colour))


def align(kind: str, *, wrap: bool = False) -> Any:
    """Numbers to the right, dates and words of a few in the middle, text to the left."""
    side = "right" if kind in RIGHT else "center" if kind in ("date", "flag", "choice") else "left"
    return Alignment(horizontal=side, vertical="center", wrap_text=wrap, indent=1 if side == "left" else 0)


def text_width(text: str) -> int:
    """The width of a text in characters of a spreadsheet: Chinese counts double."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


NAMES = ("name", "customer_name", "payer")
"""Columns of company names."""


def width(column: Column, language: str) -> float:
    """A column's width: what its kind needs, what its declaration asks, and its header beside the filter button."""
    words = max((text_width(choice.word(language)) + 3 for choice in column.choices), default=0)
    asked: float = column.width or WIDTHS[column.kind]
    if language == "en" and column.key in NAMES:
        asked *= 1.35  # company names are longer when they are spelled out
    return max(asked, words, text_width(column.header(language)) * 1.15 + 4.5)


def head(cell: Any, language: str, *, required: bool = False) -> None:
    """The look of a header cell; what must be filled is underlined."""
    cell.font = font(language, bold=True, color="FFFFFF", underline="single" if required else None)
    cell.fill = fill(ACCENT)
    cell.border = line("FFFFFF")
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=False)
