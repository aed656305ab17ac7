"""What the tests of the Office.js add-in need: a browser, Node, packages of npm; each skips where it cannot be had."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.addins.officejs import chromium


@pytest.fixture(scope="session")
def node() -> str:
    """Node's program."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed")
    return found


@pytest.fixture(scope="session")
def npm_packages(node: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm packages that only tests use."""
    given = os.environ.get("ARSHEET_NPM")
    folder = Path(given) if given else tmp_path_factory.mktemp("npm")
    wanted = ("@microsoft/app-manifest@1.1.2", "office-addin-mock@4.0.0")
    if not (folder / "node_modules" / "office-addin-mock").is_dir():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed")
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", *wanted]
        (folder / "package.json").write_text('{"private": true}')
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)
        except subprocess.TimeoutExpired:
            pytest.skip("npm did not answer in time")
        if done.returncode:
            pytest.skip(f"npm cannot fetch {' '.join(wanted)}: {done.stderr.strip()[-200:]}")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[chromium.Browser]:
    """A headless Chromium."""
    if chromium.program() is None:
        pytest.skip("chromium is not installed")
    found = chromium.Browser()
    yield found
    found.close()
