"""The facts about a machine, its Excel and the installed add-in that the doctor judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Platform = Literal["windows", "mac", "other"]


@dataclass(frozen=True, slots=True)
class PythonFacts:
    """The Python that runs the doctor, and that Excel would start."""

    path: str = ""
    bits: int = 64
    xlwings: str = ""
    """Version of the installed xlwings; blank = not installed."""
    pywin32: bool | None = None
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """The folders where xlwings' VBA looks for its DLL -> the xlwings DLLs in them."""
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    applescript: str | None = None
    """Name of the xlwings script among Excel's application scripts (Mac); blank = none, None = not looked at."""


@dataclass(frozen=True, slots=True)
class ExcelFacts:
    """What the system knows about Excel. None = could not be found out here."""

    program: str | None = None
    """The program that answers for Excel.Application; blank = there is none."""
    bits: int | None = None
    vba_warnings: int | None = None
    """1 all macros, 2 ask, 3 signed only, 4 none without asking ([MS-OSHARED] VBAWarnings)."""
    add_ins_disabled: bool | None = None
    signed_add_ins_only: bool | None = None
    disabled_items: tuple[str, ...] | None = None
    """File names that Excel has disabled after a crash."""


@dataclass(frozen=True, slots=True)
class AddinFacts:
    """The installed add-in. ``path`` is blank where there is none."""

    folder: str = ""
    path: str = ""
    xlwings: str = ""
    interpreter: str = ""
    interpreter_there: bool | None = None
    functions: frozenset[str] = frozenset()
    ribbon_faults: tuple[str, ...] = ()
    from_internet: bool | None = None


@dataclass(frozen=True, slots=True)
class BookFacts:
    """A workbook that does not work as it should. ``foreign`` are cells with a spelling of another application."""

    name: str = ""
    path: str = ""
    foreign: tuple[str, ...] = ()
    from_internet: bool | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the doctor judges."""

    platform: Platform = "other"
    python: PythonFacts = field(default_factory=PythonFacts)
    excel: ExcelFacts = field(default_factory=ExcelFacts)
    addin: AddinFacts = field(default_factory=AddinFacts)
    book: BookFacts | None = None
    functions: frozenset[str] = frozenset()
    """The functions that this arsheet declares."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault with its cure. Severity: error = the add-in cannot work, warning = part of it will not."""

    code: str
    severity: Literal["error", "warning"]
    zh: str
    en: str
    cure_zh: str
    cure_en: str


@dataclass(frozen=True, slots=True)
class Unchecked:
    """What could not be looked at on this machine, and why."""

    zh: str
    en: str
