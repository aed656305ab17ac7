"""What the service takes at most: bytes, seconds, cells; beyond it refuses in words."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, seconds and counts."""

    body: int = 64 * MEGABYTE
    """The body of a request."""
    body_seconds: float = 30.0
    """For a body to arrive."""
    header: int = 32 * 1024
    """Request line and headers."""
    header_seconds: float = 10.0
    """For request line and headers to arrive."""
    idle_seconds: int = 75
    """Between two requests of a connection."""
    work_seconds: float = 120.0
    """For an answer to be worked out."""
    workers: int = 8
    """Answers worked out at once."""
    connections: int = 128
    """Connections at once."""
    range_cells: int = 2_000_000
    """Cells of a range that a formula points at."""
    calls: int = 100_000
    """Calls in one request."""
    ranges: int = 512 * MEGABYTE
    """Memory of the ranges kept, as estimated."""
    findings: int = 1_000
    """Findings in one answer."""
    window: int = 500
    """Rows of a sheet in one answer."""
    upload: int = 40 * MEGABYTE
    """A file to import."""
