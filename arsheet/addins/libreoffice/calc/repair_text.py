"""Our functions in a formula under the names that LibreOffice 7.4 knows them by."""

from __future__ import annotations

import re
from functools import lru_cache

from .declared import declared


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile(declared()["spellings"]["pattern"], re.VERBOSE | re.IGNORECASE | re.DOTALL)


def internal(formula: str) -> str:
    """A formula with our functions under LibreOffice's internal names; what cannot be told stays as it is."""
    known = declared()["spellings"]
    mark = formula.upper()
    if "AR_" not in mark:
        return formula

    def one(match: re.Match[str]) -> str:
        name = (match["name"] or "").upper() if match["call"] is not None else ""
        method = known["methods"].get(name)
        return "{}.{}".format(known["service"], method) if method else match[0]

    return _pattern().sub(one, formula)
