"""Expected against found, exactly: amounts as numbers, counts as integers, complete lists and maps completely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any


class Complete(dict[str, Any]):
    """A map of which every key is compared; of any other map only those that are expected."""


def differences(expected: Any, found: Any, where: str, tolerance: Decimal | None = None) -> Iterator[str]:
    """What differs, one text each."""
    if isinstance(found, Mapping):
        yield from _maps(expected, found, where, tolerance)
    elif isinstance(found, Sequence) and not isinstance(found, str):
        yield from _lists(expected, found, where, tolerance)
    elif isinstance(found, Decimal):
        if not _same_number(expected, found, tolerance):
            yield f"{where}: expected {expected!r}, found {found}"
    elif type(expected) is not type(found) or expected != found:
        yield f"{where}: expected {expected!r}, found {found!r}"


def _maps(expected: Any, found: Mapping[str, Any], where: str, tolerance: Decimal | None) -> Iterator[str]:
    if not isinstance(expected, Mapping):
        yield f"{where}: expected {expected!r}, found {dict(found)!r}"
        return
    for key, value in expected.items():
        if key in found:
            yield from differences(value, found[key], f"{where}.{key}", tolerance)
        else:
            yield f"{where}: {key!r} is not found; there are {sorted(found)}"
    if isinstance(found, Complete):
        for key in found.keys() - expected.keys():
            yield f"{where}: {key!r} is found and not expected"


def _lists(expected: Any, found: Sequence[Any], where: str, tolerance: Decimal | None) -> Iterator[str]:
    if not isinstance(expected, Sequence) or isinstance(expected, str) or len(expected) != len(found):
        yield f"{where}: expected {expected!r}, found {list(found)!r}"
        return
    for at, (wanted, got) in enumerate(zip(expected, found, strict=True)):
        yield from differences(wanted, got, f"{where}[{at}]", tolerance)


def _same_number(expected: Any, found: Decimal, tolerance: Decimal | None) -> bool:
    if not isinstance(expected, str):
        return False
    try:
        wanted = Decimal(expected)
    except InvalidOperation:
        return False
    return abs(found - wanted) <= (tolerance or 0)
