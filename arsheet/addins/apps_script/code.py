"""Code.gs: the Apps Script file, its header names, words and defaults taken from the declarations."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

from arsheet.functions.live_range import REASONS
from arsheet.ledger.money import EXPONENTS
from arsheet.schema.headers import names, normalise
from arsheet.schema.model import Column
from arsheet.schema.tables import DEFAULT_BUCKETS, IMPORT_COLUMNS, TABLES
from arsheet.schema.tables.declare import CUSTOMER_LOOSE
from arsheet.schema.words import label

_KEYS = ("document_no", "customer_id", "kind", "document_date", "due_date", "currency", "amount", "salesperson")
_IMPORTED = {"customer_name": "customer_name", "open_amount": "open"}
_WHY = {
    "repeated": "document_repeated",
    "currency": "currency_unknown",
    "missing": "amount_missing",
    "number": "amount_not_a_number",
    "customer": "document_without_customer",
    "date": "document_without_date",
    "later": "dated_later",
}
_GENERATED = "// Made by arsheet from its declarations; changes by hand are lost."


def code_gs(language: str = "zh") -> str:
    """The text of Code.gs for the Apps Script editor; ``language`` is that of the headers it gives back."""
    asset = (files("arsheet.addins.apps_script") / "assets" / "Code.gs").read_text("utf-8")
    return asset.replace("/*WORDS*/", f"{_GENERATED}\n{_words(language)}", 1)


def _words(language: str) -> str:
    zh = language == "zh"
    facts: dict[str, Any] = {
        "AR_COLUMNS_": [{"key": key, "names": list(words)} for key, words in _columns()],
        "AR_PLACES_": {code: places for code, places in sorted(EXPONENTS.items()) if places != 2},
        "AR_NAMES_": {"人民币": "CNY", "RMB": "CNY", "美元": "USD", "港币": "HKD", "欧元": "EUR", "日元": "JPY"},
        "AR_BASE_": "CNY",
        "AR_BUCKETS_": [int(key.partition("-")[2]) for key in DEFAULT_BUCKETS if "-" in key],
        "AR_TOTALS_": ["合计", "总计", "小计", "本页合计", "total", "grandtotal", "subtotal", "sum", "totals"],
        "AR_WORDS_": {
            **{
                key: label(key, language) for key in ("customer_id", "customer_name", "salesperson", "name", "currency")
            },
            **{key: label(key, language) for key in ("total", "not_due", "unapplied", "net", "left_out")},
            "later": label("memo_not_due", language),
            "bucket": re.sub("1-30", "{}", label("1-30", language)),
            "last": re.sub("91", "{}", label("91+", language)),
            "rows": "{}行：" if zh else "{} rows: ",
            "why": {key: REASONS[code][0 if zh else 1] for key, code in _WHY.items()},
        },
    }
    lines = [f"var {name} = {json.dumps(value, ensure_ascii=False)};" for name, value in facts.items()]
    return "\n".join([*lines, "var AR_UNIT_ = /[(\\[][^)\\]]*[)\\]]/g;", "var AR_SIGNS_ = /[^\\p{L}\\p{N}]/gu;"])


def _columns() -> list[tuple[str, tuple[str, ...]]]:
    """Key -> names of its header, normalised, the best first; what a list of open items may have."""
    invoices = TABLES["invoices"]
    found: list[tuple[str, Column]] = [(key, invoices.column(key)) for key in _KEYS]
    found += [(_IMPORTED[column.key], column) for column in IMPORT_COLUMNS["invoices"] if column.key in _IMPORTED]
    listed = [(key, names(column)) for key, column in found]
    loose = tuple(normalise(word) for word in CUSTOMER_LOOSE)
    return [*listed, ("customer_id", loose)]
