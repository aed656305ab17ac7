"""Every function that was promised is declared, in both languages, with examples that hold."""

from __future__ import annotations

import re

import pytest

from arsheet.functions.catalogue import MODULES, ORDER, aliases, find, functions
from arsheet.functions.examples import example_version, in_words
from arsheet.functions.invoke import invoke, to_json
from arsheet.functions.registry import Declaration

ISSUE_1 = {
    *("AR_AGING", "AR_AGING_OF", "AR_AGING_DERIVED", "AR_OPEN_ITEMS", "AR_BALANCE", "AR_ACCOUNT", "AR_RECLASS"),
    *("AR_UNAPPLIED", "AR_DUE_DATE", "AR_SCHEDULE", "AR_TERM_EXPLAIN", "AR_DISCOUNT", "AR_AMOUNT_CN"),
    "AR_DATA_CHECK",
}
ISSUE_3 = {
    *("AR_AGING_BUCKET", "AR_OVERDUE", "AR_OLDEST_DAYS", "AR_STAMP", "AR_LAST_ERROR", "AR_CREDIT_LIMIT"),
    *("AR_EXPOSURE", "AR_CREDIT_UTILISATION", "AR_CREDIT_AVAILABLE", "AR_REMINDERS", "AR_RECON_STATUS", "AR_DSO"),
}
IN_CHINESE = ("AR_TERM_EXPLAIN", "AR_DATA_CHECK", "AR_STAMP", "AR_LAST_ERROR")
"""Functions that answer in sentences: their examples show the Chinese ones."""
DECLARATIONS = list(functions().values())
NEEDS = {"version", "calendar", "policy", "language", "as_of"}


def test_the_catalogue_is_complete_and_in_order() -> None:
    assert set(functions()) >= ISSUE_1 | ISSUE_3
    assert tuple(functions())[: len(ORDER)] == ORDER


def test_modules_say_what_they_declare() -> None:
    for module, names in MODULES.items():
        for name in names:
            assert functions()[name].call.__module__ == f"arsheet.functions.{module}"
    assert sorted(name for names in MODULES.values() for name in names) == sorted(functions())


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda found: found.name)
def test_declaration_fits_every_application(declaration: Declaration) -> None:
    assert re.fullmatch(r"AR_[A-Z_]+", declaration.name)
    assert len(declaration.name) <= 31
    for text in (
        declaration.zh,
        declaration.en,
        *(word for param in declaration.params for word in (param.zh, param.en)),
    ):
        assert text.strip()
        assert len(text) <= 255
    assert not re.search(r"[一-鿿]", declaration.en)
    assert re.search(r"[一-鿿]", declaration.zh)
    keys = [param.key for param in declaration.params]
    assert len(keys) == len(set(keys))
    optional = [param.optional for param in declaration.params]
    assert optional == sorted(optional), "what is optional comes last"
    assert set(declaration.needs) <= NEEDS
    assert declaration.examples


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("name", "at"), [(found.name, at) for found in DECLARATIONS for at in range(len(found.examples))]
)
def test_example_holds(name: str, at: int, language: str) -> None:
    example = functions()[name].examples[at]
    result = invoke(name, example.args, version=example_version(), language=language)
    assert result.error is None
    answer = result.value if result.form == "scalar" else result.rows
    if language == "zh" or name not in IN_CHINESE:
        assert answer == in_words(example.result, language)
    assert to_json(result) is not None


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda found: found.name)
def test_an_example_of_words_differs_by_language_alone(declaration: Declaration) -> None:
    args = declaration.examples[0].args
    zh, en = (invoke(declaration.name, args, version=example_version(), language=name) for name in ("zh", "en"))
    assert zh.form == en.form
    assert len(zh.rows) == len(en.rows)
    assert len(zh.header) == len(en.header)


def test_aliases_and_spellings_find_the_function() -> None:
    assert find("ar_balance").name == "AR_BALANCE"
    assert find("balance").name == "AR_BALANCE"
    assert find("AR_CREDIT_UTILIZATION").name == "AR_CREDIT_UTILISATION"
    assert set(aliases().values()) <= set(functions())


@pytest.mark.parametrize("declaration", DECLARATIONS, ids=lambda found: found.name)
def test_nothing_given_is_an_error_or_an_answer_never_an_exception(declaration: Declaration) -> None:
    required = [param for param in declaration.params if not param.optional]
    for version in (None, example_version()):
        result = invoke(declaration.name, (), version=version)
        if required:
            assert result.error is not None
            assert result.error.error in ("#VALUE!", "#N/A")
            assert result.error.zh
            assert result.error.en
