"""The words of findings: code -> severity, message and cure, zh and en side by side.

Names in braces are facts of the problem, or what schema.findings makes of them (``record[key]`` is a cell of the row).
Severity: error = something is left out of the figures or cannot be right; warning = counted, but a person should look;
note = for information. English messages are worded so that they fit one and many.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from arsheet.schema.finding_words.cells import CELLS
from arsheet.schema.finding_words.documents import DOCUMENTS
from arsheet.schema.finding_words.money import MONEY
from arsheet.schema.finding_words.reports import CUSTOMERS, REPORTS
from arsheet.schema.finding_words.shape import Words

__all__ = ["WORDS", "Words"]

WORDS: Mapping[str, Words] = MappingProxyType({**CELLS, **DOCUMENTS, **MONEY, **CUSTOMERS, **REPORTS})
"""Every code in its order of precedence within a table."""
