"""Held against openpyxl and against a slow way: shared formulas, what counts as one call, the order of reading."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formula import Tokenizer
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter

from arsheet.hosts.arcells.book import At, _moved
from arsheet.hosts.arcells.formula import Corner, NotOurs, Reference, parse
from arsheet.hosts.package import Package
from tests.hosts.arcells.book import part_of
from tests.hosts.arcells.small import make, reasons, update, values

_CELL = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "$"]),
    st.sampled_from(["A", "C", "AB"]),
    st.sampled_from(["", "$"]),
    st.integers(1, 40),
)
_RANGE = st.one_of(
    _CELL,
    st.builds("{}:{}".format, _CELL, _CELL),
    st.sampled_from(["A:C", "$B:D", "$2:5", "Sheet1!B2", "'a b'!$A$1:C9"]),
)
_ARGUMENT = st.one_of(
    _RANGE,
    st.sampled_from(
        ["1", "-2.5", '"x,(""y"', "TRUE", "", "T[a]", "T[[#All],[a]:[b c]]", "name", "{1,2;3,4}", "DATE(2026,A1,1)"]
    ),
)
_FORMULA = st.lists(_ARGUMENT, max_size=4).map(lambda parts: f"AR_X({','.join(parts)})")


@given(_FORMULA, st.integers(0, 30), st.integers(0, 20))
def test_a_shared_formula_means_what_openpyxl_translates_it_to(formula: str, down: int, right: int) -> None:
    moved = f"{get_column_letter(5 + right)}{50 + down}"
    translated = Translator(f"={formula}", origin="E50").translate_formula(moved)[1:]
    shared = parse(formula)
    for mine, theirs in zip(shared.arguments, parse(translated).arguments, strict=True):
        if isinstance(mine, Reference):
            at = At("S", 50 + down, 4 + right, down, right)
            assert isinstance(theirs, Reference)
            assert _moved(mine.first, at) == theirs.first
            assert (mine.last and _moved(mine.last, at)) == theirs.last


def test_a_reference_that_runs_over_the_edge_comes_back_on_the_other_side() -> None:
    at = At("S", 1, 0, -2, -2)
    assert _moved(Corner(1, 0, row_fixed=False, column_fixed=False), at) == Corner(1_048_575, 16_382, False, False)


_OPERATOR = st.sampled_from(["", "+1", '&"x"', "=1", "%", ")", "(", ",1", " A1", "*AR_Y()"])


@given(_FORMULA, st.sampled_from(["", "-", "SUM(", "IFERROR(", "1+"]), _OPERATOR)
def test_only_one_whole_call_is_ours(formula: str, before: str, after: str) -> None:
    """What openpyxl's tokenizer sees as one function from the first token to the last, and nothing else."""
    text = before + formula + after
    try:
        tokens = [each for each in Tokenizer("=" + text).items if each.type != "WHITE-SPACE"]
    except Exception:
        tokens = []
    depth, whole = 0, bool(tokens) and tokens[0].value == "AR_X("
    for at, token in enumerate(tokens):
        depth += (token.subtype == "OPEN") - (token.subtype == "CLOSE")
        if depth == 0 and at < len(tokens) - 1:
            whole = False
    whole = whole and depth == 0
    try:
        parse(text)
        ours = True
    except NotOurs:
        ours = False
    assert ours == whole, text


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 20)), min_size=1, max_size=8), st.randoms())
def test_any_web_of_cells_is_solved_as_a_slow_way_solves_it(links: list[tuple[int, int]], random: Any) -> None:
    """Cell n is due some days after cell m; n may be m. Those in a circle, or behind one, are left."""
    first = dt.date(2026, 1, 1)
    rows = list(range(1, len(links) + 1))
    random.shuffle(rows)
    cells: dict[str, Any] = {"Z1": first}
    for row, (target, days) in zip(rows, links, strict=True):
        source = f"A{rows[target]}" if target < len(links) else "Z1"
        cells[f"A{row}"] = f'=AR_DUE_DATE("net {days}",{source})'
    with tempfile.TemporaryDirectory() as folder:
        path = make(Path(folder) / "b.xlsx", cells)
        done, _ = update(path)
        shown = values(path, f"A1:A{max(len(links), 2)}")
    epoch = dt.date(1899, 12, 30)

    def slow(at: int, seen: frozenset[int] = frozenset()) -> int | None:
        if at in seen:
            return None
        target, days = links[at]
        if target >= len(links):
            return (first - epoch).days + days
        base = slow(target, seen | {at})
        return None if base is None else base + days

    for at, row in enumerate(rows):
        wanted = slow(at)
        assert (f"A{row}" in reasons(done)) == (wanted is None)
        if wanted is not None:
            assert shown[row - 1] == [wanted]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.sampled_from(["=AR_AMOUNT_CN(1)", "=AR_AMOUNT_CN(2)*1", 5, "text", "=1+1", None]), min_size=2, max_size=12
    )
)
def test_every_other_cell_keeps_its_bytes(column: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = make(Path(folder) / "b.xlsx", {f"B{at + 1}": value for at, value in enumerate(column)})
        part = part_of(path, "S")
        before = _cells(Package.open(path).part(part))
        update(path)
        after = _cells(Package.open(path).part(part))
    ours = {f"B{at + 1}" for at, value in enumerate(column) if value == "=AR_AMOUNT_CN(1)"}
    assert {ref for ref in before if before[ref] != after[ref]} == ours
    assert before.keys() == after.keys()


def _cells(xml: bytes) -> dict[str, bytes]:
    import re

    return {m[1].decode(): m[0] for m in re.finditer(rb'<c r="([A-Z]+\d+)"[^>]*?(?:/>|>.*?</c>)', xml)}
