"""导入: a file's rows into the source tables; the plan itself is made where files can be opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arsheet.actions.registry import Effect, Outcome, action
from arsheet.table import ArsheetError

KINDS = ("customers", "invoices", "receipts", "applications", "instalments", "limits", "orders", "opening")
"""What a file may hold; ``opening``: opening balances."""
WRITES = ("customers", "invoices", "instalments", "receipts", "applications", "limits", "orders")


@action(
    "import", zh="导入", en="Import", group="data", icon="import", reads=WRITES, writes=WRITES,
    tip=("把文件（xlsx、xls、csv）的行导入：先预览，再写入",
         "Import the rows of a file (xlsx, xls, csv): shown first, then written"),
)  # fmt: skip
def import_file(arguments: Mapping[str, Any]) -> Outcome:
    """Names the file to import: ``kind`` and ``file``, with ``mapping``, ``currency``, ``sheet``, ``swap_dates``.

    Raises ArsheetError ``import_kind_unknown`` (2).
    """
    kind = str(arguments.get("kind") or "")
    if kind not in KINDS:
        raise ArsheetError(
            "import_kind_unknown",
            f"没有这种导入：“{kind}”；可用：{'、'.join(KINDS)}",
            f"There is no import of {kind!r}; use one of {', '.join(KINDS)}",
            exit_code=2,
        )
    return Outcome(effects=(Effect("import_file", dict(arguments)),))
