"""Every file that the local service hands out, by the name it is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from arsheet.addins.officejs import pane
from arsheet.addins.officejs.glyphs import GLYPHS, SIZES, png
from arsheet.addins.officejs.manifest_json import localisation, manifest_json, package
from arsheet.addins.officejs.manifest_xml import manifest_xml
from arsheet.addins.officejs.metadata import functions_json
from arsheet.addins.officejs.script import asset, functions_js
from arsheet.addins.wps import files as wps

HTML, JS, JSON = "text/html; charset=utf-8", "text/javascript; charset=utf-8", "application/json; charset=utf-8"
XML, CSS, PNG, ZIP = "application/xml; charset=utf-8", "text/css; charset=utf-8", "image/png", "application/zip"
MODULES = ("dom", "pane", "dialogs", "preview", "findings", "sheet", "file", "formula", "live", "writes")
"""The scripts of the pane under assets/."""
_PICTURE = re.compile(r"assets/([a-z_]+)-([0-9]+)\.png")


@lru_cache(maxsize=256)
def static(name: str, language: str, base_url: str) -> tuple[str, bytes]:
    """Content type and bytes of a file. ``name`` has no leading slash; "" is the page for a browser.

    ``base_url`` has no slash at its end. FileNotFoundError for a name that is none of ours: names are looked up, never
    joined to a path.
    """
    maker = _PAGES.get(name)
    if maker is not None:
        kind, text = maker(language, base_url.rstrip("/"))
        return kind, text if isinstance(text, bytes) else text.encode()
    if name in _ASSETS:
        return _ASSETS[name], asset(name.removeprefix("assets/")).encode()
    if name == "assets/declared.js":
        return JS, pane.declared_js().encode()
    if name.startswith("wps/"):
        return wps.static(name.removeprefix("wps/"), language)
    found = _PICTURE.fullmatch(name)
    if found and found[1] in GLYPHS and int(found[2]) in SIZES:
        return PNG, png(found[1], int(found[2]), badge=found[1] == "logo")
    raise FileNotFoundError(name)


def names() -> tuple[str, ...]:
    """Every name that ``static`` knows."""
    pictures = (f"assets/{glyph}-{size}.png" for glyph in GLYPHS for size in SIZES)
    return (*_PAGES, *_ASSETS, "assets/declared.js", *pictures, *(f"wps/{name}" for name in wps.names()))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


_PAGES: Mapping[str, Callable[[str, str], tuple[str, str | bytes]]] = {
    "": lambda language, base: (HTML, pane.page(language, office=False)),
    "index.html": lambda language, base: (HTML, pane.page(language, office=False)),
    "taskpane.html": lambda language, base: (HTML, pane.page(language, office=True)),
    "functions.json": lambda language, base: (JSON, _json(functions_json(language))),
    "functions.js": lambda language, base: (JS, functions_js(language)),
    "manifest.xml": lambda language, base: (XML, manifest_xml(base, language)),
    "manifest.json": lambda language, base: (JSON, _json(manifest_json(base, language))),
    "zh-cn.json": lambda language, base: (JSON, _json(localisation(base, "zh"))),
    "en-us.json": lambda language, base: (JSON, _json(localisation(base, "en"))),
    "favicon.ico": lambda language, base: (PNG, png("logo", 32, badge=True)),
    "arsheet-office.zip": lambda language, base: (ZIP, package(base, language)),
}
_ASSETS = {"assets/pane.css": CSS, **{f"assets/{module}.js": JS for module in MODULES}}
