"""Encode Python values as the cells of a sheet's XML: inline text, exact numbers, dates as serial days."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from arsheet.table import CellError, WorkbookError

MAX_TEXT = 32_767
"""Characters that Excel holds in one cell."""

EPOCH_1900 = dt.date(1899, 12, 30).toordinal()
EPOCH_1904 = dt.date(1904, 1, 1).toordinal()
_LEAP_BUG = dt.date(1900, 3, 1).toordinal()
_UNSAFE = re.compile("[<>&\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def needs_escape(text: str) -> bool:
    """Whether a text cannot stand in XML as it is."""
    return _UNSAFE.search(text) is not None


def text_xml(text: str) -> str:
    """Text for an XML element; control characters and text that looks like an escape become _xHHHH_."""
    if not needs_escape(text):
        return text
    return escape(_ESCAPED.sub(lambda m: f"_x{ord(m[0]):04X}_", text))


def serial(value: dt.date, epoch: int = EPOCH_1900) -> str | None:
    """A date or datetime as Excel counts it; None where Excel has no such day."""
    day = value.toordinal()
    count = day - epoch
    if epoch == EPOCH_1900 and day < _LEAP_BUG:
        count -= 1  # Excel believes in 1900-02-29
    if count < (0 if epoch == EPOCH_1904 else 1):
        return None
    if isinstance(value, dt.datetime):
        moment = value.hour * 3_600_000_000 + value.minute * 60_000_000 + value.second * 1_000_000 + value.microsecond
        if moment:
            return repr(count + moment / 86_400_000_000)
    return str(count)


def encode(value: Any, ref: str, style: str = "", epoch: int = EPOCH_1900) -> str:
    """One <c> element. ``style`` is "" or ' s="3"'; an empty cell without a style is no cell at all.

    Raises WorkbookError ``value_not_writable`` or ``text_too_long``.
    """
    kind = type(value)
    if kind is str:
        if not value:
            return f'<c r="{ref}"{style}/>' if style else ""
        if len(value) > MAX_TEXT:
            raise WorkbookError(
                "text_too_long",
                f"{ref} 的文本有 {len(value)} 个字符，超过单元格上限 {MAX_TEXT}",
                f"The text for {ref} has {len(value)} characters, more than the {MAX_TEXT} a cell holds",
            )
        return f'<c r="{ref}"{style} t="inlineStr"><is><t xml:space="preserve">{text_xml(value)}</t></is></c>'
    if value is None:
        return f'<c r="{ref}"{style}/>' if style else ""
    if kind is bool:
        return f'<c r="{ref}"{style} t="b"><v>{int(value)}</v></c>'
    if kind is int:
        return f'<c r="{ref}"{style}><v>{value}</v></c>'
    if kind is float and math.isfinite(value):
        return f'<c r="{ref}"{style}><v>{value!r}</v></c>'
    return _encode_other(value, ref, style, epoch)


def _encode_other(value: Any, ref: str, style: str, epoch: int) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return f'<c r="{ref}"{style}><v>{value:f}</v></c>'
    if isinstance(value, dt.date):
        day = serial(value, epoch)
        return encode(value.isoformat(), ref, style, epoch) if day is None else f'<c r="{ref}"{style}><v>{day}</v></c>'
    if isinstance(value, dt.time):
        moment = dt.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
        return f'<c r="{ref}"{style}><v>{moment / dt.timedelta(days=1)!r}</v></c>'
    if isinstance(value, dt.timedelta):
        return f'<c r="{ref}"{style}><v>{value / dt.timedelta(days=1)!r}</v></c>'
    if isinstance(value, CellError):
        return f'<c r="{ref}"{style} t="e"><v>{escape(value.text)}</v></c>'
    if isinstance(value, str):
        return encode(str(value), ref, style, epoch)
    if hasattr(value, "item") and type(value.item()) in (bool, int, float, str):
        return encode(value.item(), ref, style, epoch)
    raise WorkbookError(
        "value_not_writable",
        f"{ref}：无法写入的值 {value!r}",
        f"{ref}: this value cannot be written: {value!r}",
        facts={"cell": ref, "value": repr(value)},
    )
