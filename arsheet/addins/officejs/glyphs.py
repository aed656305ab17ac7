"""The pictures on the buttons: strokes on a grid of 24, drawn as SVG for the pane and as PNG for the ribbon."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Stroke = tuple[Point, ...]
Glyph = tuple[Stroke, ...]

GRID = 24
WIDTH = 1.9
"""Of a stroke, in units of the grid."""
INK = (15, 107, 79)
"""The colour of the house, #0f6b4f."""


def arc(x: float, y: float, radius: float, start: float, end: float) -> Stroke:
    """Part of a circle, in degrees clockwise from three o'clock."""
    steps = max(2, round(abs(end - start) / 7.5))
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return tuple((round(x + radius * math.cos(a), 2), round(y + radius * math.sin(a), 2)) for a in angles)


def circle(x: float, y: float, radius: float) -> Stroke:
    """A whole circle."""
    return arc(x, y, radius, 0, 360)


def box(left: float, top: float, right: float, bottom: float) -> Stroke:
    """A rectangle."""
    return ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))


def _cog() -> Glyph:
    teeth = tuple(
        tuple((12 + r * math.cos(math.radians(a)), 12 + r * math.sin(math.radians(a))) for r in (6.2, 9.3))
        for a in range(0, 360, 45)
    )
    return (circle(12, 12, 6), circle(12, 12, 2.2), *teeth)


_SHEET: Glyph = (((14, 3), (6, 3), (6, 21), (18, 21), (18, 7), (14, 3), (14, 7), (18, 7)),)

GLYPHS: Mapping[str, Glyph] = MappingProxyType(
    {
        "logo": (
            ((6.5, 5.5), (12, 12.5), (17.5, 5.5)),
            ((12, 12.5), (12, 19)),
            ((7.5, 12.5), (16.5, 12.5)),
            ((7.5, 15.8), (16.5, 15.8)),
        ),
        "refresh": (
            arc(12, 12, 8, 195, 335),
            arc(12, 12, 8, 15, 155),
            ((20.3, 4.2), (19.6, 9), (14.8, 8.4)),
            ((3.7, 19.8), (4.4, 15), (9.2, 15.6)),
        ),
        "check": (box(4, 4, 20, 20), ((7.5, 12.2), (10.8, 15.5), (16.8, 8.8))),
        "import": (
            ((4, 15), (4, 20), (20, 20), (20, 15)),
            ((12, 3.5), (12, 15)),
            ((7.5, 10.8), (12, 15.2), (16.5, 10.8)),
        ),
        "undo": (
            ((8, 4.5), (4, 8.5), (8, 12.5)),
            ((4, 8.5), (13, 8.5)),
            arc(13, 14, 5.5, -90, 90),
            ((13, 19.5), (8, 19.5)),
        ),
        "values": (
            box(4, 4, 20, 20),
            ((4, 9.3), (20, 9.3)),
            ((9.3, 4), (9.3, 20)),
            ((13, 14.6), (16.8, 14.6)),
            ((14.9, 12.7), (14.9, 16.5)),
        ),
        "settings": _cog(),
        "help": (
            circle(12, 12, 9),
            arc(12, 9.6, 2.8, 180, 385),
            ((14.5, 10.8), (12, 13), (12, 14.2)),
            ((12, 17), (12, 17.2)),
        ),
        "sync": (((4, 8), (19, 8)), ((15, 4), (19, 8), (15, 12)), ((20, 16), (5, 16)), ((9, 12), (5, 16), (9, 20))),
        "receipt": (*_SHEET, ((9, 10), (12, 13.4), (15, 10)), ((12, 13.4), (12, 18)), ((9.4, 14.8), (14.6, 14.8))),
        "match": (circle(8.5, 12, 5), circle(15.5, 12, 5)),
        "reminder": (
            arc(12, 11, 6, 180, 360),
            ((6, 11), (6, 15), (4.2, 18), (19.8, 18), (18, 15), (18, 11)),
            arc(12, 18.6, 2, 10, 170),
        ),
        "letter": (box(3, 5.5, 21, 18.5), ((3, 6.5), (12, 13), (21, 6.5))),
        "statement": (*_SHEET, ((9, 11), (15, 11)), ((9, 14), (15, 14)), ((9, 17), (13, 17))),
        "credit": (box(3, 5.5, 21, 18.5), ((3, 10), (21, 10)), ((6.5, 15), (11, 15))),
        "calendar": (box(4, 5.5, 20, 20), ((4, 10), (20, 10)), ((8.5, 3.5), (8.5, 7)), ((15.5, 3.5), (15.5, 7))),
        "lock": (
            box(5.5, 11, 18.5, 20.5),
            arc(12, 8, 4, 180, 360),
            ((8, 8), (8, 11)),
            ((16, 8), (16, 11)),
            ((12, 14.5), (12, 17)),
        ),
        "report": (
            ((4, 4), (4, 20), (20, 20)),
            ((8.5, 16.5), (8.5, 12)),
            ((13, 16.5), (13, 7.5)),
            ((17.5, 16.5), (17.5, 10)),
        ),
        "list": (
            ((9, 6), (20, 6)),
            ((9, 12), (20, 12)),
            ((9, 18), (20, 18)),
            ((4.5, 6), (4.6, 6)),
            ((4.5, 12), (4.6, 12)),
            ((4.5, 18), (4.6, 18)),
        ),
        "other": (circle(12, 12, 8), ((8.5, 12), (8.6, 12)), ((12, 12), (12.1, 12)), ((15.5, 12), (15.6, 12))),
    }
)
"""Icon name of an action -> its strokes; ``logo`` is the sign of the house."""
_SAME = {
    "data_check": "check", "write_values": "values", "table": "values", "gear": "settings", "question": "help",
    "download": "import", "file": "import", "back": "undo", "mail": "letter", "bell": "reminder", "chart": "report",
}  # fmt: skip
SIZES = (16, 32, 64, 80, 192)


