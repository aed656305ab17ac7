"""The ranges that clients have sent: kept by digest with what was worked out of them, the longest unused goes first."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from arsheet.addins.service import wire
from arsheet.addins.service.limits import Limits
from arsheet.functions.kept_range import KeptRange
from arsheet.functions.registry import FunctionError, bad_value

WEIGHT = 12
"""A byte of JSON becomes about so many bytes of Python values with what is worked out of them."""


class Ranges:
    """Ranges by (token, digest). A range beyond the limit is kept as the error that its cells show."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[KeptRange | FunctionError, int]] = OrderedDict()
        self._weight = 0

    def take(self, token: str, sent: Mapping[str, Any]) -> dict[str, KeptRange | FunctionError]:
        """Parses and keeps the ranges of a request; raises WireError where a digest is not that of its text."""
        taken = {}
        for digest, text in sent.items():
            if not isinstance(text, str):
                raise wire.bad_request("区域要写成 JSON 文本", "a range is sent as JSON text")
            data = text.encode("utf-8", "surrogatepass")
            if hashlib.sha256(data).hexdigest() != digest:
                raise wire.WireError(
                    400, "digest_differs", "区域与它的摘要不符", "A range does not have the digest it was sent under"
                )
            taken[digest] = self.get(token, digest) or self._keep((token, digest), text, len(data))
        return taken

    def _keep(self, key: tuple[str, str], text: str, size: int) -> KeptRange | FunctionError:
        made = parse(text, self._limits.range_cells)
        weight = size * WEIGHT if isinstance(made, KeptRange) else 1000
        with self._lock:
            old = self._kept.pop(key, None)
            self._weight += weight - (old[1] if old else 0)
            self._kept[key] = (made, weight)
            while self._weight > self._limits.ranges and len(self._kept) > 1:
                _, (_, gone) = self._kept.popitem(last=False)
                self._weight -= gone
        return made

    def get(self, token: str, digest: str) -> KeptRange | FunctionError | None:
        """A range that is known, now the latest used."""
        with self._lock:
            found = self._kept.get((token, digest))
            if found is None:
                return None
            self._kept.move_to_end((token, digest))
            return found[0]

    def __len__(self) -> int:
        return len(self._kept)


def parse(text: str, most: int) -> KeptRange | FunctionError:
    """Rows of cells; raises WireError for anything else, and gives #VALUE! for more than ``most`` cells."""
    rows = wire.loads(text)
    if not isinstance(rows, list) or not all(type(row) is list for row in rows):
        raise wire.bad_request("区域要是若干行单元格", "a range is rows of cells")
    if any(type(cell) in (list, dict) for row in rows for cell in row):
        raise wire.bad_request("单元格里不能再有列表", "a cell holds no list")
    cells = sum(map(len, rows))
    if cells > most:
        return bad_value(
            "range_too_large",
            f"区域有 {cells:,} 个单元格，最多 {most:,} 个；请只选有数据的部分，或先导入再刷新",
            f"The range has {cells:,} cells; at most {most:,} are taken. Choose the part that holds data, or import it",
        )
    return KeptRange(rows)
