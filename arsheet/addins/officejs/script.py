"""functions.js: what is declared, then the core script, then the registration with the application."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from arsheet.addins.officejs.metadata import declared
from arsheet.addins.officejs.words import CORE_WORDS
from arsheet.addins.service import PROTOCOL

GENERATED = "// Generated from the registries by arsheet; do not edit.\n"


@cache
def asset(name: str) -> str:
    """A file of the folder ``assets`` as text."""
    return files("arsheet.addins.officejs").joinpath("assets", name).read_text("utf-8")


def declarations(language: str, *, application: str = "officejs") -> str:
    """The values that the core script starts from: protocol, kinds of parameters, words, language."""
    facts = {
        "protocol": PROTOCOL,
        "functions": {name: [param.kind for param in each.params] for name, each in declared().items()},
        "words": CORE_WORDS,
    }
    chosen = json.dumps({"language": language, "client": application})
    return (
        f"{GENERATED}globalThis.arsheetDeclared = {json.dumps(facts, ensure_ascii=False)};\n"
        f"{asset('core.js')}Object.assign(arsheet.settings, {chosen});\n"
    )


def functions_js(language: str) -> str:
    """The script that Office loads: the core, then every function under its id."""
    return f"{declarations(language)}arsheet.associate();\n"
