"""Shows a value as the sheet does: general numbers, number patterns, date patterns, by the cell's number format."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from arsheet.sync.emulator.model.cells import Value

EPOCH = dt.datetime(1899, 12, 30)
DATE_TYPES = frozenset({"DATE", "DATE_TIME", "TIME"})
_DEFAULT = {
    "DATE": "m/d/yyyy",
    "TIME": "h:mm:ss am/pm",
    "DATE_TIME": "m/d/yyyy h:mm:ss",
    "NUMBER": "#,##0.00",
    "CURRENCY": '"$"#,##0.00',
    "PERCENT": "0.00%",
    "SCIENTIFIC": "0.00E+00",
}
_CHINESE = {"DATE": "yyyy/m/d", "DATE_TIME": "yyyy/m/d h:mm:ss", "CURRENCY": '"¥"#,##0.00'}
_TOKEN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|am/pm|AM/PM|.', re.S)
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.([#0?]*))?(?:[eE]([+-])(0+))?")
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def serial(moment: dt.datetime) -> int | float:
    """The serial day number of a moment: days since 1899-12-30."""
    past = moment - EPOCH
    value = past.days + past.seconds / 86400
    return int(value) if value == int(value) else value


def moment_of(number: float) -> dt.datetime:
    """The moment of a serial day number, to the nearest second; ValueError or OverflowError out of range."""
    return EPOCH + dt.timedelta(seconds=round(number * 86400))


def general(value: Value) -> str:
    """A value without any format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.10g}" if abs(value) >= 1e-5 else f"{value:.6g}"
    match = re.fullmatch(r"(.+)e([+-])0*(\d+)", text)
    return f"{match.group(1)}E{match.group(2)}{int(match.group(3)):02d}" if match else text


def shown(value: Value, number_format: dict[str, str] | None, locale: str = "en_US") -> str:
    """The text of a cell: its value through its number format, in the book's locale where that decides."""
    if value is None or isinstance(value, (bool, str)) or not number_format:
        return general(value)
    kind = number_format.get("type", "")
    pattern = number_format.get("pattern", "")
    if not pattern:
        pattern = (_CHINESE if locale.startswith("zh") else {}).get(kind) or _DEFAULT.get(kind, "")
    if kind == "TEXT" and pattern in ("", "@"):
        return general(value)
    if not pattern or pattern.lower() == "general":
        return general(value)
    return by_pattern(value, pattern, date=kind in DATE_TYPES)


def by_pattern(value: float, pattern: str, *, date: bool | None = None) -> str:
    """A number through a pattern; `date` None: told from the pattern (as TEXT does)."""
    if date is None:
        date = bool(re.search(r"[ymdhs]", re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", pattern), re.I))
    if date:
        try:
            return _date(moment_of(value), pattern)
        except (ValueError, OverflowError):
            return general(value)
    sections = _sections(pattern)
    chosen, unsigned = sections[0], False
    if value < 0 and len(sections) > 1:
        chosen, unsigned = sections[1], True
    elif value == 0 and len(sections) > 2:
        chosen = sections[2]
    return _number(abs(value) if unsigned else value, chosen)


@lru_cache(maxsize=256)
def _sections(pattern: str) -> tuple[str, ...]:
    parts = re.findall(r'(?:"[^"]*"|\\.|[^;])+', pattern)
    return tuple(parts) or (pattern,)


def _plain(text: str) -> str:
    """The literal part of a pattern: colours and conditions dropped, quotes and escapes undone."""
    text = re.sub(r"\[\$([^\]-]*)[^\]]*\]", r"\1", text)
    text = re.sub(r"\[[^\]]*\]|_.|\*.", "", text)
    return re.sub(r'"([^"]*)"|\\(.)', lambda m: m.group(1) or m.group(2) or "", text)


def _number(value: float, pattern: str) -> str:
    bare = re.sub(r'"[^"]*"', lambda m: "\0" * len(m.group()), pattern)
    match = _DIGITS.search(bare)
    if not match:
        return _plain(pattern).replace("@", general(value))
    before, after = pattern[: match.start()], pattern[match.end() :]
    places = match.group(1) or ""
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if "%" in bare[match.end() :]:
        number *= 100
    if match.group(3):
        mantissa, exponent = f"{number:.{len(places)}E}".split("E")
        body = f"{mantissa}E{'+' if int(exponent) >= 0 else '-'}{abs(int(exponent)):0{len(match.group(3))}d}"
        return _plain(before) + body + _plain(after)
    rounded = number.quantize(Decimal(1).scaleb(-len(places)), rounding=ROUND_HALF_UP)
    body = f"{abs(rounded):,f}" if "," in match.group().split(".")[0] else f"{abs(rounded):f}"
    optional = len(places) - len(places.rstrip("#"))
    for _ in range(optional):
        if body.endswith("0") and "." in body:
            body = body[:-1].rstrip(".") if body[:-1].endswith(".") else body[:-1]
    whole = match.group().split(".")[0].replace(",", "")
    least = whole.count("0")
    head, dot, tail = body.partition(".")
    if len(head.replace(",", "")) < least:
        head = head.zfill(least)
    if least == 0 and head == "0":
        head = ""
    sign = "-" if rounded < 0 else ""
    return sign + _plain(before) + head + dot + tail + _plain(after)


def _date(moment: dt.datetime, pattern: str) -> str:
    tokens = _TOKEN.findall(pattern)
    half = any(token.lower() == "am/pm" for token in tokens)
    out = []
    for index, token in enumerate(tokens):
        kind = token[0].lower()
        if token.startswith(('"', "\\")):
            out.append(token.strip('"') if token[0] == '"' else token[1:])
        elif token.lower() == "am/pm":
            out.append("AM" if moment.hour < 12 else "PM")
        elif token.startswith("["):
            out.append("")
        elif kind in "ymdhs" and token[0].isalpha():
            minutes = kind == "m" and _beside_time(tokens, index)
            out.append(_part(moment, kind, len(token), minutes=minutes, half=half))
        else:
            out.append(token)
    return "".join(out)


def _beside_time(tokens: list[str], index: int) -> bool:
    """Whether an `m` means minutes: the unit before it is hours or the unit after it is seconds."""
    before = next((t for t in reversed(tokens[:index]) if t[0].lower() in "ymdhs" and t[0].isalpha()), "")
    after = next((t for t in tokens[index + 1 :] if t[0].lower() in "ymdhs" and t[0].isalpha()), "")
    return before[:1].lower() == "h" or after[:1].lower() == "s"


def _part(moment: dt.datetime, kind: str, length: int, *, minutes: bool, half: bool) -> str:
    if kind == "y":
        return f"{moment.year % 100:02d}" if length <= 2 else f"{moment.year:04d}"
    if kind == "m" and minutes:
        return f"{moment.minute:0{length}d}"
    if kind == "m":
        name = _MONTHS[moment.month - 1]
        return {3: name[:3], 4: name, 5: name[0]}.get(length, f"{moment.month:0{min(length, 2)}d}")
    if kind == "d":
        name = _DAYS[moment.weekday()]
        return {3: name[:3], 4: name}.get(length, f"{moment.day:0{min(length, 2)}d}")
    if kind == "h":
        hour = (moment.hour % 12 or 12) if half else moment.hour
        return f"{hour:0{min(length, 2)}d}"
    return f"{moment.second:0{min(length, 2)}d}"
