"""Loads cases and runs one: its adapter finds each expected figure, and every one of them is compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.peers.comparing import differences
from tests.peers.shape import TOPICS, ShapeError, check_case, decimal, settings_of

OWN = Path(__file__).parent / "own_cases"
ADAPTERS = Path(__file__).parent / "adapters"
NOT_YET = frozenset(topic for topic in TOPICS if not (ADAPTERS / f"{topic}.py").exists())
"""Topics without an adapter: they say so once each."""

Figures = Mapping[str, Callable[[], Any]]
"""Per expected key that a topic knows, what finds it."""


def load(folder: Path) -> list[dict[str, Any]]:
    """The cases of a folder in the order of their files; every file but INDEX.json must hold some."""
    cases: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.json")):
        if path.name != "INDEX.json":
            cases.extend(json.loads(path.read_text("utf-8"))["cases"])
    return cases


def failures(case: Mapping[str, Any]) -> list[str]:
    """What of a case does not hold, empty when all of it does."""
    try:
        check_case(case)
        tolerance = _tolerance(case)
        figures: Figures = import_module(f"tests.peers.adapters.{case['topic']}").figures(
            case["inputs"], settings_of(case)
        )
        out = [f"expected.{key} is not a figure of this topic" for key in case["expected"] if key not in figures]
        for key, wanted in case["expected"].items():
            if key in figures:
                out.extend(differences(wanted, figures[key](), key, tolerance))
    except ShapeError as refused:
        return [f"refused: {refused}"]
    return out


def _tolerance(case: Mapping[str, Any]) -> Decimal | None:
    if "tolerance" not in case:
        return None
    if case["topic"] != "kpi":
        raise ShapeError("tolerance is for kpi only")
    return decimal(case["tolerance"], "tolerance")
