"""The formulas whose stored results arsheet can give: one AR_ call, or IFERROR / IFNA with a constant around one.

Everything else is NotOurs, with the reason: a value that is worked out by half would be a wrong value in a user's file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from arsheet.functions.spelling import canonical
from arsheet.hosts.scanning import MAX_COLUMN, MAX_ROW, column_index
from arsheet.table import CellError


class NotOurs(Exception):
    """A formula that is left alone, and why."""

    def __init__(self, zh: str, en: str):
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text, a truth value, an error, a blank (None), or an array constant (rows of these)."""

    value: Any


class Corner(NamedTuple):
    """One corner of a reference: 1-based row and 0-based column, None where a whole row or column is meant."""

    row: int | None
    column: int | None
    row_fixed: bool = True
    column_fixed: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """Cells of a sheet ("" is the formula's own); ``last`` is None for one cell."""

    sheet: str
    first: Corner
    last: Corner | None = None


@dataclass(frozen=True, slots=True)
class TableReference:
    """Cells of an Excel table ("" is the one round the formula): its items (#all, #this row …), a span of columns."""

    table: str
    items: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameReference:
    """A name of the workbook, or of a sheet; perhaps the bare name of a table."""

    sheet: str
    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus an argument."""

    of: Argument


@dataclass(frozen=True, slots=True)
class DateOf:
    """DATE(year, month, day)."""

    parts: tuple[Argument, ...]


Argument = Constant | Reference | TableReference | NameReference | Negative | DateOf


@dataclass(frozen=True, slots=True)
class Call:
    """A formula of ours. ``guard`` is IFERROR, IFNA or "" and ``otherwise`` what it shows then."""

    name: str
    arguments: tuple[Argument, ...]
    guard: str = ""
    otherwise: Any = None


_SHEET = r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^\s'!()\[\],;:*/+\-&=<>^\"{}#%@$]+))!"
_BRACKETS = r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
_WORD = r"[^\W\d][\w.\\?]*|\\[\w.\\?]*"
_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<text>"(?:[^"]|"")*")
  | (?P<ref>(?:{_SHEET})?(?:
        \$?[A-Za-z]{{1,3}}\$?[1-9]\d{{0,6}}(?::\$?[A-Za-z]{{1,3}}\$?[1-9]\d{{0,6}})?
      | \$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}} | \$?[1-9]\d{{0,6}}:\$?[1-9]\d{{0,6}})(?![\w.(\[!:]))
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<call>(?:_xlfn\.)?[A-Za-z_][\w.]*)\s*\(
  | (?P<table>(?:{_WORD})?{_BRACKETS})(?![\w(\[!:])
  | (?P<error>\#(?:N/A|VALUE!|REF!|NAME\?|DIV/0!|NUM!|NULL!))
  | (?P<name>(?:(?:'(?:[^']|'')+'|[^\s'!()\[\],;:*/+\-&=<>^"{{}}#%@$]+)!)?(?:{_WORD}))(?![\[(!:\#])
  | (?P<sign>[-+(),;%{{}}&*/^=<>@\#])
    )""",
    re.VERBOSE,
)
_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d+)")
_GUARDS = {"IFERROR": "IFERROR", "IFNA": "IFNA", "_XLFN.IFNA": "IFNA", "_XLFN.IFERROR": "IFERROR"}
_LARGER = NotOurs("AR_ 函数是更大算式的一部分", "the AR_ call is part of a larger formula")


@lru_cache(maxsize=20_000)
def parse(formula: str) -> Call:
    """What a formula (without =, in any spelling) calls. Raises NotOurs."""
    reader = _Reader(canonical(formula))
    call = reader.whole()
    if not reader.at_end:
        raise NotOurs(_LARGER.zh, _LARGER.en)
    return call


@lru_cache(maxsize=1_000)
def parse_argument(text: str) -> Argument:
    """The content of a workbook name by the rules of arguments. Raises NotOurs."""
    reader = _Reader(text)
    found = reader.argument()
    if not reader.at_end:
        raise NotOurs(f"名称的内容“{text}”是算式", f"a name stands for the formula {text}")
    return found


class _Token(NamedTuple):
    kind: str
    text: str
    match: re.Match[str] | None


