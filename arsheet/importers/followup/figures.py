"""The figures in what people write: 3.5万元, 伍万元整, ¥1,234.56, USD 300, with the currency of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from arsheet.ledger.words import UNITS
from arsheet.schema.cells import clean

_DIGITS = {char: at for at, row in ((0, "零〇"), (2, "两")) for char in row} | {
    char: at for row in ("零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖") for at, char in enumerate(row)
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_LETTERS = {"k": 1000, "w": 10_000}
_YUAN = frozenset(("元", "圆", "块", "块钱", "yuan"))
"""Behind another currency's mark these only say that it is money: 美金500元."""
_MARKS = {
    **{code.lower(): code for code in UNITS},
    **{name: code for code, names in UNITS.items() for name in names},
    **dict.fromkeys(("¥", "rmb", *_YUAN), "CNY"),
    **dict.fromkeys(("$", "us$", "美金", "刀", "dollars", "dollar"), "USD"),
    **dict.fromkeys(("hk$", "港元", "港纸"), "HKD"), **dict.fromkeys(("€", "euro", "euros"), "EUR"),
    **dict.fromkeys(("£", "pounds"), "GBP"), **dict.fromkeys(("円", "日圆", "yen"), "JPY"),
    "nt$": "TWD", "台币": "TWD", "s$": "SGD", "a$": "AUD", "c$": "CAD", "新元": "SGD", "澳币": "AUD", "加币": "CAD",
}  # fmt: skip
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,4}(?:,\d{4})+(?!\d)|\d+)(?:\.\d+)?"
_SCALE = "十拾百佰千仟万萬亿億"
_CHINESE = rf"[{''.join(_DIGITS)}{_SCALE}]+"
_NUMBER = rf"{_ARABIC}(?: ?(?:[{_SCALE}]+(?:零?\d+[{_SCALE}]*)*|[kw](?![a-z\d])))?|{_CHINESE}"
_DIGIT = rf"[0-9{''.join(_DIGITS)}]"
_NO_MONEY = r"(?!字|旦|月|素|件|器|宵|老|首|年)"
"""2024元字第3号, 元旦, 元件: here 元 is no money."""
_NO_SCALE = r"(?![克米瓦卡赫伏兆])"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number at a place of a cleaned text: its value, the mark of its currency, and how it is written."""

    start: int
    end: int
    value: Decimal
    currency: str | None
    """As its marks say; None where it has none."""
    unclear: bool
    """Money, but of two currencies at once ($500 RMB) or no number that can be read (3万50元)."""
    scaled: bool
    """Written with 万, 千, k and the like."""
    letters: bool
    """Scaled by k or w, which 3w and 4k of goods are too."""
    grouped: bool
    """With a thousands separator."""
    chinese: bool
    """Written in Chinese numerals alone."""
    places: int
    """Decimals written, 0 behind 万 and the like."""
    block: bool
    """Marked by 块 alone, which counts pieces too."""

    def is_all_of(self, text: str) -> bool:
        """Whether the text holds nothing else."""
        return not text[: self.start].strip() and not text[self.end :].strip()


@cache
def _figure(currency: str) -> re.Pattern[str]:
    marks = sorted({*_MARKS, currency.lower()}, key=len, reverse=True)
    before = "|".join(re.escape(mark) for mark in marks if mark not in _YUAN)
    after = "|".join(
        re.escape(mark) + (r"(?![a-z])" if mark.isascii() and mark.isalpha() else _NO_MONEY if mark in _YUAN else "")
        for mark in marks
    )
    return re.compile(
        rf"(?<![a-z0-9_#.])(?P<sign>(?<![\w)）])[-−]\s?)?(?P<before>{before})?\s*[-:]?\s*(?P<number>{_NUMBER}){_NO_SCALE}"
        rf"(?:\s?(?P<after>{after}))?"
        rf"(?:(?<=[元圆块钱])(?:零?(?P<jiao>{_DIGIT})[角毛])?(?:零?(?P<fen>{_DIGIT})分(?!之))?)?[整正]?(?P<more>\s?人民币)?",
        re.I,
    )


def figures(text: str, currency: str) -> Iterator[Figure]:
    """The figures of a cleaned text, those of identifiers such as INV-300 left out.

    ``currency`` is the document's: its own code is a mark too, whatever it is.
    """
    for found in _figure(currency).finditer(text):
        number = found["number"]
        joined = not found["before"] and re.search(r"[a-z_](?:-|#)$", text[: found.start("number")], re.I)
        value = value_of(number)
        if joined or (value is None and not (found["before"] or found["after"])):
            continue
        lost, value = value is None, value or Decimal(0)
        for share, part in ((Decimal("0.1"), found["jiao"]), (Decimal("0.01"), found["fen"])):
            value += share * (_digit(part) if part else 0)
        first, last = (found[name].lower() if found[name] else None for name in ("before", "after"))
        codes = {(_MARKS | {currency.lower(): currency})[mark] for mark in (first, last) if mark}
        if first and last in _YUAN:
            codes = {(_MARKS | {currency.lower(): currency})[first]}
        code = next(iter(codes), None)
        if code == "CNY" and currency == "JPY" and first == "¥":
            code = "JPY"
        chinese = not re.search(r"\d", number)
        scaled = bool(re.search(rf"[{_SCALE}kw]", number, re.I))
        places = 0 if scaled or "." not in number else len(number.partition(".")[2])
        start = found.start("before") if found["before"] else found.start("number")
        yield Figure(
            start, found.end(), -value if found["sign"] else value, code, lost or len(codes) > 1, scaled,
            number[-1:].lower() in _LETTERS, "," in number, chinese, places,
            last == "块" and not first and not found["jiao"],
        )  # fmt: skip


def _digit(char: str) -> int:
    return int(char) if char.isascii() else _DIGITS[char]


def value_of(text: str) -> Decimal | None:
    """3.5万 -> 35000, 3万5 -> 35000, 伍万叁仟 -> 53000, 5k -> 5000; None for what is no number (千万, 三五, 3万50)."""
    tokens = re.findall(rf"{_ARABIC}|[^\s]", clean(text).lower())
    total = section = Decimal(0)
    current: Decimal | None = None
    unit, zero = 0, False
    for token in tokens:
        if token in _DIGITS or token[0].isdigit():
            number = Decimal(_DIGITS[token]) if token in _DIGITS else Decimal(token.replace(",", ""))
            if current is not None:
                return None
            if token in "零〇" and unit:
                zero = True
            else:
                current, digits = number, len(token)
        elif token in _TENS:
            if current is None and _TENS[token] != 10 and not (section and _TENS[token] > unit):
                return None
            if current is None and unit and section and _TENS[token] > unit:
                section *= _TENS[token]
            else:
                section += (1 if current is None else current) * _TENS[token]
            current, unit, zero = None, _TENS[token], False
        elif token in _MYRIADS or token in _LETTERS:
            unit = _MYRIADS.get(token) or _LETTERS[token]
            if current is None and not section and not total:
                return None
            if current is None and not section:
                total *= unit
            else:
                total, section = total + (section + (current or 0)) * unit, Decimal(0)
            current, zero = None, False
        else:
            return None
    if current is None:
        return total + section
    if not unit or zero or unit == 10:
        return total + section + current
    if digits == len(str(unit)) - 1:
        return total + section + current
    return total + section + current * unit / 10 if digits == 1 else None
