"""Every setting of the book and how a cell of the settings sheet is read."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from arsheet.ledger.money import exact
from arsheet.schema import settings_calculation, settings_company, settings_matching, settings_sync
from arsheet.schema.model import Setting
from arsheet.table import ArsheetError, from_day

SETTINGS: tuple[Setting, ...] = (
    *settings_company.COMPANY,
    *settings_calculation.AGING,
    *settings_calculation.TERMS,
    *settings_matching.MATCHING,
    *settings_matching.CREDIT,
    *settings_matching.DUNNING,
    *settings_calculation.FIGURES,
    *settings_company.SENDING,
    *settings_sync.SYNC,
    *settings_company.SYSTEM,
)
"""All settings, grouped as the sheet shows them."""
GROUPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "company": ("公司与截止日期", "Company and as-of date"),
        "aging": ("账龄", "Aging"),
        "terms": ("账期与折扣", "Terms and discounts"),
        "matching": ("核销与匹配", "Application and matching"),
        "credit": ("信用额度", "Credit limits"),
        "dunning": ("催款与承诺", "Dunning and promises"),
        "figures": ("指标与利息", "Figures and interest"),
        "sending": ("发送", "Sending"),
        "sync": ("在线表格", "Online spreadsheets"),
        "system": ("系统", "System"),
    }
)
BY_KEY: Mapping[str, Setting] = MappingProxyType({setting.key: setting for setting in SETTINGS})

_WHOLE = re.compile(r"\d+")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_SEPARATORS = re.compile(r"[,，、;；\s]+")
_COMMAS = re.compile(r"\s*[,，、;；]\s*")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_LISTS = {"search_fields", "exposure_parts"}
_TIMES = {"send_from", "send_to"}
_RANGES = {"cutoff_day": (1, 31), "approve_from_level": (0, 9), "discount_grace_days": (0, 366)}


def defaults(language: str = "zh") -> dict[str, str]:
    """Every setting at its default; only ``language`` depends on the book's language."""
    return {setting.key: setting.default for setting in SETTINGS} | {"language": language}


def read_setting_value(setting: Setting | str, cell: Any) -> str:
    """The value a cell of the settings sheet means: a key, number, list or ISO date as text; blank = the default.

    Raises ArsheetError ``setting_unknown`` or ``setting_value_not_understood``.
    """
    found = BY_KEY.get(setting) if isinstance(setting, str) else setting
    if found is None:
        raise ArsheetError("setting_unknown", f"没有设置“{setting}”", f"there is no setting {setting!r}", exit_code=8)
    written = _plain(cell)
    if not written:
        return found.default
    value = _read(found, written, cell)
    if value is None:
        raise _not_understood(found, written)
    return value


def shown_value(setting: Setting, value: str, language: str) -> str:
    """A value in the words of the sheet."""
    words = {choice.key: choice.word(language) for choice in setting.choices}
    if setting.key in _LISTS:
        return ", ".join("=".join([words.get(part, part), *rest]) for part, *rest in _parts(value))
    return words.get(value, value)


def allowed_words(setting: Setting, language: str) -> str:
    """What the cell may hold, in words."""
    zh = language == "zh"
    if setting.key in _LISTS:
        names = " / ".join(choice.word(language) for choice in setting.choices)
        return f"用逗号分隔：{names}" if zh else f"Parted by commas: {names}"
    if setting.key == "as_of":
        return "今天，或一个日期" if zh else "Today, or a date"
    if setting.key == "buckets":
        return "由小到大的天数，如 30,60,90；或 按年" if zh else "Rising days such as 30,60,90; or Years"
    if setting.key in _TIMES:
        return "时:分" if zh else "hh:mm"
    if setting.choices:
        return " / ".join(choice.word(language) for choice in setting.choices)
    if setting.key in _RANGES:
        low, high = _RANGES[setting.key]
        return f"{low}-{high}"
    kinds = {"int": ("整数", "A whole number"), "percent": ("数字", "A number"), "money": ("金额", "An amount")}
    pair = kinds.get(setting.kind, ("文字", "Text"))
    return pair[0] if zh else pair[1]


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, dt.time):
        return f"{cell:%H:%M}"
    if isinstance(cell, int | float | Decimal):
        number = exact(cell)
        return f"{number.normalize():f}" if number.is_finite() else ""
    return unicodedata.normalize("NFKC", str(cell)).strip()


def _fold(text: str) -> str:
    return re.sub(r"[\s（）()_-]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _choice(setting: Setting, written: str) -> str | None:
    folded = _fold(written)
    for choice in setting.choices:
        if folded in {_fold(name) for name in (choice.key, choice.zh, choice.en, *choice.aliases)}:
            return choice.key
    return None


def _read(setting: Setting, written: str, cell: Any) -> str | None:
    if setting.key in _LISTS:
        return _list(setting, written)
    if setting.key in _TIMES:
        return _time(written, cell)
    if setting.key == "buckets":
        return _choice(setting, written) or _rising(written)
    if setting.choices:
        known = _choice(setting, written)
        if known is not None or setting.kind == "choice":
            return known
    if setting.kind == "date":
        return _date(written)
    if setting.kind in ("int", "days"):
        return _int(setting, written)
    if setting.kind in ("money", "percent", "rate"):
        return _number(written)
    return written


def _int(setting: Setting, written: str) -> str | None:
    if not _WHOLE.fullmatch(written):
        return None
    low, high = _RANGES.get(setting.key, (0, 10**12))
    return str(int(written)) if low <= int(written) <= high else None


def _number(written: str) -> str | None:
    try:
        number = Decimal(written.replace(",", ""))
    except InvalidOperation:
        return None
    return f"{number:f}" if number.is_finite() and number >= 0 else None


def _rising(written: str) -> str | None:
    pieces = [piece for piece in _SEPARATORS.split(written) if piece]
    if not pieces or not all(_WHOLE.fullmatch(piece) for piece in pieces):
        return None
    edges = [int(piece) for piece in pieces]
    rising = edges[0] > 0 and all(low < high for low, high in pairwise(edges))
    return ",".join(map(str, edges)) if rising else None


def _date(written: str) -> str | None:
    if found := _DATE.fullmatch(written):
        try:
            return dt.date(*map(int, found.groups())).isoformat()
        except ValueError:
            return None
    if _WHOLE.fullmatch(written) and 30_000 <= int(written) < 80_000:  # a serial day: 1982 to 2119
        return from_day(int(written) - 25_569).isoformat()
    return None


def _time(written: str, cell: Any) -> str | None:
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 1440)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    found = _TIME.fullmatch(written)
    return f"{int(found[1]):02d}:{found[2]}" if found else None


def _parts(value: str) -> list[list[str]]:
    return [piece.split("=", 1) for piece in _COMMAS.split(value.strip()) if piece]


def _list(setting: Setting, written: str) -> str | None:
    found = []
    for name, *rest in _parts(written):
        key = _choice(setting, name)
        amount = _number(rest[0]) if rest else ""
        if key is None or amount is None or (rest and setting.key != "exposure_parts"):
            return None
        found.append(f"{key}={amount}" if rest else key)
    return ",".join(found)


def _not_understood(setting: Setting, written: str) -> ArsheetError:
    return ArsheetError(
        "setting_value_not_understood",
        f"设置“{setting.zh}”的值“{written}”看不懂；可以填：{allowed_words(setting, 'zh')}",
        f"setting {setting.en!r}: {written!r} is not understood; allowed: {allowed_words(setting, 'en')}",
        exit_code=8,
        facts={"setting": setting.key, "read": written},
    )
