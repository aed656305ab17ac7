"""The ribbon tab 应收账款/Receivables as customUI XML, and what must hold for Excel to show it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from arsheet.actions.registry import GROUPS, ActionDeclaration
from arsheet.addins.excel.macros import callback_name

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
"""Custom UI of Office 2010 and later ([MS-CUSTOMUI2])."""
TAB = ("应收账款", "Receivables")
IMAGES: Mapping[str, str] = MappingProxyType(
    {
        "refresh": "RefreshAll",
        "check": "AcceptInvitation",
        "import": "ImportTextFile",
        "undo": "Undo",
        "values": "PasteValues",
        "settings": "PropertySheet",
        "help": "Help",
    }
)
"""Icon of a declaration -> a picture that Office has (imageMso); one that is not named here shows OTHER_IMAGE."""
OTHER_IMAGE = "TableInsert"
LARGE = ("refresh", "import")
LONGEST_TEXT = 1024
"""Characters that a label or tip may have ([MS-CUSTOMUI2] ST_String)."""


def ribbon_xml(actions: Iterable[ActionDeclaration], language: str) -> bytes:
    """The customUI part: the groups that have an action, in the order of the catalogue."""
    declared = list(actions)
    root = ET.Element("customUI", {"xmlns": NAMESPACE})
    tab = ET.SubElement(ET.SubElement(ET.SubElement(root, "ribbon"), "tabs"), "tab", id="arsheet_tab")
    tab.set("label", TAB[0] if language == "zh" else TAB[1])
    for key, zh, en in GROUPS:
        mine = [each for each in declared if each.group == key]
        if mine:
            group = ET.SubElement(tab, "group", id=f"arsheet_group_{key}", label=zh if language == "zh" else en)
            for each in mine:
                ET.SubElement(group, "button", _button(each, language))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{ET.tostring(root, "unicode")}\n'.encode()


def _button(declared: ActionDeclaration, language: str) -> dict[str, str]:
    label, tip = (declared.zh, declared.tip_zh) if language == "zh" else (declared.en, declared.tip_en)
    return {
        "id": f"arsheet_{declared.key}",
        "label": label,
        "size": "large" if declared.key in LARGE else "normal",
        "imageMso": IMAGES.get(declared.icon, OTHER_IMAGE),
        "onAction": callback_name(declared.key),
        "screentip": label,
        "supertip": tip or label,
    }


CHILDREN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customUI": ("ribbon",),
        "ribbon": ("tabs",),
        "tabs": ("tab",),
        "tab": ("group",),
        "group": ("button",),
        "button": (),
    }
)
"""The elements that we write, each with what may stand in it, in this order."""
ATTRIBUTES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "customUI": frozenset(),
        "ribbon": frozenset(),
        "tabs": frozenset(),
        "tab": frozenset({"id", "label"}),
        "group": frozenset({"id", "label"}),
        "button": frozenset({"id", "label", "size", "imageMso", "onAction", "screentip", "supertip"}),
    }
)


def faults(part: bytes, procedures: Iterable[str]) -> list[str]:
    """What Excel would refuse: elements, attributes, ids, texts, and callbacks that no procedure answers."""
    try:
        root = ET.fromstring(part)
    except ET.ParseError as error:
        return [f"not XML: {error}"]
    found: list[str] = []
    known, ids = set(procedures), list[str]()
    if root.tag != f"{{{NAMESPACE}}}customUI":
        found.append(f"the root is {root.tag}")
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        if name not in CHILDREN:
            found.append(f"element {name} is unknown")
            continue
        found += [f"{name} holds {child.tag.rpartition('}')[2]}" for child in element
                  if child.tag.rpartition("}")[2] not in CHILDREN[name]]  # fmt: skip
        found += [f"{name} has the attribute {key}" for key in element.attrib if key not in ATTRIBUTES[name]]
        ids += [element.get("id", "")] if "id" in ATTRIBUTES[name] else []
        found += [f"{key} of {element.get('id')} is too long" for key, text in element.attrib.items()
                  if len(text) > LONGEST_TEXT]  # fmt: skip
        action = element.get("onAction")
        if action is not None and action not in known:
            found.append(f"callback {action} does not exist")
    found += [f"id {each!r} is no name" for each in ids if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", each)]
    found += [f"id {each} is used twice" for each in sorted(set(ids)) if ids.count(each) > 1]
    return found
