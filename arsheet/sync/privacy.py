"""What never leaves the company: account, tax and id numbers; phones only where the settings say so, and masked.

Published columns are named one by one in the schema, and none of them holds such a number. This looks at the texts all
the same, for people write numbers into names and notes.
"""

from __future__ import annotations

import re

_LONG = re.compile(r"(?<![A-Za-z0-9])(?:[0-9](?:[ -]?[0-9]){11,}[A-Za-z0-9]?|[0-9A-HJ-NP-Z]{18})(?![A-Za-z0-9])")
"""12 digits and more (accounts, id cards), and the 18 characters of a unified social credit code."""
_PHONE = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)|(?<!\d)(0\d{2,3})[- ]?(\d{3,4})(\d{4})(?!\d)"
)
_DIGITS = re.compile(r"\d{3}")
HIDDEN = "（已隐去）"


def published_text(text: str, *, phones: bool = False) -> str:
    """A text as it may be published."""
    if not _DIGITS.search(text):
        return text
    shown = _PHONE.sub(_masked if phones else "", text)
    return re.sub(r" {2,}", " ", _LONG.sub(HIDDEN, shown)).strip()


def _masked(found: re.Match[str]) -> str:
    """138****5678; a landline keeps its area and its last digits."""
    return f"{found[1]}****{found[3]}" if found[1] else f"{found[4]}-****{found[6]}"
