"""A plan kept in a file: what a person has looked at, to be carried out only as long as it is still the plan."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from arsheet.sync.model import Target
from arsheet.sync.passes import Expected
from arsheet.sync.plan import Plan
from arsheet.table import ArsheetError

VERSION = 1


def target_json(target: Target, plan: Plan) -> dict[str, Any]:
    """A target's plan for scripts."""
    return {
        "spreadsheet": target.spreadsheet,
        "name": target.name,
        "scope": target.scope,
        "changed": has_changes(plan),
        "stopped": sorted({each.sheet for each in plan.problems if each.severity == "error"}),
        **plan.to_json(),
    }


def has_changes(plan: Plan) -> bool:
    """Whether carrying it out would do anything: write, or take over what people typed."""
    return bool(plan.writing or plan.pulls)


def write_plan(path: Path, book: Path, plans: Sequence[tuple[Target, Plan]]) -> None:
    """Keeps plans in a file that only its owner can read: it holds what is in the cells."""
    said = {"arsheet_plan": VERSION, "book": book.name, "targets": [target_json(*pair) for pair in plans]}
    data = json.dumps(said, ensure_ascii=False, indent=1).encode()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        if os.name == "posix":
            os.fchmod(handle, 0o600)  # of a file that was there before
        file.write(data)


def read_plan(path: Path, book: Path) -> dict[str, Expected]:
    """Spreadsheet -> what was planned for it; raises ArsheetError ``plan_not_readable`` (2), ``plan_of_another_book``.

    Nothing but the two digests is taken from the file: the plan is made anew and must come out the same.
    """
    try:
        said = json.loads(path.read_text("utf-8"))
        if said["arsheet_plan"] != VERSION:
            raise ValueError
        found = {_text(each, "spreadsheet"): Expected(_text(each, "digest"), _text(each, "fingerprint"))
                 for each in said["targets"]}  # fmt: skip
        name = str(said["book"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ArsheetError(
            "plan_not_readable",
            f"{path.name} 不是 arsheet sync plan --out 存下的计划；请重新生成",
            f"{path.name} is no plan kept by arsheet sync plan --out; make it again",
            exit_code=2,
        ) from None
    if name != book.name:
        raise ArsheetError(
            "plan_of_another_book",
            f"{path.name} 是为 {name} 做的计划，不是 {book.name}；请重新生成",
            f"{path.name} was planned for {name}, not for {book.name}; make it again",
            exit_code=2,
        )
    return found


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said[key]
    if not isinstance(value, str) or not value:
        raise ValueError(key)
    return value
