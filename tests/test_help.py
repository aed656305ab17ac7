"""arsheet help functions: the reference says what every function takes and gives, in both languages."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from arsheet.cli import main
from arsheet.functions.catalogue import functions


def test_the_reference_has_every_function_with_an_example_and_its_result() -> None:
    done = CliRunner().invoke(main, ["help", "functions", "--json"])
    assert done.exit_code == 0
    found = {entry["name"]: entry for entry in json.loads(done.output)}
    assert list(found) == list(functions())
    for entry in found.values():
        for example in entry["examples"]:
            assert example["formula"].startswith(f"={entry['name']}(")
            assert set(example["result"]) == {"zh", "en"}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["额度占用率", "也写作: AR_CREDIT_UTILIZATION", "客户", "→ 0.75"]),
        ("en", ["Utilisation", "Also:", "Customer"]),
    ],
)
def test_one_function_in_one_language(language: str, words: list[str]) -> None:
    done = CliRunner().invoke(main, ["help", "functions", "ar_credit_utilization", "--lang", language])
    assert done.exit_code == 0
    assert done.output.startswith("AR_CREDIT_UTILISATION(customer, [as_of])")
    assert '=AR_CREDIT_UTILISATION("C001")' in done.output
    for word in words:
        assert word in done.output


def test_all_of_them_and_one_that_is_not_there() -> None:
    done = CliRunner().invoke(main, ["help", "functions"])
    assert all(name in done.output for name in functions())
    lost = CliRunner().invoke(main, ["help", "functions", "AR_GOLD"])
    assert lost.exit_code == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_each_application_shows_is_a_page(language: str) -> None:
    done = CliRunner().invoke(main, ["help", "applications", "--lang", language])
    assert done.exit_code == 0
    for word in ("Excel", "LibreOffice 7.4", "WPS", "#NAME?", "arsheet serve", "ar_cell_not_updated"):
        assert word in done.output
    both = json.loads(CliRunner().invoke(main, ["help", "applications", "--json"]).output)
    assert both[language].strip() == done.output.strip()
    assert both["zh"].count("\n| ") == both["en"].count("\n| "), "the same rows in both languages"


def test_the_commands_that_the_page_names_are_there() -> None:
    text = CliRunner().invoke(main, ["help", "applications"]).output
    named = set(re.findall(r"`arsheet ([a-z]+)(?: ([a-z]+))?", text))
    assert len(named) >= 8
    for group, command in named:
        found = main.commands[group]
        subcommands = getattr(found, "commands", None)
        assert subcommands is None or command in subcommands
