"""Evaluates the formulas that a sheet of receivables uses."""

from arsheet.sync.emulator.formulas.evaluate import calculate

__all__ = ["calculate"]
