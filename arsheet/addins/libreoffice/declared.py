"""declared.json: what the modules inside LibreOffice know of functions, buttons, tables and spellings."""

from __future__ import annotations

import json
from typing import Any

from arsheet import __version__
from arsheet.actions.importing import KINDS
from arsheet.actions.registry import actions
from arsheet.addins.libreoffice.words import OPENING, WORDS
from arsheet.addins.service import PROTOCOL
from arsheet.functions import spelling
from arsheet.functions.catalogue import functions
from arsheet.functions.registry import Declaration, Param
from arsheet.schema.tables import SOURCES, TABLES, expand


def known() -> dict[str, Declaration]:
    """Every name that a cell may call: the functions and their other spellings, in the order of the catalogue."""
    found: dict[str, Declaration] = {}
    for name, declaration in functions().items():
        found[name] = declaration
        found.update(dict.fromkeys(declaration.aliases, declaration))
    return found


def method_name(name: str) -> str:
    """AR_AGING_OF -> arAgingOf: its name in the interface; in capitals it is the one of the spellings."""
    first, *rest = name.split("_")
    return first.lower() + "".join(part.capitalize() for part in rest)


def declared() -> dict[str, Any]:
    """Everything, for ``json.dumps``."""
    return {
        "protocol": PROTOCOL,
        "version": __version__,
        "functions": {name: _function(each) | {"method": method_name(name)} for name, each in known().items()},
        "spellings": {
            "service": spelling.SERVICE,
            "pattern": spelling.pattern(),
            "methods": {name: spelling.method(name) for name in known()},
            "names": {spelling.method(name): name for name in known()},
        },
        "tables": {
            spec.table_name: {"headers": sorted({_plain(column.zh) for column in expand(spec)}
                                                | {_plain(column.en) for column in expand(spec)})}
            for spec in TABLES.values()
        },
        "sources": [TABLES[key].table_name for key in SOURCES],
        "actions": {
            each.key: {"zh": each.zh, "en": each.en, "kind": each.kind, "tip_zh": each.tip_zh, "tip_en": each.tip_en}
            for each in actions().values()
        },
        "kinds": [{"key": kind, "zh": _kind(kind, "zh"), "en": _kind(kind, "en")} for kind in KINDS],
        "words": {key: list(pair) for key, pair in WORDS.items()},
    }  # fmt: skip


def declared_json() -> bytes:
    """The file."""
    return (json.dumps(declared(), ensure_ascii=False, indent=1) + "\n").encode()


def _plain(header: str) -> str:
    return header.strip().casefold()


def _function(declaration: Declaration) -> dict[str, Any]:
    """``version``: cannot answer without the book's data; ``book``: heeds its settings; ``customer``: which argument
    is the customer, where the function answers customer by customer."""
    needs = set(declaration.needs)
    strict = bool(needs & {"version", "as_of"})
    by_customer = "version" in needs and declaration.returns in ("scalar", "date")
    at = next((at for at, param in enumerate(declaration.params) if param.kind == "customer"), None)
    return {
        "zh": declaration.zh,
        "en": declaration.en,
        "kinds": [param.kind for param in declaration.params],
        "params_zh": [shown(param, "zh") for param in declaration.params],
        "params_en": [shown(param, "en") for param in declaration.params],
        "version": strict,
        "book": strict or bool(needs & {"policy", "calendar"}),
        "customer": at if by_customer else None,
    }


def shown(param: Param, language: str) -> str:
    """An argument in the help; an optional one in brackets."""
    text = param.zh if language == "zh" else param.en
    return f"[{text}]" if param.optional else text


def _kind(kind: str, language: str) -> str:
    if kind in TABLES:
        return TABLES[kind].sheet(language)
    return OPENING[0 if language == "zh" else 1]
