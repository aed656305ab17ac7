"""Calls a worksheet function by name with raw arguments: the one way in for cells, scripts and the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from arsheet.functions.arguments import coerce, parse_argument
from arsheet.functions.catalogue import find
from arsheet.functions.registry import Declaration, FunctionError, Version, bad_value, not_available
from arsheet.functions.remembering import remember
from arsheet.functions.results import Result, as_result, to_json
from arsheet.ledger.calendar import Calendar
from arsheet.ledger.terms import TermError
from arsheet.schema.cells import read_date
from arsheet.table import ArsheetError

__all__ = ["Result", "invoke", "parse_argument", "to_json"]
_ANY_DAY = 0
"""Stands in for a blank as-of date where the arguments are only looked at."""


def invoke(
    name: str,
    args: Sequence[Any] = (),
    *,
    version: Version | None = None,
    settings: Mapping[str, str] | None = None,
    language: str = "zh",
    calendar: Calendar | None = None,
) -> Result:
    """The answer of a function; what is wrong with the arguments is an error result, never an exception.

    Of a function that answers customer by customer the first cell works out every customer's answer; the others are
    looked up (``version.answers``).

    ``settings`` are added to the version's and win. The calendar is the one given, else ``version.stamp["calendar"]``,
    else the published one.
    """
    if type(args) is not tuple:
        args = tuple(args)
    if version is not None and settings is None and calendar is None:
        try:
            known: Result = version.answers[name, language, args[1:]][args[0]]
            return known
        except (KeyError, IndexError, TypeError):  # not answered yet, no argument, a range
            pass
    result = _invoke(name, args, version, settings, language, calendar)
    if version is not None and settings is None and calendar is None:
        remember(version, name, language, args, result)
    return result


def _invoke(
    name: str,
    args: Sequence[Any],
    version: Version | None,
    settings: Mapping[str, str] | None,
    language: str,
    calendar: Calendar | None,
) -> Result:
    shown = name.strip().upper()
    try:
        declaration = find(name)
        shown = declaration.name
        policy = {**(version.settings if version is not None else {}), **(settings or {})}
        as_of = _as_of(version, policy)
        if "version" in declaration.needs and version is None:  # says more than that the as-of date is missing
            coerce(declaration, args, as_of=_ANY_DAY if as_of is None else as_of)
            raise not_available(
                "not_refreshed", "尚未刷新，没有数据；请先刷新", "Not refreshed yet: there is no data; refresh first"
            )
        values = coerce(declaration, args, as_of=as_of)
        have = {
            "version": version,
            "as_of": as_of,
            "policy": policy,
            "language": language,
            "calendar": calendar or _calendar(version),
        }
        return _call(declaration, values, have, language, policy.get("base_currency") or "CNY")
    except FunctionError as error:
        return Result(shown, "error", error=error)


def answer(declaration: Declaration, args: Sequence[Any], version: Version, language: str) -> Any:
    """What a declared function of a version returns, before it becomes a Result; FunctionError as it is raised."""
    policy = dict(version.settings)
    as_of = _as_of(version, policy)
    values = coerce(declaration, args, as_of=as_of)
    have = {
        "version": version,
        "as_of": as_of,
        "policy": policy,
        "language": language,
        "calendar": _calendar(version),
    }
    return declaration.call(*values, **{need: have[need] for need in declaration.needs})


def _call(declaration: Declaration, values: list[Any], have: Mapping[str, Any], language: str, base: str) -> Result:
    try:
        answer = declaration.call(*values, **{need: have[need] for need in declaration.needs})
        return as_result(declaration.name, answer, declaration.returns, language, base)
    except TermError as error:
        raise bad_value(error.code, error.words("zh"), error.words("en")) from None
    except ArsheetError as error:
        raise bad_value(error.code, error.zh, error.en) from None
    except ArithmeticError:
        raise bad_value(
            "value_out_of_range", "数字或日期超出可以计算的范围", "A number or date is beyond what can be calculated"
        ) from None


def _as_of(version: Version | None, policy: Mapping[str, str]) -> int | None:
    """The moment of the version, else a date of the settings; 今天 is resolved at the edge, not here."""
    stamped = version.stamp.get("as_of") if version is not None else None
    if isinstance(stamped, int):
        return stamped
    found = read_date(stamped or policy.get("as_of") or "").value
    return None if found is None else int(found)


def _calendar(version: Version | None) -> Calendar:
    stamped = version.stamp.get("calendar") if version is not None else None
    return stamped if isinstance(stamped, Calendar) else Calendar()
