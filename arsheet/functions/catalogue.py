"""All worksheet functions in the order of the catalogue; the modules that declare them are imported when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import MappingProxyType

from arsheet.functions.registry import REGISTRY, Declaration, not_available

MODULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "aging": ("AR_AGING", "AR_AGING_DERIVED"),
        "aging_of": ("AR_AGING_OF",),
        "items": ("AR_OPEN_ITEMS", "AR_UNAPPLIED"),
        "balance": ("AR_BALANCE", "AR_RECLASS"),
        "account": ("AR_ACCOUNT",),
        "terms": ("AR_DUE_DATE", "AR_SCHEDULE", "AR_TERM_EXPLAIN"),
        "discount": ("AR_DISCOUNT",),
        "words": ("AR_AMOUNT_CN",),
        "data_check": ("AR_DATA_CHECK",),
        "overdue": ("AR_AGING_BUCKET", "AR_OVERDUE", "AR_OLDEST_DAYS"),
        "stamp": ("AR_STAMP", "AR_LAST_ERROR"),
        "credit": ("AR_CREDIT_LIMIT", "AR_EXPOSURE", "AR_CREDIT_UTILISATION", "AR_CREDIT_AVAILABLE"),
        "dunning": ("AR_REMINDERS",),
        "reconciliation": ("AR_RECON_STATUS",),
        "kpi": ("AR_DSO",),
    }
)
"""Module of arsheet.functions -> the functions it declares."""
ORDER = (
    *("AR_AGING", "AR_AGING_OF", "AR_AGING_BUCKET", "AR_AGING_DERIVED", "AR_OPEN_ITEMS", "AR_BALANCE", "AR_OVERDUE"),
    *("AR_OLDEST_DAYS", "AR_ACCOUNT", "AR_RECLASS", "AR_UNAPPLIED", "AR_DUE_DATE", "AR_SCHEDULE", "AR_TERM_EXPLAIN"),
    *("AR_DISCOUNT", "AR_AMOUNT_CN", "AR_DATA_CHECK", "AR_STAMP", "AR_LAST_ERROR", "AR_CREDIT_LIMIT", "AR_EXPOSURE"),
    *("AR_CREDIT_UTILISATION", "AR_CREDIT_AVAILABLE", "AR_REMINDERS", "AR_RECON_STATUS", "AR_DSO"),
)
"""The order of help pages, menus and files."""


@cache
def functions() -> Mapping[str, Declaration]:
    """Every declaration by name, in the order of the catalogue."""
    for module in MODULES:
        import_module(f"arsheet.functions.{module}")
    rest = sorted(set(REGISTRY) - set(ORDER))
    return MappingProxyType({name: REGISTRY[name] for name in (*ORDER, *rest)})


@cache
def aliases() -> Mapping[str, str]:
    """Other spellings -> the name."""
    return MappingProxyType({alias: name for name, found in functions().items() for alias in found.aliases})


def find(name: str) -> Declaration:
    """A declaration by name or alias in any case, with or without AR_; #N/A names the nearest ones.

    Only the module that declares the function is imported.
    """
    wanted = name.strip().upper()
    for spelled in (wanted, f"AR_{wanted}"):
        for module, declared in MODULES.items():
            if spelled in declared:
                import_module(f"arsheet.functions.{module}")
                return REGISTRY[spelled]
    known = functions()
    if wanted in aliases():
        return known[aliases()[wanted]]
    near = get_close_matches(wanted, [*known, *aliases()], 3, 0.5)
    zh = f"；相近的有：{'、'.join(near)}" if near else ""
    en = f"; near: {', '.join(near)}" if near else ""
    raise not_available("function_unknown", f"没有函数“{name}”{zh}", f"There is no function {name!r}{en}")
