"""The one rewrite table between the spellings of a worksheet function in each application and its own name.

| application | spelling |
|---|---|
| Excel, LibreOffice from 25.2, Google Sheets | AR_AGING |
| Office.js, WPS | ARSHEET.AR_AGING (in files _xldudf_ARSHEET_AR_AGING) |
| LibreOffice 7.4 | COM.ARSHEET.CALCFUNCTIONS.ARAGING |
| Excel, add-in moved or missing | 'path\\arsheet.xlam'!AR_AGING, [1]!AR_AGING, _xll.AR_AGING, _xludf.AR_AGING |

What stands in quotes, in brackets, or behind the name of another book or sheet is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from arsheet.functions.catalogue import MODULES, ORDER

Application = Literal["excel", "officejs", "libreoffice7", "libreoffice", "wps", "google"]

NAMESPACE = "ARSHEET"
"""The namespace of the functions in Office.js and WPS."""
SERVICE = "COM.ARSHEET.CALCFUNCTIONS"
"""The service that holds the functions in LibreOffice; a function is a method of it."""

_PREFIX = r"""(?:
    _xll\. | _xludf\. | _xldudf_ | (?:ARSHEET[._])
  | \[(?:\d+|[^][]*arsheet[^][]*)\]!
  | '(?:[^']|'')*?arsheet[^'\\/]*\.xl[a-z]+'! | arsheet[\w.()-]*?\.xl[a-z]+!
)*"""
_TOKEN = re.compile(
    rf"""
    "(?:[^"]|"")*"?
  | (?P<call>(?<![\w.!'"\]])(?:
        {_PREFIX}(?P<name>AR_\w+) | (?:_xludf\.)?{re.escape(SERVICE)}\.(?P<internal>AR[A-Z0-9]+)
    ))(?=\s*\()
  | '(?:[^']|'')*'?
  | \[(?:[^][']|'.|\[(?:[^][']|'.)*\])*\]
  | [\w.\\?]+
  | .
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_MARK = re.compile(r"AR_|CALCFUNCTIONS\.", re.IGNORECASE)


def pattern() -> str:
    """The table as a verbose regular expression (case ignored, dot for every letter): ``call``, ``name``, ``internal``
    are groups; for applications that rewrite formulas without Python packages."""
    return _TOKEN.pattern


def internal_name(name: str) -> str:
    """The full name in LibreOffice: AR_AGING_OF -> COM.ARSHEET.CALCFUNCTIONS.ARAGINGOF."""
    return f"{SERVICE}.{method(name)}"


def method(name: str) -> str:
    """The name of a function as a method: AR_AGING_OF -> ARAGINGOF."""
    return name.upper().replace("_", "")


@cache
def by_method() -> Mapping[str, str]:
    """Method -> name, for every function of the catalogue; ValueError if two names fall together."""
    names = dict.fromkeys((*ORDER, *(name for declared in MODULES.values() for name in declared)))
    found = {method(name): name for name in names}
    if len(found) != len(names):
        raise ValueError("two functions have one name in LibreOffice")
    return MappingProxyType(found)


def _plain(name: str) -> str:
    return name


def _in_namespace(name: str) -> str:
    return f"{NAMESPACE}.{name}"


_SPELLINGS: Mapping[Application, Callable[[str], str]] = {
    "excel": _plain,
    "officejs": _in_namespace,
    "libreoffice7": internal_name,
    "libreoffice": _plain,
    "wps": _in_namespace,
    "google": _plain,
}


def mentions(formula: str) -> bool:
    """Whether a formula can hold a call of ours at all; quick, and true rather too often."""
    return _MARK.search(formula) is not None


def calls(formula: str) -> bool:
    """Whether a formula calls a function of ours, in any spelling."""
    return mentions(formula) and any(match["call"] for match in _TOKEN.finditer(formula))


def canonical(formula: str) -> str:
    """The formula with every function of ours under its own name, in capitals. What it cannot tell stays."""
    return _rewritten(formula, _plain)


def spell(formula: str, application: Application) -> str:
    """The formula as an application spells it, from any spelling."""
    return _rewritten(formula, _SPELLINGS[application])


def repaired(formula: str) -> str:
    """The formula with what no Excel knows put right: LibreOffice's internal names become our own.

    Nothing else is certain: a path or a prefix may be what the user's own set-up needs.
    """

    def one(match: re.Match[str]) -> str:
        known = by_method().get((match["internal"] or "").upper())
        return known or match[0]

    return _TOKEN.sub(one, formula) if "CALCFUNCTIONS." in formula.upper() else formula


def _rewritten(formula: str, spelling: Callable[[str], str]) -> str:
    def one(match: re.Match[str]) -> str:
        if match["call"] is None:
            return match[0]
        name = by_method().get(match["internal"].upper()) if match["internal"] else match["name"].upper()
        return spelling(name) if name else match[0]

    return _TOKEN.sub(one, formula) if mentions(formula) else formula
