"""A1 notation: column letters, quoted titles, and the range that a text names."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[rR][0-9]*[cC][0-9]*")
_QUOTED = re.compile(r"'((?:[^']|'')*)'(?:!(.*))?$", re.S)
_RANGE = re.compile(r"^\$?([A-Za-z]{1,3})?\$?([0-9]+)?(?::\$?([A-Za-z]{1,3})?\$?([0-9]+)?)?$")


@dataclass(frozen=True, slots=True)
class Corner:
    """One end of a range as written: 0-based row and column, None where it is open."""

    row: int | None
    column: int | None


def column_number(letters: str) -> int:
    """`A` -> 0, `AA` -> 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(column: int) -> str:
    """0 -> `A`, 26 -> `AA`."""
    letters, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def quoted(title: str) -> str:
    """A title as Google writes it in a range: bare where it can be, in quotes (doubled inside) where it must."""
    if _PLAIN.fullmatch(title) and not _LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def split(text: str) -> tuple[str | None, str | None]:
    """(title, the rest): a None title when the text has none, a None rest for a bare quoted title."""
    text = text.strip()
    match = _QUOTED.match(text) if text.startswith("'") else None
    if match:
        return match.group(1).replace("''", "'"), match.group(2)
    if "!" in text:
        title, rest = text.rsplit("!", 1)
        return title, rest
    return None, text


def corners(text: str) -> tuple[Corner, Corner] | None:
    """The two ends of `B2:C`, `B`, `2:3` …; one cell is its own two ends; None for what is not a range."""
    match = _RANGE.match(text)
    if not match or not any(match.groups()):
        return None
    left, top, right, bottom = match.groups()
    first = Corner(int(top) - 1 if top else None, column_number(left) if left else None)
    if (top and int(top) < 1) or (bottom and int(bottom) < 1):
        return None
    if ":" not in text:
        return (first, first) if left and top else None
    return first, Corner(int(bottom) - 1 if bottom else None, column_number(right) if right else None)


def is_cell(text: str) -> bool:
    """Whether the part after the title names one cell."""
    return bool(re.fullmatch(r"\$?[A-Za-z]{1,3}\$?[0-9]+", text))