class _Reader:
    """Reads the tokens of one formula from the left."""

    def __init__(self, formula: str) -> None:
        self.formula = formula
        self.tokens = list(_tokens(formula))
        self.at = 0

    @property
    def at_end(self) -> bool:
        return self.tokens[self.at].kind == "end"

    def peek(self, *signs: str) -> bool:
        token = self.tokens[self.at]
        return token.kind == "sign" and token.text in signs

    def take(self, sign: str) -> None:
        if not self.peek(sign):
            raise self.unread()
        self.at += 1

    def next(self) -> _Token:
        token = self.tokens[self.at]
        self.at += token.kind != "end"
        return token

    def unread(self) -> NotOurs:
        return NotOurs(f"公式写法不支持：{self.formula}", f"this form is not supported: {self.formula}")

    def whole(self) -> Call:
        while self.peek("+"):
            self.at += 1
        token = self.next()
        if token.kind != "call":
            raise NotOurs(_LARGER.zh, _LARGER.en)
        name = token.text.upper()
        if name in _GUARDS:
            inner = self.whole()
            if inner.guard or not self.peek(","):
                raise NotOurs(_LARGER.zh, _LARGER.en)
            self.take(",")
            otherwise = self.argument()
            self.take(")")
            if not isinstance(otherwise, (Constant, Negative)):
                raise NotOurs(f"{_GUARDS[name]} 的替代值不是常量", f"what {_GUARDS[name]} shows instead is no constant")
            shown = _constant(otherwise)
            return Call(inner.name, inner.arguments, _GUARDS[name], 0 if shown is None else shown)
        if not name.startswith("AR_"):
            raise NotOurs(_LARGER.zh, _LARGER.en)
        return Call(name, tuple(self.arguments()))

    def arguments(self) -> Iterator[Argument]:
        if self.peek(")"):
            self.at += 1
            return
        while True:
            yield self.argument()
            if self.peek(")"):
                self.at += 1
                return
            self.take(",")

    def argument(self) -> Argument:
        if self.peek(",", ")") or self.at_end:
            return Constant(None)
        value = self.value()
        if not (self.at_end or self.peek(",", ")")):
            raise NotOurs("参数是算式", "an argument is a formula")
        return value

    def value(self) -> Argument:
        token = self.next()
        if token.kind == "sign":
            if token.text == "-":
                return _negative(self.value())
            if token.text == "+":
                return self.value()
            if token.text == "{":
                return self.array()
        elif token.kind == "number":
            return Constant(self.number(token.text))
        elif token.kind == "text":
            return Constant(token.text[1:-1].replace('""', '"'))
        elif token.kind == "error":
            return Constant(CellError(token.text.upper()))
        elif token.kind == "ref":
            return _reference(token)
        elif token.kind == "table":
            return table_reference(token.text)
        elif token.kind == "name":
            return _name(token.text)
        elif token.kind == "call":
            return self.function(token.text.upper())
        raise self.unread()

    def number(self, text: str) -> int | float:
        value: int | float = int(text) if text.isdecimal() and len(text) <= 15 else float(text)
        while self.peek("%"):
            self.at += 1
            value /= 100
        return value

    def function(self, name: str) -> Argument:
        if name in ("TRUE", "FALSE"):
            self.take(")")
            return Constant(name == "TRUE")
        if name != "DATE":
            raise NotOurs(f"参数中有函数 {name}", f"the function {name} stands in an argument")
        parts = tuple(self.arguments())
        if len(parts) != 3:
            raise self.unread()
        return DateOf(parts)

    def array(self) -> Constant:
        rows: list[list[Any]] = [[]]
        while True:
            rows[-1].append(_constant(self.value()))
            sign = self.next()
            if sign.kind != "sign" or sign.text not in ",;}":
                raise self.unread()
            if sign.text == ";":
                rows.append([])
            elif sign.text == "}":
                break
        if len({len(row) for row in rows}) > 1:
            raise self.unread()
        return Constant(tuple(tuple(row) for row in rows))


