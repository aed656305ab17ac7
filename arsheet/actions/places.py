"""设置 and 帮助: buttons that lead to a place and write nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arsheet.actions.registry import Effect, Outcome, action


@action(
    "settings", zh="设置", en="Settings", group="more", icon="settings", kind="go",
    tip=("转到设置表", "Go to the settings sheet"),
)  # fmt: skip
def settings(arguments: Mapping[str, Any]) -> Outcome:
    """The effect ``show_sheet``: the table whose sheet is to be shown."""
    del arguments
    return Outcome(effects=(Effect("show_sheet", {"table": "settings"}),))


@action(
    "help", zh="帮助", en="Help", group="more", icon="help", kind="go",
    tip=("函数、按钮和常见问题", "Functions, buttons and common questions"),
)  # fmt: skip
def help_(arguments: Mapping[str, Any]) -> Outcome:
    """The effect ``show_help``: the function or button asked about, if any."""
    return Outcome(effects=(Effect("show_help", {"about": str(arguments.get("about") or "")}),))
