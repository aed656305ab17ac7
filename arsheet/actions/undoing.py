"""撤销: takes back the last action that a person confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arsheet.actions.registry import Effect, Outcome, action


@action(
    "undo", zh="撤销", en="Undo", group="data", icon="undo",
    tip=("撤销上一次写入；之后有人改过就不撤销",
         "Take back the last write, unless somebody has changed the book since"),
)  # fmt: skip
def undo(arguments: Mapping[str, Any]) -> Outcome:
    """The effect ``undo``; ``redo`` among the arguments does again what was undone last."""
    return Outcome(effects=(Effect("undo", {"redo": bool(arguments.get("redo"))}),))
