"""The two check numbers of a table, which a formula and Refresh work out alike: one of its numbers, one of its texts.

Each row becomes a whole number, which is multiplied by the number of its row; all is counted modulo a prime, so that
every step is exact in a spreadsheet (under 10^13; LibreOffice compares 15 digits). Two cells that swap places, or a
character that is watched and changes, change the number. The multipliers hang on the names of the columns alone.

The formulas stand in books that people have: a change of any rule here needs new columns on the sheet 刷新版本, else
every book made before it would say for ever that its data has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from arsheet.schema.model import Column, TableSpec

PRIME = 9_999_991
OFFSET = 0.371374913
"""Added before cutting to whole numbers: no amount that a person types then stands at the edge."""
LARGEST = 9e11
"""A row whose numbers come to more is not counted: rounding down is not exact there in every application."""
SUMMED = ("money", "date", "rate", "percent", "int", "days")
FINE = ("rate", "percent")
"""Kinds whose fourth decimal counts."""
LETTERS = 120
"""So many characters of the value of a setting are watched."""
NO_MEANING = ("book_id", "language")
"""Settings that a save may fill in."""
SETTING_SCALE = 10_007
LENGTH = 0
_ABLE = '(SUM(_xlfn.UNICODE(MID("AB",{1,2},1)))=131)'
"""Divided by: an application that cannot tell the codes of many characters gives a blank, not another number."""
_UNWATCHED = frozenset(
    ("memo", "payment_link", "note", "words", "file", "help", "purpose", "items", "result", "resolution", "workday")
)
"""Free words that no figure hangs on: only their length is watched, for speed."""
_NAMES = frozenset(("name", "payer", "payer_aliases", "expression", "template", "action"))
_ENDINGS = frozenset(("terms", "discount"))
"""Texts such as 月结30天 and net 30: what differs stands near the end."""
_CODES = frozenset(("currency", "order_id", "original_document", "salesperson"))
_KINDS = {"choice": (1, -1), "flag": (1, -1), "id": (-1, LENGTH), "text": (1, -1, LENGTH)}


def picks(column: Column) -> tuple[int, ...]:
    """The characters of a text column that are watched: 1 the first, -1 the last, LENGTH how many there are.

    A text shorter than a place from its end shows its first character there.
    """
    if column.kind in SUMMED or column.kind not in _KINDS:
        return ()
    if column.key in _UNWATCHED:
        return (LENGTH,)
    if column.key in _NAMES:
        return (1, 2, 3, 4, -1, -2, -3, LENGTH)
    if (column.kind == "id" and column.required) or column.key in _ENDINGS:
        return (-1, -2, -3, -4, LENGTH)
    return (1, -1, -2) if column.key in _CODES else _KINDS[column.kind]


def factor(column: Column, pick: int) -> int:
    """What the code of a character is multiplied by."""
    return 1_009 + crc32(f"{column.key}{pick}".encode()) % 98_993


def scale(column: Column) -> int:
    """What a number is multiplied by before it is cut to a whole number: a cent counts one and more.

    The columns of a table differ, so that an amount that moves to another column is seen.
    """
    step = 101 + crc32(column.key.encode()) % 397
    return step * 10_000 if column.kind in FINE else step


def number_columns(spec: TableSpec) -> tuple[Column, ...]:
    """The columns of the check number of numbers."""
    return tuple(column for column in spec.columns if column.kind in SUMMED)


def text_columns(spec: TableSpec) -> tuple[Column, ...]:
    """The columns of the check number of texts."""
    return tuple(column for column in spec.columns if picks(column))


def setting_factors() -> tuple[int, ...]:
    """What the characters of a setting's value are multiplied by."""
    return tuple(10_007 + 7_919 * place % 90_001 for place in range(1, LETTERS + 1))


def number_formula(spec: TableSpec, language: str) -> str:
    """An array formula; 0 for a table without numbers, blank where a column is gone."""
    columns = number_columns(spec)
    if not columns:
        return "=0"
    refs = [_ref(spec, column, language) for column in columns]
    terms = [f"IF(ISNUMBER({ref}),{ref},0)*{scale(column)}" for ref, column in zip(refs, columns, strict=True)]
    row = f"INT({'+'.join(terms)}+{OFFSET})"
    return f'=IFERROR({_summed(row, refs[0])},"")'


def text_formula(spec: TableSpec, language: str) -> str:
    """An array formula; 0 for a table without texts, blank where a column is gone."""
    if spec.key == "settings":
        return _setting_formula(spec, language)
    columns = text_columns(spec)
    if not columns:
        return "=0"
    terms = []
    for column in columns:
        ref = _ref(spec, column, language)
        terms += [f"IFERROR({_code(ref, pick)},0)*{factor(column, pick)}" for pick in picks(column)]
    return f'=IFERROR({_summed("+".join(terms), _ref(spec, columns[0], language))}/{_ABLE},"")'


def _code(ref: str, pick: int) -> str:
    if pick == LENGTH:
        return f"LEN({ref})"
    if pick == 1:
        return f"_xlfn.UNICODE({ref})"
    return f"_xlfn.UNICODE(RIGHT({ref},{-pick}))" if pick < 0 else f"_xlfn.UNICODE(MID({ref},{pick},1))"


def _ref(spec: TableSpec, column: Column, language: str) -> str:
    return f"{spec.table_name}[{column.header(language)}]"


def _summed(row: str, ref: str, also: str = "") -> str:
    return f"SUM(MOD(MOD({row},{PRIME})*ROW({ref}){also},{PRIME}))"


def _setting_formula(spec: TableSpec, language: str) -> str:
    """The values, letter by letter; they may be texts, numbers, dates and TRUE or FALSE."""
    value, key = (_ref(spec, spec.column(name), language) for name in ("value", "key"))
    also = "".join(f'*({key}<>"{name}")' for name in NO_MEANING)
    places, factors = _constant(range(1, LETTERS + 1)), _constant(setting_factors())
    letter = f'IFERROR(_xlfn.UNICODE(MID(IF(ISTEXT({value}),{value},""),{places},1)),0)*{factors}'
    number = f"INT(IF(ISNUMBER({value}),{value},IF(ISLOGICAL({value}),2+{value},0))*{SETTING_SCALE}+{OFFSET})"
    return f'=IFERROR({_summed(letter, value, also)}+{_summed(number, value, also)}/{_ABLE},"")'


def _constant(numbers: Sequence[int]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"
