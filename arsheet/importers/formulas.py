"""Formulas whose results the file does not hold: their cells are unknown, not blank and not 0."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from arsheet.table import CellError, Grid, Place, Problem

UNCOMPUTED = "=…"
"""What such a cell reads as."""
MOST_CELLS = 10


def with_uncomputed(grid: Grid, addresses: Iterable[str]) -> Grid:
    """The grid with a mark in every cell whose formula has no stored result."""
    places = [place for place in map(_place, addresses) if place is not None]
    if not places:
        return grid
    cells: list[list[Any]] = [list(row) for row in grid.cells]
    at_row, at_column = (grid.first_row, grid.first_column) if cells else places[0]
    first_row = min(at_row, *(row for row, _ in places))
    first_column = min(at_column, *(column for _, column in places))
    before: list[Any] = [None] * (at_column - first_column)
    blank: list[list[Any]] = [[] for _ in range(at_row - first_row if cells else 0)]
    cells = [*blank, *(before + line for line in cells)]
    cells += [[] for _ in range(max(row for row, _ in places) - first_row + 1 - len(cells))]
    width = max(max(map(len, cells), default=0), *(column - first_column + 1 for _, column in places))
    cells = [line + [None] * (width - len(line)) for line in cells]
    for row, column in places:
        cells[row - first_row][column - first_column] = CellError(UNCOMPUTED)
    return replace(grid, cells=cells, first_row=first_row, first_column=first_column)


def _place(address: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"([A-Z]+)(\d+)", address)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


def told_once(problems: Iterable[Problem], keys: tuple[str, ...], place: Place) -> list[Problem]:
    """One problem a column for the formulas without results, naming their cells; other problems as they are."""
    out: list[Problem] = []
    found: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.code == "cell_is_an_error" and problem.facts.get("read") == UNCOMPUTED:
            found[problem.column].append(problem)
        else:
            out.append(problem)
    for column, each in found.items():
        first = each[0]
        rows = [problem.row for problem in each if problem.row is not None]
        cells = [place.cell(row, keys.index(column)) for row in rows[:MOST_CELLS]]
        facts = {"count": len(rows), "cells": [*cells, *(["…"] if len(rows) > MOST_CELLS else [])]}
        out.append(Problem("formula_without_result", first.table, first.row, column, facts))
    return out
