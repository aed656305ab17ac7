"""A load too large for one request: its large blocks go into a hidden staging tab, and one small batch swaps them in.

Readers of the spreadsheet never see half of it. What cannot be staged (rows whose place only the server knows, and
formulas) is sent in parts, each with its own marker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arsheet.hosts.google import requests as build
from arsheet.hosts.google.requests import Block
from arsheet.sync.remotes.translating import STAGE

LARGEST = 2048 * 1024
"""Bytes of one body. Google recommends no more than 2 MB."""
ROOM = 4096
"""Bytes of a body kept for the marker and what surrounds the requests."""
_WORTH_STAGING = 1024
"""Bytes: a copy from the staging tab takes about 250."""
_AROUND_BLOCK = 200
"""Bytes around the rows of a block."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and where it stands on the staging tab."""

    block: Block
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A staging tab of ``rows`` x ``columns``: the requests that fill it, in bodies, and the steps that swap it in."""

    rows: int
    columns: int
    bodies: list[list[str]]
    steps: list[str | Block]


def staged(steps: Sequence[str | Block], stage_id: int, *, limit: int = LARGEST) -> Stage | None:
    """The staging of the blocks that are worth it; None when there are none. ``limit``: bytes of one body."""
    blocks = [step for step in steps if isinstance(step, Block) and _fit(step)]
    if not blocks:
        return None
    placed, rows, columns = _placed(blocks)
    where = {id(each.block): each for each in placed}
    swap: list[str | Block] = []
    for step in steps:
        if isinstance(step, Block) and id(step) in where:
            swap.extend(_swapped(where[id(step)], stage_id))
        else:
            swap.append(step)
    swap.append(build.delete_sheet(stage_id))
    fill = [Block(stage_id, each.row, each.column, each.block.width, each.block.lines) for each in placed]
    return Stage(rows, columns, list(parts(fill, limit=limit)), swap)


def parts(steps: Sequence[str | Block], *, limit: int = LARGEST) -> Iterator[list[str]]:
    """The requests in bodies that fit, in their order; blocks are cut between rows."""
    body: list[str] = []
    size = 0
    for piece, length in _pieces(steps, limit - ROOM):
        if body and size + length > limit - ROOM:
            yield body
            body, size = [], 0
        body.append(piece)
        size += length
    if body:
        yield body


def _pieces(steps: Sequence[str | Block], most: int) -> Iterator[tuple[str, int]]:
    for step in steps:
        if isinstance(step, str):
            yield step, len(step.encode("utf-8")) + 1
            continue
        first, size = 0, _AROUND_BLOCK
        for number, line in enumerate(step.lines):
            length = len(line.encode("utf-8")) + 1
            if number > first and size + length > most:
                yield step.part(first, number).request(), size
                first, size = number, _AROUND_BLOCK
            size += length
        if first < len(step.lines):
            yield step.part(first, len(step.lines)).request(), size


def _fit(block: Block) -> bool:
    return block.row >= 0 and block.size >= _WORTH_STAGING and block.values_only


def _placed(blocks: Sequence[Block]) -> tuple[list[Placed], int, int]:
    """The blocks below each other or beside each other, whichever makes the smaller tab; its rows and columns."""
    heights, widths = [len(block.lines) for block in blocks], [block.width for block in blocks]
    if sum(heights) * max(widths) <= max(heights) * sum(widths):
        tops = [sum(heights[:i]) for i in range(len(blocks))]
        placed = [Placed(block, top, 0) for block, top in zip(blocks, tops, strict=True)]
        return placed, sum(heights), max(widths)
    lefts = [sum(widths[:i]) for i in range(len(blocks))]
    placed = [Placed(block, 0, left) for block, left in zip(blocks, lefts, strict=True)]
    return placed, max(heights), sum(widths)


def _swapped(placed: Placed, stage_id: int) -> Iterator[str]:
    block = placed.block
    source = (
        stage_id,
        placed.row,
        placed.row + len(block.lines),
        placed.column,
        placed.column + block.width,
    )
    yield build.copy_values(source, block.sheet_id, block.row, block.column)
    end = block.row + len(block.lines)
    for i, kind in enumerate(block.kinds):
        if kind:
            column = block.column + i
            yield build.column_format(block.sheet_id, column, kind, first_row=block.row, end_row=end)


def stage_request(stage_id: int, stage: Stage, *, stale: int | None) -> list[str]:
    """The requests that make the staging tab, in place of one that a stopped run has left."""
    made = build.add_sheet(stage_id, STAGE, stage.rows, stage.columns, hidden=True)
    return [made] if stale is None else [build.delete_sheet(stale), made]
