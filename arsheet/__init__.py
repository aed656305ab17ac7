"""Accounts receivable inside the workbooks that finance staff already use.

The pandas face (``arsheet.open``, ``arsheet.Ledger``, ``arsheet.aging`` and the other reports) is loaded on first use,
so that ``import arsheet`` and the first formula do not pay for pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
_FACE = ("Ledger", "account", "aging", "balances", "findings", "open", "open_items", "reclassification", "unapplied")
__all__ = [*_FACE, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'arsheet' has no attribute {name!r}")
    return getattr(import_module("arsheet.frames"), name)
