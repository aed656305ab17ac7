"""manifest.json: the unified manifest, its file of the other language, and the package that is uploaded."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from urllib.parse import urlsplit

from arsheet.addins.officejs.glyphs import png
from arsheet.addins.officejs.manifest_xml import ABOUT, ADDIN_ID, NAMES
from arsheet.addins.officejs.metadata import NAMESPACE, cut, functions_json
from arsheet.addins.officejs.ribbon import PANE, PANE_TIP, TAB, groups, icon_url, tip

SCHEMA_VERSION = "1.24"
_SCHEMA = "https://developer.microsoft.com/en-us/json-schemas/teams/v{}/MicrosoftTeams.{}schema.json"
_SIZES = (16, 32, 80)
_TAGS = {"zh": "zh-cn", "en": "en-us"}


def manifest_json(base_url: str, language: str) -> dict[str, Any]:
    """The manifest in its default language; the other one is in ``localisation``."""
    other = "en" if language == "zh" else "zh"
    return {
        "$schema": _SCHEMA.format(SCHEMA_VERSION, ""),
        "manifestVersion": SCHEMA_VERSION,
        "id": ADDIN_ID,
        "version": "1.0.0",
        **_names(language),
        "developer": {
            "name": "arsheet",
            "websiteUrl": f"{base_url}/",
            "privacyUrl": f"{base_url}/",
            "termsOfUseUrl": f"{base_url}/",
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#0F6B4F",
        "localizationInfo": {
            "defaultLanguageTag": _TAGS[language],
            "additionalLanguages": [{"languageTag": _TAGS[other], "file": f"{_TAGS[other]}.json"}],
        },
        "authorization": {
            "permissions": {"resourceSpecific": [{"name": "Document.ReadWrite.User", "type": "Delegated"}]}
        },
        "validDomains": [urlsplit(base_url).hostname or "localhost"],
        "extensions": [_extension(base_url, language)],
    }


def _names(language: str) -> dict[str, Any]:
    at = 0 if language == "zh" else 1
    return {
        "name": {"short": NAMES[at], "full": NAMES[at]},
        "description": {"short": cut(ABOUT[at], 80), "full": ABOUT[at]},
    }


def _extension(base_url: str, language: str) -> dict[str, Any]:
    runtime = {
        "id": "Arsheet.Runtime",
        "type": "general",
        "lifetime": "long",
        "code": {"page": f"{base_url}/taskpane.html", "script": f"{base_url}/functions.js"},
        "actions": [
            {"id": "open_pane", "type": "openPage", "view": "Arsheet.Pane", "displayName": _pick(PANE, language)},
            *(
                {"id": each.key, "type": "executeFunction", "displayName": _pick((each.zh, each.en), language)}
                for group in groups()
                for each in group.buttons
            ),
        ],
        "customFunctions": {
            "namespace": {"id": NAMESPACE, "name": NAMESPACE},
            "allowCustomDataForDataTypeAny": True,
            "functions": [_inline(each) for each in functions_json(language)["functions"]],
        },
    }
    return {
        "requirements": {"scopes": ["workbook"], "capabilities": [{"name": "SharedRuntime", "minVersion": "1.1"}]},
        "runtimes": [runtime],
        "ribbons": [{"contexts": ["default"], "tabs": [_tab(base_url, language)]}],
    }


def _inline(entry: dict[str, Any]) -> dict[str, Any]:
    """A function of functions.json as the manifest writes it: options beside the rest, no type of the result."""
    rest = {key: value for key, value in entry.items() if key != "options"}
    return {**rest, **entry["options"], "result": {"dimensionality": entry["result"]["dimensionality"]}}


def _tab(base_url: str, language: str) -> dict[str, Any]:
    pane = _control(base_url, "open_pane", "logo", _pick(PANE, language), _pick(PANE_TIP, language))
    first = {"id": "Arsheet.Pane", "label": _pick(TAB, language), "icons": _icons(base_url, "logo"), "controls": [pane]}
    rest = [
        {
            "id": f"Arsheet.Group.{group.key}",
            "label": _pick((group.zh, group.en), language),
            "icons": _icons(base_url, group.buttons[0].icon),
            "controls": [
                _control(base_url, each.key, each.icon, _pick((each.zh, each.en), language), tip(each, language))
                for each in group.buttons
            ],
        }
        for group in groups()
    ]
    return {"id": "Arsheet.Tab", "label": _pick(TAB, language), "groups": [first, *rest]}


def _control(base_url: str, action: str, icon: str, label: str, said: str) -> dict[str, Any]:
    return {
        "id": f"Arsheet.{action}",
        "type": "button",
        "label": label,
        "enabled": True,
        "actionId": action,
        "icons": _icons(base_url, icon),
        "supertip": {"title": label, "description": cut(said, 250)},
    }


def _icons(base_url: str, icon: str) -> list[dict[str, Any]]:
    return [{"size": size, "url": icon_url(base_url, icon, size)} for size in _SIZES]


def _pick(words: tuple[str, str], language: str) -> str:
    return words[0] if language == "zh" else words[1]


def localisation(base_url: str, language: str) -> dict[str, Any]:
    """The words of ``language`` by their place in the manifest, for a manifest whose default is the other one."""
    names = _names(language)
    words: dict[str, Any] = {
        "$schema": _SCHEMA.format(SCHEMA_VERSION, "Localization."),
        **{f"{part}.{size}": names[part][size] for part in ("name", "description") for size in ("short", "full")},
    }
    tab, at = _tab(base_url, language), "extensions[0].ribbons[0].tabs[0]"
    words[f"{at}.label"] = tab["label"]
    for g, group in enumerate(tab["groups"]):
        words[f"{at}.groups[{g}].label"] = group["label"]
        for c, control in enumerate(group["controls"]):
            place = f"{at}.groups[{g}].controls[{c}]"
            words[f"{place}.label"] = control["label"]
            words[f"{place}.supertip.title"] = control["supertip"]["title"]
            words[f"{place}.supertip.description"] = control["supertip"]["description"]
    return words


def package(base_url: str, language: str) -> bytes:
    """The zip that an administrator uploads: manifest, the other language, the two pictures."""
    other = "en" if language == "zh" else "zh"
    files = {
        "manifest.json": _text(manifest_json(base_url, language)),
        f"{_TAGS[other]}.json": _text(localisation(base_url, other)),
        "color.png": png("logo", 192, badge=True),
        "outline.png": png("logo", 32, ink=(255, 255, 255)),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, data)
    return buffer.getvalue()


def _text(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
