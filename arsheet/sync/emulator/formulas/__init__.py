"""Evaluates the formulas that a sheet of receivables uses."""

from .evaluate import calculate

__all__ = ["calculate"]
