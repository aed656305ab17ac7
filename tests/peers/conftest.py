"""Where the cases come from: ``--cases DIR`` (repeatable) and ARSHEET_PEER_CASES (parted like a search path).

``--cases`` wants a folder of tests beside it, such as ``tests`` or ``tests/peers``; without one, use the variable.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.peers import running


def folders(config: pytest.Config) -> list[Path]:
    """The folders that were asked for, each once."""
    asked = [*(config.getoption("--cases", default=None) or [])]
    asked += [part for part in os.environ.get("ARSHEET_PEER_CASES", "").split(os.pathsep) if part]
    found: dict[Path, None] = {}
    for text in asked:
        path = (Path(config.invocation_params.dir) / text).resolve()
        if not path.is_dir():
            raise pytest.UsageError(f"no folder of cases: {text}")
        found[path] = None
    return list(found)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "peer_case" in metafunc.fixturenames:
        cases = [case for folder in folders(metafunc.config) for case in running.load(folder)]
        metafunc.parametrize("peer_case", _parameters(cases))
    if "own_case" in metafunc.fixturenames:
        metafunc.parametrize("own_case", _parameters(running.load(running.OWN)))


def _parameters(cases: list[dict[str, object]]) -> list[object]:
    """One test per case; one skip per topic that has no adapter; one skip when there is no folder."""
    if not cases:
        reason = "no folder of cases: give --cases DIR or ARSHEET_PEER_CASES"
        return [pytest.param(None, id="no-cases", marks=pytest.mark.skip(reason=reason))]
    parameters: list[object] = []
    not_yet: set[str] = set()
    for case in cases:
        topic = str(case.get("topic"))
        if topic not in running.NOT_YET:
            parameters.append(pytest.param(case, id=f"{topic}-{case.get('case_id')}"))
        elif topic not in not_yet:
            not_yet.add(topic)
            parameters.append(pytest.param(None, id=f"{topic}-not_yet", marks=pytest.mark.skip(reason="not yet")))
    return parameters
