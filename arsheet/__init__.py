"""Accounts receivable inside the workbooks that finance staff already use.

The pandas face (``arsheet.open``, ``arsheet.Ledger``, ``arsheet.aging`` and the other reports) is loaded on first use,
so that ``import arsheet`` and the first formula do not pay for pandas.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    from arsheet import frames

    try:
        return getattr(frames, name)
    except AttributeError:
        raise AttributeError(f"module 'arsheet' has no attribute {name!r}") from None
