"""What the words of one code are."""

from __future__ import annotations

Words = tuple[str, str, str, str, str]
"""Severity, message zh and en, what to do zh and en."""
