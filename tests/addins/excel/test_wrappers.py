"""The VBA of the functions and buttons: ASCII, held to xlwings' own generator, nothing volatile, errors never texts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from arsheet.actions.registry import actions
from arsheet.addins.excel import macros
from arsheet.addins.excel.build import basic_texts, modules
from arsheet.addins.excel.wrappers import LAST_ERROR, functions_module, parameter_name, wrapper
from arsheet.addins.excel.xlwings_part import xlwings_part
from arsheet.functions.catalogue import functions
from arsheet.functions.registry import Param

NAMES = list(functions())
SIGNATURE = re.compile(r"^\s*(?:Public )?Function (AR_\w+)\((.*)\)$", re.M)


@cache
def by_xlwings() -> dict[str, Any]:
    """What xlwings makes of our function server."""
    script = Path(__file__).with_name("pywin32_stubs.py")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


def call_of(vba: str, name: str) -> str:
    """The CallUDF of a function."""
    found = re.search(rf'XLPy\.CallUDF\("[\w.]+", "{name}", .*Application\.Caller\)', vba)
    assert found, name
    return found[0]


@pytest.mark.parametrize("name", NAMES)
def test_signature_and_call_are_those_of_xlwings(name: str) -> None:
    theirs, ours = by_xlwings()["vba"], wrapper(functions()[name])
    assert dict(SIGNATURE.findall(ours))[name] == dict(SIGNATURE.findall(theirs))[name]
    plain = re.sub(r"Arsheet(?:Plain|Place)\((\w+)\)", r"\1", call_of(ours, name))
    assert plain == call_of(theirs, name)


def test_xlwings_hands_values_on_as_they_are_and_asks_vba_for_the_cell() -> None:
    known = by_xlwings()["known"]
    assert list(known) == sorted(NAMES)
    for name, info in known.items():
        *arguments, last = info["arguments"]
        assert last[:2] == ["asking_cell", "ArsheetCell()"]
        assert [each[0] for each in arguments] == [parameter_name(param) for param in functions()[name].params]
        assert all(each[3] == {"convert": "raw"} for each in info["arguments"])
        assert info["result"] == {"convert": "raw"}
        assert not info["volatile"]
    assert by_xlwings()["answer"] == [["", 1.5], ["\x1b2042", True]]


@pytest.mark.parametrize("name", NAMES)
def test_errors_are_caught_without_condition_and_never_become_texts(name: str) -> None:
    lines = [line.strip() for line in wrapper(functions()[name]).splitlines()]
    assert lines[1] == "On Error GoTo failed"
    assert lines[-2] == f"{name} = " + (
        "ArsheetReason()" if name == LAST_ERROR else "ArsheetFailed(Err.Number, Err.Description)"
    )
    assert not any("Volatile" in line for line in lines)


@pytest.mark.parametrize(
    ("key", "name"),
    [("from", "from_"), ("to", "to_"), ("currency", "currency_"), ("as_of", "as_of"), ("客户", "argument")],
)  # fmt: skip
def test_words_that_vba_keeps_are_not_parameters(key: str, name: str) -> None:
    assert parameter_name(Param(key, "参数", "Parameter")) == name


def test_nothing_required_follows_what_may_be_left_out() -> None:
    for text in SIGNATURE.findall(functions_module(functions().values())):
        optional = [part.strip().startswith("Optional ") for part in text[1].split(",") if part.strip()]
        assert optional == sorted(optional)
        assert len({part.split()[-1].lower() for part in text[1].split(",") if part.strip()}) == len(optional)


def test_every_text_is_ascii_and_explicit() -> None:
    for module in modules(xlwings_part(), sheets=4):
        assert module.source.isascii()
        if module.kind != "document" and module.name not in ("xlwings", "Dictionary"):
            assert "Option Explicit" in module.source, module.name
    assert set(basic_texts()) == {"ArsheetCells", "ArsheetRun", "ArsheetBooks", "ArsheetEvents", "ThisWorkbook"}


def test_every_name_that_our_vba_calls_exists() -> None:
    made = [module for module in modules(xlwings_part(), sheets=4) if module.name not in ("xlwings", "Dictionary")]
    text = "\n".join(module.source for module in made)
    defined = set(re.findall(r"^(?:Public |Private )?(?:Function|Sub) (\w+)", text, re.M))
    defined |= set(re.findall(r"^Public (\w+) As", text, re.M)) | {module.name for module in made}
    code = re.sub(r'"[^"]*"|\'.*$', "", text, flags=re.M)
    assert set(re.findall(r"\b(Arsheet\w+)", code)) <= defined
    asked = set(re.findall(r'ArsheetText\("(\w+)"\)', text))
    from arsheet.addins.excel.words import word_rows

    for language in ("zh", "en"):
        assert asked <= {key for key, _ in word_rows(language, xlwings="1")}


def test_every_action_is_a_macro_and_a_callback() -> None:
    text = macros.buttons_module(actions().values())
    for key in actions():
        assert f"Public Sub {macros.macro_name(key)}()" in text
        assert f"Public Sub {macros.callback_name(key)}(control As IRibbonControl)" in text
    names = {name.lower() for name in re.findall(r"Sub (\w+)", text)}
    assert not names & {name.lower() for name in functions()}, "VBA does not tell capitals apart"
