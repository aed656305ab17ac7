"""The experimental WPS add-in: its files, its dialect of functions.json, its script in Node, and honest notes."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from arsheet.actions.registry import actions
from arsheet.addins.officejs import files as office_files
from arsheet.addins.officejs.metadata import declared
from arsheet.addins.wps import files
from arsheet.addins.wps.build import NOTES, USUAL_PORT, build, jsplugins_xml
from arsheet.cli import main

UI = "{http://schemas.microsoft.com/office/2006/01/customui}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_file_is_handed_out_by_the_service(language: str) -> None:
    for name in files.names():
        assert office_files.static(f"wps/{name}", language, "http://127.0.0.1:1") == files.static(name, language)
    for name in ("../files.py", "assets/wps.js", "images/x-32.png"):
        with pytest.raises(FileNotFoundError):
            files.static(name, language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_ribbon_has_every_button(language: str) -> None:
    text = files.ribbon_xml(language)
    assert text.startswith("<customUI"), "WPS takes nothing before the element"
    root = ElementTree.fromstring(text)
    buttons = {each.get("id"): each for each in root.iter(f"{UI}button")}
    assert set(buttons) == {"arsheet_connect", *(f"arsheet_{key}" for key in actions())}
    assert {each.get("onAction") for each in buttons.values()} == {"OnAction"}
    served = set(files.names())
    assert all(f"images/{each.get('tag')}-32.png" in served for each in buttons.values())
    assert buttons["arsheet_refresh"].get("label") == ("刷新" if language == "zh" else "Refresh")


def test_functions_are_in_the_dialect_of_wps() -> None:
    entries = {each["name"]: each for each in json.loads(files.functions_json("zh"))["functions"]}
    assert list(entries) == list(declared())
    kinds = {param["type"] for each in entries.values() for param in each["parameters"]}
    assert kinds <= {"any", "any?", "any[][]", "any[][]?"}
    assert entries["AR_AGING_OF"]["parameters"][0]["type"] == "any[][]"
    assert {each["result"]["type"] for each in entries.values()} == {"any[][]"}


def test_the_script_runs_against_a_double_of_wps(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    script = tmp_path / "main.js"
    script.write_bytes(files.static("main.js", "zh")[1])
    command = [node, str(Path(__file__).parent / "run_wps.mjs"), str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{len(declared())} functions"


def test_the_manifests_are_xml_and_name_the_service() -> None:
    manifest = ElementTree.fromstring(files.manifest_xml("zh"))
    assert manifest.findtext("Functions/Namespace") == "ARSHEET"
    online = ElementTree.fromstring(jsplugins_xml(50123)).find("jspluginonline")
    assert online is not None
    assert online.get("url") == "http://127.0.0.1:50123/wps/"


def test_build_writes_the_add_in_and_says_plainly_what_it_is(tmp_path: Path) -> None:
    written = build(tmp_path)
    assert all(path.is_file() for path in written)
    zh, en = ((tmp_path / NOTES[language]).read_text("utf-8") for language in ("zh", "en"))
    assert "没有在真正的 WPS 里运行过" in zh
    assert "Never run in a real WPS" in en
    for text in (zh, en):
        assert "arsheet serve" in text
        assert str(USUAL_PORT) in text
        assert "{" not in text
    assert zh.count("|") == en.count("|"), "the tables have the same rows"


def test_the_command(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["wps", "build", "--out", str(tmp_path / "x"), "--json"])
    assert done.exit_code == 0, done.output
    assert "arsheet/ribbon.xml" in json.loads(done.output)["files"]
