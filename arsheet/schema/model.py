"""The shapes of the declarations: a column, a table, a setting; zh and en stand side by side.

A column's ``width`` is in characters of the spreadsheet; 0 leaves it to the kind and the header.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "id", "int", "days", "date", "money", "rate", "percent", "choice", "flag"]
Language = Literal["zh", "en"]
Owner = Literal["machine", "user"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value of a choice column or setting; the sheet shows zh or en, the ledger sees the key."""

    key: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()

    def word(self, language: str) -> str:
        """The value as a sheet shows it."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its key in code and frames, its header in both languages, what it holds."""

    key: str
    zh: str
    en: str
    kind: Kind = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    width: int = 0
    note_zh: str = ""
    note_en: str = ""
    loose: tuple[str, ...] = ()
    """Aliases that also fit other columns: tried after every exact name, required columns first."""
    loose_unless: tuple[str, ...] = ()
    """Keys of columns whose presence takes the loose aliases away: 金额 beside 税额 is the net amount."""
    dynamic: str = ""
    """"buckets" or "years": stands for as many columns as the settings name (schema.tables.expand)."""
    owner: Owner = "machine"
    """Who writes it in an online spreadsheet."""
    landing: str = ""
    """Of a column that people own: the table and column of the workbook in which an entry lands."""
    published: bool = True
    """Whether an online spreadsheet shows it, where the view is published at all."""
    lookup: str = ""
    """An online spreadsheet looks it up by the row's key: the view and column (google_data.open) it is found in."""

    def header(self, language: str) -> str:
        """The header on a sheet."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One sheet: a source table that people fill, or a view that a refresh writes."""

    key: str
    table_name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    role: Literal["source", "parameter", "view"] = "source"
    group: str = ""
    visible: bool = True
    note_zh: str = ""
    note_en: str = ""
    published: bool = False
    """Whether online spreadsheets show it."""
    keys: tuple[str, ...] = ()
    """The columns that name a row of a published view."""

    def sheet(self, language: str) -> str:
        """The sheet's name."""
        return self.zh if language == "zh" else self.en

    def column(self, key: str) -> Column:
        """One column by key."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(f"{self.key} has no column {key!r}")

    def note(self, language: str) -> str:
        """What the table is for, in one sentence."""
        return self.note_zh if language == "zh" else self.note_en


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the settings sheet: key, default, the words for it, and the values it accepts."""

    key: str
    default: str
    zh: str
    en: str
    kind: Kind = "text"
    choices: tuple[Choice, ...] = ()
    help_zh: str = ""
    help_en: str = ""
    group: str = ""

    def label(self, language: str) -> str:
        """The name on the settings sheet."""
        return self.zh if language == "zh" else self.en

    def help(self, language: str) -> str:
        """What it does, in plain words."""
        return self.help_zh if language == "zh" else self.help_en
