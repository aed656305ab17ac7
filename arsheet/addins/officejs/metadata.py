"""functions.json: what Excel knows of every worksheet function, in one language."""

from __future__ import annotations

from typing import Any

from arsheet.functions.catalogue import functions
from arsheet.functions.registry import Declaration, Param

NAMESPACE = "ARSHEET"
"""Office.js puts it before every name: =ARSHEET.AR_AGING(…)."""
RANGES = ("range", "customer", "any")
"""Kinds of parameters that may be given a block of cells."""
LONGEST = 128
"""Characters of a description that Excel accepts."""


def declared() -> dict[str, Declaration]:
    """Every name that a cell may call: the functions and their other spellings, in the order of the catalogue."""
    found: dict[str, Declaration] = {}
    for name, declaration in functions().items():
        found[name] = declaration
        found.update(dict.fromkeys(declaration.aliases, declaration))
    return found


def functions_json(language: str) -> dict[str, Any]:
    """The metadata in zh or en. Answers are matrices: a table spills, a single value is a table of one cell."""
    return {
        "allowCustomDataForDataTypeAny": True,
        "allowErrorForDataTypeAny": True,
        "functions": [function_entry(name, each, language) for name, each in declared().items()],
    }


def function_entry(name: str, declaration: Declaration, language: str) -> dict[str, Any]:
    """One function; no function is volatile, and each learns its own address for AR_LAST_ERROR."""
    return {
        "id": name,
        "name": name,
        "description": cut(declaration.zh if language == "zh" else declaration.en),
        "options": {"requiresAddress": True, "requiresParameterAddresses": True},
        "parameters": [_parameter(param, language) for param in declaration.params],
        "result": {"type": "any", "dimensionality": "matrix"},
    }


def _parameter(param: Param, language: str) -> dict[str, Any]:
    entry = {
        "name": param.key,
        "description": cut(param.zh if language == "zh" else param.en),
        "type": "any",
        "dimensionality": "matrix" if param.kind in RANGES else "scalar",
    }
    return {**entry, "optional": True} if param.optional else entry


def cut(words: str, longest: int = LONGEST) -> str:
    """Words that fit, shortened at the end of a clause where there is one."""
    if len(words) <= longest:
        return words
    kept = words[: longest - 1]
    ends = [kept.rfind(mark) for mark in ("；", "; ", "。", "：", ", ", "，")]
    return kept[: max(ends)] if max(ends) >= longest // 3 else f"{kept}…"
