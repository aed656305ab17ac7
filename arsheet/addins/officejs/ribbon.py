"""The ribbon tab 应收账款 as every manifest needs it: groups with their buttons, in the order of the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arsheet.actions.registry import GROUPS, ActionDeclaration, actions
from arsheet.addins.officejs.glyphs import glyph_of

TAB = ("应收账款", "Receivables")
PANE = ("任务窗格", "Task pane")
PANE_TIP = ("打开应收账款窗格：按钮、预览、发现", "Open the pane: buttons, preview, findings")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the tab with its buttons."""

    key: str
    zh: str
    en: str
    buttons: tuple[ActionDeclaration, ...]


def groups() -> tuple[Group, ...]:
    """The groups that have a button; a group without one is not shown."""
    by_group: dict[str, list[ActionDeclaration]] = {}
    for declared in actions().values():
        by_group.setdefault(declared.group, []).append(declared)
    return tuple(Group(key, zh, en, tuple(by_group[key])) for key, zh, en in GROUPS if key in by_group)


def tip(button: ActionDeclaration, language: str) -> str:
    """What a click does, else the name of the button."""
    said = (button.tip_zh, button.zh) if language == "zh" else (button.tip_en, button.en)
    return said[0] or said[1]


def icon_url(base_url: str, icon: str, size: int) -> str:
    """Where the picture of a button is served."""
    return f"{base_url}/assets/{icon if icon == 'logo' else glyph_of(icon)}-{size}.png"


def declared_for_pane() -> list[Mapping[str, object]]:
    """Groups and buttons as the task pane reads them."""
    return [
        {
            "key": group.key,
            "zh": group.zh,
            "en": group.en,
            "actions": [
                {
                    "key": each.key, "zh": each.zh, "en": each.en, "icon": glyph_of(each.icon), "kind": each.kind,
                    "tip": {"zh": tip(each, "zh"), "en": tip(each, "en")}, "reads": list(each.reads),
                }
                for each in group.buttons
            ],
        }
        for group in groups()
    ]  # fmt: skip
