"""What a number format makes of a number: a date, a time of day, a length of time, or just a number."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Kind = Literal["number", "date", "time", "elapsed", "text"]

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_NO_DATE = re.compile(r"general|e[+-]|am/pm|a/p|g/通用格式")


@lru_cache(maxsize=512)
def kind_of(number_format: str) -> Kind:
    """The kind of value that a format (in Excel's English spelling) shows; only its first section counts."""
    if number_format == "@":
        return "text"
    plain = _LITERAL.sub("", number_format).split(";")[0].lower()
    if _ELAPSED.search(plain):
        return "elapsed"
    plain = _NO_DATE.sub("", _BRACKETS.sub("", plain))
    clock = bool(re.search(r"[hs]", plain))
    if re.search(r"[ydbge]|aaa", plain) or ("m" in plain and not clock):
        return "date"
    return "time" if clock else "number"