def glyph_of(icon: str) -> str:
    """The name of the glyph for an action's icon; ``other`` where none was drawn."""
    name = _SAME.get(icon, icon)
    return name if name in GLYPHS else "other"


def svg(name: str) -> str:
    """A glyph as the content of an SVG path (``d``), to be stroked."""
    parts = []
    for stroke in GLYPHS[name]:
        points = [f"{x:g} {y:g}" for x, y in ((round(x, 2), round(y, 2)) for x, y in stroke)]
        parts.append(f"M{points[0]}L{' '.join(points[1:])}")
    return "".join(parts)


def png(name: str, size: int, *, badge: bool = False, ink: tuple[int, int, int] = INK) -> bytes:
    """A glyph as a PNG of ``size`` pixels on nothing; ``badge`` draws it white on a rounded square of ink."""
    scale = size / GRID
    axis = (np.arange(size) + 0.5) / scale
    x, y = np.meshgrid(axis, axis)
    width = WIDTH + (0.5 if badge else 0.0)
    width = max(width, 1.25 / scale)  # a stroke thinner than a pixel would vanish at 16
    strokes = np.clip(0.5 + (width / 2 - _distance(GLYPHS[name], x, y, 0.78 if badge else 1.0)) * scale, 0, 1)
    pixels = np.zeros((size, size, 4), np.uint8)
    if badge:
        square = np.clip(0.5 - _outside(x, y) * scale, 0, 1)
        colour = np.asarray(ink)[None, None, :] * (1 - strokes[..., None]) + 255 * strokes[..., None]
        pixels[..., :3], pixels[..., 3] = np.rint(colour), np.rint(square * 255)
    else:
        pixels[..., :3], pixels[..., 3] = ink, np.rint(strokes * 255)
    return _encode(pixels)


def _distance(glyph: Glyph, x: NDArray[np.float64], y: NDArray[np.float64], shrink: float) -> NDArray[np.float64]:
    """From every pixel to the nearest stroke, in units of the grid."""
    nearest = np.full(x.shape, 99.0)
    middle = GRID / 2
    for stroke in glyph:
        points = [(middle + (a - middle) * shrink, middle + (b - middle) * shrink) for a, b in stroke]
        for (x0, y0), (x1, y1) in pairwise(points):
            dx, dy = x1 - x0, y1 - y0
            length = dx * dx + dy * dy or 1e-9
            along = np.clip(((x - x0) * dx + (y - y0) * dy) / length, 0, 1)
            nearest = np.minimum(nearest, np.hypot(x - x0 - along * dx, y - y0 - along * dy))
    return nearest


def _outside(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Signed distance to a rounded square one unit inside the grid."""
    half, radius = GRID / 2 - 0.6, 5.0
    across, down = np.abs(x - GRID / 2) - half + radius, np.abs(y - GRID / 2) - half + radius
    corner = np.hypot(np.maximum(across, 0), np.maximum(down, 0))
    return np.asarray(corner + np.minimum(np.maximum(across, down), 0) - radius)


def _encode(pixels: NDArray[np.uint8]) -> bytes:
    """RGBA rows as a PNG."""
    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
