"""The columns of AR_跟进 that are people's."""

from __future__ import annotations

COLUMNS = ("promised_for", "promised_amount", "dispute", "state", "next_action", "next_date")
"""In the order in which they are read, answered, and joined to the text that an answer names."""
