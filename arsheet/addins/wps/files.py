"""The files of the WPS add-in, as the local service hands them out below /wps/: the same origin as what it calls."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import quoteattr

from arsheet.addins.officejs.glyphs import GLYPHS, glyph_of, png
from arsheet.addins.officejs.metadata import NAMESPACE, RANGES, cut, declared
from arsheet.addins.officejs.ribbon import TAB, groups, tip
from arsheet.addins.officejs.script import GENERATED, declarations

CONNECT = ("连接本地服务", "Connect")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PICTURE = re.compile(r"images/([a-z_]+)-32\.png")


def static(name: str, language: str) -> tuple[str, bytes]:
    """Content type and bytes of a file of the add-in; FileNotFoundError for any other name."""
    makers = {
        "index.html": ("text/html; charset=utf-8", index_html),
        "manifest.xml": ("application/xml; charset=utf-8", manifest_xml),
        "ribbon.xml": ("application/xml; charset=utf-8", ribbon_xml),
        "functions.json": ("application/json; charset=utf-8", functions_json),
        "main.js": ("text/javascript; charset=utf-8", main_js),
    }
    if name in ("", *makers):
        kind, maker = makers[name or "index.html"]
        return kind, maker(language).encode()
    found = _PICTURE.fullmatch(name)
    if found and found[1] in GLYPHS:
        return "image/png", png(found[1], 32, badge=found[1] == "logo")
    raise FileNotFoundError(name)


def names() -> tuple[str, ...]:
    """Every file of the add-in."""
    pictures = (f"images/{glyph_of(each.icon)}-32.png" for group in groups() for each in group.buttons)
    text = ("index.html", "manifest.xml", "ribbon.xml", "functions.json", "main.js")
    return (*text, "images/logo-32.png", *dict.fromkeys(pictures))


def index_html(language: str) -> str:
    """The page that WPS loads behind the scenes."""
    shown = "zh-CN" if language == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{shown}">\n<head>\n<meta charset="utf-8">\n<title>arsheet</title>\n'
        '<script src="main.js"></script>\n</head>\n<body></body>\n</html>\n'
    )


def manifest_xml(language: str) -> str:
    """Name, and where the functions are described."""
    return (
        f"{_HEAD}<JsPlugin>\n<ApiVersion>1.0.0</ApiVersion>\n<Name>arsheet</Name>\n"
        f"<Description>{TAB[0 if language == 'zh' else 1]}</Description>\n"
        f"<Functions><Uri>functions.json</Uri><Namespace>{NAMESPACE}</Namespace></Functions>\n</JsPlugin>\n"
    )


def ribbon_xml(language: str) -> str:
    """The tab with every declared button and one that connects; it must begin with its element, without a head."""
    at = 0 if language == "zh" else 1
    shown = [
        _group("arsheet_service", TAB[at], [_button("arsheet_connect", CONNECT[at], CONNECT[at], "logo")]),
        *(
            _group(
                f"arsheet_{group.key}",
                (group.zh, group.en)[at],
                [
                    _button(f"arsheet_{each.key}", (each.zh, each.en)[at], tip(each, language), glyph_of(each.icon))
                    for each in group.buttons
                ],
            )
            for group in groups()
        ),
    ]
    return (
        '<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui" onLoad="OnAddinLoad">\n'
        f'<ribbon startFromScratch="false"><tabs><tab id="arsheet_tab" label={quoteattr(TAB[at])}>\n'
        + "".join(shown)
        + "</tab></tabs></ribbon>\n</customUI>\n"
    )


def _group(ident: str, label: str, buttons: list[str]) -> str:
    return f"<group id={quoteattr(ident)} label={quoteattr(label)}>\n{''.join(buttons)}</group>\n"


def _button(ident: str, label: str, said: str, glyph: str) -> str:
    return (
        f'<button id={quoteattr(ident)} label={quoteattr(label)} screentip={quoteattr(said)} tag="{glyph}" size="large"'
        ' onAction="OnAction" getImage="GetImage"/>\n'
    )


def functions_json(language: str) -> str:
    """The functions in WPS's dialect: a block of cells is any[][], what may be left out ends in a question mark."""
    shown = [
        {
            "name": name,
            "description": cut(each.zh if language == "zh" else each.en),
            "result": {"type": "any[][]"},
            "parameters": [
                {
                    "name": param.key,
                    "description": cut(param.zh if language == "zh" else param.en),
                    "type": ("any[][]" if param.kind in RANGES else "any") + ("?" if param.optional else ""),
                }
                for param in each.params
            ],
        }
        for name, each in declared().items()
    ]
    return json.dumps({"functions": shown}, ensure_ascii=False, indent=1) + "\n"


def main_js(language: str) -> str:
    """The core script that Office.js loads too, and the WPS side of it."""
    return (
        f"{declarations(language, application='wps')}globalThis.arsheetNamespace = {json.dumps(NAMESPACE)};\n"
        f"{GENERATED}{asset('wps.js')}"
    )


@cache
def asset(name: str) -> str:
    """A file of the folder ``assets`` as text."""
    return files("arsheet.addins.wps").joinpath("assets", name).read_text("utf-8")
