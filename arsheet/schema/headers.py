"""Which column of a file is which column of a table: headers matched by name, never by position."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from arsheet.schema.model import Column, TableSpec

# 万元 and 千元 are not here: an amount in another scale must not pass for one in yuan (imports multiply it out, by
# importers.units).
_UNIT = re.compile(
    r"\((?:单位[:：]?)?(?:人民币|本位币|元|圆|天|日|¥|￥|\$|€|£|%|rmb|cny|usd|eur|hkd|gbp|jpy|yuan|days?)\)"
    r"|\[(?:元|天|¥|￥|\$|%|rmb|cny|usd|eur|days?)\]"
)
_WORD = re.compile(r"[^\w]|_")


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """What was recognised: ``mapping`` key -> index of the header.

    ``ambiguous`` lists every index that fitted a key when more than one did (the chosen one first), ``unmatched`` the
    indexes of headers that fit nothing, ``missing`` the required keys that no header names.
    """

    mapping: Mapping[str, int]
    unmatched: tuple[int, ...]
    ambiguous: Mapping[str, tuple[int, ...]]
    missing: tuple[str, ...]

    def __contains__(self, key: str) -> bool:
        return key in self.mapping


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """A header without what varies: width, case, spaces, punctuation, and a unit in brackets such as （元） or ($)."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _UNIT.sub("", re.sub(r"\s+", "", plain))
    return _WORD.sub("", plain)


def names(column: Column) -> tuple[str, ...]:
    """The exact names of a column, normalised: its own headers and key first, then its aliases."""
    return tuple(dict.fromkeys(map(normalise, (column.zh, column.en, column.key, *column.aliases))))


def match_headers(
    headers: Sequence[object],
    spec: TableSpec,
    *,
    overrides: Mapping[str, str] | None = None,
    extra: Iterable[Column] = (),
) -> HeaderMatch:
    """Matches headers to the columns of ``spec`` and to ``extra`` columns.

    A column's own header wins over its key, that over an alias, and a longer alias over a shorter one; the leftmost of
    equals is taken. Loose aliases (客户, 金额) come last. ``overrides`` says header -> key, or "" to ignore a header.
    """
    texts = [normalise(str(header)) if header is not None else "" for header in headers]
    columns = (*spec.columns, *extra)
    chosen = _overridden(texts, overrides or {}, {column.key for column in columns})
    mapping = {key: index for index, key in chosen.items() if key}
    free = [index for index, text in enumerate(texts) if text and index not in chosen]
    ambiguous: dict[str, tuple[int, ...]] = {}
    for column in columns:
        if column.key not in mapping:
            _take(column.key, _ranked(texts, free, names(column)), mapping, ambiguous)
    exact = frozenset(mapping)
    for column in sorted(columns, key=lambda column: not column.required):
        if column.key not in mapping and not any(key in exact for key in column.loose_unless):
            _take_loosely(column, columns, texts, free, mapping, ambiguous)
    used = set(mapping.values()) | set(chosen)
    return HeaderMatch(
        mapping,
        tuple(index for index, text in enumerate(texts) if text and index not in used),
        ambiguous,
        tuple(column.key for column in spec.columns if column.required and column.key not in mapping),
    )


def _overridden(texts: Sequence[str], overrides: Mapping[str, str], keys: set[str]) -> dict[int, str]:
    wanted = {normalise(header): key for header, key in overrides.items()}
    unknown = sorted({key for key in wanted.values() if key} - keys)
    if unknown:
        raise KeyError(f"no column {', '.join(unknown)}")
    return {index: wanted[text] for index, text in enumerate(texts) if text and text in wanted}


def _ranked(texts: Sequence[str], free: Iterable[int], wanted: Sequence[str]) -> list[int]:
    """The free headers among the wanted names, best first: the first three names in order, then by length."""
    rank = {name: (place if place < 3 else 3, -len(name)) for place, name in enumerate(wanted)}
    return sorted((index for index in free if texts[index] in rank), key=lambda index: (*rank[texts[index]], index))


def _take(key: str, found: list[int], mapping: dict[str, int], ambiguous: dict[str, tuple[int, ...]]) -> None:
    taken = set(mapping.values())
    left = [index for index in found if index not in taken]
    if left:
        mapping[key] = left[0]
    if len(left) > 1:
        ambiguous[key] = tuple(left)


def _take_loosely(
    column: Column,
    columns: Sequence[Column],
    texts: Sequence[str],
    free: Sequence[int],
    mapping: dict[str, int],
    ambiguous: dict[str, tuple[int, ...]],
) -> None:
    """A loose alias; a required column may take it from an optional one (发票号码 is the document number if alone)."""
    found = _ranked(texts, free, tuple(map(normalise, column.loose)))
    _take(column.key, found, mapping, ambiguous)
    if column.key in mapping or not column.required:
        return
    optional = {other.key for other in columns if not other.required}
    for index in found:
        holder = next((key for key, at in mapping.items() if at == index), "")
        if holder in optional:
            del mapping[holder]
            ambiguous.pop(holder, None)
            mapping[column.key] = index
            return
