"""Placeholder being written."""
from ..model.cells import CellError
def calculate(book, tab, formula):  # type: ignore
    return CellError("#NAME?")
