"""One table between the spellings: each application's formula becomes our own and goes back, texts untouched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arsheet.functions.catalogue import functions
from arsheet.functions.spelling import (
    Application,
    by_method,
    calls,
    canonical,
    internal_name,
    mentions,
    method,
    repaired,
    spell,
)

APPLICATIONS: tuple[Application, ...] = ("excel", "officejs", "libreoffice7", "libreoffice", "wps", "google")


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("AR_AGING()", "AR_AGING()"),
        ("ar_aging()", "AR_AGING()"),
        ("AR_AGING ()", "AR_AGING ()"),
        (r"'C:\x y\arsheet.xlam'!AR_AGING(A1)", "AR_AGING(A1)"),
        (r"'C:\Users\O''Neil\AppData\Roaming\ArSheet.XLAM'!ar_balance(A1)", "AR_BALANCE(A1)"),
        ("'https://d.docs.live.net/1/add-ins/arsheet (1).xlam'!AR_AGING()", "AR_AGING()"),
        ("'/Users/王/Library/arsheet.xlam'!AR_AGING()", "AR_AGING()"),
        ("arsheet.xlam!AR_AGING()", "AR_AGING()"),
        ("[1]!AR_AGING()", "AR_AGING()"),
        ("[arsheet.xlam]!AR_AGING()", "AR_AGING()"),
        ("_xll.AR_AGING()", "AR_AGING()"),
        ("_xludf.AR_AGING()", "AR_AGING()"),
        ("_xldudf_AR_AGING()", "AR_AGING()"),
        ("_xldudf_ARSHEET_AR_AGING()", "AR_AGING()"),
        ("ARSHEET.AR_AGING()", "AR_AGING()"),
        ("_xludf.ARSHEET.AR_AGING()", "AR_AGING()"),
        ("COM.ARSHEET.CALCFUNCTIONS.ARAGINGOF(A1:C3)", "AR_AGING_OF(A1:C3)"),
        ("com.arsheet.calcfunctions.ardatacheck()", "AR_DATA_CHECK()"),
        ('IFERROR([1]!AR_BALANCE(A1),"AR_BALANCE(")', 'IFERROR(AR_BALANCE(A1),"AR_BALANCE(")'),
        ("SUM(_xll.AR_BALANCE(A1),ARSHEET.AR_BALANCE(A2))", "SUM(AR_BALANCE(A1),AR_BALANCE(A2))"),
        ('AR_AGING(-1,{1;2},"a""b",T[[#All],[ar_x(y)]:[b]])', 'AR_AGING(-1,{1;2},"a""b",T[[#All],[ar_x(y)]:[b]])'),
    ],
)
def test_every_spelling_becomes_our_own(written: str, plain: str) -> None:
    assert canonical(written) == plain


@pytest.mark.parametrize(
    "formula",
    [
        '"_xll.AR_AGING()"',
        '"say ""_xll.AR_AGING()"""',
        "'_xll.ar_aging() list'!A1",
        "T[_xll.ar_aging()]",
        "T[[#All],[[1]'!ar_aging()]]",
        r"'C:\x\other.xlsm'!ar_aging()",
        "[other.xlsm]!ar_aging()",
        "'Sheet 1'!ar_aging()",
        "Sheet1!ar_aging()",
        "MY_AR_AGING()",
        "XAR_AGING(1)",
        "_xll.ar_aging",
        "COM.ARSHEET.CALCFUNCTIONS.ARNOSUCHTHING()",
        "A.ar_aging()",
        "SUM(A1:A3)*2",
        "",
    ],
)
def test_what_is_not_ours_or_a_text_stays(formula: str) -> None:
    assert canonical(formula) == formula
    assert repaired(formula) == formula


def test_a_name_in_a_text_is_no_call() -> None:
    assert not calls('"AR_AGING()"')
    assert not calls("'AR_AGING() x'!A1")
    assert calls("SUM(1,[1]!AR_AGING())")


def test_each_application_has_its_spelling() -> None:
    written = {app: spell('[1]!AR_AGING_OF(A1,"AR_AGING()")', app) for app in APPLICATIONS}
    plain = 'AR_AGING_OF(A1,"AR_AGING()")'
    assert written == {
        "excel": plain,
        "officejs": f"ARSHEET.{plain}",
        "libreoffice7": 'COM.ARSHEET.CALCFUNCTIONS.ARAGINGOF(A1,"AR_AGING()")',
        "libreoffice": plain,
        "wps": f"ARSHEET.{plain}",
        "google": plain,
    }


def test_only_the_internal_names_are_repaired() -> None:
    assert repaired("COM.ARSHEET.CALCFUNCTIONS.ARBALANCE(A1)+1") == "AR_BALANCE(A1)+1"
    assert repaired("_xludf.COM.ARSHEET.CALCFUNCTIONS.ARBALANCE(A1)") == "AR_BALANCE(A1)"
    for kept in ("_xll.AR_BALANCE(A1)", "[1]!AR_BALANCE(A1)", "ARSHEET.AR_BALANCE(A1)"):
        assert repaired(kept) == kept


def test_every_function_has_an_internal_name_of_its_own() -> None:
    for name in functions():
        assert by_method()[method(name)] == name
        assert canonical(f"{internal_name(name)}(1)") == f"{name}(1)"


_ARGUMENT = st.one_of(
    st.integers(-9, 99).map(str),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12).map(
        lambda text: '"' + text.replace('"', '""') + '"'
    ),
    st.sampled_from(["A1", "$B$2:C9", "A:A", "'甲 AR_(b'!A1", "T[[#All],[x]]", "T[@[ar_y(z)]]", "TRUE", "", "{1;2}"]),
)
_CALL = st.builds(
    lambda name, args: f"{name}({','.join(args)})",
    st.sampled_from(sorted(functions())),
    st.lists(_ARGUMENT, max_size=4),
)
_FORMULA = st.one_of(
    _CALL, st.builds('IFERROR({},"AR_AGING()")'.format, _CALL), st.builds("{}+SUM({},A1)".format, _CALL, _CALL)
)


@given(_FORMULA, st.sampled_from(APPLICATIONS), st.sampled_from(APPLICATIONS))
def test_there_and_back_again(formula: str, one: Application, other: Application) -> None:
    assert canonical(formula) == formula
    assert canonical(spell(formula, one)) == formula
    assert spell(spell(formula, one), other) == spell(formula, other)
    assert repaired(spell(formula, "libreoffice7")) == formula
    assert mentions(spell(formula, one))


@given(st.text(st.sampled_from("\"'[]()!.A_R1xl#ar @,:"), max_size=40))
def test_any_text_is_survived_and_settled(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)
