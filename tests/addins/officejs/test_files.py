"""What the service hands out of the add-in: every name, the words in both languages, nothing else from the disk."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path

import pytest

from arsheet.actions.registry import actions
from arsheet.addins.officejs import files, glyphs
from arsheet.addins.officejs.metadata import LONGEST, cut, declared, functions_json
from arsheet.addins.officejs.words import CORE_WORDS, PANE_WORDS
from arsheet.functions.catalogue import functions

BASE = "https://localhost:8443"
ASSETS = Path(files.__file__).parent / "assets"
SCRIPTS = sorted(ASSETS.glob("*.js"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_name_is_served_and_the_same_twice(language: str) -> None:
    for name in files.names():
        kind, data = files.static(name, language, BASE)
        files.static.cache_clear()
        assert data, name
        assert files.static(name, language, BASE) == (kind, data), name


@pytest.mark.parametrize(
    "name",
    ["../pane.py", "assets/../pane.py", "assets/core.js", "assets/pane.html", "assets/nothing.js", "assets/logo-17.png",
     "assets/nothing-16.png", "/etc/passwd", "assets/", "assets", "FUNCTIONS.JSON", "assets/logo-16.png/", "assets/\0"],
)  # fmt: skip
def test_other_names_are_not_found(name: str) -> None:
    with pytest.raises(FileNotFoundError):
        files.static(name, "zh", BASE)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_functions_json_has_every_function_and_spelling(language: str) -> None:
    entries = {each["id"]: each for each in functions_json(language)["functions"]}
    aliases = {alias for each in functions().values() for alias in each.aliases}
    assert set(entries) == set(functions()) | aliases == set(declared())
    for name, entry in entries.items():
        assert re.fullmatch(r"[A-Z][A-Z_]{2,63}", name)
        assert 0 < len(entry["description"]) <= LONGEST
        assert entry["result"]["dimensionality"] == "matrix"
        assert "volatile" not in entry["options"]
        assert len({param["name"] for param in entry["parameters"]}) == len(entry["parameters"])
        optional = [bool(param.get("optional")) for param in entry["parameters"]]
        assert optional == sorted(optional), f"{name}: Excel wants optional parameters last"
    chinese = re.compile(r"[一-鿿]")
    assert all(bool(chinese.search(entry["description"])) == (language == "zh") for entry in entries.values())


def test_a_range_may_be_given_where_a_function_takes_one() -> None:
    entries = {each["id"]: each for each in functions_json("en")["functions"]}
    assert entries["AR_AGING_OF"]["parameters"][0]["dimensionality"] == "matrix"
    assert entries["AR_BALANCE"]["parameters"][0]["dimensionality"] == "matrix"
    assert entries["AR_BALANCE"]["parameters"][1]["dimensionality"] == "scalar"


def test_long_descriptions_end_at_a_clause() -> None:
    words = "Aging of any range; " + "recalculated live whenever a cell in it changes, " * 4
    assert len(cut(words)) <= LONGEST
    assert cut(words).startswith("Aging of any range; recalculated")
    assert cut("短") == "短"


@pytest.mark.parametrize("name", ["", "taskpane.html"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_has_no_script_of_its_own_and_loads_nothing_from_elsewhere(name: str, language: str) -> None:
    page = files.static(name, language, BASE)[1].decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", page), "an inline script"
    assert not re.search(r"\son\w+=|style=|javascript:", page)
    sources = re.findall(r'(?:src|href)="([^"#]+)"', page)
    outside = [each for each in sources if "//" in each]
    office = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js"
    assert outside == ([office] if name == "taskpane.html" else [])
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "unsafe" not in policy[1]
    assert "$" not in page
    served = set(files.names())
    assert {each for each in sources if each not in outside} <= served


def test_no_script_of_the_pane_parses_text_as_html_or_reaches_out() -> None:
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), (
            path
        )
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text), path
        assert len(text.splitlines()) <= 400, path


def test_every_script_is_served_or_part_of_one() -> None:
    served = {f"assets/{path.name}" for path in SCRIPTS} - {"assets/core.js"}
    assert served <= set(files.names())
    for path in SCRIPTS:
        for target in re.findall(r'from "\./([a-z]+\.js)"', path.read_text("utf-8")):
            assert f"assets/{target}" in files.names(), f"{path.name} imports {target}"


def test_words_are_said_in_both_languages_and_every_one_is_used() -> None:
    text = "".join(path.read_text("utf-8") for path in SCRIPTS)
    asked = set(re.findall(r'\b(?:t|say)\(\s*(?:stop\.signal\.aborted \? )?"(\w+)"', text))
    assert asked <= set(PANE_WORDS), asked - set(PANE_WORDS)
    for key, (zh, en) in PANE_WORDS.items():
        assert zh, key
        assert en, key
        assert re.findall(r"\{(\w+)\}", zh) == [] or set(re.findall(r"\{(\w+)\}", zh)) == set(
            re.findall(r"\{(\w+)\}", en)
        )
        assert f'"{key}"' in text or key.startswith(("kind_", "wps_")), f"{key} is never said"
    assert set(CORE_WORDS) <= set(PANE_WORDS)


def test_the_pane_knows_every_button_sheet_and_header() -> None:
    text = files.static("assets/declared.js", "zh", BASE)[1].decode()
    parts = {m[1]: json.loads(m[2]) for m in re.finditer(r"export const (\w+) = (.*);\n", text)}
    keys = [each["key"] for group in parts["GROUPS"] for each in group["actions"]]
    assert sorted(keys) == sorted(actions())
    assert parts["KINDS"]["未收金额"] == "money"
    assert parts["KINDS"]["Due date"] == "date"
    assert "Invoices" in parts["SOURCES"]
    assert "OverdueAging" not in parts["SOURCES"]
    assert [each["name"] for each in parts["FUNCTIONS"]] == list(functions())


def test_every_button_has_a_picture_of_its_own() -> None:
    drawn = [glyphs.glyph_of(each.icon) for each in actions().values()]
    assert "other" not in drawn
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("size", glyphs.SIZES)
def test_pictures_are_png_of_their_size(size: int) -> None:
    data = files.static(f"assets/refresh-{size}.png", "zh", BASE)[1]
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (size, size)


def test_an_installed_package_has_the_files() -> None:
    import tomllib

    root = Path(files.__file__).parents[3]
    if not (root / "pyproject.toml").exists():
        pytest.skip("this is no checkout")
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    shipped = settings["tool"]["setuptools"]["package-data"]["arsheet"]
    assert {"addins/officejs/assets/*", "addins/wps/assets/*"} <= set(shipped)
