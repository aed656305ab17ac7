"""The task pane: its page for Office and for a browser, what it may load, and the words and names it is given."""

from __future__ import annotations

import json

from arsheet.addins.officejs.glyphs import GLYPHS, svg
from arsheet.addins.officejs.ribbon import declared_for_pane
from arsheet.addins.officejs.script import GENERATED, asset
from arsheet.addins.officejs.words import PANE_WORDS
from arsheet.functions.catalogue import functions
from arsheet.schema.tables import IMPORT_COLUMNS, SOURCES, TABLES, expand

OFFICE_HOST = "https://appsforoffice.microsoft.com"
_OFFICE_SCRIPT = f'<script src="{OFFICE_HOST}/lib/1/hosted/office.js"></script>\n'


def page(language: str, *, office: bool) -> str:
    """The page. Only the one for Office names a script from elsewhere: Office's own, loaded by Office itself."""
    filled = {
        "$lang": "zh-CN" if language == "zh" else "en",
        "$mode": "office" if office else "browser",
        "$policy": policy(office=office),
        "$office": _OFFICE_SCRIPT if office else "",
        "$title": PANE_WORDS["title"][0 if language == "zh" else 1],
    }
    text = asset("pane.html")
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return text


def policy(*, office: bool) -> str:
    """The content security policy inside a page: its own files, and Office's script where it runs in Office."""
    extra = f" {OFFICE_HOST}" if office else ""
    return (
        f"default-src 'none'; script-src 'self'{extra}; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; base-uri 'none'; form-action 'none'"
    )


def declared_js() -> str:
    """A module with everything the pane shows that the registries declare."""
    parts = {
        "WORDS": dict(PANE_WORDS),
        "GROUPS": declared_for_pane(),
        "GLYPHS": {name: svg(name) for name in GLYPHS},
        "TABLES": {spec.table_name: [spec.zh, spec.en] for spec in TABLES.values()},
        "SOURCES": [TABLES[key].table_name for key in SOURCES],
        "KINDS": header_kinds(),
        "FUNCTIONS": [
            {
                "name": name, "zh": each.zh, "en": each.en,
                "params": [{"key": p.key, "zh": p.zh, "en": p.en, "optional": p.optional} for p in each.params],
            }
            for name, each in functions().items()
        ],
    }  # fmt: skip
    lines = [f"export const {name} = {json.dumps(value, ensure_ascii=False)};\n" for name, value in parts.items()]
    return GENERATED + "".join(lines)


def header_kinds() -> dict[str, str]:
    """Header in either language -> kind of the column, so that a sheet's figures are shown as what they are."""
    kinds: dict[str, str] = {}
    columns = [column for spec in TABLES.values() for column in expand(spec)]
    for column in (*columns, *(column for several in IMPORT_COLUMNS.values() for column in several)):
        for header in (column.zh, column.en):
            kinds.setdefault(header, column.kind)
    return kinds