def _tokens(formula: str) -> Iterator[_Token]:
    place = 0
    text = formula.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise NotOurs(f"公式写法不支持：{formula}", f"this form is not supported: {formula}")
        kind = match.lastgroup if match.lastgroup not in ("quoted", "plain") else "ref"
        kind = next(each for each in _KINDS if match[each] is not None) if kind not in _KINDS else kind
        yield _Token(str(kind), match[str(kind)], match)
        place = match.end()
    yield _Token("end", "", None)


_KINDS = ("text", "ref", "number", "call", "table", "error", "name", "sign")


def _negative(value: Argument) -> Argument:
    if isinstance(value, Constant) and isinstance(value.value, (int, float)) and not isinstance(value.value, bool):
        return Constant(-value.value)
    return Negative(value)


def _constant(value: Argument) -> Any:
    if isinstance(value, Constant):
        return value.value
    raise NotOurs("常量写法不支持", "not a constant")


def _name(text: str) -> Argument:
    if text.upper() in ("TRUE", "FALSE"):
        return Constant(text.upper() == "TRUE")
    sheet, _, name = text.rpartition("!")
    if "[" in sheet:
        raise NotOurs(f"引用了其他文件：{text}", f"another file is referred to: {text}")
    return NameReference(_sheet(sheet), name)


def _sheet(written: str) -> str:
    return written[1:-1].replace("''", "'") if written.startswith("'") else written


def _reference(token: _Token) -> Reference:
    sheet, _, cells = token.text.rpartition("!")
    sheet = _sheet(sheet)
    if "[" in sheet or ":" in sheet:
        raise NotOurs(f"引用了其他文件或多个工作表：{token.text}", f"another file or several sheets: {token.text}")
    first, colon, last = cells.partition(":")
    return Reference(sheet, _corner(first), _corner(last) if colon else None)


def _corner(text: str) -> Corner:
    found = _CELL.fullmatch(text)
    if found:
        corner = Corner(int(found[4]), column_index(found[2].upper()), bool(found[3]), bool(found[1]))
    elif text.lstrip("$").isdigit():
        corner = Corner(int(text.lstrip("$")), None, text.startswith("$"), True)
    else:
        corner = Corner(None, column_index(text.lstrip("$").upper()), True, text.startswith("$"))
    if (corner.row or 0) > MAX_ROW or (corner.column or 0) >= MAX_COLUMN:
        raise NotOurs(f"地址不存在：{text}", f"there is no such address: {text}")
    return corner


_ITEM = re.compile(r"\s*(?:\[((?:[^\[\]']|'.)*)\]|([,:]|@))\s*")
_ITEMS = frozenset(("#all", "#data", "#headers", "#totals", "#this row"))


@lru_cache(maxsize=5_000)
def table_reference(text: str) -> TableReference:
    """``T[…]`` in all its forms. Raises NotOurs."""
    table, _, spec = text.partition("[")
    spec = spec[:-1].strip()
    this_row = spec.startswith("@")
    if this_row:
        spec = spec[1:].strip()
    if not spec:
        parts: list[str] = []
    elif spec.startswith("["):
        parts = _bracketed(spec, text)
    else:
        parts = [spec]
    items = {part.lower() for part in parts if part.lower() in _ITEMS}
    columns = [part for part in parts if part.lower() not in _ITEMS]
    if this_row:
        items.add("#this row")
    if columns and columns[0].startswith("@"):
        items.add("#this row")
        columns[0] = columns[0][1:]
    if len(columns) > 2 or any(part.startswith("#") for part in columns):
        raise NotOurs(f"表引用写法不支持：{text}", f"this table reference is not supported: {text}")
    return TableReference(table, frozenset(items), tuple(re.sub(r"'(.)", r"\1", part) for part in columns))


def _bracketed(spec: str, text: str) -> list[str]:
    """The parts between inner brackets; a colon may stand between two columns only."""
    parts, place, colons = [], 0, 0
    while place < len(spec):
        match = _ITEM.match(spec, place)
        if match is None:
            raise NotOurs(f"表引用写法不支持：{text}", f"this table reference is not supported: {text}")
        if match[1] is not None:
            parts.append(match[1])
        colons += match[2] == ":"
        place = match.end()
    plain = [part for part in parts if part.lower() not in _ITEMS]
    if len(plain) == 2 and not colons:
        raise NotOurs(f"表引用是几块区域：{text}", f"this table reference is several ranges: {text}")
    return parts
