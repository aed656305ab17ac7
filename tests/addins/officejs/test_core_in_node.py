"""The core script in Node: batches, digests, errors, against a double of Excel's custom functions."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from arsheet.addins.officejs.files import MODULES, static

FOLDER = Path(__file__).parent / "node"
BASE = "https://localhost:8443"


def run_node(node: str, script: str, **settings: str) -> str:
    """What a file of node's own tests says; fails with it."""
    command = [node, "--test", "--test-reporter=tap", str(FOLDER / script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env={**os.environ, **settings})
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def test_the_core_script(node: str, tmp_path: Path) -> None:
    script = tmp_path / "functions.js"
    script.write_bytes(static("functions.js", "zh", BASE)[1])
    said = run_node(node, "core.test.mjs", ARSHEET_FUNCTIONS_JS=str(script))
    found = re.search(r"^# pass (\d+)", said, re.M)
    assert found is not None
    assert int(found[1]) >= 17


@pytest.mark.parametrize("name", MODULES)
def test_every_module_is_sound_javascript(node: str, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.mjs"
    path.write_bytes(static(f"assets/{name}.js", "zh", BASE)[1])
    done = subprocess.run([node, "--check", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_live_module_over_microsofts_mock(node: str, npm_packages: Path, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for name in (*MODULES, "declared"):
        (tmp_path / f"{name}.js").write_bytes(static(f"assets/{name}.js", "zh", BASE)[1])
    said = run_node(node, "mock.test.mjs", ARSHEET_NPM=str(npm_packages), ARSHEET_PANE=str(tmp_path))
    assert re.search(r"^# pass 3$", said, re.M)
